//! The module as a machine: [`Input`] in, [`Output`] out. This file only routes.

mod adaptor;
mod bearer;
mod befall;
mod boot;
mod contract;
mod effects;
mod execute;
mod intake;
mod schedule;
mod seams;
mod signals;
mod snapshot;
mod timers;
mod uart;
mod urc;

use std::collections::VecDeque;
use std::time::Duration;

use crate::at::Settings;
use crate::context::Contexts;
use crate::dialect::Dialect;
use crate::ftp::{Event, Service, Stimulus};
use crate::line::LineId;
use crate::network::Network;
use crate::profile::Profile;
use crate::radio::Radio;
use crate::real_time::RealTimeClock;
use crate::sim::Sim;
use crate::time::SimTime;
use adaptor::TerminalAdaptor;
use bearer::Bearer;
pub use contract::{Input, Output};
pub use execute::NotKept;
use schedule::Delivery;
use seams::Seams;
use signals::Circuits;
pub use snapshot::{
    ContextSnapshot, FtpSnapshot, LineSnapshot, NetworkSnapshot, SimSnapshot, Snapshot, Waiting,
};
use timers::{Agenda, Timer, TimerTable};
use uart::Uart;
use urc::Late;

/// A virtual module. The crate's front page states its contract.
#[derive(Clone, Debug)]
pub struct Modem {
    now: SimTime,
    profile: Profile,
    dialect: &'static Dialect,
    lines: Vec<TerminalAdaptor>,
    is_on: bool,
    /// The firmware hangs until then.
    hung_until: Option<SimTime>,
    /// What `AT&W` has kept.
    stored: Settings,
    radio: Radio,
    sim: Sim,
    clock: RealTimeClock,
    network: Network,
    contexts: Contexts,
    /// Of each line.
    circuits: Vec<Circuits>,
    /// Of each line.
    uarts: Vec<Uart>,
    service: Service,
    bearer: Bearer,
    seams: Seams,
    agenda: Agenda<Delivery>,
    timers: TimerTable,
    outputs: VecDeque<Output>,
    /// How late its owner wakes.
    slack: Duration,
}

impl Modem {
    /// A module with so many lines (1 to 255) that has been on for long: it has found its network,
    /// unless the profile's SIM or network forbids it. See [`Self::powered_off`] for one that has not.
    pub fn new(profile: &Profile, lines: u8, seed: u64) -> Self {
        let window = Bearer::portion(&profile.bearer, profile.ftp.window);
        let sim = Sim::new(&profile.sim);
        let mut network = Network::found(&profile.network);
        let mut radio = Radio::ON;
        if sim.use_it().is_err() {
            network.forget();
            radio = Radio::STARTING;
        }
        Self {
            now: SimTime::ZERO,
            dialect: Dialect::of(profile.dialect),
            lines: (0..lines).map(|_| TerminalAdaptor::new(profile)).collect(),
            is_on: true,
            hung_until: None,
            stored: Settings::factory(&profile.v250),
            radio,
            sim,
            clock: RealTimeClock::powered(SimTime::ZERO),
            network,
            contexts: Contexts::default(),
            circuits: vec![Circuits::default(); usize::from(lines)],
            uarts: (0..u64::from(lines))
                .map(|line| Uart::new(profile, seed ^ line << 32))
                .collect(),
            service: Service::new(profile.ftp.clone(), profile.quirks.clone(), window),
            bearer: Bearer::new(profile.bearer.clone(), profile.timing.jitter_percent, seed),
            seams: Seams::new(usize::from(lines), seed),
            agenda: Agenda::default(),
            timers: TimerTable::default(),
            outputs: VecDeque::new(),
            slack: Duration::ZERO,
            profile: profile.clone(),
        }
    }

    /// The same with an owner that may wake so late, in module time. A line that is paced takes that
    /// much of the wire at once, so that it is not held up; when a byte is there does not change.
    #[must_use]
    pub const fn with_slack(mut self, slack: Duration) -> Self {
        self.slack = slack;
        self
    }

