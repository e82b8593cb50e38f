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

use std::time::Duration;

use super::failure::Failure;
use super::port::{Account, DataConnection, Event, Job, Password, Representation, Request};
use super::transfer::{Download, DownloadPhase, Outcome, Transfer, Upload, UploadPhase};
use crate::line::LineId;
use crate::profile::{FtpModel, PathMode, Quirks, UploadExpiry};

/// Prints the result of an open.
pub const OPEN: &str = "+QFTPOPEN";
/// Prints the result of a close.
pub const CLOSE: &str = "+QFTPCLOSE";
/// Prints the result of an upload.
pub const PUT: &str = "+QFTPPUT";
/// Prints the result of a download.
pub const GET: &str = "+QFTPGET";
/// Prints the result of a change of path.
pub const PATH: &str = "+QFTPPATH";

/// The user of an empty user name (2.2.6).
const ANONYMOUS: &[u8] = b"anonymous";

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
    /// No FTP service.
    #[default]
    Idle,
    /// Opening an FTP service.
    Opening,
    /// The FTP service is opened and idle.
    Opened,
    /// In dialogue with the server, before data flows.
    Working(Work),
    /// Data flows, or its end is being confirmed.
    Transfer(Transfer),
    /// Closing the FTP service.
    Closing,
    /// The FTP service is closed.
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
    /// By itself: the host has not closed it yet.
    Lost,
}

/// What can happen to the service.
#[derive(Clone, Debug)]
pub enum Stimulus {
    /// `AT+QFTPOPEN`.
    Open(LineId, Vec<u8>, u16),
    /// `AT+QFTPCLOSE`.
    Close(LineId),
    /// `AT+QFTPPUT`: name, size in bytes, time limit.
    Put(LineId, Vec<u8>, u64, Duration),
    /// `AT+QFTPGET`.
    Get(LineId, Vec<u8>),
    /// `AT+QFTPPATH`, where the profile sends CWD at once.
    ChangeDirectory(LineId, Vec<u8>),
    /// `CONNECT` has gone out: data may flow.
    Connected,
    /// `+++`, where the profile ends a transfer with it.
    Escaped,
    /// The `<time>` of an upload is up.
    UploadLimit,
    /// The server, or its data connection, was silent for too long.
    SilenceLimit,
    /// The network took the bearer away.
    BearerLost,
    /// `AT+QIDEACT`.
    Deactivated,
    /// The FTP client reports.
    Ftp(Event),
}

/// What the service wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Of the FTP client.
    Ask(Request),
    /// On this line: say so as soon as it is polite.
    Tell(LineId, Notice),
    /// On this line: bytes of a download.
    Deliver(LineId, Vec<u8>),
    /// On this line: back to command state, without a word; undelivered bytes are dropped.
    LeaveData(LineId),
    /// On every line: the bearer is gone.
    TellBearerLost,
}

