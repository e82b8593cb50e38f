//! What the FTP service wants done, done: by the client, on the lines, in the module's own words.

use std::net::IpAddr;

use super::timers::Timer;
use super::urc::Late;
use super::{Delivery, Modem};
use crate::ftp::{Effect, Event, Failure, Notice, Request, Stimulus};

impl Modem {
    pub(super) fn step(&mut self, stimulus: Stimulus) {
        let mut fx = Vec::new();
        self.service.step(stimulus, &mut fx);
        self.apply(fx);
    }

    pub(super) fn apply(&mut self, effects: Vec<Effect>) {
        let now = self.now;
        for effect in effects {
            match effect {
                Effect::Ask(request) => self.ask(request),
                Effect::Deliver(line, bytes) => self.line(line).deliver(now, bytes),
                Effect::LeaveData(line) => {
                    self.line(line).leave_data();
                    self.timers.clear(Timer::Escape(line));
                }
                Effect::Tell(line, notice) => {
                    let late = self.phrase(notice);
                    self.queue(line, late);
                }
                Effect::TellBearerLost if self.profile.quirks.pdp_deact_urc => {
                    let news = Late::Text(b"+PDP DEACT".to_vec());
                    self.line_ids().for_each(|line| self.queue(line, news.clone()));
                }
                Effect::TellBearerLost => {}
            }
        }
    }

    fn phrase(&self, notice: Notice) -> Late {
        let number = |failure| i64::from((self.dialect.ftp_error)(failure, &self.profile.quirks));
        let result = |command, outcome: Result<u64, _>| {
            let value = outcome.map_or_else(|f| number(f).to_string(), |n| n.to_string());
            self.profile.spelling.result(command, value)
        };
        match notice {
            Notice::Connect => Late::Connect,
            Notice::Result(command, outcome) => Late::Text(result(command, outcome)),
            Notice::Final(command, outcome) => Late::Final(result(command, outcome)),
            Notice::Error(failure) => Late::Text(result("+QFTPERROR", Err(failure))),
        }
    }

    pub(super) fn ask(&mut self, mut request: Request) {
        self.bearer.ask(self.now, &request, self.contexts.chosen().is_active());
        match &mut request {
            Request::Send(_) | Request::Pull(_) => {}
            Request::Open(_) if !self.network.gprs.is_registered() => {
                // The context does not come up, and no server is ever asked.
                let lost = Event::Lost(Failure::Network);
                let due = self.bearer.due(self.now, &lost);
                self.agenda.plan(due, Delivery::Ftp(lost));
                return;
            }
            Request::Open(account) => {
                self.contexts.carry_ftp();
                let is_name =
                    str::from_utf8(&account.host).is_ok_and(|host| host.parse::<IpAddr>().is_err());
                if let Some(address) = self.network.every_name.filter(|_| is_name) {
                    account.host = address.to_string().into_bytes();
                }
            }
            Request::Drop => {
                self.agenda.retain(|d| !matches!(d, Delivery::Ask(_) | Delivery::Ftp(_)));
            }
            _ => {}
        }
        if !matches!(request, Request::Send(_) | Request::Pull(_)) {
            self.timers.clear(Timer::SilenceLimit);
        }
        self.flush();
        self.pass_request(request);
    }
}
