//! Output on its way to the host: what waits for the wire, what passes on it, and what the host's
//! side has not taken yet.

use std::collections::VecDeque;

use super::flow::escaped;
use super::pace::Pace;
use crate::line::LineSpeed;
use crate::time::SimTime;

/// Milliseconds of output that leave in one piece: a host sees a stream, and a fast line does not
/// cost a system call a byte.
const PIECE: u64 = 1;
/// Bytes that may have left for a host that does not take them. What follows waits here, where it
/// is counted as unsent; it is more than a terminal or a socket takes, and less than a window.
const UNTAKEN: usize = 4096;

/// How output is to go on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// The host holds it.
    pub is_held: bool,
    /// What steers the flow is escaped.
    pub escapes: bool,
}

/// Output that has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// As it is on the wire.
    pub on_wire: Vec<u8>,
    /// How many bytes of what was given to [`Transmitter::send`] it is.
    pub own: usize,
    /// At this speed it left.
    pub speed: LineSpeed,
}

/// The sending half of a UART.
#[derive(Clone, Debug)]
pub struct Transmitter {
    pace: Pace,
    /// The wire takes no time.
    at_once: bool,
    queue: VecDeque<u8>,
    /// What is on the wire, and when it has passed.
    passing: Option<(SimTime, Piece)>,
    /// XON or XOFF, which waits for nothing but the piece before it.
    urgent: Option<u8>,
    /// Bytes that have left and were not taken.
    untaken: usize,
    /// Another speed, behind so many bytes of the queue.
    change: Option<(usize, LineSpeed)>,
}

impl Transmitter {
    /// With nothing to send.
    pub const fn new(speed: LineSpeed, at_once: bool) -> Self {
        Self {
            pace: Pace::new(speed),
            at_once,
            queue: VecDeque::new(),
            passing: None,
            urgent: None,
            untaken: 0,
            change: None,
        }
    }

    /// Sends bytes behind those that wait.
    pub fn send(&mut self, bytes: Vec<u8>, terms: Terms) -> Option<Piece> {
        if !self.at_once || terms.is_held || !self.queue.is_empty() {
            self.queue.extend(bytes);
            return None;
        }
        Some(self.piece(bytes, terms))
    }

    /// Sends XON or XOFF before all that waits.
    pub fn send_urgently(&mut self, byte: u8) {
        self.urgent = Some(byte);
    }

    fn piece(&self, bytes: Vec<u8>, terms: Terms) -> Piece {
        let own = bytes.len();
        let on_wire = if terms.escapes { escaped(bytes) } else { bytes };
        Piece { on_wire, own, speed: self.pace.speed() }
    }

    /// Another speed behind what was given to [`Self::send`] so far.
    pub fn change(&mut self, speed: LineSpeed) {
        self.change = Some((self.queue.len(), speed));
    }

    /// When the next piece has left; `None` while none is on its way.
    pub fn next_due(&self) -> Option<SimTime> {
        self.passing.as_ref().map(|(due, _)| *due)
    }

    /// Goes on with what waits: a piece that has left by now, whose successor is on its way then.
    pub fn proceed(&mut self, now: SimTime, terms: Terms) -> Option<Piece> {
        let left = self.passing.take_if(|(due, _)| *due <= now).map(|(_, piece)| piece);
        self.untaken += left.as_ref().map_or(0, |piece| piece.own);
        if self.passing.is_some() {
            return left;
        }
        let piece = self.next(terms);
        if self.at_once {
            return piece;
        }
        self.passing = piece.map(|piece| (self.pace.pass(now, piece.on_wire.len()), piece));
        left
    }

