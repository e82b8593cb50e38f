//! The points of a dialogue at which something can go wrong, each with how a rule finds it again.
//!
//! Knows what passes each seam, and not which faults there are.

use std::collections::BTreeMap;
use std::time::Duration;

use super::dialogue::{Moment, What};
use super::kind::Kind;
use super::lines::{Heard, LineReader};
use super::measures::Measures;
use super::transfers::{Transfer, places, transfers};
use crate::fault::{Pattern, When};
use crate::line::LineId;
use crate::time::{SimTime, Span};

/// A point of the dialogue.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its kind and what passes, as `command:AT+QFTPOPEN`; `#2` behind the second of that name.
    pub name: String,
    /// What passes there.
    pub kind: Kind,
    /// When, in the recording.
    pub at: SimTime,
    /// What, as a person reads it; without passwords.
    pub text: String,
    /// When a rule finds its first byte, at the kind's seam.
    pub front: When,
    /// When a rule finds a byte in its middle.
    pub middle: When,
}

/// The points of a dialogue in its order.
pub fn points(moments: &[Moment], measures: &Measures) -> Vec<Point> {
    let mut finder =
        Finder { measures, found: Vec::new(), lines: BTreeMap::new(), ftp: BTreeMap::new() };
    let mut before: Option<SimTime> = None;
    for moment in moments {
        if let Some(before) = before {
            finder.silence(before, moment.at);
        }
        finder.take(moment);
        let is_dialogue = matches!(moment.what, What::Typed(..)) || before.is_some();
        before = is_dialogue.then_some(moment.at);
    }
    finder.transfers(moments);
    let mut found = finder.found;
    found.sort_by_key(|point| point.at);
    number(&mut found);
    found
}

struct Finder<'a> {
    measures: &'a Measures,
    found: Vec<Point>,
    lines: BTreeMap<LineId, LineReader>,
    /// How often each operation has passed its seam.
    ftp: BTreeMap<(Kind, &'static str), u64>,
}

impl Finder<'_> {
    fn take(&mut self, moment: &Moment) {
        let (operation, kind) = match &moment.what {
            What::Typed(line, bytes) => {
                let reader = self.lines.entry(*line).or_insert_with(|| LineReader::new(*line));
                let heard = reader.typed(bytes);
                return heard.into_iter().for_each(|heard| self.heard(moment.at, heard));
            }
            What::Said(line, bytes) => {
                let reader = self.lines.entry(*line).or_insert_with(|| LineReader::new(*line));
                let heard = reader.said(bytes);
                return heard.into_iter().for_each(|heard| self.heard(moment.at, heard));
            }
            What::Asked("send", _) | What::Told("sent" | "data", _) | What::Fired => return,
            What::Asked(operation, _) => (*operation, Kind::Request),
            What::Told(operation @ ("reply" | "warned"), _) => (*operation, Kind::Progress),
            What::Told(operation, _) => (*operation, Kind::Event),
        };
        // The end of the program, not of the session.
        if operation == "drop" {
            return;
        }
        let nth = self.ftp.entry((kind, operation)).or_default();
        *nth += 1;
        let when =
            When { operation: Some(Pattern::new(operation)), nth: Some(*nth), ..When::default() };
        self.add(kind, operation, moment.at, &moment.written, when);
    }

    fn heard(&mut self, at: SimTime, heard: Heard) {
        let Heard { kind, label, text, front, middle } = heard;
        self.found.push(Point { name: format!("{kind}:{label}"), kind, at, text, front, middle });
    }

    fn silence(&mut self, from: SimTime, to: SimTime) {
        let span = to.since(from);
        if span < self.measures.idle {
            return;
        }
        let middle = from + span / 2;
        // Whole seconds where there are any: a time that people can read.
        let after = Duration::from_millis(middle.since(SimTime::ZERO).as_millis() as u64);
        let when = When { after: Some(after), ..When::default() };
        let text = format!("~ {}", Span(span));
        self.add(Kind::Idle, &format!("{}s", after.as_secs()), middle, &text, when);
    }

    fn add(&mut self, kind: Kind, label: &str, at: SimTime, text: &str, when: When) {
        let (name, text) = (format!("{kind}:{label}"), text.to_owned());
        self.found.push(Point { name, kind, at, text, front: when.clone(), middle: when });
    }

    /// Points within each transfer, at the seams that its bytes pass.
    fn transfers(&mut self, moments: &[Moment]) {
        for transfer in transfers(moments) {
            let Transfer { nth, is_upload, at, bytes, line } = transfer;
            let (on_line, with_server) = if is_upload {
                (Kind::Upload, Kind::Send)
            } else {
                (Kind::Download, Kind::Receive)
            };
            let (asked, passes) = if is_upload { ("store", "send") } else { ("retrieve", "data") };
            for after in places(bytes, self.measures) {
                let text = format!("{after} of {bytes} bytes");
                let common = When { nth: Some(nth), after_bytes: Some(after), ..When::default() };
                let when = When {
                    line: Some(line.number()),
                    state: Some(Pattern::new("online data")),
                    operation: Some(Pattern::new(asked)),
                    ..common.clone()
                };
                self.add(on_line, &after.to_string(), at, &text, when);
                let when = When { operation: Some(Pattern::new(passes)), ..common };
                self.add(with_server, &after.to_string(), at, &text, when);
            }
        }
    }
}

