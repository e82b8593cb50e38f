//! What a client has sent and the module has not taken yet: data and events in order.

use std::collections::VecDeque;

use crate::io::line::WireEvent;

/// A queue of data and of what happened between.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    pieces: VecDeque<Piece>,
    data: usize,
}

#[derive(Debug)]
enum Piece {
    Data(Vec<u8>),
    Event(WireEvent),
}

impl Inbox {
    /// A byte of data has come.
    pub(super) fn byte(&mut self, byte: u8) {
        self.data += 1;
        match self.pieces.back_mut() {
            Some(Piece::Data(bytes)) => bytes.push(byte),
            _ => self.pieces.push_back(Piece::Data(vec![byte])),
        }
    }

    /// Something has happened.
    pub(super) fn event(&mut self, event: WireEvent) {
        self.pieces.push_back(Piece::Event(event));
    }

    /// Bytes of data that wait.
    pub(super) fn data(&self) -> usize {
        self.data
    }

    /// Whether the end of a client waits behind its data.
    pub(super) fn holds_end(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Event(WireEvent::Closed)))
    }

    /// The next event; data goes to the front of `buf`. Where there is no room for data, a signal
    /// overtakes it, as signals do on a UART: the module must hear the fall of DTR that ends
    /// a transfer which is stuck.
    pub(super) fn next(&mut self, buf: &mut [u8]) -> Option<WireEvent> {
        let event = match self.pieces.front_mut()? {
            Piece::Event(event) => *event,
            Piece::Data(_) if buf.is_empty() => return self.overtaking(),
            Piece::Data(bytes) => {
                let count = bytes.len().min(buf.len());
                buf[..count].copy_from_slice(&bytes[..count]);
                bytes.drain(..count);
                self.data -= count;
                if !bytes.is_empty() {
                    return Some(WireEvent::Received(count));
                }
                WireEvent::Received(count)
            }
        };
        self.pieces.pop_front();
        Some(event)
    }

    fn overtaking(&mut self) -> Option<WireEvent> {
        let first = self.pieces.iter().position(|piece| matches!(piece, Piece::Event(_)))?;
        match self.pieces[first] {
            Piece::Event(event @ (WireEvent::Signal(_) | WireEvent::Speed(_))) => {
                self.pieces.remove(first);
                Some(event)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::HostSignal;

    #[test]
    fn order_is_kept_where_there_is_room_and_signals_overtake_where_there_is_none() {
        let dtr = |on| WireEvent::Signal(HostSignal::Dtr(on));
        let mut inbox = Inbox::default();
        b"abc".iter().for_each(|&byte| inbox.byte(byte));
        inbox.event(dtr(false));
        inbox.byte(b'd');
        inbox.event(dtr(true));
        inbox.event(WireEvent::Closed);
        inbox.event(WireEvent::Opened);
        inbox.event(dtr(true));
        let mut buf = [0; 2];
        assert_eq!((inbox.next(&mut buf), &buf), (Some(WireEvent::Received(2)), b"ab"));
        assert_eq!((inbox.next(&mut []), inbox.data()), (Some(dtr(false)), 2));
        assert_eq!((inbox.next(&mut buf), buf[0]), (Some(WireEvent::Received(1)), b'c'));
        assert_eq!(inbox.next(&mut []), Some(dtr(true)));
        assert_eq!((inbox.next(&mut []), inbox.holds_end()), (None, true));
        assert_eq!((inbox.next(&mut buf), buf[0]), (Some(WireEvent::Received(1)), b'd'));
        let rest: Vec<_> = std::iter::from_fn(|| inbox.next(&mut [])).collect();
        assert_eq!(rest, [WireEvent::Closed, WireEvent::Opened, dtr(true)]);
        assert_eq!((inbox.data(), inbox.holds_end()), (0, false));
    }
}
