//! The escape sequence: three plus signs between two silences take the line out of data state.
//!
//! Knows only bytes and times. What is not an escape comes out as data, late but complete.

use std::time::Duration;

use crate::profile::Escape;
use crate::time::SimTime;

/// Watches the bytes that a host sends in data state.
#[derive(Clone, Debug)]
pub struct EscapeDetector {
    guard: Duration,
    spacing: Duration,
    /// When the last byte came; silence is counted from here.
    last: SimTime,
    /// Plus signs held back, 0 to 3.
    held: usize,
}

/// Longest escape sequence.
const PLUSES: &[u8] = b"+++";

impl EscapeDetector {
    /// Starts to watch at `now`: data state has just been entered.
    pub const fn new(rules: &Escape, now: SimTime) -> Self {
        Self { guard: rules.guard, spacing: rules.spacing, last: now, held: 0 }
    }

    /// Plus signs held back.
    pub const fn held(&self) -> usize {
        self.held
    }

    /// Takes bytes that came at `now`: what is held back stays, the rest is data.
    ///
    /// All bytes of a call count as sent at once, so only its first can end a silence.
    pub fn push<'a>(&mut self, now: SimTime, mut bytes: &'a [u8]) -> (&'static [u8], &'a [u8]) {
        let mut released: &'static [u8] = b"";
        while let Some((&byte, rest)) = bytes.split_first() {
            let silence = now.since(self.last);
            let continues = match self.held {
                0 => silence >= self.guard,
                held => held < PLUSES.len() && silence < self.spacing,
            };
            if byte == b'+' && continues {
                self.held += 1;
                self.last = now;
                bytes = rest;
            } else if self.held > 0 {
                // Looked at once more with nothing held: this byte may begin a sequence itself.
                released = self.release();
            } else {
                break;
            }
        }
        if !bytes.is_empty() {
            self.last = now;
        }
        (released, bytes)
    }

    /// When something is decided without a further byte; `None` while nothing is held back.
    pub fn deadline(&self) -> Option<SimTime> {
        match self.held {
            0 => None,
            3 => Some(self.last + self.guard),
            _ => Some(self.last + self.spacing),
        }
    }

    /// The deadline has come: `true` for an escape; else [`Self::release`] gives the data.
    pub const fn is_escape(&self) -> bool {
        self.held == PLUSES.len()
    }

    /// Gives up what is held back: it is data.
    pub fn release(&mut self) -> &'static [u8] {
        &PLUSES[..std::mem::take(&mut self.held)]
    }

    /// Silence so far was the module's doing, not the host's (it held the flow); count anew.
    pub fn excuse_silence(&mut self, now: SimTime) {
        if self.held == 0 {
            self.last = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays `(milliseconds, bytes)` and says what came out: data, or `ESC` at its time.
    fn play(spacing: u64, script: &[(u64, &str)]) -> String {
        let rules =
            Escape { guard: Duration::from_millis(500), spacing: Duration::from_millis(spacing) };
        let at = |ms: u64| SimTime::from_micros(ms * 1000);
        let mut detector = EscapeDetector::new(&rules, SimTime::ZERO);
        let mut out = String::new();
        let end = (1_000_000, "");
        for &(ms, bytes) in script.iter().chain([&end]) {
            while let Some(deadline) = detector.deadline().filter(|&due| due <= at(ms)) {
                if detector.is_escape() {
                    detector.release();
                    out += &format!("[ESC {}]", deadline.as_micros() / 1000);
                } else {
                    out += str::from_utf8(detector.release()).unwrap();
                }
            }
            let (released, data) = detector.push(at(ms), bytes.as_bytes());
            out += str::from_utf8(&[released, data].concat()).unwrap();
        }
        out
    }

    #[test]
    fn three_signs_between_two_silences_escape() {
        assert_eq!(play(1000, &[(500, "+++")]), "[ESC 1000]");
        assert_eq!(play(1000, &[(100, "data"), (600, "+++")]), "data[ESC 1100]");
        assert_eq!(play(1000, &[(500, "+"), (600, "+"), (700, "+")]), "[ESC 1200]");
        assert_eq!(play(1000, &[(500, "+"), (1499, "++")]), "[ESC 1999]");
    }

    #[test]
    fn the_guard_before_is_500_ms_to_the_millisecond() {
        assert_eq!(play(1000, &[(0, "x"), (499, "+++")]), "x+++");
        assert_eq!(play(1000, &[(0, "x"), (500, "+++")]), "x[ESC 1000]");
        assert_eq!(play(1000, &[(0, "x"), (501, "+++")]), "x[ESC 1001]");
    }

    #[test]
    fn the_guard_after_is_500_ms_to_the_millisecond() {
        assert_eq!(play(1000, &[(500, "+++"), (999, "x")]), "+++x");
        assert_eq!(play(1000, &[(500, "+++"), (1000, "x")]), "[ESC 1000]x");
        assert_eq!(play(1000, &[(500, "+++"), (1001, "x")]), "[ESC 1000]x");
    }

    #[test]
    fn signs_too_far_apart_are_data() {
        assert_eq!(play(1000, &[(500, "+"), (1500, "++")]), "+++");
        assert_eq!(play(20, &[(500, "+"), (519, "+"), (538, "+")]), "[ESC 1038]");
        assert_eq!(play(20, &[(500, "+"), (520, "+"), (539, "+")]), "+++");
        assert_eq!(play(20, &[(500, "+"), (1100, "+++")]), "+[ESC 1600]");
    }

    #[test]
    fn two_signs_and_four_signs_are_data() {
        assert_eq!(play(1000, &[(500, "++")]), "++");
        assert_eq!(play(1000, &[(500, "++++")]), "++++");
        assert_eq!(play(1000, &[(500, "+++"), (600, "+")]), "++++");
        assert_eq!(play(1000, &[(500, "+++x")]), "+++x");
        assert_eq!(play(1000, &[(500, "x+++")]), "x+++");
        assert_eq!(play(1000, &[(500, "++x+++")]), "++x+++");
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_held_for_ever() {
        assert_eq!(play(1000, &[(500, "+")]), "+");
        assert_eq!(play(1000, &[(500, "+"), (510, "x"), (2000, "+++"), (2100, "+++")]), "+x++++++");
    }

    #[test]
    fn silence_that_the_module_made_is_no_guard() {
        let rules = Escape::default();
        let mut detector = EscapeDetector::new(&rules, SimTime::ZERO);
        let later = SimTime::from_micros(900_000);
        detector.excuse_silence(later);
        assert_eq!(detector.push(later, b"+++"), (&b""[..], &b"+++"[..]));
    }
}
