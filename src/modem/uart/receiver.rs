//! Bytes from the host on the wire: they are here when the wire would have brought them.

use std::collections::VecDeque;
use std::time::Duration;

use super::pace::Pace;
use crate::line::LineSpeed;
use crate::time::SimTime;

/// How much of the wire may be given at once, at least. It hides how late the giver wakes; what the
/// host sends beyond it stays with the host.
const AHEAD: Duration = Duration::from_millis(50);
/// The same in bytes, for slow lines.
const AHEAD_BYTES: usize = 64;
/// Milliseconds of typing that arrive in one piece.
const TYPED: u64 = 1;
/// Milliseconds of data that arrive in one piece: data has nobody who waits for its first byte.
const DATA: u64 = 20;
/// Most that is kept of what is given without asking for room.
const BOUND: usize = 65_536;

/// The receiving half of a UART.
#[derive(Clone, Debug)]
pub struct Receiver {
    pace: Pace,
    queue: VecDeque<u8>,
    /// The piece that is arriving: so many bytes, complete at this time.
    arriving: Option<(SimTime, usize)>,
    /// Its host has gone, behind all that is queued.
    pub hung_up: bool,
}

impl Receiver {
    /// With nothing on the wire.
    pub const fn new(speed: LineSpeed) -> Self {
        Self { pace: Pace::new(speed), queue: VecDeque::new(), arriving: None, hung_up: false }
    }

    /// How many bytes are welcome from a giver that wakes so late.
    pub fn room(&self, slack: Duration) -> usize {
        let millis = u64::try_from(AHEAD.max(slack).as_millis()).unwrap_or(u64::MAX);
        let ahead = self.pace.worth(millis).clamp(AHEAD_BYTES, BOUND);
        ahead.saturating_sub(self.queue.len())
    }

    /// The host sends.
    pub fn give(&mut self, bytes: &[u8]) {
        let bound = BOUND.saturating_sub(self.queue.len());
        self.queue.extend(&bytes[..bytes.len().min(bound)]);
    }

    /// Whether nothing is on the wire.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// The host sends at another speed, from the next piece on.
    pub fn change(&mut self, speed: LineSpeed) {
        self.pace.change(speed);
    }

    /// When the piece that is arriving is complete.
    pub fn next_due(&self) -> Option<SimTime> {
        self.arriving.map(|(due, _)| due)
    }

    /// Goes on with what waits, if the module takes `room` bytes now.
    ///
    /// The first byte of data after a silence arrives alone: an escape sequence is told by it.
    pub fn proceed(&mut self, now: SimTime, room: usize, in_data: bool) {
        if self.arriving.is_some() || self.queue.is_empty() || room == 0 {
            return;
        }
        let piece = match in_data {
            true if self.pace.is_idle(now) => 1,
            true => self.pace.worth(DATA),
            false => self.pace.worth(TYPED),
        };
        let count = piece.min(self.queue.len()).min(room);
        self.arriving = Some((self.pace.pass(now, count), count));
    }

    /// The piece that has arrived by now, as far as the module takes it.
    pub fn take(&mut self, now: SimTime, room: usize) -> Option<Vec<u8>> {
        let (_, count) = self.arriving.take_if(|(due, _)| *due <= now)?;
        Some(self.queue.drain(..count.min(room)).collect())
    }

    /// All that is on the wire, now.
    pub fn take_all(&mut self) -> Vec<u8> {
        self.arriving = None;
        self.queue.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: u64) -> SimTime {
        SimTime::from_micros(micros)
    }

    /// All that arrives, as time and bytes.
    fn run(receiver: &mut Receiver, mut now: SimTime, in_data: bool) -> Vec<(u64, usize)> {
        let mut arrived = Vec::new();
        loop {
            if let Some(piece) = receiver.take(now, 1000) {
                arrived.push((now.as_micros(), piece.len()));
            }
            receiver.proceed(now, 1000, in_data);
            match receiver.next_due() {
                Some(due) => now = due,
                None => return arrived,
            }
        }
    }

    #[test]
    fn typing_arrives_by_the_millisecond_and_data_after_a_first_byte() {
        let mut receiver = Receiver::new(LineSpeed::USUAL);
        receiver.give(&[0; 25]);
        assert_eq!(run(&mut receiver, at(10), false), [(965, 11), (1920, 11), (2181, 3)]);
        receiver.give(&[0; 233]);
        let data = run(&mut receiver, at(100_000), true);
        assert_eq!(data, [(100_087, 1), (120_053, 230), (120_226, 2)]);
    }

    #[test]
    fn what_the_module_does_not_take_waits_without_a_deadline() {
        let mut receiver = Receiver::new(LineSpeed::USUAL);
        receiver.give(&[0; 9]);
        receiver.proceed(at(0), 0, false);
        assert_eq!(receiver.next_due(), None);
        receiver.proceed(at(50), 4, false);
        assert_eq!(receiver.next_due(), Some(at(398)));
        assert_eq!(receiver.take(at(398), 3), Some(vec![0; 3]));
        assert_eq!(receiver.take_all(), [0; 6]);
    }

    #[test]
    fn room_is_50_ms_of_the_wire_or_64_bytes() {
        let none = Duration::ZERO;
        let mut receiver = Receiver::new(LineSpeed::USUAL);
        receiver.give(&[0; 500]);
        assert_eq!(receiver.room(none), 76);
        receiver.give(&[0; 500]);
        assert_eq!(receiver.room(none), 0);
        assert_eq!(Receiver::new("300 8N1".parse().unwrap()).room(none), 64);
    }

    #[test]
    fn a_giver_that_wakes_late_may_give_more_within_bounds() {
        let receiver = Receiver::new(LineSpeed::USUAL);
        assert_eq!(receiver.room(Duration::from_millis(10)), 576);
        assert_eq!(receiver.room(Duration::from_secs(1)), 11_520);
        assert_eq!(receiver.room(Duration::MAX), 65_536);
    }
}
