//! The UART of a line: both directions of its wire, and how fast it is.
//!
//! A byte towards the host is output when its stop bit has left, and a byte from the host is
//! received when its stop bit has come. Where a profile gives the wire no time, both are at once.

mod flow;
mod garble;
mod given;
mod pace;
mod receiver;
mod transmitter;

use std::borrow::Cow;
use std::num::NonZeroU32;

use super::{Modem, Output};
use crate::at::Settings;
use crate::line::{LineId, LineSpeed};
use crate::profile::Profile;
use crate::time::SimTime;
use flow::{Inbound, XOFF, XON};
pub(super) use garble::Garble;
use garble::agree;
use given::Given;
use receiver::Receiver;
use transmitter::{Piece, Terms, Transmitter};

/// One UART.
#[derive(Clone, Debug)]
pub(super) struct Uart {
    is_paced: bool,
    is_checked: bool,
    /// `quirks.flow_escape`.
    can_escape: bool,
    inbound: Inbound,
    /// Circuit 105 (RTS) as the host has it; on where the wire carries no signals.
    pub(super) rts: bool,
    /// The module has stopped its host with XOFF.
    has_stopped: bool,
    lock: Lock,
    garble_in: Garble,
    garble_out: Garble,
    pub(super) given: Given,
    /// Whether `AT+IPR` is another than 0, from what was sent last on.
    is_fixed: bool,
    /// The module's speed, in force from what was sent last on.
    speed: LineSpeed,
    /// What the host has set its UART to; `None` while no wire has told.
    pub(super) host_speed: Option<LineSpeed>,
    transmitter: Transmitter,
    receiver: Receiver,
}

/// What is read of a byte whose last bits never came: the wire rests at one.
const STUMP: u8 = 0xF8;

/// What autobauding (`AT+IPR=0`) has come to.
#[derive(Clone, Copy, Debug)]
enum Lock {
    /// The module has long been in step with its host, at whatever speed that turns out to have.
    Given,
    /// It looks for `AT` or `at`; the byte before was the first of it.
    Seeking(Option<u8>),
    /// It has found one.
    Found(LineSpeed),
}

impl Uart {
    /// At power-on, or long after.
    pub(super) fn new(profile: &Profile, seed: u64) -> Self {
        let speed = Settings::factory(&profile.v250).speed().unwrap_or(LineSpeed::USUAL);
        let is_paced = profile.timing.pace_uart;
        Self {
            is_paced,
            is_checked: profile.timing.check_speed,
            can_escape: profile.quirks.flow_escape,
            inbound: Inbound::default(),
            rts: true,
            has_stopped: false,
            lock: Lock::Given,
            garble_in: Garble::new(seed),
            garble_out: Garble::new(!seed),
            given: Given::default(),
            is_fixed: profile.v250.ipr != 0,
            speed,
            host_speed: None,
            transmitter: Transmitter::new(speed, !is_paced),
            receiver: Receiver::new(speed),
        }
    }

    /// The next byte or piece that passes, one way or the other.
    pub(super) fn next_due(&self) -> Option<SimTime> {
        self.transmitter.next_due().into_iter().chain(self.receiver.next_due()).min()
    }

    /// Whether output is on the wire.
    pub(super) fn is_sending(&self) -> bool {
        self.transmitter.next_due().is_some()
    }

    /// How many bytes the wire takes from the host, of which the module takes `room` now.
    pub(super) fn room(&self, room: usize) -> usize {
        if self.is_paced { self.receiver.room() } else { room }
    }

    /// The module's speed under `settings`; under autobauding it is the host's.
    fn speed_of(&self, settings: &Settings) -> LineSpeed {
        let found = match self.lock {
            Lock::Found(speed) => Some(speed),
            Lock::Given | Lock::Seeking(_) => self.host_speed,
        };
        settings.speed().or(found).unwrap_or(LineSpeed::USUAL)
    }

    /// Autobauding begins anew.
    fn seek(&mut self) {
        if self.is_checked {
            self.lock = Lock::Seeking(None);
        }
    }

    /// A host comes, which has not stopped the module yet, and the module gets in step with it, as
    /// it has with the one before.
    fn meet(&mut self) {
        if let Lock::Found(_) = self.lock {
            self.lock = Lock::Given;
        }
        self.inbound = Inbound::default();
        self.rts = true;
    }

    /// How output goes on under `AT+IFC`.
    fn terms(&self, settings: &Settings) -> Terms {
        let (by_host, by_module) = settings.ifc;
        Terms {
            is_held: match by_host {
                1 => self.inbound.is_stopped,
                2 => !self.rts,
                _ => false,
            },
            escapes: by_module == 1 && self.can_escape,
        }
    }

