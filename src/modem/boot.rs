//! The module's way from the power key to service and back (3GPP 27.007 8.2).
//!
//! Fidelity: the boot order is that of a real MC60.

use std::net::Ipv4Addr;

use super::urc::Late;
use super::{Delivery, Modem, Output};
use crate::commands::Deed;
use crate::context::Contexts;
use crate::ftp::{Request, Service};
use crate::line::LineId;
use crate::network::{Registration, outcome};
use crate::profile::SimState;
use crate::radio::Radio;

/// A step on the way to service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The interface answers.
    Interface,
    /// The SIM has answered.
    Sim,
    /// Calls and messages are possible.
    CallReady,
    /// Registered for calls.
    Gsm,
    /// Registered for GPRS.
    Gprs,
    /// The module goes off.
    Off,
}

/// Which of the two registrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Domain {
    Gsm,
    Gprs,
}

impl Modem {
    /// The same module, switched off.
    pub fn powered_off(mut self) -> Self {
        self.switch_off();
        self
    }

    /// What a command has begun, now that its answer is out.
    pub(super) fn carry_out(&mut self, deed: Deed) {
        match deed {
            Deed::RadioOff => self.leave_network(),
            Deed::RadioOn => {
                self.sim.restart();
                self.agenda.plan(self.now + self.profile.boot.sim, Delivery::Stage(Stage::Sim));
            }
            Deed::Restart => {
                self.switch_off();
                self.start();
            }
            Deed::PowerDown => self.switch_off(),
            Deed::Keep(line) => self.outputs.push_back(Output::Kept(line)),
            Deed::Unlocked => self.look_for_network(),
            Deed::Attach => self.register(Domain::Gprs, self.network.gprs_outcome()),
            Deed::Detach => {
                self.lose_bearer();
                self.register(Domain::Gprs, Registration::Idle);
            }
            Deed::AskServers(servers) => self.outputs.push_back(Output::NameServers(servers)),
            Deed::Resolve(name) => self.resolve(name),
        }
    }

    pub(super) fn reach(&mut self, stage: Stage) {
        match stage {
            Stage::Interface => {
                // Under autobauding nobody is known to listen at any speed.
                self.announce("RDY");
                self.announce("+CFUN: 1");
                self.agenda.plan(self.now + self.profile.boot.sim, Delivery::Stage(Stage::Sim));
            }
            Stage::Sim => {
                match self.sim.presentation() {
                    Ok(state) => self.announce(&format!("+CPIN: {state}")),
                    Err(_) => self.announce("+CPIN: NOT INSERTED"),
                }
                if self.sim.state() == SimState::Ready {
                    self.look_for_network();
                }
            }
            Stage::CallReady => {
                self.radio.started = 3;
                self.announce_if(|line| line.call_ready == 1, |_| "Call Ready".to_owned());
                if self.profile.boot.sms_ready {
                    self.announce("SMS Ready");
                }
            }
            Stage::Gsm => self.register(Domain::Gsm, outcome(self.network.coverage)),
            Stage::Gprs => self.register(Domain::Gprs, self.network.gprs_outcome()),
            Stage::Off => self.switch_off(),
        }
    }

    /// The addresses of a name have come, or none.
    pub(super) fn on_resolved(&mut self, addresses: &[Ipv4Addr]) {
        let Some(line) = self.contexts.resolving.take() else { return };
        if addresses.is_empty() {
            // Fidelity: the note lists errors 1 to 8 and does not say which is which.
            self.queue(line, Late::Text(b"ERROR: 1".to_vec()));
        }
        for address in addresses {
            self.queue(line, Late::Text(address.to_string().into_bytes()));
        }
    }

    /// From the power key to the interface.
    pub(super) fn start(&mut self) {
        self.is_on = true;
        self.radio = Radio::STARTING;
        self.sim.restart();
        for line in self.line_ids() {
            let stored = self.stored.clone();
            self.line(line).power_on(stored);
            self.find_speed(line);
        }
        self.agenda.plan(self.now + self.profile.boot.interface, Delivery::Stage(Stage::Interface));
    }

