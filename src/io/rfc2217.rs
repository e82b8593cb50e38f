//! A line over a TCP port with what a UART has besides bytes: RFC 2217, the COM port option of
//! Telnet. Hosts open it as `rfc2217://ADDR:PORT` with pyserial, or through ser2net and the like.
//!
//! Carries the bytes of a [`TcpLine`], and inherits its ways with clients that come and go. Knows
//! nothing of what signals mean.
//!
//! A client that never speaks of COM ports is served all the same, its DTR on.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll, ready};

use self::com_port::{ComPort, Deed};
use self::inbox::Inbox;
use self::options::{BINARY, COM_PORT, Options};
use self::telnet::{Decoder, Item};
use super::line::{LineError, WireEvent};
use super::tcp::TcpLine;
use crate::line::{HostSignal, ModuleSignal};

mod com_port;
mod inbox;
mod options;
mod telnet;

/// Data that is read before the module has room for it, for the sake of signals behind it.
const READ_AHEAD: usize = 16_384;
/// Bytes of answers that wait for a client that does not read; with so many, it is not listened to.
const UNREAD: usize = 16_384;
/// Data that is sent in one piece, and counted as gone when all of it has.
const PIECE: usize = 4096;

/// A listening port and whoever is connected to it.
#[derive(Debug)]
pub struct Rfc2217Line {
    tcp: TcpLine,
    decoder: Decoder,
    options: Options,
    port: ComPort,
    inbox: Inbox,
    received: Vec<u8>,
    /// Answers of this moment, to be sent in one piece.
    saying: Vec<u8>,
    /// What was given to the TCP line and has not left it.
    leaving: VecDeque<Leaving>,
    /// Bytes of answers in it.
    answers: usize,
    /// Data that the client has asked to wait; `None` if it has not.
    suspended: Option<VecDeque<Vec<u8>>>,
    /// Bytes of data that have left and were not reported.
    left: usize,
}

/// Bytes on their way as Telnet has them, and how many bytes of data they are.
#[derive(Clone, Copy, Debug)]
struct Leaving {
    sent: usize,
    data: usize,
    answer: usize,
}

impl Rfc2217Line {
    /// Listens on an address; port 0 takes any free one. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// The address is in use, not ours, or not for us.
    pub fn bind(address: SocketAddr) -> Result<Self, LineError> {
        Ok(Self {
            tcp: TcpLine::bind(address)?,
            decoder: Decoder::default(),
            options: Options::default(),
            port: ComPort::default(),
            inbox: Inbox::default(),
            received: vec![0; READ_AHEAD],
            saying: Vec::new(),
            leaving: VecDeque::new(),
            answers: 0,
            suspended: None,
            left: 0,
        })
    }

    /// See [`TcpLine::local_addr`].
    pub fn local_addr(&self) -> SocketAddr {
        self.tcp.local_addr()
    }

