//! A line over a TCP port, one client at a time.
//!
//! Knows nothing of what the bytes mean; there is no Telnet or RFC 2217 in them.
//!
//! # When a client has left
//!
//! A client that shuts down its half of the connection (`printf 'AT\r' | nc -N`) and one that is
//! gone altogether look the same: an end of file. So `Closed` comes at the end of file, where it is
//! certain that a command line left half-typed stays so; but replies go on to the client until
//! a write fails or the next client comes, who need not wait for that.

use std::io;
use std::net::{self, SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read, retry_on_intr};
use rustix::net::sockopt;
use tokio::io::unix::AsyncFd;
use tokio::net::TcpListener;
use tokio::time::{Sleep, sleep};

use super::line::outbox::Outbox;
use super::line::{LineError, WireEvent, watch};

/// How long nothing is accepted after the system had no means to, such as a file descriptor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A listening port and whoever is connected to it.
#[derive(Debug)]
pub struct TcpLine {
    address: SocketAddr,
    listener: TcpListener,
    pause: Option<Pin<Box<Sleep>>>,
    client: Option<Client>,
    /// Waits for the last bytes of a client that has hung up already.
    successor: Option<Client>,
    /// The last of the two that was reported was `Opened`.
    opened: bool,
    outbox: Outbox,
}

#[derive(Debug)]
struct Client {
    stream: AsyncFd<OwnedFd>,
    peer: SocketAddr,
    /// It will send nothing any more.
    ended: bool,
    /// It will receive nothing any more.
    deaf: bool,
}

impl TcpLine {
    /// Listens on an address; port 0 takes any free one. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// The address is in use, not ours, or not for us.
    pub fn bind(address: SocketAddr) -> Result<Self, LineError> {
        let failed = |source| LineError::Bind { address, source };
        let listener = net::TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        Ok(Self {
            address: listener.local_addr().map_err(failed)?,
            listener: TcpListener::from_std(listener).map_err(failed)?,
            pause: None,
            client: None,
            successor: None,
            opened: false,
            outbox: Outbox::default(),
        })
    }

    /// The address that clients connect to, with the port that was taken for port 0.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// See [`super::wire::Wire::poll_event`].
    ///
    /// # Errors
    /// The runtime is shutting down. No failure of a client or of the network is an error.
    pub fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
        room: usize,
    ) -> Poll<io::Result<WireEvent>> {
        let room = room.min(buf.len());
        let buf = &mut buf[..room];
        loop {
            if let Some(count) = self.outbox.take_left() {
                return Poll::Ready(Ok(WireEvent::Written(count)));
            }
            if self.opened && !self.is_heard() {
                self.opened = false;
                return Poll::Ready(Ok(WireEvent::Closed));
            }
            self.promote();
            if !self.opened && self.is_heard() {
                self.opened = true;
                return Poll::Ready(Ok(WireEvent::Opened));
            }
            if let Some(client) = &mut self.client {
                if let Poll::Ready(Err(_)) = self.outbox.poll_sent(&client.stream, cx) {
                    client.deaf = true;
                    self.outbox.lose_all();
                    continue;
                }
                if let Some(count) = self.outbox.take_left() {
                    return Poll::Ready(Ok(WireEvent::Written(count)));
                }
                if let Poll::Ready(count) = client.poll_receive(cx, buf)? {
                    match count {
                        0 => continue,
                        _ => return Poll::Ready(Ok(WireEvent::Received(count))),
                    }
                }
            }
            // Who comes behind a successor is not turned away before it is known who is in front:
            // all of them may have left already.
            if self.successor.is_some() {
                return Poll::Pending;
            }
            let (stream, peer) = ready!(self.poll_accept(cx));
            self.admit(stream, peer);
        }
    }

    /// See [`super::wire::Wire::write`].
    pub fn write(&mut self, bytes: Vec<u8>) {
        match &mut self.client {
            Some(client) if !client.deaf => {
                if self.outbox.send(client.stream.get_ref(), bytes).is_err() {
                    client.deaf = true;
                    self.outbox.lose_all();
                }
            }
            _ => self.outbox.lose(bytes.len()),
        }
    }

    /// See [`super::wire::Wire::take_written`].
    pub fn take_written(&mut self) -> Option<usize> {
        self.outbox.take_left()
    }

    /// See [`super::wire::Wire::poll_drained`]: the kernel delivers what it has taken.
    ///
    /// # Errors
    /// None so far.
    pub fn poll_drained(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(client) = &self.client {
            // An error here means that there is nobody left to drain to.
            let _ = ready!(self.outbox.poll_sent(&client.stream, cx));
            discard_input(client.stream.get_ref());
        }
        Poll::Ready(Ok(()))
    }

    /// Whether there is a client that may send more.
    fn is_heard(&self) -> bool {
        self.client.as_ref().is_some_and(|client| !client.ended)
    }

    /// Lets the successor in, and a client go that neither hears nor speaks.
    fn promote(&mut self) {
        let Some(client) = &self.client else {
            return;
        };
        if client.ended && self.successor.is_some() {
            self.outbox.lose_all();
            self.client = self.successor.take();
        } else if client.ended && client.deaf {
            self.client = None;
        }
    }

    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<(TcpStream, SocketAddr)> {
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            match ready!(self.listener.poll_accept(cx)).and_then(|(s, p)| Ok((s.into_std()?, p))) {
                Ok(accepted) => return Poll::Ready(accepted),
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                // No descriptor or no memory: who is waiting stays in the backlog.
                Err(_) => self.pause = Some(Box::pin(sleep(ACCEPT_PAUSE))),
            }
        }
    }

    /// Makes a client the present one, the next one, or sends it away.
    fn admit(&mut self, stream: TcpStream, peer: SocketAddr) {
        // Without these the line is slower or keeps a dead peer longer, but it works.
        let _ = stream.set_nodelay(true);
        let _ = keep_alive(&stream);
        let present = match &self.client {
            // An error below: the system cannot watch one more connection. Dropping it tells so.
            None => {
                self.client = Client::new(stream, peer).ok();
                return;
            }
            Some(client) if client.has_hung_up() => {
                self.successor = Client::new(stream, peer).ok();
                return;
            }
            Some(client) => client.peer,
        };
        let text = format!("quasimodem: this line is in use by {present}\r\n");
        // A fresh socket takes this in one piece; and if it is gone already, so be it.
        let _ = rustix::io::write(&stream, text.as_bytes());
        let _ = stream.shutdown(net::Shutdown::Write);
        if stream.set_nonblocking(true).is_ok() {
            discard_input(&stream);
        }
    }
}