    /// Stops the host with XOFF when the module takes no more, and lets it go on with XON.
    fn steer(&mut self, settings: &Settings, is_full: bool) {
        let stop = is_full && settings.ifc.1 == 1;
        if stop != self.has_stopped {
            self.has_stopped = stop;
            self.transmitter.send_urgently(if stop { XOFF } else { XON });
        }
    }

    /// What the module reads of what its host sends.
    fn read<'a>(&mut self, sent: &'a [u8]) -> Cow<'a, [u8]> {
        if !self.is_checked {
            return sent.into();
        }
        if !self.is_fixed {
            match (self.lock, self.host_speed) {
                (Lock::Seeking(before), _) => return self.find(before, sent).into(),
                (Lock::Given, Some(speed)) => self.lock = Lock::Found(speed),
                (Lock::Given | Lock::Found(_), _) => {}
            }
        }
        match self.host_speed.filter(|host| !agree(*host, self.speed)) {
            Some(host) => self.garble_in.read(sent, host, self.speed).into(),
            None => sent.into(),
        }
    }

    /// Looks for the prefix by which autobauding knows the speed, and reads on from there.
    fn find(&mut self, mut before: Option<u8>, sent: &[u8]) -> Vec<u8> {
        for (at, &byte) in sent.iter().enumerate() {
            match (before, byte) {
                (Some(b'A'), b'T') | (Some(b'a'), b't') => {
                    self.lock = self.host_speed.map_or(Lock::Given, Lock::Found);
                    return before.into_iter().chain(sent[at..].iter().copied()).collect();
                }
                _ => before = Some(byte),
            }
        }
        self.lock = Lock::Seeking(before);
        Vec::new()
    }

    /// What the host reads of what has left.
    fn heard(&mut self, Piece { on_wire, speed, .. }: Piece) -> Vec<u8> {
        let host = self.host_speed.filter(|host| self.is_checked && !agree(*host, speed));
        match host {
            Some(host) => self.garble_out.read(&on_wire, speed, host),
            None => on_wire,
        }
    }

    /// The module's speed.
    pub(super) const fn speed(&self) -> LineSpeed {
        self.speed
    }

    /// Another speed, behind what has been sent so far.
    fn change(&mut self, speed: LineSpeed) {
        self.speed = speed;
        self.transmitter.change(speed);
        self.receiver.change(self.host_speed.unwrap_or(speed));
    }
}

/// `speed`, but for its bits a second, 1 and more.
pub(super) fn as_baud(speed: LineSpeed, baud: u32) -> LineSpeed {
    LineSpeed { baud: NonZeroU32::new(baud).unwrap_or(speed.baud), ..speed }
}

impl Modem {
    /// The host sends.
    pub(super) fn on_sent(&mut self, line: LineId, bytes: &[u8]) {
        let uart = &mut self.uarts[line.index()];
        if !uart.is_paced {
            self.hear(line, bytes);
        } else if self.is_on {
            uart.receiver.give(bytes);
        }
    }

    /// The host has set its UART.
    pub(super) fn on_host_speed(&mut self, line: LineId, speed: LineSpeed) {
        let uart = &mut self.uarts[line.index()];
        uart.host_speed = Some(speed);
        uart.receiver.change(speed);
        self.get_in_step(line);
    }

    /// A host has opened the line. What its predecessor sent last is read before.
    pub(super) fn on_opened(&mut self, line: LineId) {
        let receiver = &mut self.uarts[line.index()].receiver;
        if std::mem::take(&mut receiver.hung_up) {
            let rest = receiver.take_all();
            self.hear(line, &rest);
            self.hang_up(line);
        }
        self.uarts[line.index()].meet();
        self.get_in_step(line);
        self.on_dtr(line, true);
    }

    /// The last host of a line has gone, and what it sent is still to come.
    pub(super) fn on_closed(&mut self, line: LineId) {
        let receiver = &mut self.uarts[line.index()].receiver;
        if receiver.is_empty() {
            self.hang_up(line);
        } else {
            receiver.hung_up = true;
        }
    }

    fn hang_up(&mut self, line: LineId) {
        self.line(line).hang_up();
        self.on_dtr(line, false);
    }

    /// The module's speed is as the line's settings have it, from the next byte on.
    pub(super) fn follow(&mut self, line: LineId) {
        let settings = &self.lines[line.index()].settings;
        let uart = &mut self.uarts[line.index()];
        let is_fixed = settings.ipr != 0;
        if std::mem::replace(&mut uart.is_fixed, is_fixed) && !is_fixed {
            uart.seek();
        }
        let speed = uart.speed_of(settings);
        self.change(line, speed);
    }

