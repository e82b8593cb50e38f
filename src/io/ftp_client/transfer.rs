//! The user-DTP: file bytes between the service and the data connection, and the server's word on
//! them.
//!
//! Knows no names. The control connection is watched all the while, because a server that gives
//! up may say so at any moment, and that word counts more than what the data connection shows.

use std::io::{self, ErrorKind};

use tokio::net::TcpStream;

use super::data::{self, DataEnd};
use super::inbox::Call;
use super::reply::{Reply, Stop};
use super::session::Session;
use crate::ftp::{Event, Failure, Job};

/// The most that is read from a data connection at once.
const CHUNK: usize = 64 * 1024;

/// The server cannot have all of a file that has not ended.
const PREMATURE: Stop = Stop::Failed(Failure::DataClosed);

/// How a data connection ended.
pub(super) enum End {
    /// All of the file is through.
    Whole,
    /// The server closed or reset it too early.
    Cut,
    /// The service called the transfer off.
    Called(Call),
}

impl Session {
    /// Sends a file (STOR).
    pub(super) async fn store(&mut self, job: &Job) -> Result<(), Stop> {
        let data = self.prepare(job, "STOR").await?;
        self.emit(Event::DataOpen);
        match self.upload(&data).await? {
            End::Whole => {
                data::finish(data).await;
                self.completion().await
            }
            End::Cut => {
                drop(data);
                self.statement().await
            }
            End::Called(call) => self.call_off(Some(data), call).await,
        }
    }

    /// Gets a file (RETR).
    pub(super) async fn retrieve(&mut self, job: &Job) -> Result<(), Stop> {
        let data = self.prepare(job, "RETR").await?;
        let early = self.second_thoughts(&data).await?;
        if !matches!(early, Some(End::Called(_))) {
            self.emit(Event::DataOpen);
        }
        let end = match early {
            Some(end) => end,
            None => self.download(&data).await?,
        };
        match end {
            End::Whole => {
                // Before the completion is read: proftpd sends it only then.
                data::disarm(&data);
                drop(data);
                if self.completed { Ok(()) } else { self.completion().await }
            }
            End::Cut if self.completed => Err(Stop::Failed(Failure::DataClosed)),
            End::Cut => {
                drop(data);
                self.statement().await
            }
            End::Called(call) => self.call_off(Some(data), call).await,
        }
    }

    async fn upload(&mut self, data: &TcpStream) -> Result<End, Stop> {
        if self.completed {
            return Err(PREMATURE);
        }
        let mut scrap = [0; 512];
        while !self.inbox.is_drained() {
            tokio::select! {
                biased;
                reply = self.control.reply() => match reply? {
                    Reply { code: code @ (100..=199 | 221), .. } => self.emit(Event::Reply(code)),
                    Reply { code: 226 | 250, .. } => return Err(PREMATURE),
                    reply => return Err(Stop::Failed(reply.refusal())),
                },
                call = self.inbox.flow() => if let Some(call) = call {
                    return Ok(End::Called(call));
                },
                ready = data.writable(), if !self.inbox.outgoing().is_empty() => {
                    match ready.and_then(|()| data.try_write(self.inbox.outgoing())) {
                        Ok(bytes) => {
                            self.inbox.took(bytes);
                            self.emit(Event::Sent(bytes));
                        }
                        Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                        Err(_) => return Ok(End::Cut),
                    }
                }
                // The server has nothing to send here but the end.
                ready = data.readable() => match ready.and_then(|()| data.try_read(&mut scrap)) {
                    Ok(1..) => {}
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    Ok(0) | Err(_) => return Ok(End::Cut),
                },
            }
        }
        Ok(End::Whole)
    }

    /// Often the server is done before its last bytes are read: it has handed them to its network,
    /// and the host of the module is slow. What it says after the completion concerns the time after
    /// this transfer, and is left to be read then.
    async fn download(&mut self, data: &TcpStream) -> Result<End, Stop> {
        let mut more_is_there = false;
        loop {
            let credit = self.inbox.credit;
            tokio::select! {
                biased;
                reply = self.control.reply(), if !self.completed => match reply? {
                    Reply { code: 226 | 250, .. } => self.completed = true,
                    Reply { code: code @ (100..=199 | 221), .. } => self.emit(Event::Reply(code)),
                    reply => return Err(Stop::Failed(reply.refusal())),
                },
                call = self.inbox.flow() => if let Some(call) = call {
                    return Ok(End::Called(call));
                },
                read = read(data, credit), if credit > 0 || !more_is_there => match read {
                    Ok(Read::Bytes(bytes)) => {
                        more_is_there = false;
                        self.inbox.credit -= bytes.len();
                        self.emit(Event::Data(bytes));
                    }
                    Ok(Read::MoreIsThere) => more_is_there = true,
                    Ok(Read::EndOfFile) => return Ok(End::Whole),
                    Err(_) => return Ok(End::Cut),
                },
            }
        }
    }

    pub(super) async fn call_off<T>(
        &mut self,
        data: Option<TcpStream>,
        call: Call,
    ) -> Result<T, Stop> {
        self.abort(data.map(DataEnd::Dialled)).await?;
        Err(Stop::Called(call))
    }
}

/// What a look at a download's data connection shows.
pub(super) enum Read {
    Bytes(Vec<u8>),
    EndOfFile,
    /// Nothing may be read, and something is there.
    MoreIsThere,
}

/// Reads up to `credit` bytes. Without credit it looks and takes nothing, so that the end of a
/// file is seen although all that was pulled is read. May be cancelled.
pub(super) async fn read(data: &TcpStream, credit: usize) -> io::Result<Read> {
    if credit == 0 {
        let there = data.peek(&mut [0]).await?;
        return Ok(if there == 0 { Read::EndOfFile } else { Read::MoreIsThere });
    }
    loop {
        data.readable().await?;
        let mut bytes = vec![0; credit.min(CHUNK)];
        match data.try_read(&mut bytes) {
            Ok(0) => return Ok(Read::EndOfFile),
            Ok(length) => {
                bytes.truncate(length);
                return Ok(Read::Bytes(bytes));
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}