    /// See [`super::wire::Wire::poll_event`]. What is read ahead of `room` is bounded.
    ///
    /// # Errors
    /// As [`TcpLine::poll_event`].
    pub fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
        room: usize,
    ) -> Poll<io::Result<WireEvent>> {
        let room = room.min(buf.len());
        loop {
            if let Some(count) = self.take_written() {
                return Poll::Ready(Ok(WireEvent::Written(count)));
            }
            if let Some(event) = self.inbox.next(&mut buf[..room]) {
                return Poll::Ready(Ok(event));
            }
            let ahead = match self.inbox.holds_end() || self.answers >= UNREAD {
                true => 0,
                false => READ_AHEAD.saturating_sub(self.inbox.data()),
            };
            let mut received = std::mem::take(&mut self.received);
            let polled = self.tcp.poll_event(cx, &mut received, ahead);
            if let Poll::Ready(Ok(event)) = &polled {
                self.take(*event, &received);
            }
            self.received = received;
            ready!(polled)?;
        }
    }

    fn take(&mut self, event: WireEvent, received: &[u8]) {
        match event {
            WireEvent::Received(count) => received[..count].iter().for_each(|&byte| {
                if let Some(item) = self.decoder.push(byte) {
                    self.obey(item);
                }
            }),
            WireEvent::Written(count) => self.account(count),
            WireEvent::Opened => {
                self.decoder = Decoder::default();
                self.port.reopen();
                let (options, greeting) = Options::begin();
                self.options = options;
                self.answer(&greeting);
                self.inbox.event(WireEvent::Opened);
                // The first signal says that this wire has signals.
                self.inbox.event(WireEvent::Signal(HostSignal::Dtr(true)));
                self.inbox.event(WireEvent::Signal(HostSignal::Rts(true)));
            }
            WireEvent::Closed => {
                let held = self.suspended.take().unwrap_or_default();
                self.left += held.iter().map(Vec::len).sum::<usize>();
                self.inbox.event(WireEvent::Closed);
            }
            // TCP has none.
            WireEvent::Signal(_) | WireEvent::Speed(_) => {}
        }
        self.say();
    }

    fn obey(&mut self, item: Item) {
        match item {
            Item::Data(byte) => self.inbox.byte(byte),
            Item::Break => self.inbox.event(WireEvent::Signal(HostSignal::Break)),
            Item::Negotiation(verb, option) => {
                let had_port = self.options.either(COM_PORT);
                if let Some(answer) = self.options.negotiate(verb, option) {
                    self.answer(&answer);
                }
                self.decoder.binary = self.options.theirs(BINARY);
                if !had_port && self.options.either(COM_PORT) {
                    // Clients wait for it, that of pyserial without asking.
                    self.answer(&telnet::parameters(COM_PORT, &self.port.standing()));
                }
            }
            Item::Parameters(COM_PORT, command) => {
                let (answer, deed) = self.port.command(&command);
                if let Some(answer) = answer {
                    self.answer(&telnet::parameters(COM_PORT, &answer));
                }
                match deed {
                    None => {}
                    Some(Deed::Signal(signal)) => self.inbox.event(WireEvent::Signal(signal)),
                    Some(Deed::Speed(speed)) => self.inbox.event(WireEvent::Speed(speed)),
                    Some(Deed::Suspend) => {
                        self.suspended.get_or_insert_default();
                    }
                    Some(Deed::Resume) => {
                        let held = self.suspended.take().unwrap_or_default();
                        held.into_iter().for_each(|bytes| self.write(bytes));
                    }
                }
            }
            Item::Parameters(..) => {}
        }
    }

    /// See [`super::wire::Wire::write`].
    pub fn write(&mut self, bytes: Vec<u8>) {
        if let Some(held) = &mut self.suspended {
            held.push_back(bytes);
            return;
        }
        self.say();
        for piece in bytes.chunks(PIECE) {
            let sent = telnet::data(piece);
            self.leaving.push_back(Leaving { sent: sent.len(), data: piece.len(), answer: 0 });
            self.tcp.write(sent);
        }
    }

    /// See [`super::wire::Wire::signal`].
    pub fn signal(&mut self, signal: ModuleSignal) {
        let news = self.port.signal(signal);
        if let Some(news) = news.filter(|_| self.options.either(COM_PORT)) {
            self.answer(&telnet::parameters(COM_PORT, &news));
            self.say();
        }
    }

    fn answer(&mut self, bytes: &[u8]) {
        self.saying.extend(bytes);
    }

    fn say(&mut self) {
        if !self.saying.is_empty() {
            let bytes = std::mem::take(&mut self.saying);
            self.leaving.push_back(Leaving { sent: bytes.len(), data: 0, answer: bytes.len() });
            self.answers += bytes.len();
            self.tcp.write(bytes);
        }
    }

    /// So many bytes have left the TCP line.
    fn account(&mut self, mut count: usize) {
        while let Some(front) = self.leaving.front_mut() {
            let part = front.sent.min(count);
            front.sent -= part;
            count -= part;
            if front.sent > 0 {
                return;
            }
            self.left += front.data;
            self.answers -= front.answer;
            self.leaving.pop_front();
        }
    }

    /// See [`super::wire::Wire::take_written`].
    pub fn take_written(&mut self) -> Option<usize> {
        if let Some(count) = self.tcp.take_written() {
            self.account(count);
        }
        (self.left > 0).then(|| std::mem::take(&mut self.left))
    }

    /// See [`super::wire::Wire::poll_drained`].
    ///
    /// # Errors
    /// As [`TcpLine::poll_drained`].
    pub fn poll_drained(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp.poll_drained(cx)
    }
}