    /// The supply is there: where the speed is not fixed it is to be found out.
    pub(super) fn find_speed(&mut self, line: LineId) {
        self.follow(line);
        let uart = &mut self.uarts[line.index()];
        if !uart.is_fixed {
            uart.seek();
        }
    }

    /// Under autobauding the module is at its host's speed, unless it has found another.
    fn get_in_step(&mut self, line: LineId) {
        let uart = &self.uarts[line.index()];
        if let (false, Lock::Given | Lock::Seeking(_), Some(speed)) =
            (uart.is_fixed, uart.lock, uart.host_speed)
        {
            self.change(line, speed);
        }
    }

    fn change(&mut self, line: LineId, speed: LineSpeed) {
        if speed != self.uarts[line.index()].speed {
            // What was said before leaves at the speed before.
            self.flush();
            self.uarts[line.index()].change(speed);
        }
    }

    /// Takes what has arrived by now.
    pub(super) fn receive(&mut self) {
        for line in self.line_ids() {
            let (now, room) = (self.now, self.adaptor_room(line));
            if let Some(bytes) = self.uarts[line.index()].receiver.take(now, room) {
                self.hear(line, &bytes);
            }
        }
    }

    /// Bytes have come, and are read as the module's speed has it.
    fn hear(&mut self, line: LineId, bytes: &[u8]) {
        if self.is_on {
            let uart = &mut self.uarts[line.index()];
            let mut read = uart.read(bytes);
            if self.lines[line.index()].settings.ifc.0 == 1 {
                read = uart.inbound.read(&read, uart.can_escape).into();
            } else {
                uart.inbound = Inbound::default();
            }
            self.take_in(line, &read);
        }
    }

    /// Sends what has left by now, and goes on with what waits, both ways.
    pub(super) fn run_wires(&mut self) {
        for line in self.line_ids() {
            let (now, room) = (self.now, self.adaptor_room(line));
            let in_data = self.line(line).is_in_data();
            let settings = &self.lines[line.index()].settings;
            let uart = &mut self.uarts[line.index()];
            uart.steer(settings, room == 0);
            let terms = uart.terms(settings);
            uart.receiver.proceed(now, room, in_data);
            let has_gone = uart.receiver.hung_up && uart.receiver.is_empty();
            while let Some(piece) = self.uarts[line.index()].transmitter.proceed(now, terms) {
                self.put_out(line, piece);
            }
            if has_gone {
                self.uarts[line.index()].receiver.hung_up = false;
                self.hang_up(line);
            }
        }
    }

    /// Hands what the adaptors have said to their wires.
    pub(super) fn flush(&mut self) {
        for line in self.line_ids() {
            if let Some(burst) = self.line(line).take_burst() {
                let uart = &mut self.uarts[line.index()];
                let terms = uart.terms(&self.lines[line.index()].settings);
                if let Some(piece) = uart.transmitter.send(burst, terms) {
                    self.put_out(line, piece);
                }
            }
        }
    }

    fn put_out(&mut self, line: LineId, piece: Piece) {
        let own = piece.own;
        let on_wire = self.uarts[line.index()].heard(piece);
        self.let_out(line, on_wire, own);
    }

    /// So many bytes of output have been taken.
    pub(super) fn on_written(&mut self, line: LineId, count: usize) {
        let own = self.uarts[line.index()].given.take(count);
        self.on_taken(line, own);
    }

    pub(super) fn on_taken(&mut self, line: LineId, own: usize) {
        self.uarts[line.index()].transmitter.taken(own);
        let now = self.now;
        let of_file = self.line(line).written(now, own);
        let mut fx = Vec::new();
        self.service.delivered(of_file, &mut fx);
        self.apply(fx);
    }

    /// The supply is gone. What was said still leaves; what comes is not heard.
    pub(super) fn stop_receiving(&mut self, line: LineId) {
        let receiver = &mut self.uarts[line.index()].receiver;
        receiver.take_all();
    }

    /// The supply fails amid a byte: of one that is on the wire the host reads something else.
    pub(super) fn cut_byte(&mut self, line: LineId) {
        let uart = &mut self.uarts[line.index()];
        if uart.is_sending() {
            uart.given.give(1, 0);
            self.outputs.push_back(Output::Line(line, vec![STUMP]));
        }
    }

    /// The supply has failed: nothing that waits leaves any more.
    pub(super) fn stop_sending(&mut self, line: LineId) {
        let held = self.lose_outward(line);
        let lost = self.uarts[line.index()].transmitter.fail() + held;
        let now = self.now;
        self.line(line).written(now, lost);
    }
}
