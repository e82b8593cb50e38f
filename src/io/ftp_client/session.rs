//! One session of the user-PI: waits for requests, obeys them one by one, keeps in step.
//!
//! Knows replies by their code. How data is moved stands in `transfer`.

use std::ops::Range;
use std::pin::pin;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::control::Control;
use super::data::DataEnd;
use super::inbox::{Call, Inbox};
use super::reply::{Reply, Stop};
use super::{PassiveAddress, login};
use crate::ftp::{Account, Event, Failure, Representation, Request};
use crate::io::names::Names;

/// Replies to read for the one that answers NOOP, before the connection counts as out of step.
const MAX_STALE_REPLIES: usize = 6;

/// A session that is logged in.
pub(super) struct Session {
    pub(super) control: Control,
    pub(super) inbox: Inbox,
    pub(super) events: UnboundedSender<Event>,
    pub(super) passive_address: PassiveAddress,
    /// TYPE in force, as far as we have set it.
    pub(super) representation: Option<Representation>,
    /// The server has confirmed the running transfer.
    pub(super) completed: bool,
    /// A transfer was given up as lost before the server had said a word on it.
    pub(super) reply_is_owed: bool,
}

/// The task of one session.
pub(super) async fn run(
    names: Names,
    passive_address: PassiveAddress,
    account: Account,
    requests: UnboundedReceiver<Request>,
    events: UnboundedSender<Event>,
) {
    let mut inbox = Inbox::new(requests);
    let opened = tokio::select! {
        opened = login::open(&names, &account, &events) => opened.map_err(Event::Lost),
        // Nothing has been said yet that deserves a QUIT. To abort an opening is not in the contract.
        call = inbox.call() => Err(match call {
            Call::Close => Event::Closed,
            Call::Abort => Event::Lost(Failure::Unknown),
        }),
    };
    let last = match opened {
        Ok(control) => {
            let mut session = Session {
                control,
                inbox,
                events: events.clone(),
                passive_address,
                representation: None,
                completed: false,
                reply_is_owed: false,
            };
            session.emit(Event::Opened);
            let last = session.serve().await;
            session.control.disarm().await;
            last
        }
        Err(last) => last,
    };
    // Nobody listens any more if the client was dropped.
    let _ = events.send(last);
}

impl Session {
    pub(super) fn emit(&self, event: Event) {
        // Nobody listens any more if the client was dropped; then this task is about to end.
        let _ = self.events.send(event);
    }

    /// Runs operations until the session is over, and returns its last event.
    async fn serve(&mut self) -> Event {
        loop {
            let answer = match self.idle().await {
                Ok(request) => self.perform(request).await,
                Err(stop) => Err(stop),
            };
            match answer {
                Ok(Some(event)) => self.emit(event),
                Ok(None) => {}
                Err(Stop::Failed(failure)) => self.emit(Event::Failed(failure)),
                Err(Stop::Called(Call::Abort)) => self.emit(Event::Aborted),
                Err(Stop::Called(Call::Close)) => {
                    // Whatever the answer, even none: the session is over.
                    let _ = self.control.command(b"QUIT").await;
                    return Event::Closed;
                }
                Err(Stop::Lost(failure)) => return Event::Lost(failure),
            }
        }
    }

    /// Watches the connection until there is something to do. A 421 left unread would pass for the
    /// reply of the next command, and each later reply for that of the command after.
    async fn idle(&mut self) -> Result<Request, Stop> {
        loop {
            tokio::select! {
                biased;
                reply = self.control.reply() => match reply? {
                    Reply { code, .. } if self.reply_is_owed && code != 421 => self.reply_is_owed = code < 200,
                    reply if reply.code >= 400 => self.emit(Event::Warned(reply.refusal())),
                    // libunftp takes its leave with 221; the end of the connection follows.
                    _ => {}
                },
                request = self.inbox.request() => return Ok(request),
            }
        }
    }

    async fn perform(&mut self, request: Request) -> Result<Option<Event>, Stop> {
        match request {
            Request::ChangeDirectory(directory) => {
                self.resynchronise().await?;
                self.change_directory(&directory).await?;
                Ok(Some(Event::DirectoryChanged))
            }
            Request::Store(job) => self.store(&job).await.map(|()| Some(Event::Done)),
            Request::Retrieve(job) => self.retrieve(&job).await.map(|()| Some(Event::Done)),
            Request::Abort => Err(Stop::Called(Call::Abort)),
            Request::Close => Err(Stop::Called(Call::Close)),
            // The flow of a transfer that is over; the other two never come to a session.
            Request::Send(_)
            | Request::EndOfFile
            | Request::Pull(_)
            | Request::Open(_)
            | Request::Drop => Ok(None),
        }
    }

    /// Sends a command and returns its final reply. A call waits for it, so that none is left over.
    pub(super) async fn ask(&mut self, line: &[u8]) -> Result<Reply, Stop> {
        let Self { control, inbox, events, .. } = self;
        let mut called = None;
        let mut asked = pin!(async {
            let mut reply = control.command(line).await?;
            while (100..200).contains(&reply.code) {
                let _ = events.send(Event::Reply(reply.code));
                reply = control.reply().await?;
            }
            Ok(reply)
        });
        loop {
            tokio::select! {
                biased;
                reply = &mut asked => return match called {
                    Some(call) if !matches!(reply, Err(Stop::Lost(_))) => Err(Stop::Called(call)),
                    _ => reply,
                },
                call = inbox.call(), if called.is_none() => called = Some(call),
            }
        }
    }

    /// Sends a command on the way to something else: any reply but one in `wanted` is a refusal.
    pub(super) async fn ask_for(&mut self, line: &[u8], wanted: Range<u16>) -> Result<Reply, Stop> {
        let reply = self.ask(line).await?;
        if !wanted.contains(&reply.code) {
            return Err(Stop::Failed(reply.refusal()));
        }
        self.emit(Event::Reply(reply.code));
        Ok(reply)
    }

    /// Gives a transfer up (RFC 959 4.1.3). suppaftp's `abort` reads one reply, where servers send
    /// one or two (225, 226, 426, 451 in any order), and vsftpd none before the data connection is
    /// closed. So: ABOR, close, one reply, and then the reply to NOOP puts both sides in step.
    pub(super) async fn abort(&mut self, data: Option<DataEnd>) -> Result<(), Stop> {
        self.control.send(b"ABOR", "ABOR").await?;
        if let Some(data) = data {
            data.hang_up();
        }
        let reply = self.control.reply().await?;
        self.emit(Event::Reply(reply.code));
        self.synchronise().await
    }

    /// Gets the reply that is still owed out of the way, if one is.
    pub(super) async fn resynchronise(&mut self) -> Result<(), Stop> {
        if std::mem::take(&mut self.reply_is_owed) { self.synchronise().await } else { Ok(()) }
    }

    async fn synchronise(&mut self) -> Result<(), Stop> {
        self.control.send(b"NOOP", "NOOP").await?;
        for _ in 0..MAX_STALE_REPLIES {
            let reply = self.control.reply().await?;
            self.emit(Event::Reply(reply.code));
            if matches!(reply.code, 200 | 250) {
                return Ok(());
            }
        }
        Err(Stop::Lost(Failure::Unknown))
    }
}
