//! One line of a recording: which bytes are a command, its answer, a late result or a file.
//!
//! Knows a dialogue as a host does, from what it has typed and heard, and no command by its meaning.

use super::kind::Kind;
use crate::fault::{Pattern, When};
use crate::line::LineId;
use crate::transcript::Mask;

/// Something of a line's dialogue, and how a rule finds it again.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heard {
    pub(super) kind: Kind,
    /// The command's or the result's name.
    pub(super) label: String,
    /// As a person reads it; without passwords.
    pub(super) text: String,
    /// At its first byte.
    pub(super) front: When,
    /// At a byte in the middle of what it says.
    pub(super) middle: When,
}

/// Reads one line.
#[derive(Clone, Debug)]
pub(super) struct LineReader {
    line: LineId,
    /// What has been typed and not ended.
    partial: Vec<u8>,
    /// The length of each command line so far, in command state.
    typed: Vec<u64>,
    /// The command line that was executed last, and the one before.
    command: String,
    previous: String,
    /// It has not been answered.
    is_pending: bool,
    in_data: bool,
    bursts: Vec<Burst>,
}

/// An unbroken burst of output: the command that was the last one meanwhile, and its length.
#[derive(Clone, Debug)]
struct Burst {
    command: String,
    bytes: u64,
}

impl LineReader {
    pub(super) fn new(line: LineId) -> Self {
        Self {
            line,
            partial: Vec::new(),
            typed: Vec::new(),
            command: String::new(),
            previous: String::new(),
            is_pending: false,
            in_data: false,
            bursts: Vec::new(),
        }
    }

    /// Command lines that the host ends with these bytes.
    pub(super) fn typed(&mut self, bytes: &[u8]) -> Vec<Heard> {
        let mut heard = Vec::new();
        if self.in_data {
            return heard;
        }
        for &byte in bytes {
            self.partial.push(byte);
            if byte != b'\r' {
                continue;
            }
            let whole = std::mem::take(&mut self.partial);
            self.typed.push(whole.len() as u64);
            let command = String::from_utf8_lossy(&whole).trim().to_owned();
            // An empty line ends whatever there was; nothing is asked, and nothing answered.
            if command.is_empty() {
                continue;
            }
            let nth = |after| self.typed.iter().filter(|length| **length > after).count() as u64;
            let common = When {
                line: Some(self.line.number()),
                state: Some(Pattern::new("command")),
                ..When::default()
            };
            heard.push(Heard {
                kind: Kind::Command,
                label: label(&command).to_owned(),
                text: masked(&command),
                front: at(&common, nth, 0),
                middle: at(&common, nth, whole.len() as u64 / 2),
            });
            self.previous = std::mem::replace(&mut self.command, command);
            self.is_pending = true;
        }
        heard
    }

    /// What a burst of the module's is, if it is more than an echo.
    pub(super) fn said(&mut self, bytes: &[u8]) -> Option<Heard> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let is_in_data = self.is_data_behind(&text);
        let was_in_data = std::mem::replace(&mut self.in_data, is_in_data);
        let echoes = self.is_pending && text.starts_with(self.command.as_str());
        let echo = if echoes { self.command.len() + 1 } else { 0 };
        let shown = text.get(echo..).unwrap_or_default().trim();
        // While a command is echoed, the one before it is the last that was executed; where its
        // answer comes at the same instant, it is so itself.
        let is_echo = echoes && shown.is_empty();
        let command = if is_echo { &self.previous } else { &self.command };
        self.bursts.push(Burst { command: command.clone(), bytes: bytes.len() as u64 });
        if shown.is_empty() || (was_in_data && !text.contains("\r\n+")) {
            return None;
        }
        let pattern = pattern(&self.command);
        let fits = |burst: &&Burst| pattern.fits(&burst.command);
        let nth = |after| {
            self.bursts.iter().filter(fits).filter(|burst| burst.bytes > after).count() as u64
        };
        let common = When {
            line: Some(self.line.number()),
            command: Some(pattern.clone()),
            ..When::default()
        };
        let half = (bytes.len().saturating_sub(echo) / 2) as u64;
        let (front, middle) = (at(&common, nth, 0), at(&common, nth, echo as u64 + half));
        let is_reply = std::mem::take(&mut self.is_pending);
        let label = if is_reply { label(&self.command) } else { result(shown) };
        Some(Heard {
            kind: if is_reply { Kind::Reply } else { Kind::Late },
            label: label.to_owned(),
            text: masked(&shown.split_whitespace().collect::<Vec<_>>().join(" ")),
            front,
            middle,
        })
    }

    /// Whether what the host sends behind this is a file, or what it hears.
    fn is_data_behind(&self, said: &str) -> bool {
        if said.contains("\r\nCONNECT\r\n") {
            return true;
        }
        let ends = ["\r\nOK\r\n", "\r\nERROR\r\n", "\r\nNO CARRIER\r\n"];
        let is_over = ends.iter().any(|end| said.ends_with(end))
            || (said.ends_with("\r\n") && said.contains("\r\n+QFTP"));
        self.in_data && !is_over
    }
}

/// The condition at so many bytes into a message; only longer ones are counted there.
fn at(common: &When, nth: impl Fn(u64) -> u64, after: u64) -> When {
    let after_bytes = (after > 0).then_some(after);
    When { nth: Some(nth(after)), after_bytes, ..common.clone() }
}

/// The name of the last result in a text: `+QFTPOPEN` of `+QFTPOPEN:0`.
fn result(shown: &str) -> &str {
    let last = shown.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    last.split(':').next().unwrap_or_default()
}

/// A command without its values: `AT+QFTPOPEN` of `AT+QFTPOPEN="host",21`.
fn label(command: &str) -> &str {
    command.split('=').next().unwrap_or(command)
}

/// What fits the command whatever its values are.
fn pattern(command: &str) -> Pattern {
    match label(command) {
        bare if bare.len() == command.len() => Pattern::new(bare),
        name => Pattern::new(&format!("{name}=*")),
    }
}

/// A line of a dialogue, or of a transcript, with its secrets covered.
pub fn masked(text: &str) -> String {
    // A transcript writes the ends of lines as escapes; the mask wants to see them.
    let plain = text.replace("\\r", "\r").replace("\\n", "\n");
    let covered = Mask::default().from_host(plain.as_bytes());
    String::from_utf8_lossy(&covered).replace('\r', "\\r").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_secret_is_covered_and_what_follows_its_line_is_not() {
        for (written, seen) in [
            ("> AT+QFTPPASS=\"123456\"", "> AT+QFTPPASS=\"******\""),
            (r#"< AT+QFTPPASS="123456"\r\r\nOK\r\n"#, r#"< AT+QFTPPASS="******"\r\r\nOK\r\n"#),
            ("> AT+CPIN=1234", "> AT+CPIN=****"),
            (r"< \r\n+CPIN: READY\r\n", r"< \r\n+CPIN: READY\r\n"),
        ] {
            assert_eq!(masked(written), seen);
        }
    }
}
