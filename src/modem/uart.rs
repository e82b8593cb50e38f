//! The UART of a line: both directions of its wire, and how fast it is.
//!
//! A byte towards the host is output when its stop bit has left, and a byte from the host is
//! received when its stop bit has come. Where a profile gives the wire no time, both are at once.

mod pace;
mod receiver;
mod transmitter;

use super::{Modem, Output};
use crate::at::Settings;
use crate::line::{LineId, LineSpeed};
use crate::profile::Profile;
use crate::time::SimTime;
use receiver::Receiver;
use transmitter::Transmitter;

/// One UART.
#[derive(Clone, Debug)]
pub(super) struct Uart {
    is_paced: bool,
    /// The module's speed, in force from what was sent last on.
    speed: LineSpeed,
    /// What the host has set its UART to; `None` while no wire has told.
    pub(super) host_speed: Option<LineSpeed>,
    transmitter: Transmitter,
    receiver: Receiver,
}

impl Uart {
    /// At power-on.
    pub(super) fn new(profile: &Profile) -> Self {
        let speed = Settings::factory(&profile.v250).speed().unwrap_or(LineSpeed::USUAL);
        let is_paced = profile.timing.pace_uart;
        Self {
            is_paced,
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
        settings.speed().or(self.host_speed).unwrap_or(LineSpeed::USUAL)
    }

    /// Another speed, behind what has been sent so far.
    fn change(&mut self, speed: LineSpeed) {
        self.speed = speed;
        self.transmitter.change(speed);
        self.receiver.change(self.host_speed.unwrap_or(speed));
    }
}

impl Modem {
    /// The host sends.
    pub(super) fn on_sent(&mut self, line: LineId, bytes: &[u8]) {
        let uart = &mut self.uarts[line.index()];
        if !uart.is_paced {
            self.on_bytes(line, bytes);
        } else if self.is_on {
            uart.receiver.give(bytes);
        }
    }

    /// The host has set its UART.
    pub(super) fn on_host_speed(&mut self, line: LineId, speed: LineSpeed) {
        let uart = &mut self.uarts[line.index()];
        uart.host_speed = Some(speed);
        uart.receiver.change(speed);
        self.follow(line);
    }

    /// A host has opened the line. What its predecessor sent last is read before.
    pub(super) fn on_opened(&mut self, line: LineId) {
        let receiver = &mut self.uarts[line.index()].receiver;
        if std::mem::take(&mut receiver.hung_up) {
            let rest = receiver.take_all();
            self.on_bytes(line, &rest);
            self.hang_up(line);
        }
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
        let speed = self.uarts[line.index()].speed_of(&self.lines[line.index()].settings);
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
                self.on_bytes(line, &bytes);
            }
        }
    }

    /// Sends what has left by now, and goes on with what waits, both ways.
    pub(super) fn run_wires(&mut self) {
        for line in self.line_ids() {
            if !self.uarts[line.index()].is_paced {
                continue;
            }
            let now = self.now;
            if let Some(piece) = self.uarts[line.index()].transmitter.proceed(now) {
                self.outputs.push_back(Output::Line(line, piece));
            }
            if self.uarts[line.index()].receiver.hung_up
                && self.uarts[line.index()].receiver.is_empty()
            {
                self.uarts[line.index()].receiver.hung_up = false;
                self.hang_up(line);
            }
            let (room, in_data) = (self.adaptor_room(line), self.line(line).is_in_data());
            self.uarts[line.index()].receiver.proceed(now, room, in_data);
        }
    }

    /// Hands what the adaptors have said to their wires.
    pub(super) fn flush(&mut self) {
        for line in self.line_ids() {
            if let Some(burst) = self.line(line).take_burst()
                && let Some(burst) = self.uarts[line.index()].transmitter.send(burst)
            {
                self.outputs.push_back(Output::Line(line, burst));
            }
        }
    }

    /// So many bytes of output have been taken; how many of them were of a file.
    pub(super) fn on_written(&mut self, line: LineId, count: usize) -> usize {
        self.uarts[line.index()].transmitter.taken(count);
        let now = self.now;
        self.line(line).written(now, count)
    }

    /// The supply is gone. What was said still leaves; what comes is not heard.
    pub(super) fn stop_receiving(&mut self, line: LineId) {
        let receiver = &mut self.uarts[line.index()].receiver;
        receiver.take_all();
    }

    /// The supply has failed: nothing that waits leaves any more.
    pub(super) fn stop_sending(&mut self, line: LineId) {
        let lost = self.uarts[line.index()].transmitter.fail();
        let now = self.now;
        self.line(line).written(now, lost);
    }
}
