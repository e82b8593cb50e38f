//! The signals of a line beside its bytes (V.24): what the host's mean, and how the module's stand.
//!
//! Knows no wire. A wire without signals moves none, and is told none; its host is taken to have
//! DTR on for as long as it has the line open, as a UART's driver would.

use std::time::Duration;

use super::timers::Timer;
use super::urc::Late;
use super::{Delivery, Modem, Output};
use crate::at::ResultCode;
use crate::ftp::Stimulus;
use crate::line::{HostSignal, LineId, ModuleSignal};

/// How long RI is on for an unsolicited result (M10 hardware design; the GPRS note's 12 ms is a slip).
const RING: Duration = Duration::from_millis(120);

/// The circuits of one line.
#[derive(Clone, Debug)]
pub(super) struct Circuits {
    /// As the host has it. A line that nobody has opened yet counts as open.
    dtr: bool,
    /// As the module was last heard to have it; `None` where the wire carries no signals.
    told: Option<Told>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    /// DSR: the module is on.
    ready: bool,
    dcd: bool,
    ri: bool,
    cts: bool,
}

impl Default for Circuits {
    fn default() -> Self {
        Self { dtr: true, told: None }
    }
}

impl Modem {
    pub(super) fn on_signal(&mut self, line: LineId, signal: HostSignal) {
        self.introduce(line);
        match signal {
            HostSignal::Dtr(on) => self.on_dtr(line, on),
            HostSignal::Rts(on) => self.uarts[line.index()].rts = on,
            // No document says that the module minds one.
            HostSignal::Break => {}
        }
    }

    /// Tells how all signals stand, once, where the wire turns out to carry them.
    fn introduce(&mut self, line: LineId) {
        if self.circuits[line.index()].told.is_some() {
            return;
        }
        let (ready, dcd, cts) = (self.is_on, self.dcd(line), self.cts(line));
        self.circuits[line.index()].told = Some(Told { ready, dcd, ri: false, cts });
        for signal in [
            ModuleSignal::Dsr(ready),
            ModuleSignal::Cts(cts),
            ModuleSignal::Dcd(dcd),
            ModuleSignal::Ri(false),
        ] {
            self.signal(line, signal);
        }
    }

    /// `AT&D`, for the fall of DTR; its rise does nothing.
    pub(super) fn on_dtr(&mut self, line: LineId, on: bool) {
        let was_on = std::mem::replace(&mut self.circuits[line.index()].dtr, on);
        if on || !was_on {
            return;
        }
        let has_link = self.service.is_connected(line);
        match self.line(line).settings.dtr {
            1 => self.escape_by_dtr(line),
            // As AT+QFTPCLOSE ends a transfer; a session without one is no data link, and stays.
            2 if has_link => self.step(Stimulus::Close(line)),
            _ => {}
        }
    }

    /// The link stays. Unlike three plus signs this says nothing about data around it.
    fn escape_by_dtr(&mut self, line: LineId) {
        let pluses = self.line(line).release_pluses();
        self.timers.clear(Timer::Escape(line));
        self.upload(line, pluses.to_vec());
        let now = self.now;
        // The plus signs may have been the last of an upload.
        if self.line(line).escape() {
            self.line(line).say(now, &ResultCode::Ok);
        }
    }

    /// A late result waits for its turn. In data state RI tells of it at once, and its text
    /// follows after return to command state.
    pub(super) fn queue(&mut self, line: LineId, late: Late) {
        let late = match late {
            Late::Text(text) if self.line(line).is_in_data() => {
                self.ring(line);
                Late::Announced(text)
            }
            late => late,
        };
        self.line(line).queue(late);
    }

    /// A pulse on RI, before the text that it announces. One that begins within another prolongs
    /// it.
    pub(super) fn ring(&mut self, line: LineId) {
        let Some(told) = &mut self.circuits[line.index()].told else {
            return;
        };
        if !std::mem::replace(&mut told.ri, true) {
            self.outputs.push_back(Output::Signal(line, ModuleSignal::Ri(true)));
        }
        self.agenda.retain(|entry| !matches!(entry, Delivery::RingEnds(of) if *of == line));
        self.agenda.plan(self.now + RING, Delivery::RingEnds(line));
    }

    pub(super) fn end_ring(&mut self, line: LineId) {
        let told = self.circuits[line.index()].told.as_mut();
        if told.is_some_and(|told| std::mem::take(&mut told.ri)) {
            self.signal(line, ModuleSignal::Ri(false));
        }
    }

    /// Tells what has changed since it was last told.
    pub(super) fn tell_signals(&mut self) {
        for line in self.line_ids() {
            let (ready, dcd, cts) = (self.is_on, self.dcd(line), self.cts(line));
            let Some(told) = &mut self.circuits[line.index()].told else {
                continue;
            };
            let before = std::mem::replace(told, Told { ready, dcd, cts, ..*told });
            if before.ready != ready {
                self.signal(line, ModuleSignal::Dsr(ready));
            }
            if before.cts != cts {
                self.signal(line, ModuleSignal::Cts(cts));
            }
            if before.dcd != dcd {
                self.signal(line, ModuleSignal::Dcd(dcd));
            }
        }
    }

    /// `AT&C`: while there is a data link, or always while the module is on.
    fn dcd(&self, line: LineId) -> bool {
        let adaptor = &self.lines[line.index()];
        self.is_on && (adaptor.settings.dcd == 0 || adaptor.is_online())
    }

    /// `AT+IFC`: off while the module takes no more, where that is how it says so; else on while the
    /// module is.
    fn cts(&self, line: LineId) -> bool {
        let by_module = self.lines[line.index()].settings.ifc.1;
        self.is_on && (by_module != 2 || self.adaptor_room(line) > 0)
    }

    fn signal(&mut self, line: LineId, signal: ModuleSignal) {
        self.flush();
        self.outputs.push_back(Output::Signal(line, signal));
    }
}
