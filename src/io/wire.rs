//! One of the wires that a line may be carried by, chosen as the program runs.

use std::fmt;
use std::io;
use std::task::{Context, Poll};

use super::line::WireEvent;
use super::pty::Pty;
use super::rfc2217::Rfc2217Line;
use super::serial::SerialLine;
use super::tcp::TcpLine;
use crate::line::ModuleSignal;

/// A wire to one host.
#[derive(Debug)]
pub enum Wire {
    /// A pseudo-terminal under a path that hosts open like a serial device.
    Pty(Pty),
    /// A TCP port that serves one client at a time.
    Tcp(TcpLine),
    /// The same with signals and speed, as RFC 2217 has them.
    Rfc2217(Box<Rfc2217Line>),
    /// A serial port.
    Serial(SerialLine),
}

impl Wire {
    /// Waits for the next event. Cancel-safe: what is not reported now is reported by the next call.
    ///
    /// `room` is how many bytes the module can take; with 0 nothing is read, the host's writes
    /// stall as under RTS/CTS, and the `Closed` of a host whose bytes still wait is held back.
    ///
    /// # Errors
    /// The line is beyond repair: its device or its inotify queue fails.
    pub fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
        room: usize,
    ) -> Poll<io::Result<WireEvent>> {
        match self {
            Self::Pty(pty) => pty.poll_event(cx, buf, room),
            Self::Tcp(tcp) => tcp.poll_event(cx, buf, room),
            Self::Rfc2217(line) => line.poll_event(cx, buf, room),
            Self::Serial(line) => line.poll_event(cx, buf, room),
        }
    }

    /// Sends bytes to the host, in this very call as far as the kernel takes them; the rest waits.
    ///
    /// The caller bounds what is outstanding, by what `Written` has reported.
    pub fn write(&mut self, bytes: Vec<u8>) {
        match self {
            Self::Pty(pty) => pty.write(bytes),
            Self::Tcp(tcp) => tcp.write(bytes),
            Self::Rfc2217(line) => line.write(bytes),
            Self::Serial(line) => line.write(bytes),
        }
    }

    /// Moves a signal of the module's; a wire without signals has nothing to move.
    pub fn signal(&mut self, signal: ModuleSignal) {
        match self {
            Self::Pty(_) | Self::Tcp(_) => {}
            Self::Rfc2217(line) => line.signal(signal),
            Self::Serial(line) => line.signal(signal),
        }
    }

    /// How many written bytes have left and were not reported; they count as reported with that.
    pub fn take_written(&mut self) -> Option<usize> {
        match self {
            Self::Pty(pty) => pty.take_written(),
            Self::Tcp(tcp) => tcp.take_written(),
            Self::Rfc2217(line) => line.take_written(),
            Self::Serial(line) => line.take_written(),
        }
    }

    /// Waits until what was written has reached the host, for an orderly end. Reads nothing.
    ///
    /// The caller limits the time: a host that does not read keeps this pending.
    ///
    /// # Errors
    /// As [`Wire::poll_event`].
    pub fn poll_drained(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Pty(pty) => pty.poll_drained(cx),
            Self::Tcp(tcp) => tcp.poll_drained(cx),
            Self::Rfc2217(line) => line.poll_drained(cx),
            Self::Serial(line) => line.poll_drained(cx),
        }
    }
}

impl fmt::Display for Wire {
    /// Where a host finds the line: `/tmp/ttyQ0 (/dev/pts/3)` or `tcp 127.0.0.1:5555`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pty(pty) => write!(f, "{} ({})", pty.path().display(), pty.device().display()),
            Self::Tcp(tcp) => write!(f, "tcp {}", tcp.local_addr()),
            Self::Rfc2217(line) => write!(f, "rfc2217 {}", line.local_addr()),
            Self::Serial(line) => write!(f, "serial {}", line.settings().device.display()),
        }
    }
}
