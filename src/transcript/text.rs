//! The words of a transcript: bytes, requests and events as text, and back.

use std::fmt::Write as _;

use crate::fault::Rule;
use crate::ftp::{Account, DataConnection, Event, Failure, Job, Representation, Request};

/// Bytes as they stand after `<`: escapes, no quotes.
pub(super) fn plain(bytes: &[u8]) -> String {
    let mut text = escape(bytes, false);
    // An editor may strip a blank at the end of a line.
    if text.ends_with(' ') {
        text.truncate(text.len() - 1);
        text.push_str("\\x20");
    }
    text
}

/// Bytes in quotes; a run of one byte is written `"a"*1587`.
pub(super) fn quoted(bytes: &[u8]) -> String {
    match bytes {
        [first, rest @ ..] if rest.len() >= 64 && rest.iter().all(|byte| byte == first) => {
            format!("\"{}\"*{}", escape(&[*first], true), bytes.len())
        }
        _ => format!("\"{}\"", escape(bytes, true)),
    }
}

fn escape(bytes: &[u8], quotes: bool) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\r' => text.push_str("\\r"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\\' => text.push_str("\\\\"),
            b'"' if quotes => text.push_str("\\\""),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text
}

/// Reads what [`plain`] writes.
#[cfg(any(feature = "io", test))]
pub(crate) fn read_plain(text: &str) -> Result<Vec<u8>, String> {
    let (bytes, _) = read_quoted(&format!("\"{}\"", text.replace('"', "\\\"")))?;
    Ok(bytes)
}

/// Reads `"bytes"` and an optional `*N` from the front; what follows is left.
pub(crate) fn read_quoted(text: &str) -> Result<(Vec<u8>, &str), String> {
    let mut rest =
        text.strip_prefix('"').ok_or_else(|| format!("{text:?} does not begin with a quote"))?;
    let mut bytes = Vec::new();
    loop {
        let mut chars = rest.chars();
        match chars.next() {
            None => return Err("the quote is not closed".to_owned()),
            Some('"') => {
                rest = chars.as_str();
                break;
            }
            Some('\\') => rest = unescape(chars.as_str(), &mut bytes)?,
            Some(c @ ' '..='~') => {
                bytes.push(c as u8);
                rest = chars.as_str();
            }
            Some(c) => return Err(format!("{c:?} must be written as \\xNN")),
        }
    }
    let Some(after_star) = rest.strip_prefix('*') else {
        return Ok((bytes, rest));
    };
    let digits = after_star.find(|c: char| !c.is_ascii_digit()).unwrap_or(after_star.len());
    let (count, rest) = after_star.split_at(digits);
    let count: usize = count.parse().map_err(|_| "no number follows the star".to_owned())?;
    if count.saturating_mul(bytes.len()) > MOST_BYTES {
        return Err(format!("more than {MOST_BYTES} bytes in one entry"));
    }
    Ok((bytes.repeat(count), rest))
}

/// Most bytes that one entry may stand for.
const MOST_BYTES: usize = 64 << 20;

fn unescape<'a>(text: &'a str, bytes: &mut Vec<u8>) -> Result<&'a str, String> {
    let (byte, taken) = match text.as_bytes() {
        [b'r', ..] => (b'\r', 1),
        [b'n', ..] => (b'\n', 1),
        [b't', ..] => (b'\t', 1),
        [b'\\', ..] => (b'\\', 1),
        [b'"', ..] => (b'"', 1),
        [b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            let byte = u8::from_str_radix(&text[1..3], 16).map_err(|error| error.to_string())?;
            (byte, 3)
        }
        _ => return Err("a backslash must begin \\r, \\n, \\t, \\\\, \\\" or \\xNN".to_owned()),
    };
    bytes.push(byte);
    Ok(&text[taken..])
}

/// A rule on one line, with its place before it where it stands in a file.
pub fn rule(rule: &Rule) -> String {
    match &rule.place {
        Some(place) => format!("{place} {rule}"),
        None => rule.to_string(),
    }
}

/// Reads what [`rule`] writes.
pub(super) fn read_rule(text: &str) -> Result<Rule, String> {
    let begin = text.find('{').ok_or("a rule is a table: { at = …, do = … }")?;
    let place = text[..begin].trim();
    let rule: Rule = text[begin..].parse()?;
    Ok(Rule { place: (!place.is_empty()).then(|| place.to_owned()), ..rule })
}

