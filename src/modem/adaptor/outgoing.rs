//! What a line has said and its host has not read: the burst of this instant, and what has not left.
//!
//! Knows neither states nor wires. It counts, so that the adaptor can tell a file from a reply.

use std::collections::VecDeque;

use crate::time::SimTime;

/// Bytes of replies and echo that wait for a host that does not read; what exceeds that is lost,
/// as on a UART whose receiver is not listening. What waits of a file does not count: the window
/// bounds it.
const UNREAD: usize = 65_536;

/// Output of one line.
#[derive(Clone, Debug, Default)]
pub struct Outgoing {
    /// Output of this instant.
    burst: Vec<u8>,
    /// Output that has not left yet, as runs of bytes of one kind; none is empty.
    leaving: VecDeque<Run>,
    /// When there was output last, or when it last left.
    last: SimTime,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    bytes: usize,
    kind: Piece,
}

/// What output is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// A reply, a late result, an echo.
    Reply,
    /// The file that is being downloaded.
    File,
    /// A file whose transfer is over.
    Remains,
}

impl Outgoing {
    /// When there was output last, or when it last left; power-on before the first.
    pub const fn last(&self) -> SimTime {
        self.last
    }

    /// Bytes that have not left.
    pub fn waiting(&self) -> usize {
        self.leaving.iter().map(|run| run.bytes).sum()
    }

    /// Whether all output has left.
    pub fn has_left(&self) -> bool {
        self.leaving.is_empty()
    }

    /// A reply, a late result, an echo; lost where too much of that waits.
    pub fn say(&mut self, now: SimTime, bytes: &[u8]) {
        let replies = self.leaving.iter().filter(|run| run.kind == Piece::Reply);
        let unread: usize = replies.map(|run| run.bytes).sum();
        if !bytes.is_empty() && unread < UNREAD {
            self.burst.extend(bytes);
            self.count(now, bytes.len(), Piece::Reply);
        }
    }

    /// Part of the file that is being downloaded.
    pub fn carry(&mut self, now: SimTime, bytes: Vec<u8>) {
        self.count(now, bytes.len(), Piece::File);
        if self.burst.is_empty() {
            self.burst = bytes;
        } else {
            self.burst.extend(bytes);
        }
    }

    fn count(&mut self, now: SimTime, bytes: usize, kind: Piece) {
        self.last = now;
        match self.leaving.back_mut() {
            Some(run) if run.kind == kind => run.bytes += bytes,
            _ if bytes == 0 => {}
            _ => self.leaving.push_back(Run { bytes, kind }),
        }
    }

    /// The transfer is over: what still leaves of its file no longer counts as part of one.
    pub fn end_file(&mut self) {
        for run in self.leaving.iter_mut().filter(|run| run.kind == Piece::File) {
            run.kind = Piece::Remains;
        }
    }

    /// The output of this instant, for the wire.
    pub fn take_burst(&mut self) -> Option<Vec<u8>> {
        (!self.burst.is_empty()).then(|| std::mem::take(&mut self.burst))
    }

    /// So many bytes have left; how many of them were of a file.
    pub fn written(&mut self, now: SimTime, mut count: usize) -> usize {
        let mut of_file = 0;
        self.last = now;
        while let Some(run) = self.leaving.front_mut().filter(|_| count > 0) {
            let part = run.bytes.min(count);
            of_file += if run.kind == Piece::File { part } else { 0 };
            run.bytes -= part;
            count -= part;
            if run.bytes == 0 {
                self.leaving.pop_front();
            }
        }
        of_file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: u64) -> SimTime {
        SimTime::from_micros(micros)
    }

    #[test]
    fn only_bytes_of_the_file_count_as_such() {
        let mut outgoing = Outgoing::default();
        outgoing.say(at(1), b"CONNECT");
        outgoing.carry(at(2), b"abcd".to_vec());
        assert_eq!(outgoing.take_burst(), Some(b"CONNECTabcd".to_vec()));
        assert_eq!((outgoing.written(at(3), 9), outgoing.has_left()), (2, false));
        assert_eq!((outgoing.written(at(4), 2), outgoing.has_left()), (2, true));
        assert_eq!((outgoing.take_burst(), outgoing.last()), (None, at(4)));
    }

    #[test]
    fn what_leaves_of_a_file_that_is_over_counts_no_more() {
        let mut outgoing = Outgoing::default();
        outgoing.carry(at(0), b"abcd".to_vec());
        assert_eq!(outgoing.written(at(0), 1), 1);
        outgoing.end_file();
        outgoing.carry(at(0), b"next".to_vec());
        assert_eq!(outgoing.written(at(0), 5), 2);
    }

    #[test]
    fn replies_that_nobody_reads_are_lost_and_files_are_not() {
        let mut outgoing = Outgoing::default();
        outgoing.carry(at(0), vec![0; UNREAD]);
        outgoing.say(at(0), &[1; UNREAD]);
        outgoing.say(at(5), b"lost");
        assert_eq!(outgoing.last(), at(0));
        outgoing.carry(at(6), vec![2]);
        assert_eq!(outgoing.take_burst().map(|burst| burst.len()), Some(2 * UNREAD + 1));
    }
}