/// What the host is told late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// `CONNECT`, and the line enters data state.
    Connect,
    /// `+QFTPxxx:<n>` or its error.
    Result(&'static str, Outcome),
    /// The same at the end of a download: the line leaves data state with it.
    Final(&'static str, Outcome),
    /// `+QFTPERROR:<err>` (manual chapter 3): no command is being executed.
    Error(Failure),
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
            data_connection: model.data_connection,
            representation: model.representation,
            restart: 0,
            window,
            model,
            quirks,
        }
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
                let user = if self.user.is_empty() { ANONYMOUS } else { &self.user }.to_vec();
                let password = self.password.clone();
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
            State::Closed(Ending::Lost) if self.quirks.close_after_loss => {
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

    fn on_connected(&mut self, state: State, fx: &mut Vec<Effect>) -> State {
        match state {
            State::Transfer(Transfer::Upload(mut upload)) => {
                upload.phase = UploadPhase::Receiving;
                let is_empty = upload.missing() == 0;
                let state = State::Transfer(Transfer::Upload(upload));
                if is_empty { self.give_up(state, None, fx) } else { state }
            }
            State::Transfer(Transfer::Download(mut download)) => {
                self.pull(&mut download, fx);
                State::Transfer(Transfer::Download(download))
            }
            state => state,
        }
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
            (State::Closing, Event::Closed | Event::Failed(_)) => {
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
                self.path = path;
                self.tell_owner(Notice::Result(PATH, Ok(0)), fx);
                State::Opened
            }
            (State::Working(Work::ChangeDirectory(_)), Event::Failed(failure)) => {
                self.tell_owner(Notice::Result(PATH, Err(failure)), fx);
                State::Opened
            }
            (State::Working(Work::Transfer(transfer)), Event::DataOpen) => {
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

    fn on_transfer_event(
        &mut self,
        mut transfer: Transfer,
        event: Event,
        fx: &mut Vec<Effect>,
    ) -> State {
        match (&mut transfer, event) {
            (Transfer::Upload(upload), Event::Sent(count)) => {
                upload.unsent = upload.unsent.saturating_sub(count);
            }
            (Transfer::Upload(upload), Event::Done) => {
                let outcome = match upload.phase {
                    UploadPhase::Finishing => Ok(upload.taken),
                    UploadPhase::Aborting(outcome) => outcome,
                    // The server is content before the host is: it closed the data connection.
                    UploadPhase::Announced | UploadPhase::Receiving => Err(Failure::DataClosed),
                };
                self.end(transfer, outcome, fx);
                return State::Opened;
            }
            (Transfer::Upload(upload), Event::Aborted) => {
                let outcome = match upload.phase {
                    UploadPhase::Aborting(outcome) => outcome,
                    _ => Err(Failure::Unknown),
                };
                self.end(transfer, outcome, fx);
                return State::Opened;
            }
            (Transfer::Download(download), Event::Data(bytes)) => {
                download.credit = download.credit.saturating_sub(bytes.len());
                if download.phase == DownloadPhase::Sending {
                    download.received += bytes.len() as u64;
                    fx.push(Effect::Deliver(download.line, bytes));
                }
            }
            (Transfer::Download(download), Event::Done | Event::Aborted) => {
                if download.phase == DownloadPhase::Aborting {
                    let outcome = Ok(download.delivered);
                    self.end(transfer, outcome, fx);
                    return State::Opened;
                }
                download.phase = DownloadPhase::Confirmed;
            }
            _ => {}
        }
        self.complete(transfer, fx)
    }

    /// OPENED if a confirmed download has wholly left for the host, else on with it.
    fn complete(&mut self, transfer: Transfer, fx: &mut Vec<Effect>) -> State {
        match transfer {
            Transfer::Download(Download {
                line,
                phase: DownloadPhase::Confirmed,
                received,
                delivered,
                ..
            }) if delivered == received => {
                fx.push(Effect::Tell(line, Notice::Final(GET, Ok(received))));
                self.restart = 0;
                State::Opened
            }
            transfer => State::Transfer(transfer),
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
                State::Closed(Ending::Lost)
            }
            State::Working(Work::ChangeDirectory(_)) => {
                self.tell_owner(Notice::Result(PATH, Err(failure)), fx);
                State::Closed(Ending::Lost)
            }
            State::Working(Work::Transfer(transfer)) | State::Transfer(transfer) => {
                self.end(transfer, Err(failure), fx);
                State::Closed(Ending::Lost)
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

    /// The module itself ends a running transfer: an upload is complete with what came, a download
    /// is aborted and counts what was delivered; with a `failure` an upload comes to that.
    fn give_up(&mut self, state: State, failure: Option<Failure>, fx: &mut Vec<Effect>) -> State {
        let mut transfer = match state {
            State::Transfer(transfer) => transfer,
            state => return state,
        };
        let line = transfer.line();
        match &mut transfer {
            Transfer::Upload(upload) if upload.phase == UploadPhase::Receiving => {
                let (phase, request) = match failure {
                    None => (UploadPhase::Finishing, Request::EndOfFile),
                    Some(failure) => (UploadPhase::Aborting(Err(failure)), Request::Abort),
                };
                upload.phase = phase;
                fx.extend([Effect::LeaveData(line), Effect::Ask(request)]);
            }
            Transfer::Download(download) if download.phase == DownloadPhase::Sending => {
                download.phase = DownloadPhase::Aborting;
                fx.extend([Effect::LeaveData(line), Effect::Ask(Request::Abort)]);
            }
            Transfer::Download(download) if download.phase == DownloadPhase::Confirmed => {
                let outcome = Ok(download.delivered);
                self.end(transfer, outcome, fx);
                return State::Opened;
            }
            Transfer::Upload(_) | Transfer::Download(_) => {}
        }
        State::Transfer(transfer)
    }

    fn closed(&self) -> State {
        if self.quirks.idle_after_close { State::Idle } else { State::Closed(Ending::Settled) }
    }

    fn tell_owner(&self, notice: Notice, fx: &mut Vec<Effect>) {
        fx.extend(self.owner.map(|line| Effect::Tell(line, notice)));
    }

    fn job(&self, name: &[u8]) -> Job {
        let concatenate = self.quirks.path_mode == PathMode::Concatenate;
        let at_transfer = self.quirks.path_mode == PathMode::CwdAtTransfer;
        let mut path = Vec::new();
        if concatenate && !name.starts_with(b"/") {
            path.extend(&self.path);
            if self.quirks.insert_slash && !path.is_empty() && !path.ends_with(b"/") {
                path.push(b'/');
            }
        }
        path.extend(name);
        Job {
            directory: (at_transfer && !self.path.is_empty()).then(|| self.path.clone()),
            path,
            restart: self.restart,
            representation: self.representation,
            data_connection: self.data_connection,
        }
    }

    /// Lets the FTP client read on, once half of the window is free: the other half is what the
    /// host reads meanwhile, and every smaller piece would cost as much as a large one.
    fn pull(&self, download: &mut Download, fx: &mut Vec<Effect>) {
        let free = self.window.saturating_sub(download.in_hand());
        if download.phase == DownloadPhase::Sending && free >= self.window.div_ceil(2) {
            download.credit += free;
            fx.push(Effect::Ask(Request::Pull(free)));
        }
    }
}

/// Data, both ways: called for every piece of a file, so apart from the table above.
impl Service {
    /// Bytes that the upload of this line still expects; `None` if none is under way there.
    pub fn upload_missing(&self, line: LineId) -> Option<u64> {
        match &self.state {
            State::Transfer(Transfer::Upload(upload)) if upload.line == line => {
                Some(upload.missing())
            }
            _ => None,
        }
    }

    /// Bytes that may be taken from the host now without exceeding the window.
    pub const fn upload_room(&self) -> usize {
        match &self.state {
            State::Transfer(Transfer::Upload(upload)) => self.window.saturating_sub(upload.unsent),
            _ => self.window,
        }
    }

    /// The time limit of an upload that still receives.
    pub const fn upload_limit(&self) -> Option<Duration> {
        match &self.state {
            State::Transfer(Transfer::Upload(upload)) => match upload.phase {
                UploadPhase::Receiving => Some(upload.limit),
                _ => None,
            },
            _ => None,
        }
    }

    /// Bytes of the file from the host, no more than [`Self::upload_missing`].
    pub fn upload(&mut self, bytes: Vec<u8>, fx: &mut Vec<Effect>) {
        let State::Transfer(Transfer::Upload(upload)) = &mut self.state else {
            return;
        };
        if bytes.is_empty() || upload.phase != UploadPhase::Receiving {
            return;
        }
        upload.taken += bytes.len() as u64;
        upload.unsent += bytes.len();
        let complete = upload.missing() == 0;
        fx.push(Effect::Ask(Request::Send(bytes)));
        if complete {
            let state = std::mem::take(&mut self.state);
            self.state = self.give_up(state, None, fx);
        }
    }

    /// Bytes of a download have left for the host.
    pub fn delivered(&mut self, count: usize, fx: &mut Vec<Effect>) {
        if count == 0 || !matches!(self.state, State::Transfer(Transfer::Download(_))) {
            return;
        }
        if let State::Transfer(Transfer::Download(mut download)) = std::mem::take(&mut self.state) {
            download.delivered += count as u64;
            self.pull(&mut download, fx);
            self.state = self.complete(Transfer::Download(download), fx);
        }
    }

    /// How long the server may stay silent from now on; `None` while nothing is expected of it.
    pub const fn silence_limit(&self) -> Option<Duration> {
        match &self.state {
            State::Idle | State::Closed(_) | State::Opened => None,
            State::Opening | State::Working(_) | State::Closing => Some(self.model.reply_limit),
            State::Transfer(Transfer::Upload(upload)) => match upload.phase {
                UploadPhase::Announced => None,
                UploadPhase::Receiving if upload.unsent == 0 => None,
                UploadPhase::Receiving => Some(self.model.stall_limit),
                UploadPhase::Finishing | UploadPhase::Aborting(_) => Some(self.model.reply_limit),
            },
            State::Transfer(Transfer::Download(download)) => match download.phase {
                DownloadPhase::Confirmed => None,
                DownloadPhase::Aborting => Some(self.model.reply_limit),
                // The host does not take what has come: it holds the flow, not the server.
                DownloadPhase::Sending if download.delivered < download.received => None,
                DownloadPhase::Sending => Some(self.model.stall_limit),
            },
        }
    }
}

/// Settings (manual 2.2.5 to 2.2.8).
impl Service {
    /// The state's name as manual 2.2.9 prints it.
    pub const fn state_name(&self) -> &'static str {
        match self.state {
            State::Idle => "IDLE",
            State::Opening => "OPENING",
            State::Opened => "OPENED",
            State::Working(_) => "WORKING",
            State::Transfer(_) => "TRANSFER",
            State::Closing => "CLOSING",
            State::Closed(_) => "CLOSED",
        }
    }

    /// Host name and port of the session, if there is one.
    pub fn server(&self) -> Option<(&[u8], u16)> {
        self.server.as_ref().map(|(host, port)| (host.as_slice(), *port))
    }

    /// The user name.
    pub fn user(&self) -> &[u8] {
        &self.user
    }

    /// The password.
    pub const fn password(&self) -> &Password {
        &self.password
    }

    /// The path.
    pub fn path(&self) -> &[u8] {
        &self.path
    }

    /// `AT+QFTPCFG=1`.
    pub const fn data_connection(&self) -> DataConnection {
        self.data_connection
    }

    /// `AT+QFTPCFG=2`.
    pub const fn representation(&self) -> Representation {
        self.representation
    }

    /// `AT+QFTPCFG=3`, in bytes.
    pub const fn restart(&self) -> u64 {
        self.restart
    }

    /// Whether user name and password may be set (2.2.6, 2.2.7: "and the FTP service is idle").
    pub const fn is_idle(&self) -> bool {
        match self.state {
            State::Idle => true,
            State::Closed(_) => self.quirks.closed_is_idle,
            _ => false,
        }
    }

    /// Sets the user name; to be asked only when idle.
    pub fn set_user(&mut self, user: &[u8]) {
        self.user = user.to_vec();
    }

    /// Sets the password; to be asked only when idle.
    pub fn set_password(&mut self, password: &[u8]) {
        self.password = Password(password.to_vec());
    }

    /// Sets the path; `None` if the server is asked first, so that the result comes late.
    pub fn set_path(
        &mut self,
        line: LineId,
        path: &[u8],
        fx: &mut Vec<Effect>,
    ) -> Option<Result<(), Failure>> {
        if let Err(failure) = self.may_set(line) {
            return Some(Err(failure));
        }
        if self.quirks.path_mode == PathMode::CwdNow && self.state == State::Opened {
            self.step(Stimulus::ChangeDirectory(line, path.to_vec()), fx);
            return None;
        }
        self.path = path.to_vec();
        Some(Ok(()))
    }

    /// Sets who opens data connections.
    pub fn set_data_connection(&mut self, line: LineId, to: DataConnection) -> Result<(), Failure> {
        self.may_set(line).map(|()| self.data_connection = to)
    }

    /// Sets the representation type.
    pub fn set_representation(&mut self, line: LineId, to: Representation) -> Result<(), Failure> {
        self.may_set(line).map(|()| self.representation = to)
    }

    /// Sets the resume point, in bytes.
    pub fn set_restart(&mut self, line: LineId, to: u64) -> Result<(), Failure> {
        self.may_set(line).map(|()| self.restart = to)
    }

    fn may_set(&self, line: LineId) -> Result<(), Failure> {
        let transferring = matches!(self.state, State::Working(_) | State::Transfer(_));
        let refused = self.is_anothers(line) || transferring && !self.quirks.set_during_transfer;
        if refused { Err(Failure::Busy) } else { Ok(()) }
    }

    fn is_anothers(&self, line: LineId) -> bool {
        self.owner.is_some_and(|owner| owner != line)
    }
}

impl Stimulus {
    const fn asked_by(&self) -> Option<(LineId, &'static str)> {
        match self {
            Self::Open(line, ..) => Some((*line, OPEN)),
            Self::Close(line) => Some((*line, CLOSE)),
            Self::Put(line, ..) => Some((*line, PUT)),
            Self::Get(line, _) => Some((*line, GET)),
            Self::ChangeDirectory(line, _) => Some((*line, PATH)),
            _ => None,
        }
    }
}

const fn refusal(line: LineId, command: &'static str, failure: Failure) -> Effect {
    Effect::Tell(line, Notice::Result(command, Err(failure)))
}
