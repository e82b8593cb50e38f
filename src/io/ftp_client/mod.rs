//! The user-PI and user-DTP of RFC 959, on real sockets: the other side of [`crate::ftp`]'s port.
//!
//! Knows neither AT commands nor module time. It has no time limit of its own
//! but two short ones in `verdict`, and suppaftp has none: the service drops a session that takes
//! too long.
//! suppaftp 12.2.1 keeps the control connection; data connections are ours, because only so can
//! replies be read while data flows. Its limits are worked round in this folder and nowhere else,
//! each where a comment names it.
//!
//! ```text
//! FtpClient --Request--> Inbox -> Session --+-- Control (suppaftp) --- control connection
//!     ^                                     +-- TcpStream ------------ data connection
//!     +------- poll_event <---- Event ------+
//! ```

mod address;
mod control;
mod data;
mod greeting;
mod inbox;
mod login;
mod preparation;
mod reply;
mod session;
mod transfer;
mod verdict;

use std::task::{Context, Poll, ready};

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::AbortHandle;

use crate::ftp::{Event, Failure, Request};
use crate::io::names::Names;
use crate::profile::PassiveAddress;

/// The FTP client behind one module: at most one session, one operation at a time.
pub struct FtpClient {
    names: Names,
    passive_address: PassiveAddress,
    link: Option<Link>,
    /// The answer to a request that no session was there to take.
    unasked: Option<Event>,
}

impl FtpClient {
    /// A client without a session, whose passive data connections go where `passive_address` says.
    pub fn new(names: Names, passive_address: PassiveAddress) -> Self {
        Self { names, passive_address, link: None, unasked: None }
    }

    /// How names are resolved from the next [`Request::Open`] on.
    pub fn names_mut(&mut self) -> &mut Names {
        &mut self.names
    }

    /// Takes a request; never blocks. [`Request::Open`] must come within a tokio runtime that has
    /// its I/O and time drivers enabled.
    pub fn request(&mut self, request: Request) {
        match request {
            Request::Open(account) => {
                let (requests, inbox) = mpsc::unbounded_channel();
                let (sink, events) = mpsc::unbounded_channel();
                let (names, passive_address) = (self.names.clone(), self.passive_address);
                let task = tokio::spawn(session::run(names, passive_address, account, inbox, sink));
                self.unasked = None;
                self.link = Some(Link {
                    requests,
                    events,
                    task: task.abort_handle(),
                    called: Called::default(),
                });
            }
            // What was not collected goes with the channel: no stale event can arrive.
            Request::Drop => {
                self.link = None;
                self.unasked = None;
            }
            request => match &mut self.link {
                Some(link) => link.forward(request),
                None => self.unasked = answer_without_session(&request),
            },
        }
    }

    /// The next event; pending while there is no session.
    pub fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        if let Some(event) = self.unasked.take() {
            return Poll::Ready(event);
        }
        while let Some(link) = &mut self.link {
            // A task that ends without a last word has panicked.
            let event = ready!(link.events.poll_recv(cx)).unwrap_or(Event::Lost(Failure::Unknown));
            if matches!(event, Event::Lost(_) | Event::Closed) {
                let closing = link.called.close;
                self.link = None;
                return Poll::Ready(if closing { Event::Closed } else { event });
            }
            if link.called.admits(&event) {
                return Poll::Ready(event);
            }
        }
        Poll::Pending
    }
}

/// Our end of a session's task; the task ends with it, and its sockets are reset.
struct Link {
    requests: UnboundedSender<Request>,
    events: UnboundedReceiver<Event>,
    task: AbortHandle,
    called: Called,
}

impl Link {
    fn forward(&mut self, request: Request) {
        match request {
            Request::Abort => self.called.abort = true,
            Request::Close => self.called.close = true,
            _ => {}
        }
        // If the task has ended, its last event is on the way and answers this request.
        let _ = self.requests.send(request);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The calls that are not answered yet. Until they are, the transfer they end is silent, although
/// its last events may already have been on the way.
#[derive(Default)]
struct Called {
    abort: bool,
    close: bool,
}

impl Called {
    fn admits(&mut self, event: &Event) -> bool {
        match event {
            Event::Reply(_) => true,
            Event::Aborted => std::mem::take(&mut self.abort),
            _ => !self.abort && !self.close,
        }
    }
}

fn answer_without_session(request: &Request) -> Option<Event> {
    match request {
        Request::Close => Some(Event::Closed),
        Request::Send(_)
        | Request::EndOfFile
        | Request::Pull(_)
        | Request::Open(_)
        | Request::Drop => None,
        Request::ChangeDirectory(_) | Request::Store(_) | Request::Retrieve(_) | Request::Abort => {
            Some(Event::Lost(Failure::ControlClosed))
        }
    }
}
