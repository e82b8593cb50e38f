//! A transcript as read: its header and its entries, or the first mistake in it.

use std::net::Ipv4Addr;
use std::time::Duration;

use thiserror::Error;

use super::text;
use crate::fault::Rule;
use crate::ftp::Event;
use crate::line::{HostSignal, LineId, LineSpeed};
use crate::profile::Profile;
use crate::time::parse_span;
use crate::world::World;

/// A transcript.
#[derive(Clone, Debug, PartialEq)]
pub struct Transcript {
    /// `:profile`: a built-in name or a file's path as written.
    pub profile: String,
    /// `:timing instant` or not said.
    pub instant: bool,
    /// `:seed`.
    pub seed: u64,
    /// `:lines`.
    pub lines: u8,
    /// `:set`: lines of TOML.
    pub overrides: Vec<String>,
    /// `:power off`: the module is off at first.
    pub powered_off: bool,
    /// `:kept`: the settings of an earlier run, as a command line.
    pub kept: Option<String>,
    /// `:scenario`: built-in names, or files' paths as written.
    pub scenarios: Vec<String>,
    /// `:rule`: rules by themselves, behind those of the scenarios.
    pub rules: Vec<Rule>,
    /// `:flow recorded`.
    pub recorded_flow: bool,
    /// All lines of the file in order, the header's too, without those that are computed.
    pub entries: Vec<Entry>,
}

/// One line that is obeyed or kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A comment, a blank line or a header entry: kept as it is.
    Kept(String),
    /// Bytes from a host, and the line as written.
    Host(LineId, Vec<u8>, String),
    /// The FTP client reports.
    Ftp(Event, String),
    /// Time passes.
    Pass(Duration, String),
    /// The world acts.
    World(World, String),
    /// A rule is given.
    AddRule(Box<Rule>, String),
    /// The rule of this name is taken away.
    RemoveRule(String, String),
    /// Addresses of the name that the module has asked about.
    Resolved(Vec<Ipv4Addr>, String),
    /// A host comes.
    LineOpened(LineId, String),
    /// A host goes.
    LineClosed(LineId, String),
    /// A host moves a signal.
    Signal(LineId, HostSignal, String),
    /// A host sets its UART.
    HostSpeed(LineId, LineSpeed, String),
    /// Bytes of output have left.
    Written(LineId, usize, String),
}

/// A mistake, and the line it stands in, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {mistake}")]
pub struct MistakeAt {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub mistake: String,
}

impl Transcript {
    /// Reads a transcript.
    pub fn parse(text: &str) -> Result<Self, MistakeAt> {
        let mut transcript = Self {
            profile: "m10".to_owned(),
            instant: true,
            seed: 0,
            lines: 1,
            overrides: Vec::new(),
            powered_off: false,
            kept: None,
            scenarios: Vec::new(),
            rules: Vec::new(),
            recorded_flow: false,
            entries: Vec::new(),
        };
        for (index, line) in text.lines().enumerate() {
            let entry = transcript.read(line.trim_end());
            transcript
                .entries
                .extend(entry.map_err(|mistake| MistakeAt { line: index + 1, mistake })?);
        }
        Ok(transcript)
    }

    /// One line; `None` if it is computed.
    fn read(&mut self, line: &str) -> Result<Option<Entry>, String> {
        let written = line.to_owned();
        if line.is_empty() || line.starts_with('#') {
            return Ok(Some(Entry::Kept(written)));
        }
        if let Some(directive) = line.strip_prefix(':') {
            if !self.entries.iter().all(|entry| matches!(entry, Entry::Kept(_))) {
                return Err("the header ends where the dialogue begins".to_owned());
            }
            self.read_directive(directive)?;
            return Ok(Some(Entry::Kept(written)));
        }
        if ["dns> ", "kept> ", "fault> "].iter().any(|sign| line.starts_with(sign)) {
            return Ok(None);
        }
        if let Some(rest) = line.strip_prefix("ftp") {
            return match split_sign(rest)? {
                (">", _) => Ok(None),
                ("<", event) => Ok(Some(Entry::Ftp(text::read_event(event)?, written))),
                ("=", count) => Ok(Some(Entry::Ftp(Event::Sent(number(count)?), written))),
                (sign, _) => Err(format!("no entry begins with ftp{sign}")),
            };
        }
        let digits = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len());
        let id = self.line_id(&line[..digits])?;
        Ok(match split_sign(&line[digits..])? {
            ("<" | "!<", _) => None,
            ("!>", deed) => Some(match deed.strip_prefix("speed ") {
                Some(speed) => Entry::HostSpeed(id, speed.parse()?, written),
                None => Entry::Signal(id, deed.parse()?, written),
            }),
            (">", typed) => {
                let bad = typed.chars().find(|c| !(' '..='~').contains(c));
                if let Some(bad) = bad {
                    return Err(format!("{bad:?} cannot be typed; use >> and \\xNN"));
                }
                Some(Entry::Host(id, [typed.as_bytes(), b"\r"].concat(), written))
            }
            (">>", quoted) => match text::read_quoted(quoted)? {
                (bytes, "") => Some(Entry::Host(id, bytes, written)),
                (_, rest) => return Err(format!("{rest:?} follows the quote")),
            },
            ("=", count) => Some(Entry::Written(id, number(count)?, written)),
            ("~", span) if digits == 0 => {
                let span =
                    parse_span(span).ok_or_else(|| format!("{span:?} is no time; write 20ms"))?;
                Some(Entry::Pass(span, written))
            }
            ("!", deed) if digits == 0 => Some(self.read_deed(deed, written)?),
            _ => return Err(format!("{line:?} is no entry")),
        })
    }

    fn read_directive(&mut self, directive: &str) -> Result<(), String> {
        let (key, value) = directive.split_once(' ').unwrap_or((directive, ""));
        let value = value.trim();
        match (key, value) {
            ("profile", name) if !name.is_empty() => self.profile = name.to_owned(),
            ("timing", "instant") => self.instant = true,
            ("timing", "faithful") => self.instant = false,
            ("kept", line) if !line.is_empty() => self.kept = Some(line.to_owned()),
            ("power", "off") => self.powered_off = true,
            ("flow", "recorded") => self.recorded_flow = true,
            ("scenario", name) if !name.is_empty() => self.scenarios.push(name.to_owned()),
            ("rule", rule) => self.rules.push(text::read_rule(rule)?),
            ("seed", seed) => self.seed = number(seed)?,
            ("lines", count) => {
                self.lines = number(count)?;
                self.line_id(count)?;
            }
            ("set", line) => {
                // Wrong by itself is wrong with every profile.
                Profile::parse(line).map_err(|error| error.mistake)?;
                self.overrides.push(line.to_owned());
            }
            _ => return Err(format!(":{directive} is not understood")),
        }
        Ok(())
    }

    fn read_deed(&self, deed: &str, written: String) -> Result<Entry, String> {
        match deed.split_once(' ').unwrap_or((deed, "")) {
            ("resolved", addresses) => {
                let addresses = addresses.split_whitespace().map(str::parse);
                let addresses = addresses.collect::<Result<_, _>>();
                let addresses = addresses.map_err(|_| format!("{deed:?} names no addresses"))?;
                Ok(Entry::Resolved(addresses, written))
            }
            ("rule", rule) => Ok(Entry::AddRule(Box::new(text::read_rule(rule)?), written)),
            ("no-rule", name) => Ok(Entry::RemoveRule(name.to_owned(), written)),
            ("line-opened", line) => Ok(Entry::LineOpened(self.line_id(line)?, written)),
            ("line-closed", line) => Ok(Entry::LineClosed(self.line_id(line)?, written)),
            _ => match deed.parse::<World>() {
                Ok(world) => Ok(Entry::World(world, written)),
                Err(error) => Err(error.to_string()),
            },
        }
    }

    fn line_id(&self, digits: &str) -> Result<LineId, String> {
        if digits.is_empty() {
            return Ok(LineId::FIRST);
        }
        let id = digits.parse().ok().and_then(LineId::new);
        id.filter(|id| id.number() <= self.lines).ok_or_else(|| {
            format!("there is no line {digits}; the header says :lines {}", self.lines)
        })
    }
}