impl Client {
    fn new(stream: TcpStream, peer: SocketAddr) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self { stream: watch(stream.into())?, peer, ended: false, deaf: false })
    }

    /// Reads into `buf`, if it is not empty. 0: the client has ended.
    fn poll_receive(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        while !self.ended && !buf.is_empty() {
            let mut guard = ready!(self.stream.poll_read_ready(cx))?;
            match retry_on_intr(|| read(guard.get_inner(), &mut *buf)) {
                Err(Errno::AGAIN) => guard.clear_ready(),
                Ok(0) => {
                    self.ended = true;
                    return Poll::Ready(Ok(0));
                }
                Ok(count) => return Poll::Ready(Ok(count)),
                Err(_) => {
                    (self.ended, self.deaf) = (true, true);
                    return Poll::Ready(Ok(0));
                }
            }
        }
        Poll::Pending
    }

    /// Whether its end of file has arrived, be it behind bytes that were not read yet.
    fn has_hung_up(&self) -> bool {
        let mut fds = [PollFd::new(self.stream.get_ref(), PollFlags::RDHUP)];
        let asked = retry_on_intr(|| poll(&mut fds, Some(&Timespec::default())));
        self.ended || asked.is_ok() && !fds[0].revents().is_empty()
    }
}

/// A peer that was switched off is noticed after a minute, not after hours.
fn keep_alive(stream: &TcpStream) -> rustix::io::Result<()> {
    sockopt::set_tcp_keepidle(stream, Duration::from_secs(30))?;
    sockopt::set_tcp_keepintvl(stream, Duration::from_secs(10))?;
    sockopt::set_tcp_keepcnt(stream, 3)?;
    sockopt::set_socket_keepalive(stream, true)
}

/// Reads what lies there: a socket closed with unread input resets, and may lose its output.
fn discard_input(stream: impl std::os::fd::AsFd) {
    let mut sink = [0; 4096];
    // Bounded, because the other side may go on sending.
    for _ in 0..64 {
        if !matches!(read(stream.as_fd(), &mut sink), Ok(1..)) {
            return;
        }
    }
}
