//! The GPRS bearer as the host feels it: how long an exchange with the server takes at least.
//!
//! The real exchange runs meanwhile; whichever takes longer counts. So a run over a fast loopback
//! takes exactly the modelled time, and the same seed gives the same times.

use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::ftp::{Event, Request};
use crate::profile::BearerModel;
use crate::time::SimTime;

/// Modelled delay and its spread.
#[derive(Clone, Debug)]
pub struct Bearer {
    model: BearerModel,
    jitter: Jitter,
    /// The last exchange is over no sooner than this.
    busy_until: SimTime,
}

/// The one source of chance in the core.
#[derive(Clone, Debug)]
struct Jitter {
    percent: u64,
    generator: ChaCha8Rng,
}

impl Bearer {
    /// A bearer whose delays vary by up to `jitter_percent`, as `seed` has it.
    pub fn new(model: BearerModel, jitter_percent: u8, seed: u64) -> Self {
        let generator = ChaCha8Rng::seed_from_u64(seed);
        let jitter = Jitter { percent: u64::from(jitter_percent), generator };
        Self { model, jitter, busy_until: SimTime::ZERO }
    }

    /// `span` with its spread.
    pub fn spread(&mut self, span: Duration) -> Duration {
        self.jitter.spread(span)
    }

    /// The service asks something of the server; `is_up` is whether the context already is.
    pub fn ask(&mut self, now: SimTime, request: &Request, is_up: bool) {
        let trips = match request {
            // TCP, and then greeting, USER and PASS.
            Request::Open(_) => 4,
            // TYPE, PASV or PORT, and the command itself.
            Request::Store(job) | Request::Retrieve(job) => {
                3 + u32::from(job.restart > 0) + u32::from(job.directory.is_some())
            }
            Request::ChangeDirectory(_) | Request::EndOfFile | Request::Abort | Request::Close => 1,
            Request::Send(_) | Request::Pull(_) => return,
            Request::Drop => {
                self.busy_until = now;
                return;
            }
        };
        let mut span = self.model.round_trip * trips;
        if let Request::Open(account) = request {
            let literal = str::from_utf8(&account.host).is_ok_and(is_address);
            span += if is_up { Duration::ZERO } else { self.model.activation };
            span += if literal { Duration::ZERO } else { self.model.name_lookup };
        }
        self.occupy(now, span);
    }

    /// Nothing comes before `until`.
    pub fn hold(&mut self, until: SimTime) {
        self.busy_until = self.busy_until.max(until);
    }

    /// So many bytes of a file take the time that they need at `rate` bytes a second.
    pub fn slow(&mut self, now: SimTime, bytes: usize, rate: u64) {
        self.busy_until = self.busy_until.max(now) + time_for(bytes, rate.saturating_mul(8));
    }

    /// When the module learns of an event that happened at `now`.
    pub fn due(&mut self, now: SimTime, event: &Event) -> SimTime {
        match event {
            Event::Reply(_) => return now,
            Event::Sent(count) => self.occupy(now, time_for(*count, self.model.uplink_bps)),
            Event::Data(bytes) => self.occupy(now, time_for(bytes.len(), self.model.downlink_bps)),
            _ => {}
        }
        self.busy_until.max(now)
    }

    /// Bytes worth asking the server for at a time: a quarter of a second's, within the window.
    pub fn portion(model: &BearerModel, window: usize) -> usize {
        match usize::try_from(model.downlink_bps / 8 / 4) {
            Ok(0) | Err(_) => window,
            Ok(bytes) => bytes.max(512).min(window),
        }
    }

    fn occupy(&mut self, now: SimTime, span: Duration) {
        self.busy_until = self.busy_until.max(now) + self.jitter.spread(span);
    }
}

impl Jitter {
    fn spread(&mut self, span: Duration) -> Duration {
        let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX / 100);
        let reach = micros / 100 * self.percent;
        if reach == 0 {
            return span;
        }
        let offset = self.generator.next_u64() % (2 * reach + 1);
        Duration::from_micros(micros - reach + offset)
    }
}

fn is_address(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_ok()
}

fn time_for(bytes: usize, bps: u64) -> Duration {
    match (bytes as u64 * 8_000_000).checked_div(bps) {
        None => Duration::ZERO,
        Some(micros) => Duration::from_micros(micros),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ftp::{Account, Password};

    fn open(host: &str) -> Request {
        let (user, password) = (Vec::new(), Password::default());
        Request::Open(Account { host: host.into(), port: 21, user, password })
    }

    fn model() -> BearerModel {
        BearerModel::default()
    }

    #[test]
    fn an_open_costs_activation_lookup_and_four_round_trips() {
        for (host, is_up, millis) in
            [("h", false, 4900), ("h", true, 3400), ("10.0.0.1", true, 2400)]
        {
            let mut bearer = Bearer::new(model(), 0, 1);
            bearer.ask(SimTime::ZERO, &open(host), is_up);
            let due = bearer.due(SimTime::from_micros(90), &Event::Opened);
            assert_eq!(due, SimTime::from_micros(millis * 1000), "{host} {is_up}");
        }
    }

    #[test]
    fn data_takes_the_time_of_its_bits() {
        let mut bearer = Bearer::new(model(), 0, 1);
        assert_eq!(bearer.due(SimTime::ZERO, &Event::Sent(2000)).as_micros(), 1_000_000);
        assert_eq!(bearer.due(SimTime::ZERO, &Event::Data(vec![0; 4375])).as_micros(), 2_000_000);
        assert_eq!(bearer.due(SimTime::ZERO, &Event::Done).as_micros(), 2_000_000);
    }

    #[test]
    fn what_takes_longer_than_the_model_takes_as_long_as_it_takes() {
        let mut bearer = Bearer::new(model(), 0, 1);
        bearer.ask(SimTime::ZERO, &Request::Close, true);
        let late = SimTime::from_micros(5_000_000);
        assert_eq!(bearer.due(late, &Event::Closed), late);
    }

    #[test]
    fn spread_stays_within_its_percentage_and_follows_the_seed() {
        let span = Duration::from_millis(600);
        let draw = |seed| {
            let mut bearer = Bearer::new(model(), 20, seed);
            (0..1000).map(|_| bearer.spread(span).as_millis()).collect::<Vec<_>>()
        };
        let draws = draw(1);
        assert!(draws.iter().all(|ms| (480..=720).contains(ms)));
        assert!(draws.iter().any(|ms| *ms < 500) && draws.iter().any(|ms| *ms > 700));
        assert_eq!(draws, draw(1));
        assert_ne!(draws, draw(2));
    }
}
