//! Plays a transcript against the core in virtual time.

use super::{Entry, Transcript, Writer};
use crate::fault::Scenario;
use crate::ftp::{Event, Request};
use crate::line::LineId;
use crate::modem::{Input, Modem, Output};
use crate::profile::Profile;
use crate::time::SimTime;

/// Finds what a transcript names: what is built in, or a file.
#[allow(missing_debug_implementations, reason = "functions have nothing to show")]
pub struct Load<'a> {
    /// Its profile.
    pub profile: &'a dyn Fn(&str) -> Result<Profile, String>,
    /// A scenario.
    pub scenario: &'a dyn Fn(&str) -> Result<Scenario, String>,
}

/// Plays `text` and returns it as it should read; a file that agrees with the core comes back
/// as it was. What cannot be played is said in one sentence.
pub fn play(text: &str, load: &Load<'_>) -> Result<String, String> {
    let transcript = Transcript::parse(text).map_err(|mistake| mistake.to_string())?;
    let profile = (load.profile)(&transcript.profile)?;
    let profile = profile.with(&transcript.overrides).map_err(|error| error.to_string())?;
    let profile = if transcript.instant { profile.instant() } else { profile };
    let mut rules = Vec::new();
    for name in &transcript.scenarios {
        rules.extend((load.scenario)(name)?.rules);
    }
    rules.extend(transcript.rules.iter().cloned());
    let modem = Modem::new(&profile, transcript.lines, transcript.seed).with_rules(rules);
    let modem = match &transcript.kept {
        None => modem,
        Some(line) => modem.with_kept(line).map_err(|error| format!(":kept {error}"))?,
    };
    let mut player = Player {
        modem: if transcript.powered_off { modem.powered_off() } else { modem },
        now: SimTime::ZERO,
        automatic_flow: !transcript.recorded_flow,
        writer: Writer::default(),
    };
    for (index, entry) in transcript.entries.iter().enumerate() {
        player.obey(entry);
        let next = transcript.entries[index + 1..].iter().find(|e| !matches!(e, Entry::Kept(_)));
        let passes = matches!(entry, Entry::Kept(_) | Entry::Pass(..));
        if !passes && player.automatic_flow && !matches!(next, Some(Entry::Pass(..))) {
            player.run_ahead();
        }
    }
    Ok(player.writer.take())
}

struct Player {
    modem: Modem,
    now: SimTime,
    /// Wire and server take at once whatever they are given.
    automatic_flow: bool,
    writer: Writer,
}

impl Player {
    fn obey(&mut self, entry: &Entry) {
        match entry {
            Entry::Kept(line) => self.writer.line(line),
            Entry::Pass(span, written) => {
                self.writer.line(written);
                let end = self.now + *span;
                while let Some(due) = self.modem.poll_timeout().filter(|&due| due <= end) {
                    self.feed(due, Input::Timeout);
                }
                self.now = end;
            }
            Entry::Host(line, bytes, written) => {
                self.writer.input(self.now, written);
                self.send(*line, bytes);
            }
            Entry::Ftp(event, written) => self.input(written, Input::Ftp(event.clone())),
            Entry::World(world, written) => self.input(written, Input::World(*world)),
            Entry::AddRule(rule, written) => self.input(written, Input::AddRule(rule.clone())),
            Entry::RemoveRule(name, written) => {
                self.input(written, Input::RemoveRule(name.clone()));
            }
            Entry::Resolved(addresses, written) => {
                self.input(written, Input::Resolved(addresses.clone()));
            }
            Entry::LineOpened(line, written) => self.input(written, Input::LineOpened(*line)),
            Entry::LineClosed(line, written) => self.input(written, Input::LineClosed(*line)),
            Entry::Signal(line, signal, written) => {
                self.input(written, Input::Signal(*line, *signal));
            }
            Entry::HostSpeed(line, speed, written) => {
                self.input(written, Input::HostSpeed(*line, *speed));
            }
            Entry::Written(line, count, written) => {
                self.input(written, Input::Written(*line, *count));
            }
        }
    }

    fn input(&mut self, written: &str, input: Input<'_>) {
        self.writer.input(self.now, written);
        self.feed(self.now, input);
    }

    /// As much at a time as the module takes; a module that takes nothing gets the rest anyway.
    fn send(&mut self, line: LineId, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (part, rest) = match self.modem.room(line).min(bytes.len()) {
                0 => (bytes, &[][..]),
                room => bytes.split_at(room),
            };
            self.feed(self.now, Input::Line(line, part));
            bytes = rest;
        }
    }

    /// What is certain to come comes.
    fn run_ahead(&mut self) {
        while let Some(due) = self.modem.next_delivery() {
            self.feed(due.max(self.now), Input::Timeout);
        }
    }

    fn feed(&mut self, now: SimTime, input: Input<'_>) {
        self.now = now;
        self.modem.handle(now, input);
        while let Some(output) = self.modem.poll_output() {
            let goes_on = matches!(output, Output::Line(line, _) if self.modem.is_sending(line));
            self.writer.output(now, &output, goes_on);
            match output {
                Output::Line(line, bytes) if self.automatic_flow => {
                    self.modem.handle(now, Input::Written(line, bytes.len()));
                }
                Output::Ftp(Request::Send(bytes)) if self.automatic_flow => {
                    self.modem.handle(now, Input::Ftp(Event::Sent(bytes.len())));
                }
                _ => {}
            }
        }
    }
}
