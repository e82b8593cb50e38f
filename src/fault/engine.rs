//! The rules at work: which of them takes hold of what passes a seam.
//!
//! Knows what passes only by its [`Scene`], and carries out nothing.

use super::{Dice, Rule, Seam, Verdict};
use crate::line::LineId;
use crate::time::SimTime;

/// A verdict that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// The rule's name.
    pub rule: String,
    /// Its file and line, where it stands in one.
    pub place: Option<String>,
    /// The line that it concerned, at a line's seam.
    pub line: Option<LineId>,
    /// What was done.
    pub verdict: Verdict,
}

/// A rule, and how often it has taken hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The rule.
    pub rule: Rule,
    /// How often.
    pub fired: u32,
}

/// What passes a seam, as far as rules ask.
#[derive(Clone, Debug)]
pub(crate) struct Scene<'a> {
    pub seam: Seam,
    pub line: LineId,
    /// The last command line; at `line-in` what has been typed.
    pub command: &'a str,
    pub operation: &'a str,
    pub states: [&'a str; 2],
    pub now: SimTime,
    /// A number that this message alone has.
    pub message: u64,
    /// Bytes of the message that have passed.
    pub passed: u64,
    /// Bytes of it that pass now.
    pub length: usize,
}

/// A rule takes hold.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// So many of the bytes that pass now are before it.
    pub offset: usize,
    pub verdict: Verdict,
    pub fired: Fired,
}

/// The rules of a module.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    rules: Vec<Active>,
    /// There has been a rule.
    is_used: bool,
    pub dice: Dice,
}

/// A rule and what it has come to.
#[derive(Clone, Debug)]
struct Active {
    standing: Standing,
    /// When the rule was given.
    since: SimTime,
    /// How often all has held that it asks for.
    seen: u64,
    /// The messages that it is done with: the last of each line.
    done_with: Vec<(LineId, u64)>,
}

impl Faults {
    /// No rules; chance as `seed` has it.
    pub fn new(seed: u64) -> Self {
        Self { rules: Vec::new(), is_used: false, dice: Dice::new(seed) }
    }

    /// One more, behind the others. One of the same name is replaced where it stands.
    pub fn add(&mut self, rule: Rule, now: SimTime) {
        self.is_used = true;
        let same = self.rules.iter().position(|active| active.standing.rule.name == rule.name);
        let standing = Standing { rule, fired: 0 };
        let active = Active { standing, since: now, seen: 0, done_with: Vec::new() };
        match same {
            Some(at) => self.rules[at] = active,
            None => self.rules.push(active),
        }
    }

    /// One less.
    pub fn remove(&mut self, name: &str) {
        self.rules.retain(|active| active.standing.rule.name != name);
    }

    /// The rules in their order.
    pub fn standings(&self) -> impl Iterator<Item = &Standing> {
        self.rules.iter().map(|active| &active.standing)
    }

    /// Whether there has never been a rule, so that nothing of one is under way.
    pub const fn is_idle(&self) -> bool {
        !self.is_used
    }

    /// Whether any rule may yet take hold at `seam`: else nobody need look.
    pub fn watch(&self, seam: Seam) -> bool {
        self.rules.iter().any(|active| active.standing.rule.at == seam && !active.is_spent())
    }

    /// The next rule of the clock, and when.
    pub fn next_due(&self) -> Option<SimTime> {
        self.rules.iter().filter_map(Active::due).min()
    }

    /// A rule of the clock whose time has come.
    pub fn pop_due(&mut self, now: SimTime) -> Option<Hit> {
        loop {
            let active =
                self.rules.iter_mut().find(|active| active.due().is_some_and(|due| due <= now))?;
            active.seen += 1;
            let probability = active.standing.rule.when.probability.unwrap_or(1.0);
            if self.dice.falls(probability) {
                let line = active.standing.rule.when.line.and_then(LineId::new);
                return Some(active.hit(0, Some(line.unwrap_or(LineId::FIRST))));
            }
        }
    }

    /// The rule that takes hold of what passes, if any does: the one that does so first, and of those
    /// at one place the first in order.
    pub fn consult(&mut self, scene: &Scene<'_>) -> Option<Hit> {
        loop {
            let offsets = self.rules.iter().filter_map(|active| active.offset(scene));
            let offset = offsets.min()?;
            for active in
                self.rules.iter_mut().filter(|active| active.offset(scene) == Some(offset))
            {
                active.finish(scene);
                active.seen += 1;
                let When { nth, probability } = When::of(&active.standing.rule);
                if nth.is_none_or(|nth| nth == active.seen) && self.dice.falls(probability) {
                    return Some(active.hit(offset, scene.seam.is_line().then_some(scene.line)));
                }
            }
        }
    }
}

/// What is asked once all else holds.
struct When {
    nth: Option<u64>,
    probability: f64,
}

impl When {
    fn of(rule: &Rule) -> Self {
        Self { nth: rule.when.nth, probability: rule.when.probability.unwrap_or(1.0) }
    }
}

impl Active {
    fn is_spent(&self) -> bool {
        let Standing { rule, fired } = &self.standing;
        let is_past = rule.when.nth.is_some_and(|nth| self.seen >= nth);
        is_past || (rule.times > 0 && *fired >= rule.times)
    }

    fn due(&self) -> Option<SimTime> {
        let rule = &self.standing.rule;
        if rule.at != Seam::Clock || self.is_spent() {
            return None;
        }
        let often = u32::try_from(self.seen + 1).unwrap_or(u32::MAX);
        Some(self.since + rule.when.after?.saturating_mul(often))
    }

    /// Where in what passes the rule would take hold.
    fn offset(&self, scene: &Scene<'_>) -> Option<usize> {
        let rule = &self.standing.rule;
        let when = &rule.when;
        let done = self.done_with.contains(&(scene.line, scene.message));
        if rule.at != scene.seam || self.is_spent() || done {
            return None;
        }
        let holds = when.line.is_none_or(|line| LineId::new(line) == Some(scene.line))
            && when.after.is_none_or(|after| scene.now.since(SimTime::ZERO) >= after)
            && when.command.as_ref().is_none_or(|pattern| pattern.fits(scene.command))
            && when.operation.as_ref().is_none_or(|pattern| pattern.fits(scene.operation))
            && when
                .state
                .as_ref()
                .is_none_or(|pattern| scene.states.iter().any(|state| pattern.fits(state)));
        if !holds {
            return None;
        }
        let to_go = when.after_bytes.unwrap_or(0).saturating_sub(scene.passed);
        let to_go = usize::try_from(to_go).ok()?;
        (to_go == 0 || to_go < scene.length).then_some(to_go)
    }

    fn finish(&mut self, scene: &Scene<'_>) {
        self.done_with.retain(|(line, _)| *line != scene.line);
        self.done_with.push((scene.line, scene.message));
    }

    fn hit(&mut self, offset: usize, line: Option<LineId>) -> Hit {
        self.standing.fired += 1;
        let rule = &self.standing.rule;
        let (name, place) = (rule.name.clone(), rule.place.clone());
        let fired = Fired { rule: name, place, line, verdict: rule.verdict.clone() };
        Hit { offset, verdict: rule.verdict.clone(), fired }
    }
}
