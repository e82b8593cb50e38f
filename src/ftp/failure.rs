//! Why an FTP operation failed, before any dialect gives it a number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A cause of failure (manual chapter 3). A dialect turns it into the number that the host sees.
///
/// Its text is a word (`dns`, `control-closed`), or the reply code alone (`550`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Failure {
    /// Nothing else fits.
    Unknown,
    /// The service is opening, working, or in the hands of another virtual UART.
    Busy,
    /// The host name has no address.
    Dns,
    /// The context did not come up, no TCP connection was to be had, or a command could not be sent.
    Network,
    /// The server closed the control connection.
    ControlClosed,
    /// The server closed the data connection before the transfer was complete.
    DataClosed,
    /// The GPRS context went down.
    ContextDeactivated,
    /// Nothing came within the limit.
    Timeout,
    /// A parameter has the right form and an illegal value.
    Parameter,
    /// The server refused with this RFC 959 reply code (400 to 599, or 332).
    Reply(u16),
}

/// A word that names no [`Failure`].
#[derive(Debug, Error)]
#[error("{0:?} is not a cause of failure")]
pub struct NoSuchFailure(String);

const WORDS: &[(Failure, &str)] = &[
    (Failure::Unknown, "unknown"),
    (Failure::Busy, "busy"),
    (Failure::Dns, "dns"),
    (Failure::Network, "network"),
    (Failure::ControlClosed, "control-closed"),
    (Failure::DataClosed, "data-closed"),
    (Failure::ContextDeactivated, "context-deactivated"),
    (Failure::Timeout, "timeout"),
    (Failure::Parameter, "parameter"),
];

impl Failure {
    /// Every cause that has a word.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(_, word)| *word)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match WORDS.iter().find(|(failure, _)| failure == self) {
            Some((_, word)) => f.write_str(word),
            None => match self {
                Self::Reply(code) => write!(f, "{code}"),
                _ => unreachable!("every other cause has its word in WORDS"),
            },
        }
    }
}

impl FromStr for Failure {
    type Err = NoSuchFailure;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = || text.parse().ok().filter(|code| (100..600).contains(code)).map(Self::Reply);
        let word = WORDS.iter().find(|(_, word)| *word == text).map(|(failure, _)| *failure);
        word.or_else(code).ok_or_else(|| NoSuchFailure(text.to_owned()))
    }
}

impl TryFrom<String> for Failure {
    type Error = NoSuchFailure;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Failure> for String {
    fn from(failure: Failure) -> Self {
        failure.to_string()
    }
}
