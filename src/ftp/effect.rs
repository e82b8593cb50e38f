//! What can happen to the service, and what it wants done: the vocabulary of its state machine.

use std::time::Duration;

use super::failure::Failure;
use super::port::{Event, Request};
use super::transfer::{GET, Outcome, PUT};
use crate::line::LineId;

/// Prints the result of an open.
pub const OPEN: &str = "+QFTPOPEN";
/// Prints the result of a close.
pub const CLOSE: &str = "+QFTPCLOSE";
/// Prints the result of a change of path.
pub const PATH: &str = "+QFTPPATH";

/// What can happen to the service.
#[derive(Clone, Debug)]
pub enum Stimulus {
    /// `AT+QFTPOPEN`.
    Open(LineId, Vec<u8>, u16),
    /// `AT+QFTPCLOSE`.
    Close(LineId),
    /// `AT+QFTPPUT`: name, size in bytes, time limit.
    Put(LineId, Vec<u8>, u64, Duration),
    /// `AT+QFTPGET`.
    Get(LineId, Vec<u8>),
    /// `AT+QFTPPATH`, where the profile sends CWD at once.
    ChangeDirectory(LineId, Vec<u8>),
    /// `CONNECT` has gone out: data may flow.
    Connected,
    /// `+++`, where the profile ends a transfer with it.
    Escaped,
    /// The `<time>` of an upload is up.
    UploadLimit,
    /// The server, or its data connection, was silent for too long.
    SilenceLimit,
    /// The network took the bearer away.
    BearerLost,
    /// `AT+QIDEACT`.
    Deactivated,
    /// The FTP client reports.
    Ftp(Event),
}

/// What the service wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Of the FTP client.
    Ask(Request),
    /// On this line: say so as soon as it is polite.
    Tell(LineId, Notice),
    /// On this line: bytes of a download.
    Deliver(LineId, Vec<u8>),
    /// On this line: back to command state, without a word; undelivered bytes are dropped.
    LeaveData(LineId),
    /// On every line: the bearer is gone.
    TellBearerLost,
}

/// What the host is told late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// `CONNECT`, and the line enters data state.
    Connect,
    /// `+QFTPxxx:<n>` or its error.
    Result(&'static str, Outcome),
    /// The same at the end of a download: the line leaves data state with it.
    Final(&'static str, Outcome),
    /// `+QFTPERROR:<err>` (manual chapter 3): no command is being executed.
    Error(Failure),
}

impl Stimulus {
    pub(super) const fn asked_by(&self) -> Option<(LineId, &'static str)> {
        match self {
            Self::Open(line, ..) => Some((*line, OPEN)),
            Self::Close(line) => Some((*line, CLOSE)),
            Self::Put(line, ..) => Some((*line, PUT)),
            Self::Get(line, _) => Some((*line, GET)),
            Self::ChangeDirectory(line, _) => Some((*line, PATH)),
            _ => None,
        }
    }
}

/// The command's own late result.
pub(super) const fn refusal(line: LineId, command: &'static str, failure: Failure) -> Effect {
    Effect::Tell(line, Notice::Result(command, Err(failure)))
}
