//! When characters have passed on a wire: exact over any length, because only sums are rounded.

use crate::line::LineSpeed;
use crate::time::SimTime;

/// One direction of a wire.
#[derive(Clone, Debug)]
pub struct Pace {
    speed: LineSpeed,
    /// When the unbroken run of characters began that `passed` counts.
    start: SimTime,
    /// Half bits since then. Halves, because there are frames with one and a half stop bits.
    passed: u64,
}

impl Pace {
    /// An idle wire.
    pub const fn new(speed: LineSpeed) -> Self {
        Self { speed, start: SimTime::ZERO, passed: 0 }
    }

    /// The speed and the frame.
    pub const fn speed(&self) -> LineSpeed {
        self.speed
    }

    /// Another speed, from the character on that follows those that still pass.
    pub fn change(&mut self, speed: LineSpeed) {
        if self.speed != speed {
            *self = Self { speed, start: self.end(), passed: 0 };
        }
    }

    /// `count` more characters begin at `now`, or right behind those that still pass then. When the
    /// last stop bit of the last of them has passed, rounded up to a microsecond.
    pub fn pass(&mut self, now: SimTime, count: usize) -> SimTime {
        if self.is_idle(now) {
            self.start = now;
            self.passed = 0;
        }
        self.passed += count as u64 * self.speed.half_bits();
        self.end()
    }

    /// Whether the last character has passed before `now`.
    pub fn is_idle(&self, now: SimTime) -> bool {
        now > self.end()
    }

    /// The characters that pass in so many milliseconds, but at least one.
    pub fn worth(&self, millis: u64) -> usize {
        let half_bits = (u64::from(self.speed.baud.get()) * 2).saturating_mul(millis) / 1000;
        usize::try_from(half_bits / self.speed.half_bits()).map_or(usize::MAX, |n| n.max(1))
    }

    fn end(&self) -> SimTime {
        let half_bits_a_second = u128::from(self.speed.baud.get()) * 2;
        let micros = (u128::from(self.passed) * 1_000_000).div_ceil(half_bits_a_second);
        self.start + std::time::Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(speed: &str) -> Pace {
        Pace::new(speed.parse().unwrap())
    }

    fn at(micros: u64) -> SimTime {
        SimTime::from_micros(micros)
    }

    #[test]
    fn a_character_takes_the_time_of_its_frame() {
        for (speed, micros) in [
            ("9600 8N1", 1042),
            ("115200 8N1", 87),
            ("1000 8E1", 11_000),
            ("1000 7N1", 9_000),
            ("1000 8N2", 11_000),
            ("1000 5N1.5", 7_500),
            ("75 8N1", 133_334),
        ] {
            assert_eq!(pace(speed).pass(at(0), 1), at(micros), "{speed}");
        }
    }

    #[test]
    fn an_hour_of_characters_one_by_one_does_not_drift() {
        for (speed, count) in [("115200 8N1", 41_472_000), ("9600 8E2", 2_880_000)] {
            let mut wire = pace(speed);
            let mut now = at(5);
            for _ in 0..count {
                now = wire.pass(now, 1);
            }
            assert_eq!(now, at(5 + 3_600_000_000), "{speed}");
        }
    }

    #[test]
    fn pieces_take_as_long_as_the_whole_whenever_they_are_asked_for() {
        let (mut whole, mut pieces) = (pace("115200 8N1"), pace("115200 8N1"));
        let end = whole.pass(at(100), 1000);
        assert_eq!(end, at(100 + 86_806));
        pieces.pass(at(100), 1);
        pieces.pass(at(150), 10);
        assert_eq!(pieces.pass(at(151), 989), end);
    }

    #[test]
    fn after_a_silence_the_time_is_counted_anew() {
        let mut wire = pace("9600 8N1");
        assert_eq!(wire.pass(at(0), 1), at(1042));
        assert!(!wire.is_idle(at(1042)) && wire.is_idle(at(1043)));
        assert_eq!(wire.pass(at(5000), 1), at(6042));
    }

    #[test]
    fn another_speed_holds_from_the_next_character_on() {
        let mut wire = pace("9600 8N1");
        wire.pass(at(0), 1);
        wire.change("1000 8N1".parse().unwrap());
        assert_eq!(wire.pass(at(500), 1), at(1042 + 10_000));
    }

    #[test]
    fn a_stretch_of_time_is_worth_whole_characters_and_at_least_one() {
        let worth = |speed, millis| pace(speed).worth(millis);
        assert_eq!((worth("115200 8N1", 1), worth("460800 8N1", 1)), (11, 46));
        assert_eq!((worth("9600 8N1", 1), worth("75 8N1", 50)), (1, 1));
        assert_eq!(worth("115200 8N1", 50), 576);
    }
}