    /// All that is not kept is gone, and nothing is heard any more.
    pub(super) fn switch_off(&mut self) {
        let now = self.now;
        self.is_on = false;
        self.hung_until = None;
        self.agenda = super::timers::Agenda::default();
        self.timers = super::timers::TimerTable::default();
        for line in self.line_ids() {
            self.end_ring(line);
        }
        self.network.forget();
        if !self.contexts.settings.dns.iter().all(Option::is_none) {
            self.outputs.push_back(Output::NameServers(Vec::new()));
        }
        self.contexts = Contexts::default();
        self.network.operator_format = 0;
        if self.service.has_session() {
            self.outputs.push_back(Output::Ftp(Request::Drop));
            self.bearer.ask(now, &Request::Drop, false);
        }
        let window = super::Bearer::portion(&self.profile.bearer, self.profile.ftp.window);
        self.service = Service::new(self.profile.ftp.clone(), self.profile.quirks.clone(), window);
        for line in self.line_ids() {
            let stored = self.stored.clone();
            self.line(line).power_off(stored);
            self.stop_receiving(line);
            let held = self.lose_outward(line);
            self.line(line).written(now, held);
            self.seams.forget(line);
            self.follow(line);
        }
    }

    pub(super) fn look_for_network(&mut self) {
        let boot = self.profile.boot.clone();
        self.radio.started = self.radio.started.max(1);
        self.agenda.retain(|delivery| !matches!(delivery, Delivery::Stage(_)));
        if self.radio.may_transmit() {
            self.register(Domain::Gsm, Registration::Searching);
            self.register(Domain::Gprs, Registration::Searching);
            for (after, stage) in [
                (boot.call_ready, Stage::CallReady),
                (boot.gsm, Stage::Gsm),
                (boot.gprs, Stage::Gprs),
            ] {
                self.agenda.plan(self.now + after, Delivery::Stage(stage));
            }
        }
    }

    /// The radio is off, or must be silent.
    pub(super) fn leave_network(&mut self) {
        self.agenda.retain(|delivery| !matches!(delivery, Delivery::Stage(_)));
        self.lose_bearer();
        self.register(Domain::Gsm, Registration::Idle);
        self.register(Domain::Gprs, Registration::Idle);
    }

    /// Says so where a line wants to know (27.007 7.2, 10.1.20).
    pub(super) fn register(&mut self, domain: Domain, stat: Registration) {
        let (name, old) = match domain {
            Domain::Gsm => ("+CREG", &mut self.network.gsm),
            Domain::Gprs => ("+CGREG", &mut self.network.gprs),
        };
        if std::mem::replace(old, stat) == stat {
            return;
        }
        let network = self.network.clone();
        let mode = move |settings: &crate::at::Settings| match domain {
            Domain::Gsm => settings.creg,
            Domain::Gprs => settings.cgreg,
        };
        self.announce_if(
            move |settings| mode(settings) > 0,
            move |settings| format!("{name}: {}", network.presentation(stat, mode(settings))),
        );
    }

    fn resolve(&mut self, name: Vec<u8>) {
        if self.network.gprs.is_registered() {
            self.contexts.chosen_mut().activate();
            match self.network.every_name {
                Some(address) => self.on_resolved(&[address]),
                None => self.outputs.push_back(Output::Resolve(name)),
            }
        } else {
            self.on_resolved(&[]);
        }
    }

    pub(super) fn announce(&mut self, text: &str) {
        self.announce_if(|_| true, |_| text.to_owned());
    }

    /// Tells every line that is heard and wants to know.
    fn announce_if(
        &mut self,
        wanted: impl Fn(&crate::at::Settings) -> bool,
        text: impl Fn(&crate::at::Settings) -> String,
    ) {
        let lines: Vec<LineId> = self.line_ids().collect();
        for line in lines {
            let adaptor = self.line(line);
            if adaptor.is_in_step() && wanted(&adaptor.settings) {
                let text = text(&adaptor.settings);
                self.queue(line, Late::Text(text.into_bytes()));
            }
        }
    }
}
