//! One file on its way: how much of it has passed, and how it is to end.

use std::time::Duration;

use serde::Serialize;

use super::failure::Failure;
use crate::line::LineId;

/// A transfer under way (manual 2.2.3, 2.2.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// `AT+QFTPPUT`.
    Upload(Upload),
    /// `AT+QFTPGET`.
    Download(Download),
}

/// Prints the result of an upload.
pub const PUT: &str = "+QFTPPUT";
/// Prints the result of a download.
pub const GET: &str = "+QFTPGET";

/// What a transfer came to: its size in bytes, or why it failed.
pub type Outcome = Result<u64, Failure>;

/// A file from the host to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The line whose host sends the file.
    pub line: LineId,
    /// `<fileSz>`, in bytes.
    pub size: u64,
    /// `<time>`, counted from `CONNECT`.
    pub limit: Duration,
    /// Bytes taken from the host.
    pub taken: u64,
    /// Bytes handed to the FTP client that it has not yet handed on.
    pub unsent: usize,
    /// How far it has come.
    pub phase: UploadPhase,
}

/// How far an upload has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadPhase {
    /// The host has not yet been told to send.
    Announced,
    /// The host sends.
    Receiving,
    /// The host has sent all, or its time is up; the server's word is awaited.
    Finishing,
    /// Given up; this will be its result.
    Aborting(Outcome),
}

/// A file from the server to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// The line whose host receives the file.
    pub line: LineId,
    /// Bytes that the FTP client may still read.
    pub credit: usize,
    /// Bytes that came from the server.
    pub received: u64,
    /// Bytes that have left for the host.
    pub delivered: u64,
    /// How far it has come.
    pub phase: DownloadPhase,
}

/// How far a download has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DownloadPhase {
    /// The host has not yet been told that it will receive.
    Announced,
    /// Nor has it, and the server has confirmed all already: the file is empty.
    ConfirmedEarly,
    /// The server sends.
    Sending,
    /// The server has confirmed all; the rest is on its way to the host.
    Confirmed,
    /// Given up.
    Aborting,
}

/// How far a file has come, for an operator's view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "io", derive(utoipa::ToSchema))]
pub struct Progress {
    /// The command that moves it, `+QFTPPUT` or `+QFTPGET`.
    pub command: &'static str,
    /// The line whose host sends or receives it.
    pub line: u8,
    /// Its size in bytes, where the host has told it.
    pub size: Option<u64>,
    /// Bytes that came from the host or from the server.
    pub taken: u64,
    /// Bytes of those that the module still holds.
    pub in_hand: u64,
}

impl Upload {
    /// An upload of `size` bytes of which none has come.
    pub const fn new(line: LineId, size: u64, limit: Duration) -> Self {
        Self { line, size, limit, taken: 0, unsent: 0, phase: UploadPhase::Announced }
    }

    /// Bytes still expected from the host.
    pub const fn missing(&self) -> u64 {
        match self.phase {
            UploadPhase::Receiving => self.size - self.taken,
            UploadPhase::Announced | UploadPhase::Finishing | UploadPhase::Aborting(_) => 0,
        }
    }
}

impl Download {
    /// A download of which nothing has come.
    pub const fn new(line: LineId) -> Self {
        let phase = DownloadPhase::Announced;
        Self { line, credit: 0, received: 0, delivered: 0, phase }
    }

    /// Bytes in the module's hands: asked for, or not yet gone to the host.
    pub fn in_hand(&self) -> usize {
        let undelivered = usize::try_from(self.received - self.delivered).unwrap_or(usize::MAX);
        self.credit.saturating_add(undelivered)
    }
}

impl Transfer {
    /// How far it has come.
    pub const fn progress(&self) -> Progress {
        let (command, line) = (self.command(), self.line().number());
        match self {
            Self::Upload(Upload { size, taken, unsent, .. }) => {
                let (taken, in_hand) = (*taken, *unsent as u64);
                Progress { command, line, size: Some(*size), taken, in_hand }
            }
            Self::Download(Download { received, delivered, .. }) => {
                let in_hand = *received - *delivered;
                Progress { command, line, size: None, taken: *received, in_hand }
            }
        }
    }

    /// The line whose host sends or receives the file.
    pub const fn line(&self) -> LineId {
        match self {
            Self::Upload(Upload { line, .. }) | Self::Download(Download { line, .. }) => *line,
        }
    }

    /// The command that began it, and prints its result.
    pub const fn command(&self) -> &'static str {
        match self {
            Self::Upload(_) => PUT,
            Self::Download(_) => GET,
        }
    }
}
