//! A rule: where, when, what, and how often.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wildmatch::WildMatch;

use super::{Scenario, Verdict, inline};

/// Where a rule takes hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Seam {
    /// Bytes from a host, as the module reads them.
    LineIn,
    /// Bytes for a host, as they leave the module.
    LineOut,
    /// What the module asks of the server.
    FtpRequest,
    /// What comes of it.
    FtpEvent,
    /// A time; `when.after` says which.
    Clock,
}

impl Seam {
    /// Every seam with its word.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::LineIn, "line-in"),
        (Self::LineOut, "line-out"),
        (Self::FtpRequest, "ftp-request"),
        (Self::FtpEvent, "ftp-event"),
        (Self::Clock, "clock"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(seam, _)| *seam == self).map_or("", |(_, word)| word)
    }

    /// Whether bytes of a line pass it.
    pub const fn is_line(self) -> bool {
        matches!(self, Self::LineIn | Self::LineOut)
    }
}

/// What must hold for a rule to take hold; all that is said must.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// The line, 1 to 255. At the FTP seams: the one that typed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "io", schemars(range(min = 1)))]
    pub line: Option<u8>,
    /// The command line, with `*` and `?`: the last one that was executed; at `line-in` what has been
    /// typed of the present one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Pattern>,
    /// What is asked of the server, or comes from it, with `*` and `?`; on a line, what runs there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<Pattern>,
    /// The FTP service's state as `AT+QFTPSTAT` tells it, or the line's (`command`, `executing`,
    /// `online data`, `online command`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Pattern>,
    /// The n-th time that all else holds, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "io", schemars(range(min = 1)))]
    pub nth: Option<u64>,
    /// So many bytes of the message have passed: of a file where one is carried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_bytes: Option<u64>,
    /// Module time since the start. At `clock`: when, and how long between one time and the next.
    #[serde(with = "optional_span", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "io", schemars(with = "Option<crate::profile::Span>"))]
    pub after: Option<Duration>,
    /// How likely it is that it then takes hold, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "io", schemars(range(min = 0, max = 1)))]
    pub probability: Option<f64>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// What reports call it.
    pub name: String,
    /// Where it takes hold.
    pub at: Seam,
    /// When.
    #[serde(skip_serializing_if = "is_any_time")]
    pub when: When,
    /// What it does.
    #[serde(rename = "do")]
    pub verdict: Verdict,
    /// How often; 0 for without end.
    pub times: u32,
    /// The file and line it stands in, where it stands in one.
    #[serde(skip)]
    pub place: Option<String>,
}

fn is_any_time(when: &When) -> bool {
    *when == When::default()
}

/// TOML, as one line: what [`FromStr`] reads.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{ name = ")?;
        inline::write(f, &self.name)?;
        f.write_str(", at = ")?;
        inline::write(f, &self.at)?;
        if !is_any_time(&self.when) {
            f.write_str(", when = ")?;
            inline::write(f, &self.when)?;
        }
        write!(f, ", do = {}", self.verdict)?;
        if self.times != 1 {
            write!(f, ", times = {}", self.times)?;
        }
        f.write_str(" }")
    }
}

impl FromStr for Rule {
    type Err = String;

    /// Reads one rule as an inline table: `{ at = "clock", when = { after = "5s" }, do = … }`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains(['\n', '\r']) {
            return Err("a rule here stands on one line".to_owned());
        }
        let scenario = Scenario::parse(&format!("rule = [{text}]"), "");
        let mut rules = scenario.map_err(|error| error.mistake)?.rules;
        match (rules.pop(), rules.is_empty()) {
            (Some(rule), true) => Ok(Self { place: None, ..rule }),
            _ => Err("this is not one rule".to_owned()),
        }
    }
}

/// Text with `*` for anything and `?` for any character; upper and lower case are the same.
#[derive(Clone, Debug)]
pub struct Pattern(WildMatch, String);

impl Pattern {
    /// Reads a pattern; every text is one.
    pub fn new(text: &str) -> Self {
        Self(WildMatch::new_case_insensitive(text), text.to_owned())
    }

    /// Whether `text` fits.
    pub fn fits(&self, text: &str) -> bool {
        self.0.matches(text)
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.1
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.1 == other.1
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.1.hash(state);
    }
}

impl Serialize for Pattern {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.1)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self::new(&String::deserialize(from)?))
    }
}

#[cfg(feature = "io")]
impl schemars::JsonSchema for Pattern {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Pattern".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "minLength": 1 })
    }
}

/// A duration that may be missing.
mod optional_span {
    use std::time::Duration;

    use serde::{Deserializer, Serializer};

    use crate::profile::Span;

    pub(super) fn serialize<S: Serializer>(
        span: &Option<Duration>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match span {
            Some(span) => Span::serialize(span, to),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Duration>, D::Error> {
        Span::deserialize(from).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_written_on_one_line_and_reads_back() {
        for text in [
            r#"{ name = "a \"b\"", at = "line-out", when = { after_bytes = 8, command = "ATI" }, do = { inject = "\r\nRING\u0000\r\n" } }"#,
            r#"{ name = "x", at = "clock", when = { after = "1m 30s", probability = 0.25 }, do = { world = "hang 5s" }, times = 0 }"#,
            r#"{ name = "y", at = "ftp-request", do = "silence" }"#,
            r#"{ name = "z", at = "ftp-event", when = { operation = "data" }, do = { corrupt = { bits = 2 } } }"#,
        ] {
            assert_eq!(text.parse::<Rule>().unwrap().to_string(), text);
        }
    }
}