impl Entry {
    /// The line as it stands in the file.
    pub fn as_written(&self) -> &str {
        match self {
            Self::Kept(written)
            | Self::Host(_, _, written)
            | Self::Ftp(_, written)
            | Self::Pass(_, written)
            | Self::World(_, written)
            | Self::AddRule(_, written)
            | Self::RemoveRule(_, written)
            | Self::Resolved(_, written)
            | Self::LineOpened(_, written)
            | Self::LineClosed(_, written)
            | Self::Signal(_, _, written)
            | Self::HostSpeed(_, _, written)
            | Self::Written(_, _, written) => written,
        }
    }
}

/// The sign at the front, `>` or the like, and what stands behind it.
fn split_sign(text: &str) -> Result<(&str, &str), String> {
    let end = text.find(' ').unwrap_or(text.len());
    let (sign, rest) = text.split_at(end);
    match sign {
        ">" | ">>" | "<" | "~" | "!" | "!>" | "!<" | "=" => {
            Ok((sign, rest.strip_prefix(' ').unwrap_or(rest)))
        }
        _ => Err(format!("{text:?} does not begin with one of > >> < ~ ! !> !< = and a blank")),
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is no number that fits here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_named_with_its_line() {
        for (text, message) in [
            (
                "# x\nhello",
                "line 2: \"hello\" does not begin with one of > >> < ~ ! !> !< = and a blank",
            ),
            (">> \"x", "line 1: the quote is not closed"),
            (">> \"x\" y", "line 1: \" y\" follows the quote"),
            (">> \"\\q\"", "line 1: a backslash must begin \\r, \\n, \\t, \\\\, \\\" or \\xNN"),
            ("2> AT", "line 1: there is no line 2; the header says :lines 1"),
            ("> AT\n:lines 2", "line 2: the header ends where the dialogue begins"),
            (":lines 0", "line 1: there is no line 0; the header says :lines 0"),
            (":sed 1", "line 1: :sed 1 is not understood"),
            (
                ":lines 2\n:set v250.ecoh = true",
                "line 2: [v250] has no key \"ecoh\"; the nearest is \"echo\"",
            ),
            (":set v250.s3 = 128", "line 1: v250.s3 is 128; it must be 0 to 127"),
            (":set v250.echo = 1", "line 1: invalid type: integer `1`, expected a boolean"),
            (":seed x", "line 1: \"x\" is no number that fits here"),
            ("~ 5", "line 1: \"5\" is no time; write 20ms"),
            ("! snow", "line 1: \"snow\" is nothing the world can do"),
            ("!> dtr low", "line 1: \"dtr low\" is no signal; write dtr on, rts off, break"),
            ("!> speed 9600", "line 1: \"9600\" is no speed; write 9600 8N1"),
            ("ftp< open", "line 1: \"open\" is no event of the FTP client"),
            ("ftp< failed x", "line 1: \"x\" is not a cause of failure"),
            ("ftp< done now", "line 1: nothing may follow \"done\""),
            ("> caf\u{e9}", "line 1: 'é' cannot be typed; use >> and \\xNN"),
        ] {
            assert_eq!(Transcript::parse(text).unwrap_err().to_string(), message);
        }
    }
}
