//! The bytes of a file on their way through the service, and how long they may stand still.
//!
//! Called for every piece of a file, so apart from the state machine; it moves it only at the end.

use std::time::Duration;

use super::{Service, State};
use crate::ftp::effect::{Effect, Notice};
use crate::ftp::failure::Failure;
use crate::ftp::port::{Event, Request};
use crate::ftp::transfer::{Download, DownloadPhase, GET, Transfer, UploadPhase};
use crate::line::LineId;

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

    /// Whether there is data to go back to on this line after an escape.
    pub fn is_connected(&self, line: LineId) -> bool {
        match &self.state {
            State::Transfer(Transfer::Upload(upload)) => {
                upload.line == line && upload.phase == UploadPhase::Receiving
            }
            State::Transfer(Transfer::Download(download)) => {
                download.line == line
                    && matches!(download.phase, DownloadPhase::Sending | DownloadPhase::Confirmed)
            }
            _ => false,
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
                DownloadPhase::Announced
                | DownloadPhase::ConfirmedEarly
                | DownloadPhase::Confirmed => None,
                DownloadPhase::Aborting => Some(self.model.reply_limit),
                // The host does not take what has come: it holds the flow, not the server.
                DownloadPhase::Sending if download.delivered < download.received => None,
                DownloadPhase::Sending => Some(self.model.stall_limit),
            },
        }
    }
}

/// The transfer's part of the state machine.
impl Service {
    pub(super) fn on_connected(&mut self, state: State, fx: &mut Vec<Effect>) -> State {
        match state {
            State::Transfer(Transfer::Upload(mut upload))
                if upload.phase == UploadPhase::Announced =>
            {
                upload.phase = UploadPhase::Receiving;
                let is_empty = upload.missing() == 0;
                let state = State::Transfer(Transfer::Upload(upload));
                if is_empty { self.give_up(state, None, fx) } else { state }
            }
            State::Transfer(Transfer::Download(mut download)) => {
                download.phase = match download.phase {
                    DownloadPhase::Announced => DownloadPhase::Sending,
                    DownloadPhase::ConfirmedEarly => DownloadPhase::Confirmed,
                    phase => phase,
                };
                self.pull(&mut download, fx);
                self.complete(Transfer::Download(download), fx)
            }
            state => state,
        }
    }

    pub(super) fn on_transfer_event(
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
                if matches!(download.phase, DownloadPhase::Announced | DownloadPhase::Sending) {
                    download.received += bytes.len() as u64;
                    fx.push(Effect::Deliver(download.line, bytes));
                }
            }
            (Transfer::Download(download), Event::Done | Event::Aborted)
                if download.phase == DownloadPhase::Aborting =>
            {
                let outcome = Ok(download.delivered);
                self.end(transfer, outcome, fx);
                return State::Opened;
            }
            (Transfer::Download(download), Event::Done) => {
                download.phase = match download.phase {
                    DownloadPhase::Announced => DownloadPhase::ConfirmedEarly,
                    DownloadPhase::Sending => DownloadPhase::Confirmed,
                    phase => phase,
                };
            }
            (Transfer::Download(_), Event::Aborted) => {
                self.end(transfer, Err(Failure::Unknown), fx);
                return State::Opened;
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

    /// The module itself ends a running transfer: an upload is complete with what came, a download
    /// is aborted and counts what was delivered; with a `failure` an upload comes to that.
    pub(super) fn give_up(
        &mut self,
        state: State,
        failure: Option<Failure>,
        fx: &mut Vec<Effect>,
    ) -> State {
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
