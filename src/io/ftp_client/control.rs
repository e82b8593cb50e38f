//! The control connection: commands out, replies in, through suppaftp.
//!
//! Knows which bytes make a reply, and not what any reply means for an operation. What suppaftp
//! 12.2.1 does not do is done here:
//!
//! * Its reply codes are 0 for those it does not know (431, 554 and others): see [`Reply`].
//! * It takes no greeting but 220: see `greeting`.
//! * It writes commands to the debug log, PASS too: see [`Control::send`].
//! * Its errors do not tell a dead server from an illegal argument: see [`stop`].
//! * It has a reply in hand before `peek` on the socket could see it, so the only watch over the
//!   connection is [`Control::reply`], which may be cancelled at any time without loss.
//! * A reply line of a bare code (`226` and no blank, against RFC 959) does not end a reply for
//!   it: it waits for the next full line. That is left as it is; the service's limits cover it.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use suppaftp::tokio::AsyncFtpStream;
use suppaftp::{Encoding, FtpError};
use tokio::net::TcpStream;

use super::reply::{Reply, Stop, failure_of, hung_up};
use super::{data, greeting};
use crate::ftp::Failure;

/// The control connection after its greeting.
pub(super) struct Control {
    ftp: AsyncFtpStream,
    /// Our address, where a listener for the server belongs.
    pub(super) local: SocketAddr,
    /// The server's address, where its data connections come from and go to.
    pub(super) peer: SocketAddr,
}

impl Control {
    /// Hands a connection over to suppaftp once its greeting is 220. `preliminary` hears of each 120.
    pub(super) async fn greeted(
        mut stream: TcpStream,
        preliminary: impl Fn(u16),
    ) -> Result<Self, Failure> {
        let broken = |error| failure_of(&error);
        let (local, peer) =
            (stream.local_addr().map_err(broken)?, stream.peer_addr().map_err(broken)?);
        if let Err(failure) = greeting::pass_over_preliminary(&mut stream, preliminary).await {
            data::disarm(&stream);
            return Err(failure);
        }
        match AsyncFtpStream::connect_with_stream(stream).await {
            Ok(mut ftp) => {
                ftp.set_encoding(Bytes).await;
                Ok(Self { ftp, local, peer })
            }
            Err(FtpError::UnexpectedResponse(response)) => Err(Reply::of(response.body).refusal()),
            Err(error) => Err(stop(error).failure()),
        }
    }

    /// Sends a command and reads one reply. To be awaited to its end: a reply that nobody reads
    /// becomes the reply of the next command.
    pub(super) async fn command(&mut self, line: &[u8]) -> Result<Reply, Stop> {
        tracing::debug!("> {}", line.escape_ascii());
        match self.ftp.custom_command(Bytes.decode(line), &[]).await {
            // The server hung up, and may have said why before.
            Err(FtpError::ConnectionError(error)) if hung_up(&error) => self.reply().await,
            result => match reply_in(result)? {
                Some(reply) => Ok(reply),
                None => self.reply().await,
            },
        }
    }

    /// Sends a command whose reply is awaited beside other things, or which is nobody's to read:
    /// `shown` goes to the log. suppaftp's own ways would wait for the reply, and log all of it.
    pub(super) async fn send(&mut self, line: &[u8], shown: &str) -> Result<(), Stop> {
        tracing::debug!("> {shown}");
        let mut wire = Vec::with_capacity(line.len() + 2);
        for &byte in line {
            wire.push(byte);
            // RFC 959 4.1: Telnet strings, where IAC stands for itself when doubled.
            if byte == 0xFF {
                wire.push(byte);
            }
        }
        wire.extend_from_slice(b"\r\n");
        let socket = self.ftp.get_ref().await;
        let mut rest = wire.as_slice();
        while !rest.is_empty() {
            match socket.try_write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    socket.writable().await.map_err(|error| Stop::Lost(failure_of(&error)))?;
                }
                // What the server said before it hung up is read as the reply, or else its end.
                Err(error) if hung_up(&error) => break,
                Err(error) => return Err(Stop::Lost(failure_of(&error))),
            }
        }
        Ok(())
    }

    /// Reads one reply. May be cancelled: suppaftp keeps what it has read of an unfinished one.
    pub(super) async fn reply(&mut self) -> Result<Reply, Stop> {
        loop {
            if let Some(reply) = reply_in(self.ftp.read_response_in(&[]).await)? {
                return Ok(reply);
            }
        }
    }

    /// From here on, closing the connection is a FIN and no longer a reset.
    pub(super) async fn disarm(&mut self) {
        let socket = self.ftp.get_ref().await;
        data::disarm(&socket);
    }
}

/// Whether the argument of a command stays one line: CR or LF would begin another command.
pub(super) fn is_one_line(argument: &[u8]) -> bool {
    !argument.iter().any(|byte| matches!(byte, b'\r' | b'\n'))
}

/// Names and passwords are bytes and go out as they are: each byte is the character of its number.
#[derive(Debug)]
struct Bytes;

impl Encoding for Bytes {
    fn decode(&self, bytes: &[u8]) -> String {
        bytes.iter().map(|&byte| char::from(byte)).collect()
    }

    fn encode(&self, text: &str) -> io::Result<Vec<u8>> {
        let byte =
            |c| u8::try_from(c).map_err(|_| io::Error::new(ErrorKind::InvalidInput, "not a byte"));
        text.chars().map(byte).collect()
    }
}

/// With no code expected, every reply comes as `UnexpectedResponse`. `None` is a line that is no
/// reply, such as an empty one: it is passed over, or every later reply would be one too late.
fn reply_in(result: Result<suppaftp::types::Response, FtpError>) -> Result<Option<Reply>, Stop> {
    match result {
        Ok(response) | Err(FtpError::UnexpectedResponse(response)) => {
            Ok(Some(Reply::of(response.body)))
        }
        Err(FtpError::BadResponse) => Ok(None),
        Err(error) => Err(stop(error)),
    }
}

/// suppaftp refuses a line with CR or LF in it before it sends anything, and says so with the same
/// variant as a broken connection.
fn stop(error: FtpError) -> Stop {
    match error {
        FtpError::ConnectionError(error) if error.kind() == ErrorKind::InvalidInput => {
            Stop::Failed(Failure::Parameter)
        }
        FtpError::ConnectionError(error) => Stop::Lost(failure_of(&error)),
        _ => Stop::Lost(Failure::Unknown),
    }
}
