//! A recording as it happened: who did what, and when.
//!
//! Unlike [`Transcript`](crate::transcript::Transcript) it has what the module did, too; it does not
//! know what any of it meant.

use crate::line::LineId;
use crate::time::{SimTime, parse_span};
use crate::transcript::{read_plain, read_quoted};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: SimTime,
    /// What.
    pub what: What,
    /// As it stands in the recording.
    pub written: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A host sent bytes.
    Typed(LineId, Vec<u8>),
    /// The module sent bytes.
    Said(LineId, Vec<u8>),
    /// The module asked something of its FTP client: the operation as rules have it, and how many
    /// bytes of a file it holds.
    Asked(&'static str, usize),
    /// The FTP client reported: the same.
    Told(&'static str, usize),
    /// A rule fired.
    Fired,
}

/// First words of requests, and what rules call them.
const REQUESTS: [(&str, &str); 9] = [
    ("OPEN", "open"),
    ("CWD", "change-directory"),
    ("STOR", "store"),
    ("RETR", "retrieve"),
    ("DATA", "send"),
    ("EOF", "end-of-file"),
    ("ABOR", "abort"),
    ("QUIT", "close"),
    ("DROP", "drop"),
];

/// First words of events, and what rules call them.
const EVENTS: [(&str, &str); 11] = [
    ("reply", "reply"),
    ("opened", "opened"),
    ("cwd-done", "directory-changed"),
    ("data-open", "data-open"),
    ("data", "data"),
    ("done", "done"),
    ("aborted", "aborted"),
    ("closed", "closed"),
    ("failed", "failed"),
    ("warned", "warned"),
    ("lost", "lost"),
];

/// Reads a recording of the program's. What is neither bytes nor FTP is left out.
///
/// # Errors
/// A line that no recording has, with its number.
pub fn read(recording: &str) -> Result<Vec<Moment>, String> {
    let mut moments = Vec::new();
    let (mut now, mut last) = (SimTime::ZERO, SimTime::ZERO);
    for (index, line) in recording.lines().enumerate() {
        let read = |mistake| format!("line {}: {mistake}", index + 1);
        if let Some(span) = line.strip_prefix("~ ") {
            let span = parse_span(span).ok_or_else(|| read(format!("{span:?} is no time")))?;
            now = now + span;
            continue;
        }
        let (entry, after) = match line.rsplit_once("  @+") {
            Some((entry, span)) => (entry, parse_span(span)),
            None => (line, None),
        };
        let Some((sign, rest)) = entry.split_once(' ').or_else(|| bare(entry)) else { continue };
        let what = moment(sign, rest).map_err(read)?;
        // What is obeyed stands at the time that has passed; what is computed, after the entry before.
        let is_computed = match sign {
            "ftp<" => false,
            "ftp>" | "dns>" | "kept>" | "fault>" => true,
            sign => sign.ends_with('<'),
        };
        last = match after {
            Some(span) => last + span,
            None if is_computed => last,
            None => now,
        };
        if let Some(what) = what {
            moments.push(Moment { at: last, what, written: entry.to_owned() });
        }
    }
    Ok(moments)
}

/// An empty command line stands as its sign alone.
fn bare(entry: &str) -> Option<(&str, &str)> {
    entry.ends_with('>').then_some((entry, ""))
}

fn moment(sign: &str, rest: &str) -> Result<Option<What>, String> {
    let word = rest.split(' ').next().unwrap_or_default();
    let named = |names: &[(&str, &'static str)]| {
        let name = names.iter().find(|(written, _)| *written == word);
        name.map(|(_, name)| *name).ok_or_else(|| format!("{word:?} is nothing FTP"))
    };
    let count = |text: &str| text.parse::<usize>().unwrap_or(0);
    Ok(Some(match sign {
        "fault>" => What::Fired,
        "ftp>" => What::Asked(named(&REQUESTS)?, rest.strip_prefix("DATA ").map_or(0, count)),
        "ftp=" => What::Told("sent", count(rest)),
        "ftp<" => {
            let bytes = match rest.strip_prefix("data ") {
                Some(quoted) => read_quoted(quoted)?.0.len(),
                None => 0,
            };
            What::Told(named(&EVENTS)?, bytes)
        }
        sign => {
            let digits = sign.find(|c: char| !c.is_ascii_digit()).unwrap_or(sign.len());
            let line = match &sign[..digits] {
                "" => Some(LineId::FIRST),
                number => number.parse().ok().and_then(LineId::new),
            };
            let Some(line) = line else { return Ok(None) };
            match &sign[digits..] {
                ">" => What::Typed(line, [rest.as_bytes(), b"\r"].concat()),
                ">>" => What::Typed(line, read_quoted(rest)?.0),
                "<" => What::Said(line, read_plain(rest)?),
                _ => return Ok(None),
            }
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDING: &str = r#"# Recorded by quasimodem.
:profile m10
:lines 2

~ 1s
! line-opened 1
~ 3ms
> AT+QFTPPUT="a",3
< AT+QFTPPUT="a",3\r\r\nOK\r\n
ftp> STOR "a" at 0
~ 60ms
= 21
ftp< reply 150
~ 50ms
< \r\nCONNECT\r\n  @+21ms
ftp< data-open
2>
>> "a \"b"
ftp> DATA 3
ftp= 3
ftp< data "abc"
!< dcd on
fault> lose it  @+1ms
"#;

    #[test]
    fn what_happened_is_read_with_its_time() {
        let moments = read(RECORDING).unwrap();
        let one = LineId::FIRST;
        let told: Vec<_> =
            moments.into_iter().map(|moment| (moment.at.as_micros() / 1000, moment.what)).collect();
        assert_eq!(
            told,
            [
                (1003, What::Typed(one, b"AT+QFTPPUT=\"a\",3\r".to_vec())),
                (1003, What::Said(one, b"AT+QFTPPUT=\"a\",3\r\r\nOK\r\n".to_vec())),
                (1003, What::Asked("store", 0)),
                (1063, What::Told("reply", 0)),
                (1084, What::Said(one, b"\r\nCONNECT\r\n".to_vec())),
                (1113, What::Told("data-open", 0)),
                (1113, What::Typed(LineId::new(2).unwrap(), b"\r".to_vec())),
                (1113, What::Typed(one, b"a \"b".to_vec())),
                (1113, What::Asked("send", 3)),
                (1113, What::Told("sent", 3)),
                (1113, What::Told("data", 3)),
                (1114, What::Fired),
            ]
        );
    }

    #[test]
    fn what_no_recording_has_is_named_with_its_line() {
        for (text, mistake) in [
            ("\n~ 5", "line 2: \"5\" is no time"),
            ("ftp< opening", "line 1: \"opening\" is nothing FTP"),
            (">> \"x", "line 1: the quote is not closed"),
        ] {
            assert_eq!(read(text), Err(mistake.to_owned()));
        }
    }
}
