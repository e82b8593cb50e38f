//! `line-in`: bytes from a host, as the module reads them. Typed ones go one by one where a rule watches.

use std::time::Duration;

use super::super::urc::Late;
use super::tamper::Tamper;
use super::{Modem, Part, Passage};
use crate::fault::{Hit, LineVerdict, Seam, Verdict};
use crate::line::LineId;

/// Most that is remembered of a command line: longer than any that is executed.
const TYPED: usize = 1024;

/// One line's input.
#[derive(Clone, Debug, Default)]
pub(super) struct Inward {
    tamper: Tamper,
    /// What comes behind a delay, and whether its host is to stop.
    waiting: Option<(Vec<u8>, bool)>,
    typed: String,
    message: u64,
    passed: u64,
    was_data: bool,
}

impl Inward {
    /// Bytes that wait; all there is room for, where the host is to stop.
    pub(super) fn held(&self) -> usize {
        match &self.waiting {
            Some((_, true)) => usize::MAX,
            Some((bytes, false)) => bytes.len(),
            None => 0,
        }
    }
}

impl Modem {
    /// Bytes come from a host.
    pub(in super::super) fn take_in(&mut self, line: LineId, bytes: &[u8]) {
        let inward = &mut self.seams.inward[line.index()];
        if let Some((waiting, _)) = &mut inward.waiting {
            waiting.extend(bytes);
            return;
        }
        if inward.tamper.is_nothing() && !self.seams.faults.watch(Seam::LineIn) {
            // What has been typed unwatched is nothing that a rule given later knows.
            *inward = Inward::default();
            self.on_bytes(line, bytes);
            return;
        }
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            let is_data = self.line(line).is_in_data();
            self.begin_inward(line, is_data);
            let taken =
                if is_data { self.take_data(line, rest) } else { self.take_typed(line, first) };
            match taken {
                Ok(count) => rest = &rest[count..],
                Err((count, span, stops)) => {
                    self.hold(line, &rest[count..], span, stops);
                    return;
                }
            }
        }
    }

    /// A message begins where data mode does, and where it ends.
    fn begin_inward(&mut self, line: LineId, is_data: bool) {
        let inward = &mut self.seams.inward[line.index()];
        if inward.was_data != is_data || inward.message == 0 {
            inward.was_data = is_data;
            inward.tamper.end_message();
            self.next_inward(line);
        }
    }

    fn next_inward(&mut self, line: LineId) {
        let message = self.seams.next_message();
        let inward = &mut self.seams.inward[line.index()];
        inward.typed.clear();
        (inward.message, inward.passed) = (message, 0);
    }

    /// Bytes of a file, as many as belong together: up to where a rule takes hold, or the file ends.
    fn take_data(&mut self, line: LineId, bytes: &[u8]) -> Taken {
        let missing = self.service.upload_missing(line).unwrap_or(u64::MAX).max(1);
        let run = usize::try_from(missing).map_or(bytes.len(), |missing| missing.min(bytes.len()));
        let message = self.seams.inward[line.index()].message;
        let hit = self.consult_inward(line, message, run);
        let before = hit.as_ref().map_or(run, |hit| hit.offset);
        self.read_inward(line, &bytes[..before]);
        match hit.and_then(|hit| self.go_wrong_inward(line, hit)) {
            Some((span, stops)) => Err((before, span, stops)),
            None => Ok(before),
        }
    }

    /// One byte of a command line: any may be the one that a rule waits for.
    fn take_typed(&mut self, line: LineId, byte: u8) -> Taken {
        let ends = byte == self.lines[line.index()].settings.s3;
        let inward = &mut self.seams.inward[line.index()];
        if inward.typed.len() < TYPED && !ends {
            inward.typed.push(char::from(byte));
        }
        // A reset forgets it.
        let message = inward.message;
        while let Some(hit) = self.consult_inward(line, message, 1) {
            if let Some((span, stops)) = self.go_wrong_inward(line, hit) {
                return Err((0, span, stops));
            }
        }
        self.read_inward(line, &[byte]);
        if ends {
            self.seams.inward[line.index()].tamper.end_message();
            self.next_inward(line);
        }
        Ok(1)
    }

    fn consult_inward(&mut self, line: LineId, message: u64, length: usize) -> Option<Hit> {
        let inward = &self.seams.inward[line.index()];
        let (typed, passed) = (inward.typed.clone(), inward.passed);
        let part = Part { command: Some(&typed), message, passed, length, ..Part::default() };
        self.consult(Seam::LineIn, line, part)
    }

    /// Bytes are read, as far as they are left and as they have become.
    fn read_inward(&mut self, line: LineId, bytes: &[u8]) {
        let seams = &mut self.seams;
        let inward = &mut seams.inward[line.index()];
        inward.passed += bytes.len() as u64;
        let mut read = Vec::new();
        for &byte in bytes {
            inward.tamper.apply(byte, &mut seams.faults.dice, &mut read);
        }
        self.on_bytes(line, &read);
    }

    /// Carries out a verdict; how long the rest is to wait, and whether its host is to stop, if so.
    fn go_wrong_inward(&mut self, line: LineId, hit: Hit) -> Option<(Duration, bool)> {
        self.tell(hit.fired);
        let verdict = match hit.verdict {
            Verdict::Line(verdict) => verdict,
            Verdict::World { world } => {
                self.befall(world);
                return None;
            }
            Verdict::Ftp(_) => unreachable!("no scenario with it loads"),
        };
        match verdict {
            LineVerdict::Delay(span) => return Some((span, false)),
            LineVerdict::Stall(span) => return Some((span, true)),
            LineVerdict::Inject(text) => self.on_bytes(line, text.as_bytes()),
            LineVerdict::Urc(text) => self.queue(line, Late::Text(text.into_bytes())),
            verdict => {
                let speed = self.uarts[line.index()].speed();
                let inward = &mut self.seams.inward[line.index()];
                if let Some(tamper) = Tamper::of(&verdict, speed, inward.message) {
                    inward.tamper = tamper;
                }
            }
        }
        None
    }

    fn hold(&mut self, line: LineId, rest: &[u8], span: Duration, stops: bool) {
        let inward = &mut self.seams.inward[line.index()];
        // What is held is looked at anew, and has not been typed yet.
        if !inward.was_data {
            inward.typed.pop();
        }
        inward.waiting = Some((rest.to_vec(), stops));
        self.pass(self.now + span, Passage::Inward(line));
    }

    pub(super) fn release_inward(&mut self, line: LineId) {
        if let Some((bytes, _)) = self.seams.inward[line.index()].waiting.take() {
            self.take_in(line, &bytes);
        }
    }
}

/// How many bytes were taken; or how many before the rest is to wait, how long, and whether its host
/// is to stop.
type Taken = Result<usize, (usize, Duration, bool)>;