/// Puts `#2` behind the second point of a name, and so on.
fn number(points: &mut [Point]) {
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for point in points {
        let count = seen.entry(point.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            point.name = format!("{}#{count}", point.name);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::dialogue::read;
    use super::*;

    /// The points of a dialogue in which each kind of them occurs.
    pub(in super::super) fn sample() -> Vec<Point> {
        points(&read(include_str!("sample.at")).unwrap(), &Measures::default())
    }

    fn named(name: &str) -> Point {
        sample().into_iter().find(|point| point.name == name).unwrap()
    }

    #[test]
    fn every_message_of_a_dialogue_is_a_point_in_its_order() {
        let names: Vec<String> = sample().into_iter().map(|point| point.name).collect();
        let expected = [
            "command:AT+CPIN?",
            "reply:AT+CPIN?",
            "command:AT+QFTPPASS",
            "reply:AT+QFTPPASS",
            "command:AT+QFTPOPEN",
            "reply:AT+QFTPOPEN",
            "request:open",
            "progress:reply",
            "progress:reply#2",
            "event:opened",
            "late:+QFTPOPEN",
            "command:AT+QFTPPUT",
            "reply:AT+QFTPPUT",
            "request:store",
            "event:data-open",
            "late:CONNECT",
            "upload:0",
            "send:0",
            "upload:1024",
            "send:1024",
            "upload:2999",
            "send:2999",
            "request:end-of-file",
            "event:done",
            "late:+QFTPPUT",
            "idle:3s",
            "command:AT+QFTPGET",
            "reply:AT+QFTPGET",
            "request:retrieve",
            "event:data-open#2",
            "late:CONNECT#2",
            "download:0",
            "receive:0",
            "download:599",
            "receive:599",
            "event:done#2",
            "late:+QFTPGET",
            "command:AT+CPIN?#2",
            "reply:AT+CPIN?#2",
        ];
        let mut sorted = expected.map(str::to_owned).to_vec();
        let mut found = names.clone();
        sorted.sort();
        found.sort();
        assert_eq!(found, sorted);
        let at = |name: &str| names.iter().position(|other| other == name);
        for pair in [
            "command:AT+CPIN?",
            "late:+QFTPOPEN",
            "upload:0",
            "late:+QFTPPUT",
            "idle:3s",
            "receive:0",
        ]
        .windows(2)
        {
            assert!(at(pair[0]) < at(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn a_command_is_found_by_its_number_and_a_reply_by_its_command() {
        let line = |when: When| When { line: Some(1), ..when };
        let command = named("command:AT+QFTPPASS");
        // The empty command line before it is counted, too.
        let third = When { nth: Some(3), state: Some(Pattern::new("command")), ..When::default() };
        assert_eq!(command.front, line(third));
        assert_eq!(command.text, "AT+QFTPPASS=\"******\"");
        // Half of its 21 bytes; those before it are too short to be counted.
        assert_eq!((command.middle.nth, command.middle.after_bytes), (Some(1), Some(10)));
        let reply = named("reply:AT+QFTPOPEN");
        let pattern = Pattern::new("AT+QFTPOPEN=*");
        let when = When { nth: Some(1), command: Some(pattern.clone()), ..When::default() };
        assert_eq!(reply.front, line(when));
        // Behind an echo of 29 bytes, half of the 6 that follow.
        assert_eq!(reply.middle.after_bytes, Some(32));
        let late = named("late:+QFTPOPEN");
        let when = When { nth: Some(2), command: Some(pattern), ..When::default() };
        assert_eq!(late.front, line(when));
        // The same command again: the echo of the empty line was a burst behind it, too.
        assert_eq!(named("reply:AT+CPIN?#2").front.nth, Some(3));
        assert_eq!(named("reply:AT+CPIN?#2").middle.nth, Some(2));
    }

    #[test]
    fn what_the_server_says_is_found_by_its_operation() {
        let when = When { operation: Some(Pattern::new("reply")), nth: Some(2), ..When::default() };
        assert_eq!(named("progress:reply#2").front, when);
        let when = When {
            operation: Some(Pattern::new("send")),
            nth: Some(1),
            after_bytes: Some(1024),
            ..When::default()
        };
        assert_eq!(named("send:1024").front, when);
    }

    #[test]
    fn a_silence_is_found_in_its_middle() {
        let when = When { after: Some(Duration::from_millis(3_250)), ..When::default() };
        assert_eq!(named("idle:3s").front, when);
    }
}
