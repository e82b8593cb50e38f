//! The port between the service and the FTP client: what the module asks, what happened out there.
//!
//! Knows neither sockets nor AT commands. The client on the other side (`io::ftp_client`) is a
//! user-PI and user-DTP in the words of RFC 959; a transcript can stand in its place.
//!
//! # Contract
//!
//! * One session at a time: [`Request::Open`] begins it; [`Event::Lost`], [`Event::Closed`] or
//!   [`Request::Drop`] ends it. After a `Drop`, no event of that session arrives any more.
//! * One operation at a time. Each of `Open`, `ChangeDirectory`, `Store`, `Retrieve` and `Close` is
//!   answered by exactly one final event, given with each below. `Close` and `Abort` may come while
//!   a transfer runs; then the transfer's own final event is dropped and theirs alone comes.
//! * Flow is by credit, in both directions: the service sends no more than its window beyond what
//!   [`Event::Sent`] has acknowledged, and the client reads no more than [`Request::Pull`] allows.
//! * The client has no time limits of its own: the service counts them in module time, restarts
//!   them at every event, and sends `Drop` when one runs out.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::failure::Failure;

/// What the service asks of the FTP client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Resolve the host, connect, log in. Ends with [`Event::Opened`] or [`Event::Lost`].
    Open(Account),
    /// Change the working directory. Ends with [`Event::DirectoryChanged`], `Failed` or `Lost`.
    ChangeDirectory(Vec<u8>),
    /// Prepare an upload; [`Event::DataOpen`] when data may flow, then [`Event::Done`], `Failed` or `Lost`.
    Store(Job),
    /// Prepare a download; [`Event::DataOpen`] when data may flow, then [`Event::Done`], `Failed` or `Lost`.
    Retrieve(Job),
    /// Bytes of an upload.
    Send(Vec<u8>),
    /// The upload is complete: close the data connection and await the server's word.
    EndOfFile,
    /// So many more bytes of a download may be read from the data connection.
    Pull(usize),
    /// Give up the transfer and keep the session. Ends with [`Event::Aborted`] or `Lost`.
    Abort,
    /// Log out (a running transfer is aborted first). Ends with [`Event::Closed`], in any case.
    Close,
    /// Forget the session without a word to the server: its sockets are reset.
    Drop,
}

/// Where to, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Host name or address literal, as the host of the module typed it.
    pub host: Vec<u8>,
    /// TCP port of the control connection, 1 to 65535.
    pub port: u16,
    /// Argument of USER.
    pub user: Vec<u8>,
    /// Argument of PASS.
    pub password: Password,
}

/// One transfer, as RFC 959 describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Directory to change to first, if any (CWD).
    pub directory: Option<Vec<u8>>,
    /// Pathname for STOR or RETR, the bytes as typed.
    pub path: Vec<u8>,
    /// Restart marker in bytes; 0 sends no REST.
    pub restart: u64,
    /// TYPE.
    pub representation: Representation,
    /// Who connects to whom.
    pub data_connection: DataConnection,
}

/// RFC 959 representation type. The bytes of a file are never converted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Representation {
    /// `TYPE I`.
    #[default]
    Image,
    /// `TYPE A`.
    Ascii,
}

/// Which side opens the data connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DataConnection {
    /// The server connects to us (PORT).
    Active,
    /// We connect to the server (PASV).
    #[default]
    Passive,
}

/// What happened out there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The server replied on the way to a final event; only sign of life and matter for the log.
    Reply(u16),
    /// Logged in.
    Opened,
    /// CWD succeeded.
    DirectoryChanged,
    /// The data connection stands and the server has said 125 or 150.
    DataOpen,
    /// So many bytes of an upload were handed to the data connection.
    Sent(usize),
    /// Bytes of a download, no more than were pulled.
    Data(Vec<u8>),
    /// The server confirmed the whole transfer (226 or 250).
    Done,
    /// The transfer was given up; the session stands.
    Aborted,
    /// Logged out; the session is over.
    Closed,
    /// The operation failed; the session stands.
    Failed(Failure),
    /// While no operation runs, the server sent a refusal, such as 421; the session stands so far.
    Warned(Failure),
    /// The session is over.
    Lost(Failure),
}

/// A password, which no debug print shows.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Password(pub Vec<u8>);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}
