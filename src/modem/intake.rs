//! What a line's bytes are: a command line, a file, plus signs that turn out to be either.

use super::Modem;
use super::adaptor::{Intake, Silence};
use super::timers::Timer;
use crate::at::ResultCode;
use crate::ftp::Stimulus;
use crate::line::LineId;
use crate::profile::UploadTime;

impl Modem {
    /// Bytes that the module has read.
    pub(super) fn on_bytes(&mut self, line: LineId, mut bytes: &[u8]) {
        if !self.is_on {
            return;
        }
        while !bytes.is_empty() {
            let now = self.now;
            let (taken, intake) = self.line(line).receive(now, bytes);
            bytes = &bytes[taken..];
            match intake {
                Intake::Nothing => {}
                Intake::Typed(typed) => self.execute(line, typed),
                Intake::Data(pluses, data) => self.upload(line, [pluses, data].concat()),
            }
        }
        match self.line(line).escape_deadline() {
            Some(due) => self.timers.set(Timer::Escape(line), due),
            None => self.timers.clear(Timer::Escape(line)),
        }
    }

    /// Data of a line: the end of the file is found here, after the escape was, because an escape
    /// is older than the count of bytes. What exceeds it has been typed.
    pub(super) fn upload(&mut self, line: LineId, mut bytes: Vec<u8>) {
        let Some(missing) = self.service.upload_missing(line).filter(|&missing| missing > 0) else {
            return;
        };
        let end = usize::try_from(missing).map_or(bytes.len(), |missing| missing.min(bytes.len()));
        let typed = bytes.split_off(end);
        if self.profile.quirks.upload_time == UploadTime::Idle {
            self.timers.clear(Timer::UploadLimit);
        }
        let mut fx = Vec::new();
        self.service.upload(bytes, &mut fx);
        self.apply(fx);
        self.on_bytes(line, &typed);
    }

    /// The end of a silence decides about plus signs.
    pub(super) fn on_silence(&mut self, line: LineId) {
        let now = self.now;
        match self.line(line).on_silence() {
            Silence::Data(pluses) => self.upload(line, pluses.to_vec()),
            Silence::Escaped => {
                self.line(line).say(now, &ResultCode::Ok);
                if self.profile.quirks.escape_ends_transfer {
                    self.step(Stimulus::Escaped);
                }
            }
        }
    }
}
