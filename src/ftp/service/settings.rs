//! What the host sets and asks of the service (manual 2.2.5 to 2.2.9).

use super::{Service, State, Work};
use crate::ftp::effect::{Effect, Stimulus};
use crate::ftp::failure::Failure;
use crate::ftp::port::{DataConnection, Job, Password, Representation};
use crate::ftp::transfer::Progress;
use crate::line::LineId;
use crate::profile::PathMode;

/// The account of an empty user name (2.2.6), with the password that RFC 1635 asks for.
const ANONYMOUS: (&[u8], &[u8]) = (b"anonymous", b"anonymous@");

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

    /// The line whose session it is.
    pub const fn owner(&self) -> Option<LineId> {
        self.owner
    }

    /// How far the file on its way has come.
    pub const fn progress(&self) -> Option<Progress> {
        match &self.state {
            State::Working(Work::Transfer(transfer)) | State::Transfer(transfer) => {
                Some(transfer.progress())
            }
            _ => None,
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

    /// Whether user name and password may be set (2.2.6, 2.2.7: only while idle).
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

    pub(super) fn is_anothers(&self, line: LineId) -> bool {
        self.owner.is_some_and(|owner| owner != line)
    }

    pub(super) fn account(&self) -> (Vec<u8>, Password) {
        match (self.user.as_slice(), self.password.0.as_slice()) {
            (b"", b"") => (ANONYMOUS.0.to_vec(), Password(ANONYMOUS.1.to_vec())),
            (b"", _) => (ANONYMOUS.0.to_vec(), self.password.clone()),
            _ => (self.user.clone(), self.password.clone()),
        }
    }

    pub(super) fn job(&self, name: &[u8]) -> Job {
        let concatenate = self.quirks.path_mode == PathMode::Concatenate;
        // With `CwdNow` too: the path may be older than the session.
        let change = !concatenate && !self.path.is_empty() && self.path != self.path_at_server;
        let mut path = Vec::new();
        if concatenate && !name.starts_with(b"/") {
            path.extend(&self.path);
            if self.quirks.insert_slash && !path.is_empty() && !path.ends_with(b"/") {
                path.push(b'/');
            }
        }
        path.extend(name);
        Job {
            directory: change.then(|| self.path.clone()),
            path,
            restart: self.restart,
            representation: self.representation,
            data_connection: self.data_connection,
        }
    }
}
