//! The server's word on a transfer after the data connection has ended.
//!
//! Knows nothing of the data itself.

use std::pin::pin;
use std::time::Duration;

use super::control::refusal;
use super::session::{Session, Stop};
use crate::ftp::{Event, Failure};

/// How long a server that has cut the data connection may take to say why, in real time. The only
/// time of the client's own: the service could not tell this silence from a slow line, and would
/// wait its whole limit for words that most servers send at once or never.
pub(super) const STATEMENT: Duration = Duration::from_secs(2);

impl Session {
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
