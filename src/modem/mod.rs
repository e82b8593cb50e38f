//! The module as a machine: [`Input`] in, [`Output`] out. This file only routes.

mod adaptor;
mod bearer;
mod befall;
mod boot;
mod contract;
mod effects;
mod execute;
mod seams;
mod signals;
mod timers;
mod uart;
mod urc;

use std::collections::VecDeque;

use crate::at::{ResultCode, Settings};
use crate::commands::Deed;
use crate::context::Contexts;
use crate::dialect::Dialect;
use crate::ftp::{Event, Request, Service, Stimulus};
use crate::line::LineId;
use crate::network::Network;
use crate::profile::{Profile, UploadTime};
use crate::radio::Radio;
use crate::real_time::RealTimeClock;
use crate::sim::Sim;
use crate::time::SimTime;
use adaptor::{Intake, Silence, TerminalAdaptor};
use bearer::Bearer;
use boot::Stage;
pub use contract::{Input, Output, Snapshot};
pub use execute::NotKept;
use seams::{Passage, Seams};
use signals::Circuits;
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
}

/// What the agenda holds.
#[derive(Clone, Debug)]
enum Delivery {
    /// The answer to a command line.
    Answer(LineId),
    /// What that command line asks of the FTP client.
    Ask(Request),
    /// The fall of RI.
    RingEnds(LineId),
    /// News from the FTP client, on its way over the air.
    Ftp(Event),
    /// What that command line does to the module.
    Deed(Deed),
    /// The module's way to service.
    Stage(Stage),
    /// What a rule has held up or brought about.
    Passage(Passage),
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
            profile: profile.clone(),
        }
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

    fn catch_up(&mut self, now: SimTime) {
        while let Some(due) = self.poll_timeout().filter(|&due| due <= now) {
            self.now = self.now.max(due);
            self.fire();
            self.settle();
        }
    }

    /// What the module does next; `None` when it has nothing more to do now.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When the module wants to be woken with [`Input::Timeout`]; `None` if nothing can happen
    /// without new input.
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let own = self.deliveries().into_iter().chain(self.timers.next_due()).min();
        // What befalls a module befalls one that hangs.
        own.and_then(|due| self.unless_hung(due)).into_iter().chain(self.next_fault()).min()
    }

    /// The part of [`Self::poll_timeout`] that is certain: what will happen unless the world or a
    /// host intervenes, deadlines and rules of the clock left out.
    pub fn next_delivery(&self) -> Option<SimTime> {
        self.unless_hung(self.deliveries()?)
    }

    fn deliveries(&self) -> Option<SimTime> {
        let late = self.lines.iter().filter_map(TerminalAdaptor::next_late);
        let wires = self.uarts.iter().filter_map(Uart::next_due);
        late.chain(wires).chain(self.agenda.next_due()).min()
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
        self.uarts[line.index()].room(self.adaptor_room(line))
    }

    /// How many bytes the module takes of what has come.
    fn adaptor_room(&self, line: LineId) -> usize {
        let missing = self.service.upload_missing(line);
        let room = self.lines[line.index()].room(self.service.upload_room(), missing);
        room.saturating_sub(self.seams.held(line))
    }

    /// The states at this moment.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            on: self.is_on,
            ftp: self.service.state_name(),
            context_active: self.contexts.chosen().is_active(),
            lines: self.lines.iter().map(TerminalAdaptor::state_name).collect(),
            speeds: self.uarts.iter().map(|uart| uart.host_speed).collect(),
        }
    }

    fn line(&mut self, line: LineId) -> &mut TerminalAdaptor {
        &mut self.lines[line.index()]
    }

    fn on_bytes(&mut self, line: LineId, mut bytes: &[u8]) {
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
    fn upload(&mut self, line: LineId, mut bytes: Vec<u8>) {
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

    /// What the agenda has for now, then one deadline.
    fn fire(&mut self) {
        self.consult_clock();
        if self.is_hung() {
            return;
        }
        self.run_agenda();
        match self.timers.pop_due(self.now) {
            // What comes just as a deadline ends comes behind it.
            None => self.receive(),
            Some(Timer::Escape(line)) => self.on_silence(line),
            Some(Timer::SilenceLimit) => self.step(Stimulus::SilenceLimit),
            Some(Timer::UploadLimit) => {
                for line in self.line_ids() {
                    let pluses = self.line(line).release_pluses();
                    self.upload(line, pluses.to_vec());
                }
                self.step(Stimulus::UploadLimit);
            }
        }
    }

    fn run_agenda(&mut self) {
        if self.is_hung() {
            return;
        }
        while let Some(delivery) = self.agenda.pop_due(self.now) {
            match delivery {
                Delivery::Answer(line) => {
                    let now = self.now;
                    let typed_ahead = self.line(line).answer(now);
                    self.follow(line);
                    self.on_bytes(line, &typed_ahead);
                }
                Delivery::Ask(request) => self.ask(request),
                Delivery::RingEnds(line) => self.end_ring(line),
                Delivery::Ftp(event) => self.on_ftp(event),
                Delivery::Deed(deed) => self.carry_out(deed),
                Delivery::Stage(stage) => self.reach(stage),
                Delivery::Passage(passage) => self.go_on(passage),
            }
        }
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

    fn on_silence(&mut self, line: LineId) {
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
