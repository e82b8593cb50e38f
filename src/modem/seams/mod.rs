//! The four seams where a rule of [`crate::fault`] may take hold of what passes, and the clock.
//!
//! Whatever goes wrong in this program on purpose goes wrong here: nothing else asks for a verdict.

mod events;
mod inward;
mod outward;
mod requests;
mod server;
mod tamper;

use inward::Inward;
use outward::Outward;
use server::Dialogue;

use super::urc::Late;
use super::{Delivery, Modem, Output};
use crate::fault::{
    Faults, Fired, FtpVerdict, Hit, LineVerdict, Rule, Scene, Seam, Standing, Verdict,
};
use crate::line::LineId;
use crate::world::World;

/// What the seams remember.
#[derive(Clone, Debug)]
pub(super) struct Seams {
    faults: Faults,
    /// Of each line.
    inward: Vec<Inward>,
    /// Of each line.
    outward: Vec<Outward>,
    /// Of each line: the last command line that was executed, with its prefix.
    commands: Vec<String>,
    /// The line that typed last.
    last: LineId,
    dialogue: Dialogue,
    /// Messages so far, which numbers them.
    messages: u64,
}

/// What is under way at a seam, for the agenda.
#[derive(Clone, Debug)]
pub(super) enum Passage {
    /// What was held of a line's input goes on.
    Inward(LineId),
    /// What was held of a line's output goes on.
    Outward(LineId),
    /// A request that was held goes on.
    Request(crate::ftp::Request),
    /// What a rule makes befall the module.
    World(World),
}

impl Seams {
    pub(super) fn new(lines: usize, seed: u64) -> Self {
        Self {
            faults: Faults::new(seed),
            inward: vec![Inward::default(); lines],
            outward: vec![Outward::default(); lines],
            commands: vec![String::new(); lines],
            last: LineId::FIRST,
            dialogue: Dialogue::default(),
            messages: 0,
        }
    }

    /// Bytes from a host that are held, and take up room.
    pub(super) fn held(&self, line: LineId) -> usize {
        self.inward[line.index()].held()
    }

    fn next_message(&mut self) -> u64 {
        self.messages += 1;
        self.messages
    }

    /// The supply is gone, and with it what was held.
    pub(super) fn forget(&mut self, line: LineId) {
        self.inward[line.index()] = Inward::default();
        self.commands[line.index()].clear();
        self.dialogue = Dialogue::default();
    }
}

impl Modem {
    /// The same module with these rules, in their order, behind those that it has.
    #[must_use]
    pub fn with_rules(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        rules.into_iter().for_each(|rule| self.add_rule(rule));
        self
    }

    /// The rules in their order, and how often each has taken hold.
    pub fn rules(&self) -> impl Iterator<Item = &Standing> {
        self.seams.faults.standings()
    }

    pub(super) fn add_rule(&mut self, rule: Rule) {
        self.seams.faults.add(rule, self.now);
    }

    pub(super) fn remove_rule(&mut self, name: &str) {
        self.seams.faults.remove(name);
    }

    /// When the clock has a rule, if it has one.
    pub(super) fn next_fault(&self) -> Option<crate::time::SimTime> {
        self.seams.faults.next_due()
    }

    /// A command line is about to be executed.
    pub(super) fn note_command(&mut self, line: LineId, body: &[u8]) {
        if self.seams.faults.is_idle() {
            return;
        }
        self.seams.commands[line.index()] = format!("AT{}", String::from_utf8_lossy(body));
        self.seams.last = line;
    }

    /// What is under way goes on.
    pub(super) fn go_on(&mut self, passage: Passage) {
        match passage {
            Passage::Inward(line) => self.release_inward(line),
            Passage::Outward(line) => self.release_outward(line),
            Passage::Request(request) => self.give(request),
            Passage::World(world) => {
                let befalling = &mut self.seams.dialogue.befalling;
                *befalling = befalling.saturating_sub(1);
                self.befall(world);
            }
        }
    }

    /// The rules of the clock whose time has come.
    pub(super) fn consult_clock(&mut self) {
        while let Some(Hit { verdict, fired, .. }) = self.seams.faults.pop_due(self.now) {
            let line = fired.line.filter(|line| line.index() < self.lines.len());
            self.tell(Fired { line: None, ..fired });
            match verdict {
                Verdict::World { world } => self.befall(world),
                Verdict::Line(LineVerdict::Urc(text)) => {
                    self.queue(line.unwrap_or(LineId::FIRST), Late::Text(text.into_bytes()));
                }
                Verdict::Ftp(FtpVerdict::Fail(cause)) => self.fail_unasked(cause),
                Verdict::Line(_) | Verdict::Ftp(_) => unreachable!("no scenario with it loads"),
            }
        }
    }

    /// The rule that takes hold. The caller lets pass what is before it, and then tells of it.
    fn consult(&mut self, seam: Seam, line: LineId, part: Part<'_>) -> Option<Hit> {
        let adaptor = self.lines[line.index()].state_name();
        let states = [self.service.state_name(), adaptor];
        let scene = Scene {
            seam,
            line,
            command: part.command.unwrap_or(&self.seams.commands[line.index()]),
            operation: part.operation.unwrap_or(self.seams.dialogue.operation),
            states,
            now: self.now,
            message: part.message,
            passed: part.passed,
            length: part.length,
        };
        self.seams.faults.consult(&scene)
    }

    fn tell(&mut self, fired: Fired) {
        self.outputs.push_back(Output::Fired(fired));
    }

    /// Something befalls the module at `due`: now is once what is being done is done.
    fn bring_about(&mut self, due: crate::time::SimTime, world: World) {
        self.seams.dialogue.befalling += 1;
        self.pass(due, Passage::World(world));
    }

    fn pass(&mut self, due: crate::time::SimTime, passage: Passage) {
        self.agenda.plan(due, Delivery::Passage(passage));
    }
}

/// The part of a message that passes now.
#[derive(Clone, Copy, Debug, Default)]
struct Part<'a> {
    command: Option<&'a str>,
    operation: Option<&'a str>,
    message: u64,
    passed: u64,
    length: usize,
}
