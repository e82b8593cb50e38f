//! `line-in`: bytes from a host, as the module reads them, one by one where a rule watches.

use std::time::Duration;

use super::super::urc::Late;
use super::tamper::Tamper;
use super::{Modem, Part, Passage};
use crate::fault::{LineVerdict, Seam, Verdict};
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
            self.on_bytes(line, bytes);
            return;
        }
        for (at, &byte) in bytes.iter().enumerate() {
            let is_data = self.line(line).is_in_data();
            let new = self.seams.messages + 1;
            let inward = &mut self.seams.inward[line.index()];
            if inward.was_data != is_data || inward.message == 0 {
                inward.was_data = is_data;
                (inward.message, inward.passed) = (new, 0);
                inward.typed.clear();
                inward.tamper.end_message();
                self.seams.messages = new;
            }
            let ends = !is_data && byte == self.lines[line.index()].settings.s3;
            let inward = &mut self.seams.inward[line.index()];
            if !is_data && inward.typed.len() < TYPED && !ends {
                inward.typed.push(char::from(byte));
            }
            if let Some(rest) = self.consult_inward(line, bytes, at) {
                self.hold(line, rest);
                return;
            }
            let mut read = Vec::new();
            let seams = &mut self.seams;
            seams.inward[line.index()].tamper.apply(byte, &mut seams.faults.dice, &mut read);
            let inward = &mut seams.inward[line.index()];
            inward.passed += 1;
            if ends {
                inward.tamper.end_message();
                inward.typed.clear();
                inward.passed = 0;
                inward.message = seams.messages + 1;
                seams.messages += 1;
            }
            self.on_bytes(line, &read);
        }
    }

    /// The rules that take hold before the byte at `at`; what is to be held, where one delays it.
    fn consult_inward<'a>(&mut self, line: LineId, bytes: &'a [u8], at: usize) -> Option<Held<'a>> {
        loop {
            let inward = &self.seams.inward[line.index()];
            let (typed, message, passed) = (inward.typed.clone(), inward.message, inward.passed);
            let part =
                Part { command: Some(&typed), message, passed, length: 1, ..Part::default() };
            let hit = self.consult(Seam::LineIn, line, part)?;
            let verdict = match hit.verdict {
                Verdict::Line(verdict) => verdict,
                Verdict::World { world } => {
                    self.befall(world);
                    continue;
                }
                Verdict::Ftp(_) => unreachable!("no scenario with it loads"),
            };
            match verdict {
                LineVerdict::Delay(span) => return Some((&bytes[at..], span, false)),
                LineVerdict::Stall(span) => return Some((&bytes[at..], span, true)),
                LineVerdict::Inject(text) => self.on_bytes(line, text.as_bytes()),
                LineVerdict::Urc(text) => self.queue(line, Late::Text(text.into_bytes())),
                verdict => {
                    let speed = self.uarts[line.index()].speed();
                    if let Some(tamper) = Tamper::of(&verdict, speed, message) {
                        self.seams.inward[line.index()].tamper = tamper;
                    }
                }
            }
        }
    }

    fn hold(&mut self, line: LineId, (rest, span, stops): Held<'_>) {
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

/// Bytes, how long they are held, and whether their host is to stop.
type Held<'a> = (&'a [u8], Duration, bool);
