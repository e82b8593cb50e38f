//! The FTP service of the module: the seven states of manual 2.2.9 and what moves it between them.
//!
//! Knows neither the spelling of a command nor the number of an error, and no time.
//!
//! # States and stimuli
//!
//! A stimulus that a row does not name changes nothing and says nothing.
//!
//! ```text
#![doc = include_str!("service.table")]
//! ```

mod flow;
mod settings;

use super::effect::{CLOSE, Effect, Notice, OPEN, PATH, Stimulus, refusal};
use super::failure::Failure;
use super::port::{Account, DataConnection, Event, Password, Representation, Request};
use super::transfer::{Download, Outcome, Transfer, Upload};
use crate::line::LineId;
use crate::profile::{FtpModel, Quirks, UploadExpiry};

/// The service.
#[derive(Clone, Debug)]
pub struct Service {
    state: State,
    /// The line that opened the session; it alone may use it.
    owner: Option<LineId>,
    server: Option<(Vec<u8>, u16)>,
    user: Vec<u8>,
    password: Password,
    path: Vec<u8>,
    /// The path to which the server was last taken; empty where it put us.
    path_at_server: Vec<u8>,
    data_connection: DataConnection,
    representation: Representation,
    restart: u64,
    window: usize,
    model: FtpModel,
    quirks: Quirks,
}

/// Manual 2.2.9.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// There is no session.
    #[default]
    Idle,
    /// A session is about to begin.
    Opening,
    /// A session stands, and nothing is under way.
    Opened,
    /// In dialogue with the server, before data flows.
    Working(Work),
    /// Data flows, or its end is being confirmed.
    Transfer(Transfer),
    /// The session is about to end.
    Closing,
    /// The session has ended.
    Closed(Ending),
}

/// What WORKING works at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// A change of directory to this path, where the profile sends one at once.
    ChangeDirectory(Vec<u8>),
    /// The preparation of a transfer.
    Transfer(Transfer),
}

/// How the last session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By `AT+QFTPCLOSE`, or it never began.
    Settled,
    /// By itself: the host of this line, whose it was, has not closed it yet.
    Lost(LineId),
}

impl Service {
    /// The service at power-on. `window` bounds the bytes it holds, each way.
    pub fn new(model: FtpModel, quirks: Quirks, window: usize) -> Self {
        Self {
            state: State::Idle,
            owner: None,
            server: None,
            user: Vec::new(),
            password: Password::default(),
            path: Vec::new(),
            path_at_server: Vec::new(),
            data_connection: model.data_connection,
            representation: model.representation,
            restart: 0,
            window,
            model,
            quirks,
        }
    }

    /// Whether the FTP client has been asked to open a session that has not ended.
    pub const fn has_session(&self) -> bool {
        !matches!(self.state, State::Idle | State::Closed(_))
    }

    /// Something happens. Effects are appended in the order in which they are to take place.
    pub fn step(&mut self, stimulus: Stimulus, fx: &mut Vec<Effect>) {
        if let Some((line, command)) = stimulus.asked_by()
            && self.is_anothers(line)
        {
            fx.push(refusal(line, command, Failure::Busy));
            return;
        }
        let state = std::mem::take(&mut self.state);
        self.state = self.next(state, stimulus, fx);
        if matches!(self.state, State::Idle | State::Closed(_)) {
            self.owner = None;
            self.server = None;
        }
    }

    fn next(&mut self, state: State, stimulus: Stimulus, fx: &mut Vec<Effect>) -> State {
        match stimulus {
            Stimulus::Open(line, host, port) => self.on_open(state, line, host, port, fx),
            Stimulus::Close(line) => self.on_close(state, line, fx),
            Stimulus::Put(line, name, size, limit) => {
                let upload = Transfer::Upload(Upload::new(line, size, limit));
                self.on_transfer(state, upload, &name, fx)
            }
            Stimulus::Get(line, name) => {
                self.on_transfer(state, Transfer::Download(Download::new(line)), &name, fx)
            }
            Stimulus::ChangeDirectory(_, path) => match state {
                State::Opened => {
                    fx.push(Effect::Ask(Request::ChangeDirectory(path.clone())));
                    State::Working(Work::ChangeDirectory(path))
                }
                state => state,
            },
            Stimulus::Connected => self.on_connected(state, fx),
            Stimulus::Escaped => self.give_up(state, None, fx),
            Stimulus::UploadLimit => match (&state, self.quirks.upload_expiry) {
                (State::Transfer(Transfer::Upload(_)), UploadExpiry::Timeout) => {
                    self.give_up(state, Some(Failure::Timeout), fx)
                }
                (State::Transfer(Transfer::Upload(_)), UploadExpiry::Finish) => {
                    self.give_up(state, None, fx)
                }
                _ => state,
            },
            Stimulus::SilenceLimit => self.on_silence(state, fx),
            Stimulus::BearerLost => self.on_bearer_lost(state, fx),
            Stimulus::Deactivated => self.on_deactivated(state, fx),
            Stimulus::Ftp(event) => self.on_event(state, event, fx),
        }
    }

