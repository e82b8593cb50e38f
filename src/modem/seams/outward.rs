//! `line-out`: bytes for a host, as they leave the module.

use std::collections::VecDeque;

use super::super::Output;
use super::super::urc::Late;
use super::tamper::Tamper;
use super::{Modem, Part, Passage};
use crate::fault::{LineVerdict, Seam, Verdict};
use crate::line::LineId;

/// One line's output.
#[derive(Clone, Debug, Default)]
pub(super) struct Outward {
    tamper: Tamper,
    /// What comes behind a delay: bytes, and how many of the module's own they stand for.
    waiting: Option<VecDeque<(Vec<u8>, usize)>>,
    message: u64,
    passed: u64,
    /// More of the burst is on the wire.
    goes_on: bool,
}

impl Modem {
    /// Bytes leave, which stand for so many of the module's own.
    pub(in super::super) fn let_out(&mut self, line: LineId, bytes: Vec<u8>, own: usize) {
        let outward = &mut self.seams.outward[line.index()];
        if let Some(waiting) = &mut outward.waiting {
            waiting.push_back((bytes, own));
            return;
        }
        if outward.tamper.is_nothing() && !self.seams.faults.watch(Seam::LineOut) {
            self.put_on_wire(line, bytes, own);
            return;
        }
        let goes_on = self.uarts[line.index()].is_sending();
        if !std::mem::replace(&mut outward.goes_on, goes_on) {
            self.seams.messages += 1;
            (outward.message, outward.passed) = (self.seams.messages, 0);
            outward.tamper.end_message();
        }
        self.consult_outward(line, bytes, own);
    }

    fn consult_outward(&mut self, line: LineId, mut bytes: Vec<u8>, own: usize) {
        let mut wire = Vec::new();
        loop {
            let outward = &self.seams.outward[line.index()];
            let (message, passed) = (outward.message, outward.passed);
            let part = Part { message, passed, length: bytes.len(), ..Part::default() };
            let hit = self.consult(Seam::LineOut, line, part);
            let before = hit.as_ref().map_or(bytes.len(), |hit| hit.offset);
            let seams = &mut self.seams;
            let outward = &mut seams.outward[line.index()];
            for byte in bytes.drain(..before) {
                outward.tamper.apply(byte, &mut seams.faults.dice, &mut wire);
            }
            outward.passed += before as u64;
            let Some(hit) = hit else {
                self.put_on_wire(line, wire, own);
                return;
            };
            // The module's own bytes count when the last that stands for them has left.
            self.put_on_wire(line, std::mem::take(&mut wire), 0);
            self.tell(hit.fired);
            let due = match hit.verdict {
                Verdict::Line(LineVerdict::Delay(span) | LineVerdict::Stall(span)) => {
                    self.now + span
                }
                Verdict::World { world } => {
                    self.bring_about(self.now, world);
                    self.now
                }
                Verdict::Line(LineVerdict::Inject(text)) => {
                    wire.extend(text.into_bytes());
                    continue;
                }
                Verdict::Line(LineVerdict::Urc(text)) => {
                    self.queue(line, Late::Text(text.into_bytes()));
                    continue;
                }
                Verdict::Line(verdict) => {
                    let speed = self.uarts[line.index()].speed();
                    if let Some(tamper) = Tamper::of(&verdict, speed, message) {
                        self.seams.outward[line.index()].tamper = tamper;
                    }
                    continue;
                }
                Verdict::Ftp(_) => unreachable!("no scenario with it loads"),
            };
            self.seams.outward[line.index()].waiting = Some(VecDeque::from([(bytes, own)]));
            self.pass(due, Passage::Outward(line));
            return;
        }
    }

    pub(super) fn release_outward(&mut self, line: LineId) {
        let Some(waiting) = self.seams.outward[line.index()].waiting.take() else { return };
        let mut waiting = waiting.into_iter();
        if let Some((bytes, own)) = waiting.next() {
            // The rest of a message, and not the beginning of another.
            self.consult_outward(line, bytes, own);
        }
        for (bytes, own) in waiting {
            self.let_out(line, bytes, own);
        }
    }

    /// What is held never leaves: how many of the module's own bytes.
    pub(in super::super) fn lose_outward(&mut self, line: LineId) -> usize {
        let lost = std::mem::take(&mut self.seams.outward[line.index()]).waiting;
        lost.into_iter().flatten().map(|(_, own)| own).sum()
    }

    fn put_on_wire(&mut self, line: LineId, bytes: Vec<u8>, own: usize) {
        if bytes.is_empty() {
            self.on_taken(line, own);
        } else {
            self.uarts[line.index()].given.give(bytes.len(), own);
            self.outputs.push_back(Output::Line(line, bytes));
        }
    }
}
