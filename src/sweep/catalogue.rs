//! The faults that a sweep tries, and at which kinds of points.
//!
//! Knows rules and no dialogue.

use std::time::Duration;

use super::kind::Kind;
use super::points::Point;
use crate::fault::{Amount, Cut, FtpVerdict, LineVerdict, Rule, Verdict, When};
use crate::ftp::Failure;
use crate::world::World;

/// A fault that can be tried at points of some kinds.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// As `--only` and `--skip` have it.
    pub name: String,
    /// What it does, for people.
    pub story: String,
    /// Where it applies.
    pub kinds: Vec<Kind>,
    /// Where in what passes there.
    pub place: Place,
    /// What it does, in a rule.
    pub verdict: Verdict,
}

/// Where in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// From its first byte on.
    Front,
    /// In its middle.
    Middle,
}

impl Place {
    const fn of(self, point: &Point) -> &When {
        match self {
            Self::Front => &point.front,
            Self::Middle => &point.middle,
        }
    }
}

impl Fault {
    /// The rule that injects it at `point`, once.
    pub fn at(&self, point: &Point) -> Rule {
        Rule {
            name: format!("{} at {}", self.name, point.name),
            at: point.kind.seam(),
            when: self.place.of(point).clone(),
            verdict: self.verdict.clone(),
            times: 1,
            place: None,
        }
    }
}

/// Longer than a host waits for an answer, and shorter than it waits for a server.
const LATE: Duration = Duration::from_secs(8);
/// Longer than a command takes, and shorter than a host waits for an answer.
const STALL: Duration = Duration::from_secs(2);
/// Longer than a host waits for an answer, so that it asks again.
const HANG: Duration = Duration::from_secs(7);

/// Those that befall a byte in the middle of what is said.
const MIDDLE: [&str; 1] = ["bit"];

/// The faults of a sweep that nobody has said otherwise of.
pub fn built_in() -> Vec<Fault> {
    use Kind::{
        Command, Download, Event, Idle, Late, Progress, Receive, Reply, Request, Send, Upload,
    };
    let line = |verdict| Verdict::Line(verdict);
    let ftp = |verdict| Verdict::Ftp(verdict);
    let world = |world| Verdict::World { world };
    [
        ("lost", "all of it is lost", &[Command, Reply, Late][..], line(LineVerdict::Truncate(0))),
        ("lost-byte", "a byte is lost", &[Upload, Download], line(LineVerdict::Drop(1))),
        (
            "bit",
            "a bit is flipped",
            &[Command, Reply, Late, Upload, Download],
            line(LineVerdict::Corrupt(Amount::Bits(1))),
        ),
        ("twice", "eight bytes come twice", &[Upload, Download], line(LineVerdict::Duplicate(8))),
        ("late", "it comes 8 s later", &[Reply, Late], line(LineVerdict::Delay(LATE))),
        ("stall", "flow control is held for 2 s", &[Upload], line(LineVerdict::Stall(STALL))),
        ("urc", "RING comes before it", &[Reply, Late], line(LineVerdict::Urc("RING".to_owned()))),
        ("silence", "it is lost, and nobody says so", &[Request, Event], ftp(FtpVerdict::Silence)),
        ("slow", "it comes 8 s later", &[Request, Progress], ftp(FtpVerdict::Delay(LATE))),
        (
            "refused",
            "the server refuses it: 550",
            &[Request],
            ftp(FtpVerdict::Fail(Failure::Reply(550))),
        ),
        (
            "gone",
            "the server hangs up",
            &[Event, Idle],
            ftp(FtpVerdict::Fail(Failure::ControlClosed)),
        ),
        (
            "cut",
            "the data connection ends in good order",
            &[Send, Receive],
            ftp(FtpVerdict::Cut(Cut::Fin)),
        ),
        (
            "cut-reset",
            "the data connection is reset",
            &[Send, Receive],
            ftp(FtpVerdict::Cut(Cut::Rst)),
        ),
        (
            "short-write",
            "the firmware loses bytes and counts them",
            &[Send],
            ftp(FtpVerdict::ShortWrite(0)),
        ),
        (
            "bit-in-file",
            "a bit of the file is flipped",
            &[Send, Receive],
            ftp(FtpVerdict::Corrupt(Amount::Bits(1))),
        ),
        (
            "bearer-lost",
            "the network takes the bearer away",
            &[Request, Progress, Send, Receive, Idle],
            world(World::BearerLost),
        ),
        ("reset", "the module starts anew", &[Command, Upload, Idle], world(World::Reset)),
        ("hang", "the module is silent for 7 s", &[Request, Idle], world(World::Hang(Some(HANG)))),
        ("sim-removed", "the SIM is pulled out", &[Request, Idle], world(World::SimRemoved)),
        ("network-lost", "there is no network any more", &[Idle], world(World::NetworkLost)),
        ("ring", "somebody calls", &[Idle], world(World::Ring)),
    ]
    .into_iter()
    .map(|(name, story, kinds, verdict)| Fault {
        name: name.to_owned(),
        story: story.to_owned(),
        kinds: kinds.to_vec(),
        place: if MIDDLE.contains(&name) { Place::Middle } else { Place::Front },
        verdict,
    })
    .collect()
}

/// Every cell: a point, and a fault that applies there.
pub fn cells<'a>(points: &'a [Point], faults: &'a [Fault]) -> Vec<(&'a Point, &'a Fault)> {
    let applies = |point: &'a Point| {
        faults
            .iter()
            .filter(|fault| fault.kinds.contains(&point.kind))
            .map(move |fault| (point, fault))
    };
    points.iter().flat_map(applies).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::points::tests::sample;
    use super::super::scenario;
    use super::*;
    use crate::fault::Scenario;

    #[test]
    fn every_fault_is_a_scenario_that_loads_as_it_was_made() {
        let points = sample();
        for (point, fault) in cells(&points, &built_in()) {
            let rule = fault.at(point);
            let text = scenario(&point.name, &fault.story, std::slice::from_ref(&rule));
            let mut read =
                Scenario::parse(&text, "x.toml").unwrap_or_else(|error| panic!("{error}: {text}"));
            read.rules[0].place = None;
            assert_eq!((read.rules, read.name), (vec![rule], point.name.clone()));
        }
    }

    #[test]
    fn every_kind_of_point_has_faults_and_each_fault_a_point() {
        let points = sample();
        let faults = built_in();
        let kinds: BTreeSet<_> =
            cells(&points, &faults).iter().map(|(point, _)| point.kind).collect();
        assert_eq!(kinds, Kind::ALL.map(|(kind, _)| kind).into());
        let tried: BTreeSet<_> =
            cells(&points, &faults).iter().map(|(_, fault)| &fault.name).collect();
        assert_eq!(tried, faults.iter().map(|fault| &fault.name).collect());
    }
}
