//! A line: the DTE-DCE interface between the module and one host, as bytes and as presence.
//!
//! Knows nothing of AT commands, and starts no task: the loop that owns the modem polls its lines
//! itself, so that a byte passes through no channel on its way.
//!
//! # Contract
//!
//! * Lines are made and polled on a tokio runtime with I/O and time enabled.
//! * After a call that made an event or [`Wire::write`](super::wire::Wire::write), poll again before sleeping: only
//!   `Pending` means that the task will be woken.
//! * `Opened` and `Closed` alternate, beginning with `Opened`. Bytes that a host sent come between
//!   its own two.
//! * Every byte given to `write` is reported by `Written` exactly once, however it went: what is
//!   sent while nobody listens is lost, as on a UART with nothing plugged in.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::unix::AsyncFd;

use crate::line::{HostSignal, LineSpeed};

pub(super) mod outbox;

/// What happened on a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireEvent {
    /// A host is there: the first to open the device, or a client that was accepted.
    Opened,
    /// Nobody is there any more, or, on TCP, nobody who could send another byte.
    Closed,
    /// So many bytes from the host were placed at the front of the caller's buffer.
    Received(usize),
    /// The host has moved a signal.
    Signal(HostSignal),
    /// The host has set its UART.
    Speed(LineSpeed),
    /// So many bytes given to `write` have left, for the host or for nowhere.
    Written(usize),
}

/// Why there is no line.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The path ends in nothing that could name a link.
    #[error("no line at {}: the path does not end in a name", path.display())]
    Nameless {
        /// The path asked for.
        path: PathBuf,
    },
    /// The directory that is to hold the link is missing or closed to us.
    #[error("no line at {}: its directory cannot be used: {source}", path.display())]
    Directory {
        /// The path asked for.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// Something that is not ours to replace has the name.
    #[error("no line at {}: {what} stands there and is not overwritten", path.display())]
    Occupied {
        /// The path asked for.
        path: PathBuf,
        /// What stands there.
        what: &'static str,
    },
    /// The link leads to a terminal that has lived since the link was made.
    #[error("no line at {}: it links to {}, which another program serves", path.display(), device.display())]
    Foreign {
        /// The path asked for.
        path: PathBuf,
        /// The other program's device.
        device: PathBuf,
    },
    /// Another line of this program, in this process or another, has the path.
    #[error("no line at {}: another quasimodem serves it", path.display())]
    Served {
        /// The path asked for.
        path: PathBuf,
    },
    /// A system call on the way failed.
    #[error("no line at {}: {step}: {source}", path.display())]
    System {
        /// The path asked for.
        path: PathBuf,
        /// What was being done.
        step: &'static str,
        /// The system's word.
        source: io::Error,
    },
    /// The TCP address cannot be listened on.
    #[error("no line at tcp {address}: {source}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// The system's word.
        source: io::Error,
    },
}

/// Raises the soft limit of open files to the hard one; a line takes three or four.
///
/// # Errors
/// The system refuses, and the old limit stands.
pub fn raise_fd_limit() -> io::Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    Ok(setrlimit(Resource::Nofile, limit)?)
}

/// Has the runtime watch a descriptor.
///
/// The safe constructor is deprecated because some types could close their descriptor behind
/// tokio's back. An owned descriptor cannot, and the one that replaces it is `unsafe`.
#[allow(deprecated, reason = "sound for an OwnedFd")]
pub(super) fn watch(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::new(fd)
}
