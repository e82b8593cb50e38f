//! The server's word on a transfer, before its first and after its last byte.
//!
//! Moves no data.

use std::pin::pin;
use std::time::Duration;

use tokio::net::TcpStream;

use super::reply::{Stop, refusal};
use super::session::Session;
use super::transfer::{End, Read, read};
use crate::ftp::{Event, Failure};

/// How long a server that has cut the data connection may take to say why, in real time. The only
/// time of the client's own: the service could not tell this silence from a slow line, and would
/// wait its whole limit for words that most servers send at once or never.
pub(super) const STATEMENT: Duration = Duration::from_secs(2);

/// How long a server may take back the 150 it gave for a download, in real time.
const SECOND_THOUGHTS: Duration = Duration::from_millis(100);

impl Session {
    /// libunftp says 150 before it looks for the file, and 550 right after. To the service that is
    /// one refusal, as other servers give it: data may flow once there is some, once the server has
    /// confirmed that there is none, or when it has had its time to think again. What has ended
    /// meanwhile is returned.
    pub(super) async fn second_thoughts(&mut self, data: &TcpStream) -> Result<Option<End>, Stop> {
        let mut deadline = pin!(tokio::time::sleep(SECOND_THOUGHTS));
        let mut at_end = false;
        while !self.completed {
            tokio::select! {
                biased;
                // Before the reply: a refusal after the first bytes is one of a running transfer.
                seen = read(data, 0), if !at_end => match seen {
                    Ok(Read::EndOfFile) => at_end = true,
                    Ok(Read::Bytes(_) | Read::MoreIsThere) => break,
                    // The system tells a reset once.
                    Err(_) => return Ok(Some(End::Cut)),
                },
                reply = self.control.reply() => match reply?.code {
                    226 | 250 => self.completed = true,
                    code @ (100..=199 | 221) => self.emit(Event::Reply(code)),
                    code => return Err(Stop::Failed(refusal(code))),
                },
                call = self.inbox.call() => return Ok(Some(End::Called(call))),
                () = &mut deadline => break,
            }
        }
        Ok(None)
    }

    /// The server's word on a transfer whose data connection has ended well.
    pub(super) async fn completion(&mut self) -> Result<(), Stop> {
        match self.word(None).await? {
            Some(226 | 250) => Ok(()),
            code => Err(Stop::Failed(code.map_or(Failure::Unknown, refusal))),
        }
    }

    /// The server's word on a transfer whose data connection it has cut: a refusal counts, and
    /// anything else is no explanation. Without a word the reply is still owed; the session gets
    /// it out of the way before its next command.
    pub(super) async fn statement(&mut self) -> Result<(), Stop> {
        match self.word(Some(STATEMENT)).await? {
            Some(code @ (332 | 400..=599)) => Err(Stop::Failed(Failure::Reply(code))),
            word => {
                self.reply_is_owed = word.is_none();
                Err(Stop::Failed(Failure::DataClosed))
            }
        }
    }

    /// The code of the reply that ends a transfer; none if there is a limit and it has passed.
    async fn word(&mut self, limit: Option<Duration>) -> Result<Option<u16>, Stop> {
        let mut deadline = pin!(async {
            match limit {
                Some(limit) => tokio::time::sleep(limit).await,
                None => std::future::pending().await,
            }
        });
        let call = loop {
            tokio::select! {
                biased;
                reply = self.control.reply() => match reply?.code {
                    // libunftp's goodbye to an idle client; the end of the connection follows.
                    221 => self.emit(Event::Reply(221)),
                    // pure-ftpd ends a transfer that broke off with a 150.
                    100..=199 => return Ok(Some(426)),
                    code => return Ok(Some(code)),
                },
                call = self.inbox.call() => break call,
                () = &mut deadline => return Ok(None),
            }
        };
        self.call_off(None, call).await
    }
}
