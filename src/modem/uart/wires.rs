//! Bytes between a line's adaptor and its UART, both ways, and when a host comes and goes.

use super::{Inbound, Lock, Piece, STUMP};
use crate::line::{LineId, LineSpeed};
use crate::modem::{Modem, Output};

impl Modem {
    /// The host sends.
    pub(in crate::modem) fn on_sent(&mut self, line: LineId, bytes: &[u8]) {
        let uart = &mut self.uarts[line.index()];
        if !uart.is_paced {
            self.hear(line, bytes);
        } else if self.is_on {
            uart.receiver.give(bytes);
        }
    }

    /// The host has set its UART.
    pub(in crate::modem) fn on_host_speed(&mut self, line: LineId, speed: LineSpeed) {
        let uart = &mut self.uarts[line.index()];
        uart.host_speed = Some(speed);
        uart.receiver.change(speed);
        self.get_in_step(line);
    }

    /// A host has opened the line. What its predecessor sent last is read before.
    pub(in crate::modem) fn on_opened(&mut self, line: LineId) {
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
    pub(in crate::modem) fn on_closed(&mut self, line: LineId) {
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
    pub(in crate::modem) fn follow(&mut self, line: LineId) {
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
    pub(in crate::modem) fn find_speed(&mut self, line: LineId) {
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
    pub(in crate::modem) fn receive(&mut self) {
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
    pub(in crate::modem) fn run_wires(&mut self) {
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
    pub(in crate::modem) fn flush(&mut self) {
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
    pub(in crate::modem) fn on_written(&mut self, line: LineId, count: usize) {
        let own = self.uarts[line.index()].given.take(count);
        self.on_taken(line, own);
    }

    pub(in crate::modem) fn on_taken(&mut self, line: LineId, own: usize) {
        self.uarts[line.index()].transmitter.taken(own);
        let now = self.now;
        let of_file = self.line(line).written(now, own);
        let mut fx = Vec::new();
        self.service.delivered(of_file, &mut fx);
        self.apply(fx);
    }

    /// The supply is gone. What was said still leaves; what comes is not heard.
    pub(in crate::modem) fn stop_receiving(&mut self, line: LineId) {
        let receiver = &mut self.uarts[line.index()].receiver;
        receiver.take_all();
    }

    /// The supply fails amid a byte: of one that is on the wire the host reads something else.
    pub(in crate::modem) fn cut_byte(&mut self, line: LineId) {
        let uart = &mut self.uarts[line.index()];
        if uart.is_sending() {
            uart.given.give(1, 0);
            self.outputs.push_back(Output::Line(line, vec![STUMP]));
        }
    }

    /// The supply has failed: nothing that waits leaves any more.
    pub(in crate::modem) fn stop_sending(&mut self, line: LineId) {
        let held = self.lose_outward(line);
        let lost = self.uarts[line.index()].transmitter.fail() + held;
        let now = self.now;
        self.line(line).written(now, lost);
    }
}