    fn next(&mut self, terms: Terms) -> Option<Piece> {
        if let Some((_, speed)) = self.change.take_if(|(behind, _)| *behind == 0) {
            self.pace.change(speed);
        }
        if let Some(byte) = self.urgent.take() {
            return Some(Piece { on_wire: vec![byte], own: 0, speed: self.pace.speed() });
        }
        if terms.is_held || self.queue.is_empty() || (self.untaken >= UNTAKEN && !self.at_once) {
            return None;
        }
        let most = if self.at_once { usize::MAX } else { self.pace.worth(PIECE) };
        let before = self.change.map_or(usize::MAX, |(behind, _)| behind);
        let count = most.min(self.queue.len()).min(before);
        if let Some((behind, _)) = &mut self.change {
            *behind -= count;
        }
        let bytes = self.queue.drain(..count).collect();
        Some(self.piece(bytes, terms))
    }

    /// The host's side has taken so many bytes.
    pub fn taken(&mut self, count: usize) {
        self.untaken = self.untaken.saturating_sub(count);
    }

    /// The supply fails: how many bytes never leave.
    pub fn fail(&mut self) -> usize {
        let passing = self.passing.take().map_or(0, |(_, piece)| piece.own);
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
            if let Some(piece) = transmitter.proceed(now, Terms::default()) {
                left.push((now.as_micros(), piece.on_wire.len()));
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
        assert_eq!(transmitter.send(vec![0; 25], Terms::default()), None);
        assert_eq!(run(&mut transmitter, at(10)), [(965, 11), (1920, 11), (2181, 3)]);
    }

    #[test]
    fn another_speed_begins_behind_what_was_sent_before() {
        let mut transmitter = Transmitter::new(LineSpeed::USUAL, false);
        transmitter.send(vec![0; 2], Terms::default());
        transmitter.change("1000 8N1".parse().unwrap());
        transmitter.send(vec![0; 2], Terms::default());
        assert_eq!(run(&mut transmitter, at(0)), [(174, 2), (10_174, 1), (20_174, 1)]);
    }

    #[test]
    fn what_nobody_takes_stays_here() {
        let mut transmitter = Transmitter::new(LineSpeed::USUAL, false);
        transmitter.send(vec![0; 5000], Terms::default());
        let left: usize = run(&mut transmitter, at(0)).iter().map(|(_, count)| count).sum();
        assert_eq!(left, 4103, "4096 and what was begun with one less");
        transmitter.taken(8);
        assert_eq!(run(&mut transmitter, at(1_000_000)), [(1_000_955, 11)]);
        assert_eq!(transmitter.fail(), 5000 - 4103 - 11);
    }

    #[test]
    fn a_wire_that_takes_no_time_keeps_nothing_but_what_is_held() {
        let mut transmitter = Transmitter::new(LineSpeed::USUAL, true);
        let piece = |bytes: &[u8]| {
            let (on_wire, own) = (bytes.to_vec(), bytes.len());
            Some(Piece { on_wire, own, speed: LineSpeed::USUAL })
        };
        let (free, held) = (Terms::default(), Terms { is_held: true, ..Terms::default() });
        assert_eq!(transmitter.send(b"OK".to_vec(), free), piece(b"OK"));
        assert_eq!(transmitter.send(b"a".to_vec(), held), None);
        assert_eq!(transmitter.send(b"b".to_vec(), free), None);
        assert_eq!(transmitter.proceed(at(0), held), None);
        assert_eq!(transmitter.proceed(at(0), free), piece(b"ab"));
        assert_eq!(transmitter.next_due(), None);
    }

    #[test]
    fn what_is_held_waits_behind_what_steers_the_flow() {
        let mut transmitter = Transmitter::new(LineSpeed::USUAL, false);
        let held = Terms { is_held: true, escapes: true };
        transmitter.send(b"w".to_vec(), held);
        assert_eq!((transmitter.proceed(at(0), held), transmitter.next_due()), (None, None));
        transmitter.send_urgently(0x13);
        assert_eq!(transmitter.proceed(at(5), held), None);
        let left = transmitter.proceed(at(92), Terms { is_held: false, escapes: true }).unwrap();
        assert_eq!((left.on_wire, left.own), (vec![0x13], 0));
        let left = transmitter.proceed(at(266), held).unwrap();
        assert_eq!((left.on_wire, left.own), (b"\x77\x88".to_vec(), 1));
    }
}
