//! Output on its way to the host: what waits for the wire, what passes on it, and what the host's
//! side has not taken yet.

use std::collections::VecDeque;

use super::pace::Pace;
use crate::line::LineSpeed;
use crate::time::SimTime;

/// Milliseconds of output that leave in one piece: a host sees a stream, and a fast line does not
/// cost a system call a byte.
const PIECE: u64 = 1;
/// Bytes that may have left for a host that does not take them. What follows waits here, where it
/// is counted as unsent; it is more than a terminal or a socket takes, and less than a window.
const UNTAKEN: usize = 4096;

/// The sending half of a UART.
#[derive(Clone, Debug)]
pub struct Transmitter {
    pace: Pace,
    /// The wire takes no time.
    at_once: bool,
    queue: VecDeque<u8>,
    /// What is on the wire.
    passing: Option<Passing>,
    /// Bytes that have left and were not taken.
    untaken: usize,
    /// Another speed, behind so many bytes of the queue.
    change: Option<(usize, LineSpeed)>,
}

#[derive(Clone, Debug)]
struct Passing {
    /// When it has passed.
    due: SimTime,
    piece: Vec<u8>,
    speed: LineSpeed,
}

impl Transmitter {
    /// With nothing to send.
    pub const fn new(speed: LineSpeed, at_once: bool) -> Self {
        Self {
            pace: Pace::new(speed),
            at_once,
            queue: VecDeque::new(),
            passing: None,
            untaken: 0,
            change: None,
        }
    }

    /// Sends bytes behind those that wait. They come back at once where the wire takes no time.
    pub fn send(&mut self, bytes: Vec<u8>) -> Option<Vec<u8>> {
        if self.at_once {
            return Some(bytes);
        }
        self.queue.extend(bytes);
        None
    }

    /// Another speed behind what was given to [`Self::send`] so far.
    pub fn change(&mut self, speed: LineSpeed) {
        self.change = Some((self.queue.len(), speed));
    }

    /// When the next piece has left; `None` while none is on its way.
    pub fn next_due(&self) -> Option<SimTime> {
        self.passing.as_ref().map(|passing| passing.due)
    }

    /// Goes on with what waits: a piece that has left by now and its speed; its successor is on its
    /// way then.
    pub fn proceed(&mut self, now: SimTime) -> Option<(Vec<u8>, LineSpeed)> {
        let left = self.passing.take_if(|passing| passing.due <= now);
        let left = left.map(|Passing { piece, speed, .. }| (piece, speed));
        self.untaken += left.as_ref().map_or(0, |(piece, _)| piece.len());
        if self.passing.is_none() {
            self.begin(now);
        }
        left
    }

    fn begin(&mut self, now: SimTime) {
        if let Some((_, speed)) = self.change.take_if(|(behind, _)| *behind == 0) {
            self.pace.change(speed);
        }
        if self.queue.is_empty() || self.untaken >= UNTAKEN {
            return;
        }
        let before = self.change.map_or(usize::MAX, |(behind, _)| behind);
        let count = self.pace.worth(PIECE).min(self.queue.len()).min(before);
        if let Some((behind, _)) = &mut self.change {
            *behind -= count;
        }
        let piece: Vec<u8> = self.queue.drain(..count).collect();
        let due = self.pace.pass(now, count);
        self.passing = Some(Passing { due, piece, speed: self.pace.speed() });
    }

    /// The host's side has taken so many bytes.
    pub fn taken(&mut self, count: usize) {
        self.untaken = self.untaken.saturating_sub(count);
    }

    /// The supply fails: how many bytes never leave.
    pub fn fail(&mut self) -> usize {
        let passing = self.passing.take().map_or(0, |passing| passing.piece.len());
        if let Some((behind, _)) = &mut self.change {
            *behind = 0;
        }
        let waiting = self.queue.len();
        self.queue.clear();
        passing + waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: u64) -> SimTime {
        SimTime::from_micros(micros)
    }

    /// All that leaves, as time and bytes.
    fn run(transmitter: &mut Transmitter, mut now: SimTime) -> Vec<(u64, usize)> {
        let mut left = Vec::new();
        loop {
            if let Some((piece, _)) = transmitter.proceed(now) {
                left.push((now.as_micros(), piece.len()));
            }
            match transmitter.next_due() {
                Some(due) => now = due,
                None => return left,
            }
        }
    }

    #[test]
    fn pieces_of_a_millisecond_leave_when_their_last_byte_has() {
        let mut transmitter = Transmitter::new(LineSpeed::USUAL, false);
        assert_eq!(transmitter.send(vec![0; 25]), None);
        assert_eq!(run(&mut transmitter, at(10)), [(965, 11), (1920, 11), (2181, 3)]);
    }

    #[test]
    fn another_speed_begins_behind_what_was_sent_before() {
        let mut transmitter = Transmitter::new(LineSpeed::USUAL, false);
        transmitter.send(vec![0; 2]);
        transmitter.change("1000 8N1".parse().unwrap());
        transmitter.send(vec![0; 2]);
        assert_eq!(run(&mut transmitter, at(0)), [(174, 2), (10_174, 1), (20_174, 1)]);
    }

    #[test]
    fn what_nobody_takes_stays_here() {
        let mut transmitter = Transmitter::new(LineSpeed::USUAL, false);
        transmitter.send(vec![0; 5000]);
        let left: usize = run(&mut transmitter, at(0)).iter().map(|(_, count)| count).sum();
        assert_eq!(left, 4103, "4096 and what was begun with one less");
        transmitter.taken(8);
        assert_eq!(run(&mut transmitter, at(1_000_000)), [(1_000_955, 11)]);
        assert_eq!(transmitter.fail(), 5000 - 4103 - 11);
    }

    #[test]
    fn a_wire_that_takes_no_time_keeps_nothing() {
        let mut transmitter = Transmitter::new(LineSpeed::USUAL, true);
        assert_eq!(transmitter.send(b"OK".to_vec()), Some(b"OK".to_vec()));
        assert!(transmitter.proceed(at(0)).is_none());
        assert_eq!(transmitter.next_due(), None);
    }
}
