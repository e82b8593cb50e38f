//! Replies of the server (RFC 959 4.2) and broken connections, as what they mean for an operation.
//!
//! Reads no socket.

use std::io::{self, ErrorKind};

use super::inbox::Call;
use crate::ftp::Failure;

/// Why an operation went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It failed; the session stands.
    Failed(Failure),
    /// The session is over.
    Lost(Failure),
    /// The service called it off, and the control connection is in step.
    Called(Call),
}

impl Stop {
    /// The failure, where the session ends with it in any case.
    pub(super) fn failure(self) -> Failure {
        match self {
            Self::Failed(failure) | Self::Lost(failure) => failure,
            Self::Called(_) => Failure::Unknown,
        }
    }
}

/// A reply of the server.
pub(super) struct Reply {
    /// The first three digits of its last line; 0 if there are none.
    pub(super) code: u16,
    /// All its lines.
    pub(super) text: Vec<u8>,
}

impl Reply {
    pub(super) fn of(text: Vec<u8>) -> Self {
        let code = text
            .trim_ascii_end()
            .rsplit(|&byte| byte == b'\n')
            .next()
            .and_then(code_of)
            .unwrap_or(0);
        tracing::debug!("< {}", text.trim_ascii_end().escape_ascii());
        Self { code, text }
    }

    /// The failure when this reply is not the one that was wanted.
    pub(super) fn refusal(&self) -> Failure {
        refusal(self.code)
    }
}

/// The failure when a reply is not the one that was wanted.
pub(super) fn refusal(code: u16) -> Failure {
    match code {
        332 | 400..=599 => Failure::Reply(code),
        _ => Failure::Unknown,
    }
}

/// The three digits at the beginning of a line.
pub(super) fn code_of(line: &[u8]) -> Option<u16> {
    let digits = line.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    str::from_utf8(digits).ok()?.parse().ok()
}

/// What a broken control connection means: the server's doing, an endless reply, or the network's.
pub(super) fn failure_of(error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::UnexpectedEof => Failure::ControlClosed,
        ErrorKind::InvalidData => Failure::Unknown,
        _ if hung_up(error) => Failure::ControlClosed,
        _ => Failure::Network,
    }
}

pub(super) fn hung_up(error: &io::Error) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected)
}
