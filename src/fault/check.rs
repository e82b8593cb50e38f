//! What cannot work in a rule, although each word of it is known.

use super::{Amount, FtpVerdict, LineVerdict, Rule, Seam, Verdict, When};
use crate::ftp::Failure;

/// What passes `ftp-request`.
pub(crate) const REQUESTS: [&str; 9] = [
    "open",
    "change-directory",
    "store",
    "retrieve",
    "send",
    "end-of-file",
    "pull",
    "abort",
    "close",
];
/// What runs while bytes of a line pass.
const OPERATIONS: [&str; 5] = ["open", "change-directory", "store", "retrieve", "close"];
/// What passes `ftp-event`.
pub(crate) const EVENTS: [&str; 12] = [
    "reply",
    "opened",
    "directory-changed",
    "data-open",
    "sent",
    "data",
    "done",
    "aborted",
    "closed",
    "failed",
    "warned",
    "lost",
];
/// States of the service (manual 2.2.9) and of a line.
const STATES: [&str; 11] = [
    "IDLE",
    "OPENING",
    "OPENED",
    "WORKING",
    "TRANSFER",
    "CLOSING",
    "CLOSED",
    "command",
    "executing",
    "online data",
    "online command",
];

/// Why `rule` can never take hold, or do what it says; and whether that is for its `when`.
pub(super) fn of_rule(rule: &Rule, before: &[Rule]) -> Option<(bool, String)> {
    if let Some(mistake) = of_when(rule) {
        return Some((true, mistake));
    }
    if let Some(mistake) = of_verdict(rule) {
        return Some((false, mistake));
    }
    if let Some(earlier) = before.iter().find(|earlier| shadows(earlier, rule)) {
        let name = &earlier.name;
        return Some((
            false,
            format!("this rule never takes hold: \"{name}\" before it always does"),
        ));
    }
    let same = before.iter().any(|earlier| earlier.name == rule.name);
    same.then(|| (false, format!("there is another rule \"{}\" before it", rule.name)))
}

fn of_when(rule: &Rule) -> Option<String> {
    let When { line, operation, state, nth, after_bytes, after, probability, command } = &rule.when;
    let seam = rule.at;
    if seam == Seam::Clock {
        if after.is_none_or(|after| after.is_zero()) {
            return Some(
                "a rule of the clock says when: write when = { after = \"5s\" }".to_owned(),
            );
        }
        if [operation, state, command].into_iter().any(Option::is_some)
            || nth.or(*after_bytes).is_some()
        {
            return Some("a rule of the clock knows after, line and probability alone".to_owned());
        }
    }
    if *line == Some(0) {
        return Some("lines are counted from 1".to_owned());
    }
    if *nth == Some(0) {
        return Some("the first time is nth = 1".to_owned());
    }
    if probability.is_some_and(|probability| !(0.0..=1.0).contains(&probability)) {
        return Some("a probability is 0 to 1".to_owned());
    }
    if *probability == Some(0.0) {
        return Some("with probability 0 this rule never takes hold".to_owned());
    }
    if let Some(pattern) = operation {
        let known: &[&str] = match seam {
            Seam::FtpRequest => &REQUESTS,
            Seam::FtpEvent => &EVENTS,
            Seam::LineIn | Seam::LineOut | Seam::Clock => &OPERATIONS,
        };
        if !known.iter().any(|known| pattern.fits(known)) {
            return Some(format!(
                "no operation is \"{}\"; there is {}",
                pattern.text(),
                known.join(", ")
            ));
        }
        let carries = known
            .iter()
            .any(|known| pattern.fits(known) && matches!(*known, "send" | "data" | "sent"));
        if after_bytes.is_some_and(|bytes| bytes > 0) && !seam.is_line() && !carries {
            return Some(format!("\"{}\" carries no bytes; write send or data", pattern.text()));
        }
    }
    if let Some(pattern) =
        state.as_ref().filter(|pattern| !STATES.iter().any(|known| pattern.fits(known)))
    {
        return Some(format!("no state is \"{}\"; there is {}", pattern.text(), STATES.join(", ")));
    }
    None
}

fn of_verdict(rule: &Rule) -> Option<String> {
    let operation = rule.when.operation.as_ref();
    let only = |seam: Seam, word: &str, what: &str| {
        let fits = rule.at == seam && operation.is_none_or(|pattern| pattern.fits(word));
        (!fits).then(|| what.to_owned())
    };
    let file = |what: &str| {
        let of = |seam, word| only(seam, word, "").is_none();
        let fits = of(Seam::FtpRequest, "send") || of(Seam::FtpEvent, "data");
        (!fits)
            .then(|| format!("{what} takes bytes of a file: ftp-request send, or ftp-event data"))
    };
    let none = |count: usize| (count == 0).then(|| "this does nothing: the number is 0".to_owned());
    match &rule.verdict {
        Verdict::Line(LineVerdict::Drop(count) | LineVerdict::Duplicate(count)) => none(*count),
        Verdict::Line(LineVerdict::Corrupt(Amount::Bits(count) | Amount::Bytes(count))) => {
            none(*count)
        }
        Verdict::Line(LineVerdict::Garble(0)) => Some("a speed is 1 baud and more".to_owned()),
        Verdict::Line(LineVerdict::Inject(text) | LineVerdict::Urc(text)) => {
            text.is_empty().then(|| "this does nothing: the text is empty".to_owned())
        }
        Verdict::Line(_) | Verdict::World { .. } => None,
        Verdict::Ftp(FtpVerdict::ShortWrite(_)) => {
            only(Seam::FtpRequest, "send", "a short write is one of an upload: ftp-request send")
        }
        Verdict::Ftp(FtpVerdict::Cut(_)) => file("a cut"),
        Verdict::Ftp(FtpVerdict::Corrupt(amount)) => {
            none(amount.bytes()).or_else(|| file("corrupt"))
        }
        Verdict::Ftp(FtpVerdict::Throttle(0)) => {
            Some("at 0 bytes a second nothing comes; write \"silence\"".to_owned())
        }
        Verdict::Ftp(FtpVerdict::Fail(Failure::Reply(code)))
            if *code != 332 && !(400..600).contains(code) =>
        {
            Some(format!("{code} refuses nothing; a server does with 332 and 400 to 599"))
        }
        Verdict::Ftp(_) => None,
    }
}

/// Whether `earlier` takes hold of all that `rule` could, without end.
fn shadows(earlier: &Rule, rule: &Rule) -> bool {
    let When { line, command, operation, state, nth, after_bytes, after, probability } =
        &earlier.when;
    earlier.times == 0
        && earlier.at == rule.at
        && rule.at != Seam::Clock
        && nth.is_none()
        && probability.is_none_or(|probability| probability >= 1.0)
        && (line.is_none() || *line == rule.when.line)
        && (command.is_none() || *command == rule.when.command)
        && (operation.is_none() || *operation == rule.when.operation)
        && (state.is_none() || *state == rule.when.state)
        && after_bytes.is_none_or(|bytes| rule.when.after_bytes == Some(bytes))
        && after.is_none_or(|after| rule.when.after.is_some_and(|theirs| theirs >= after))
        && swallows(&earlier.verdict)
}

/// Whether nothing of a message is left for the rules behind it.
const fn swallows(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Ftp(FtpVerdict::Silence | FtpVerdict::Fail(_) | FtpVerdict::Cut(_)))
}