    /// Manual 2.2.1.
    fn on_open(
        &mut self,
        state: State,
        line: LineId,
        host: Vec<u8>,
        port: u16,
        fx: &mut Vec<Effect>,
    ) -> State {
        match state {
            State::Idle | State::Closed(_) => {
                self.owner = Some(line);
                self.server = Some((host.clone(), port));
                self.path_at_server.clear();
                let (user, password) = self.account();
                fx.push(Effect::Ask(Request::Open(Account { host, port, user, password })));
                State::Opening
            }
            State::Opened if self.quirks.reopen_succeeds => {
                fx.push(Effect::Tell(line, Notice::Result(OPEN, Ok(0))));
                state
            }
            _ => {
                fx.push(refusal(line, OPEN, Failure::Busy));
                state
            }
        }
    }

    /// Manual 2.2.2. A transfer that is cut short prints its own result first.
    fn on_close(&mut self, state: State, line: LineId, fx: &mut Vec<Effect>) -> State {
        match state {
            State::Closed(Ending::Lost(owner)) if owner == line && self.quirks.close_after_loss => {
                fx.push(Effect::Tell(line, Notice::Result(CLOSE, Ok(0))));
                self.closed()
            }
            State::Idle | State::Closed(_) => {
                fx.push(refusal(line, CLOSE, self.quirks.no_session));
                state
            }
            State::Opened => {
                fx.push(Effect::Ask(Request::Close));
                State::Closing
            }
            State::Working(Work::Transfer(transfer)) | State::Transfer(transfer) => {
                self.end(transfer, Err(Failure::Unknown), fx);
                fx.push(Effect::Ask(Request::Close));
                State::Closing
            }
            State::Opening | State::Closing | State::Working(Work::ChangeDirectory(_)) => {
                fx.push(refusal(line, CLOSE, Failure::Busy));
                state
            }
        }
    }

    /// Manual 2.2.3, 2.2.4.
    fn on_transfer(
        &mut self,
        state: State,
        transfer: Transfer,
        name: &[u8],
        fx: &mut Vec<Effect>,
    ) -> State {
        let failure = match (&state, &transfer) {
            (State::Idle | State::Closed(_), _) => self.quirks.no_session,
            (State::Opened, Transfer::Upload(upload))
                if upload.size == 0 && !self.quirks.empty_upload =>
            {
                Failure::Parameter
            }
            (State::Opened, _) => {
                let job = self.job(name);
                fx.push(Effect::Ask(match transfer {
                    Transfer::Upload(_) => Request::Store(job),
                    Transfer::Download(_) => Request::Retrieve(job),
                }));
                return State::Working(Work::Transfer(transfer));
            }
            _ => Failure::Busy,
        };
        fx.push(refusal(transfer.line(), transfer.command(), failure));
        state
    }

    fn on_silence(&mut self, state: State, fx: &mut Vec<Effect>) -> State {
        if !matches!(state, State::Idle | State::Closed(_)) {
            fx.push(Effect::Ask(Request::Drop));
        }
        self.lose(state, Failure::Timeout, fx)
    }

    fn on_bearer_lost(&mut self, state: State, fx: &mut Vec<Effect>) -> State {
        if !matches!(state, State::Idle | State::Closed(_)) {
            fx.push(Effect::Ask(Request::Drop));
        }
        // With no command running the cause comes before its consequence; a command's own result
        // comes before the news (A-18).
        let news_first = matches!(state, State::Opened);
        if news_first {
            fx.push(Effect::TellBearerLost);
        }
        let state = self.lose(state, Failure::ContextDeactivated, fx);
        if !news_first {
            fx.push(Effect::TellBearerLost);
        }
        state
    }