/// A request as it stands after `ftp>`; `None` for one that only moves credit.
pub fn request(request: &Request) -> Option<String> {
    Some(match request {
        Request::Open(Account { host, port, user, .. }) => {
            format!("OPEN {}:{port} USER {}", quoted(host), quoted(user))
        }
        Request::ChangeDirectory(path) => format!("CWD {}", quoted(path)),
        Request::Store(job) => format!("STOR {}", self::job(job)),
        Request::Retrieve(job) => format!("RETR {}", self::job(job)),
        Request::Send(bytes) => format!("DATA {}", bytes.len()),
        Request::EndOfFile => "EOF".to_owned(),
        Request::Abort => "ABOR".to_owned(),
        Request::Close => "QUIT".to_owned(),
        Request::Drop => "DROP".to_owned(),
        Request::Pull(_) => return None,
    })
}

fn job(job: &Job) -> String {
    let mut text = format!("{} at {}", quoted(&job.path), job.restart);
    if job.data_connection == DataConnection::Active {
        text.push_str(" active");
    }
    if job.representation == Representation::Ascii {
        text.push_str(" ascii");
    }
    if let Some(directory) = &job.directory {
        text.push_str(" in ");
        text.push_str(&quoted(directory));
    }
    text
}

/// An event as it stands after `ftp<`; `None` for one that only moves credit.
pub fn event(event: &Event) -> Option<String> {
    Some(match event {
        Event::Reply(code) => format!("reply {code}"),
        Event::Opened => "opened".to_owned(),
        Event::DirectoryChanged => "cwd-done".to_owned(),
        Event::DataOpen => "data-open".to_owned(),
        Event::Data(bytes) => format!("data {}", quoted(bytes)),
        Event::Done => "done".to_owned(),
        Event::Aborted => "aborted".to_owned(),
        Event::Closed => "closed".to_owned(),
        Event::Failed(failure) => format!("failed {failure}"),
        Event::Warned(failure) => format!("warned {failure}"),
        Event::Lost(failure) => format!("lost {failure}"),
        Event::Sent(_) => return None,
    })
}

/// Reads what [`event`] writes.
pub(super) fn read_event(text: &str) -> Result<Event, String> {
    let (word, argument) = text.split_once(' ').unwrap_or((text, ""));
    let cause = || argument.parse::<Failure>().map_err(|error| error.to_string());
    let alone = |event| {
        if argument.is_empty() { Ok(event) } else { Err(format!("nothing may follow {word:?}")) }
    };
    match word {
        "opened" => alone(Event::Opened),
        "cwd-done" => alone(Event::DirectoryChanged),
        "data-open" => alone(Event::DataOpen),
        "done" => alone(Event::Done),
        "aborted" => alone(Event::Aborted),
        "closed" => alone(Event::Closed),
        "data" => match read_quoted(argument)? {
            (bytes, "") => Ok(Event::Data(bytes)),
            (_, rest) => Err(format!("{rest:?} follows the quote")),
        },
        "reply" => {
            let code = argument.parse().map_err(|_| format!("{argument:?} is no reply code"))?;
            Ok(Event::Reply(code))
        }
        "failed" => Ok(Event::Failed(cause()?)),
        "warned" => Ok(Event::Warned(cause()?)),
        "lost" => Ok(Event::Lost(cause()?)),
        _ => Err(format!("{word:?} is no event of the FTP client")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back_as_written() {
        let all: Vec<u8> = (0..=255).collect();
        for bytes in [&all[..], b"", b"plain", b" \" \\ ", &b"a".repeat(1587)] {
            assert_eq!(read_quoted(&quoted(bytes)), Ok((bytes.to_vec(), "")));
        }
        assert_eq!(quoted(&b"a".repeat(1587)), "\"a\"*1587");
        assert_eq!(plain(b"\r\n\"x\" "), "\\r\\n\"x\"\\x20");
        assert_eq!(read_plain("\\r\\n\"x\"\\x20"), Ok(b"\r\n\"x\" ".to_vec()));
    }

    #[test]
    fn events_read_back_as_written() {
        for text in [
            "opened",
            "cwd-done",
            "data-open",
            "data \"a\\r\"",
            "done",
            "aborted",
            "closed",
            "reply 220",
            "failed 550",
            "warned 421",
            "lost control-closed",
        ] {
            assert_eq!(event(&read_event(text).unwrap()).as_deref(), Some(text));
        }
    }
}
