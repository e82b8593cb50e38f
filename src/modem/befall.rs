//! What befalls the module from outside its lines and its server, and what follows from it.
//!
//! Knows neither who says so (an operator, a scenario, a transcript) nor why.

use std::net::Ipv4Addr;

use super::boot::{Domain, Stage};
use super::{Delivery, Modem};
use crate::ftp::{Event, Failure, Request, Stimulus};
use crate::network::{Registration, outcome};
use crate::profile::{Coverage, SimState};
use crate::real_time::RealTimeClock;
use crate::time::SimTime;
use crate::world::World;

/// No time comes after it.
const FOREVER: SimTime = SimTime::from_micros(u64::MAX);

impl Modem {
    pub(super) fn befall(&mut self, world: World) {
        match world {
            World::PowerKey if !self.is_on => self.start(),
            // Nobody is at home to take leave.
            World::PowerKey if self.is_hung() => self.switch_off(),
            World::PowerKey => self.power_down("NORMAL POWER DOWN"),
            World::Reset => self.reset(),
            World::BrownOut => {
                self.flush();
                self.line_ids().for_each(|line| self.cut_byte(line));
                self.reset();
            }
            World::UnderVoltage => self.announce("UNDER_VOLTAGE WARNING"),
            World::UnderVoltageOff if self.is_on => self.power_down("UNDER_VOLTAGE POWER DOWN"),
            World::UnderVoltageOff => {}
            World::BearerLost => self.lose_bearer(),
            World::BearerGone => self.bar_gprs(true),
            World::BearerBack => self.bar_gprs(false),
            World::NetworkLost => {
                self.lose_bearer();
                self.cover(Coverage::None);
            }
            World::NetworkSearching => self.cover(Coverage::None),
            World::NetworkDenied => {
                self.lose_bearer();
                self.cover(Coverage::Denied);
            }
            World::NetworkBack => self.cover(match self.profile.network.coverage {
                Coverage::None | Coverage::Denied => Coverage::Home,
                coverage => coverage,
            }),
            World::Signal(rssi) => self.network.model.rssi = rssi,
            World::SimRemoved => {
                self.sim.remove();
                self.lose_sim("NOT READY");
            }
            World::SimLocked => {
                self.sim.lock();
                self.lose_sim("SIM PIN");
            }
            World::SimInserted => {
                self.sim.insert();
                if self.is_on && self.radio.feeds_sim() {
                    self.agenda.plan(self.now + self.profile.boot.sim, Delivery::Stage(Stage::Sim));
                }
            }
            World::Ring if self.is_registered() => self.announce("RING"),
            World::Sms(place) if self.is_registered() => {
                self.announce(&format!("+CMTI: \"SM\",{place}"));
            }
            World::Ring | World::Sms(_) => {}
            World::Hang(span) => {
                self.hung_until = Some(span.map_or(FOREVER, |span| self.now + span));
            }
            World::DnsPoisoned(address) => self.network.every_name = Some(address),
            World::DnsHealed => self.network.every_name = None,
            World::Address(address) => self.change_address(address),
        }
    }

    /// Whether the firmware does nothing: what is due waits, what comes on a line is lost.
    pub(super) fn is_hung(&self) -> bool {
        self.hung_until.is_some_and(|until| until > self.now)
    }

    /// When something due takes place; `None` for never.
    pub(super) fn unless_hung(&self, due: SimTime) -> Option<SimTime> {
        match self.hung_until {
            None => Some(due),
            Some(FOREVER) => None,
            Some(until) => Some(due.max(until)),
        }
    }

    fn is_registered(&self) -> bool {
        self.is_on && self.network.gsm.is_registered()
    }

    fn power_down(&mut self, farewell: &str) {
        self.announce(farewell);
        // Long enough for it to be heard, where no delay is modelled.
        let least = self.profile.timing.late_result_gap * 2;
        let due = self.now + self.profile.boot.power_down.max(least);
        self.agenda.plan(due, Delivery::Stage(Stage::Off));
    }

    fn reset(&mut self) {
        self.clock = RealTimeClock::powered(self.now);
        self.flush();
        self.line_ids().for_each(|line| self.stop_sending(line));
        self.switch_off();
        self.start();
    }

    /// The SIM is of no use any more.
    fn lose_sim(&mut self, state: &str) {
        if self.is_on {
            self.announce(&format!("+CPIN: {state}"));
            self.leave_network();
        }
    }

    pub(super) fn lose_bearer(&mut self) {
        if self.contexts.is_any_active() {
            self.contexts.lose();
            self.step(Stimulus::BearerLost);
        }
    }

    /// There is GPRS service no more, or again.
    fn bar_gprs(&mut self, is_barred: bool) {
        self.network.is_gprs_barred = is_barred;
        if is_barred {
            self.lose_bearer();
        }
        if self.looks_for_service() {
            self.register(Domain::Gprs, self.network.gprs_outcome());
        }
    }

    /// What there is on the air changes.
    fn cover(&mut self, coverage: Coverage) {
        self.network.coverage = coverage;
        if self.looks_for_service() {
            self.register(Domain::Gsm, outcome(coverage));
            self.register(Domain::Gprs, self.network.gprs_outcome());
        }
    }

    fn looks_for_service(&self) -> bool {
        self.is_on
            && self.radio.may_transmit()
            && self.sim.state() == SimState::Ready
            && self.network.gsm != Registration::Idle
    }

    /// A session from the old address gets no answer any more, and the module's own stack knows it.
    fn change_address(&mut self, address: Ipv4Addr) {
        self.network.model.address = address;
        if self.service.has_session() {
            self.ask(Request::Drop);
            self.agenda.plan(self.now, Delivery::Ftp(Event::Lost(Failure::ControlClosed)));
        }
    }
}