    fn on_deactivated(&mut self, state: State, fx: &mut Vec<Effect>) -> State {
        if !matches!(state, State::Idle | State::Closed(_)) {
            fx.push(Effect::Ask(Request::Drop));
            self.lose(state, Failure::ContextDeactivated, fx);
        }
        State::Idle
    }

    fn on_event(&mut self, state: State, event: Event, fx: &mut Vec<Effect>) -> State {
        match (state, event) {
            (state, Event::Lost(failure)) => self.lose(state, failure, fx),
            // A transfer's own failure may have been on its way when CLOSE came: not the end yet.
            (State::Closing, Event::Closed) => {
                self.lose(State::Closing, Failure::ControlClosed, fx)
            }
            (State::Opening, Event::Opened) => {
                self.tell_owner(Notice::Result(OPEN, Ok(0)), fx);
                State::Opened
            }
            (State::Opened, Event::Warned(failure)) => {
                self.tell_owner(Notice::Error(failure), fx);
                State::Opened
            }
            (State::Working(Work::ChangeDirectory(path)), Event::DirectoryChanged) => {
                self.path_at_server.clone_from(&path);
                self.path = path;
                self.tell_owner(Notice::Result(PATH, Ok(0)), fx);
                State::Opened
            }
            (State::Working(Work::ChangeDirectory(_)), Event::Failed(failure)) => {
                self.tell_owner(Notice::Result(PATH, Err(failure)), fx);
                State::Opened
            }
            (State::Working(Work::Transfer(transfer)), Event::DataOpen) => {
                self.path_at_server.clone_from(&self.path);
                fx.push(Effect::Tell(transfer.line(), Notice::Connect));
                State::Transfer(transfer)
            }
            (
                State::Working(Work::Transfer(transfer)) | State::Transfer(transfer),
                Event::Failed(failure),
            ) => {
                self.end(transfer, Err(failure), fx);
                State::Opened
            }
            (State::Transfer(transfer), event) => self.on_transfer_event(transfer, event, fx),
            (state, _) => state,
        }
    }

    /// The session is over. Whoever waits for a result gets the failure; if nobody waits, it is
    /// a `+QFTPERROR` (manual chapter 3).
    fn lose(&mut self, state: State, failure: Failure, fx: &mut Vec<Effect>) -> State {
        match state {
            State::Idle | State::Closed(_) => state,
            State::Opening => {
                self.tell_owner(Notice::Result(OPEN, Err(failure)), fx);
                State::Closed(Ending::Settled)
            }
            State::Opened => {
                self.tell_owner(Notice::Error(failure), fx);
                self.lost()
            }
            State::Working(Work::ChangeDirectory(_)) => {
                self.tell_owner(Notice::Result(PATH, Err(failure)), fx);
                self.lost()
            }
            State::Working(Work::Transfer(transfer)) | State::Transfer(transfer) => {
                self.end(transfer, Err(failure), fx);
                self.lost()
            }
            // However it comes about, the service is closed, as asked.
            State::Closing => {
                self.tell_owner(Notice::Result(CLOSE, Ok(0)), fx);
                self.closed()
            }
        }
    }

    /// A transfer ends other than by a download's last byte.
    fn end(&mut self, transfer: Transfer, outcome: Outcome, fx: &mut Vec<Effect>) {
        if outcome.is_ok() || !self.quirks.failure_keeps_resume_point {
            self.restart = 0;
        }
        fx.push(Effect::LeaveData(transfer.line()));
        fx.push(Effect::Tell(transfer.line(), Notice::Result(transfer.command(), outcome)));
    }

    fn lost(&self) -> State {
        State::Closed(self.owner.map_or(Ending::Settled, Ending::Lost))
    }

    fn closed(&self) -> State {
        if self.quirks.idle_after_close { State::Idle } else { State::Closed(Ending::Settled) }
    }

    fn tell_owner(&self, notice: Notice, fx: &mut Vec<Effect>) {
        fx.extend(self.owner.map(|line| Effect::Tell(line, notice)));
    }

    /// The state with what it carries, for the test that prints the table above.
    #[cfg(test)]
    pub(super) const fn state(&self) -> &State {
        &self.state
    }
}