    /// Something happens at `now`. The caller then drains [`Self::poll_output`].
    ///
    /// What was due before `now` takes place first, each at its own time.
    ///
    /// # Panics
    ///
    /// If time runs backward, or if the line is none of this module's.
    pub fn handle(&mut self, now: SimTime, input: Input<'_>) {
        assert!(now >= self.now, "time runs backward: {now} after {}", self.now);
        self.catch_up(now);
        self.now = now;
        match input {
            Input::Timeout => {}
            Input::LineOpened(line) => self.on_opened(line),
            Input::LineClosed(line) => self.on_closed(line),
            Input::Signal(line, signal) => self.on_signal(line, signal),
            Input::HostSpeed(line, speed) => self.on_host_speed(line, speed),
            Input::Line(..) if self.is_hung() => {}
            Input::Line(line, bytes) => self.on_sent(line, bytes),
            Input::Written(line, count) => self.on_written(line, count),
            Input::Resolved(addresses) => self.on_resolved(&addresses),
            Input::Ftp(event) => {
                if let Some(event) = self.pass_event(event) {
                    let due = self.bearer.due(now, &event);
                    self.agenda.plan(due, Delivery::Ftp(event));
                }
                self.run_agenda();
            }
            Input::World(world) => self.befall(world),
            Input::AddRule(rule) => self.add_rule(*rule),
            Input::RemoveRule(name) => self.remove_rule(&name),
        }
        self.settle();
        // A rule may bring something about at this very instant.
        self.catch_up(now);
    }

    /// What the module does next; `None` when it has nothing more to do now.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Whether more of a line's output is on the wire: what comes next belongs to the same burst.
    ///
    /// # Panics
    ///
    /// If the line is none of this module's.
    pub fn is_sending(&self, line: LineId) -> bool {
        self.uarts[line.index()].is_sending()
    }

    /// How many bytes the module takes from a line now; 0 holds its flow.
    ///
    /// # Panics
    ///
    /// If the line is none of this module's.
    pub fn room(&self, line: LineId) -> usize {
        self.uarts[line.index()].room(self.adaptor_room(line), self.slack)
    }

    /// How many bytes the module takes of what has come.
    fn adaptor_room(&self, line: LineId) -> usize {
        let missing = self.service.upload_missing(line);
        let room = self.lines[line.index()].room(self.service.upload_room(), missing);
        room.saturating_sub(self.seams.held(line))
    }

    fn line(&mut self, line: LineId) -> &mut TerminalAdaptor {
        &mut self.lines[line.index()]
    }

    fn on_ftp(&mut self, event: Event) {
        self.note_event(&event);
        self.timers.clear(Timer::SilenceLimit);
        if matches!(event, Event::Lost(_)) {
            self.agenda.retain(|delivery| !matches!(delivery, Delivery::Ask(_)));
        }
        let was_held = self.service.upload_room() == 0;
        self.step(Stimulus::Ftp(event));
        if was_held && self.service.upload_room() > 0 {
            let now = self.now;
            self.lines.iter_mut().for_each(|line| line.excuse_silence(now));
        }
    }

    fn settle(&mut self) {
        if self.is_hung() {
            return;
        }
        for line in self.line_ids() {
            while let Some(late) = {
                let now = self.now;
                self.line(line).tell_late(now)
            } {
                match late {
                    Late::Text(_) => self.ring(line),
                    Late::Announced(_) => {}
                    Late::Connect => self.step(Stimulus::Connected),
                    Late::Final(_) => {
                        self.timers.clear(Timer::Escape(line));
                        self.ring(line);
                    }
                }
            }
        }
        match self.service.silence_limit() {
            None => self.timers.clear(Timer::SilenceLimit),
            Some(limit) => self.timers.start(Timer::SilenceLimit, self.now + limit),
        }
        match self.service.upload_limit() {
            None => self.timers.clear(Timer::UploadLimit),
            Some(limit) => self.timers.start(Timer::UploadLimit, self.now + limit),
        }
        self.flush();
        self.run_wires();
        self.tell_signals();
    }

    fn line_ids(&self) -> impl Iterator<Item = LineId> + use<> {
        (0..self.lines.len()).filter_map(LineId::from_index)
    }
}
