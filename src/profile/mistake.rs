//! What is wrong with a profile, where, and which key was perhaps meant.

use std::fmt;
use std::ops::Range;

use thiserror::Error;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::limits::{Given, LIMITS};
use crate::near::nearest;

/// What is wrong with a profile, in one sentence that begins with the place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{mistake}", at(*place))]
pub struct ProfileError {
    /// Where, if it stands in a file.
    pub place: Option<Place>,
    /// What.
    pub mistake: String,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

impl Place {
    /// Where the byte at `offset` of `text` stands; an offset beyond it stands at its end.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

fn at(place: Option<Place>) -> String {
    place.map_or_else(String::new, |place| format!("{place}: "))
}

impl ProfileError {
    /// A mistake in the value of a dotted key of `text`; a number is an index, as in `routes.0`.
    pub fn of_key(text: &str, key: &str, mistake: impl Into<String>) -> Self {
        let table = DeTable::parse(text).ok();
        let span = table.and_then(|table| Some(find(table.get_ref(), key)?.span()));
        Self::new(text, span, mistake)
    }

    pub(super) fn new(text: &str, span: Option<Range<usize>>, mistake: impl Into<String>) -> Self {
        let place = span.map(|span| Place::of(text, span.start));
        Self { place, mistake: mistake.into() }
    }
}

impl From<toml::de::Error> for ProfileError {
    /// Without a place: what cannot be said as TOML, or what stands in no file.
    fn from(error: toml::de::Error) -> Self {
        Self { place: None, mistake: error.message().trim_end().to_owned() }
    }
}

/// The first key in `text` that is not among the `known`, or whose value is out of its range.
///
/// A value of the wrong type is not found here, but by whoever reads it.
pub(super) fn first(text: &str, known: &Table) -> Result<(), ProfileError> {
    let syntax =
        |error: toml::de::Error| ProfileError::new(text, error.span(), error.message().trim_end());
    let given = DeTable::parse(text).map_err(syntax)?;
    let mut mistakes = Vec::new();
    compare(given.get_ref(), known, "", known, &mut mistakes);
    for (key, must) in LIMITS {
        let Some(found) = find(given.get_ref(), key) else { continue };
        let values = match found.get_ref() {
            DeValue::Array(values) => values.iter().collect(),
            _ => vec![found],
        };
        for found in values {
            if let Some(value) = Given::of(found.get_ref()).filter(|value| !must.allows(value)) {
                mistakes.push((found.span(), format!("{key} is {value}; it must be {must}")));
            }
        }
    }
    let first = mistakes.into_iter().min_by_key(|(span, _)| span.start);
    first.map_or(Ok(()), |(span, mistake)| Err(ProfileError::new(text, Some(span), mistake)))
}

/// The value of a dotted key, where the file has one.
fn find<'a>(table: &'a DeTable<'a>, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
    let mut steps = key.split('.');
    let first = table.get(steps.next()?)?;
    steps.try_fold(first, |value, step| match value.get_ref() {
        DeValue::Table(table) => table.get(step),
        DeValue::Array(array) => array.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Adds what is `given` and not `known` in `section` and below it.
fn compare(
    given: &DeTable<'_>,
    known: &Table,
    section: &str,
    all: &Table,
    mistakes: &mut Vec<(Range<usize>, String)>,
) {
    for (key, value) in given {
        let name = key.get_ref().as_ref();
        match (known.get(name), value.get_ref()) {
            (None, _) => mistakes.push((key.span(), unknown(name, section, known, all))),
            (Some(Value::Table(known)), DeValue::Table(given)) => {
                let below =
                    if section.is_empty() { name.into() } else { format!("{section}.{name}") };
                compare(given, known, &below, all, mistakes);
            }
            (Some(Value::Table(_)), _) => mistakes.push((
                value.span(),
                format!("\"{name}\" is a section: write [{name}] and its keys below"),
            )),
            (Some(_), _) => {}
        }
    }
}

/// `[v250] has no key "ecoh"; the nearest is "echo"`
fn unknown(name: &str, section: &str, known: &Table, all: &Table) -> String {
    let here = if section.is_empty() { "a profile".into() } else { format!("[{section}]") };
    let elsewhere = all.iter().find(|(_, value)| value.get(name).is_some());
    let hint = if let Some((section, _)) = elsewhere {
        format!("[{section}] has one")
    } else if !section.is_empty() && all.contains_key(name) {
        "it stands above the first section".into()
    } else if let Some(nearest) = nearest(name, known.keys().map(String::as_str)) {
        format!("the nearest is \"{nearest}\"")
    } else {
        format!("it has {}", known.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
    };
    format!("{here} has no key \"{name}\"; {hint}")
}

#[cfg(test)]
mod tests {
    use crate::profile::{Profile, ProfileError};

    #[test]
    fn a_mistake_is_one_sentence_with_its_place() {
        for (text, message) in [
            (
                "[v250]\necho = 1\n",
                "line 2, column 8: invalid type: integer `1`, expected a boolean",
            ),
            (
                "[escape]\nguard = \"soon\"\n",
                "line 2, column 9: \"soon\" is not a duration: expected number at 0",
            ),
            (
                "[quirks]\nno_session = \"never\"\n",
                "line 2, column 14: \"never\" is not a cause of failure",
            ),
            ("[ftp\n", "line 1, column 5: unclosed table, expected `]`"),
            (
                "v250 = 1",
                "line 1, column 8: \"v250\" is a section: write [v250] and its keys below",
            ),
        ] {
            assert_eq!(Profile::parse(text).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn an_unknown_key_is_told_the_nearest_or_where_it_belongs_or_what_there_is() {
        for (text, message) in [
            (
                "# x\n[v250]\n  ecoh = true",
                "line 3, column 3: [v250] has no key \"ecoh\"; the nearest is \"echo\"",
            ),
            (
                "nmae = \"x\"",
                "line 1, column 1: a profile has no key \"nmae\"; the nearest is \"name\"",
            ),
            ("[v25]", "line 1, column 2: a profile has no key \"v25\"; the nearest is \"v250\""),
            (
                "[escape]\necho = true",
                "line 2, column 1: [escape] has no key \"echo\"; [v250] has one",
            ),
            ("echo = true", "line 1, column 1: a profile has no key \"echo\"; [v250] has one"),
            (
                "[escape]\nname = \"x\"",
                "line 2, column 1: [escape] has no key \"name\"; it stands above the first section",
            ),
            (
                "[escape]\nxyz = 1",
                "line 2, column 1: [escape] has no key \"xyz\"; it has guard, spacing",
            ),
            (
                "v250.ecoh = true",
                "line 1, column 6: [v250] has no key \"ecoh\"; the nearest is \"echo\"",
            ),
        ] {
            assert_eq!(Profile::parse(text).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn a_value_out_of_range_is_told_the_range() {
        for (text, message) in [
            (
                "[ftp]\nwindow = 5\n",
                "line 2, column 10: ftp.window is 5; it must be 1024 to 16777216",
            ),
            ("[v250]\ns3 = 0x80", "line 2, column 6: v250.s3 is 128; it must be 0 to 127"),
            ("[v250]\ns3 = 300", "line 2, column 6: v250.s3 is 300; it must be 0 to 127"),
            (
                "bearer = { uplink_bps = -1 }",
                "line 1, column 25: bearer.uplink_bps is -1; it must be 0 to 1000000000",
            ),
            (
                "identity.imei = \"12\"",
                "line 1, column 17: identity.imei is \"12\"; it must be 15 digits",
            ),
            (
                "network.rssi = 32",
                "line 1, column 16: network.rssi is 32; it must be 0 to 31, or 99",
            ),
            (
                "sim.pin = \"12345678901\"",
                "line 1, column 11: sim.pin is \"12345678901\"; it must be 4 to 8 digits",
            ),
            ("v250.ifc = 3", "line 1, column 12: v250.ifc is 3; it must be 0 to 2"),
            (
                "v250.ipr = 110",
                "line 1, column 12: v250.ipr is 110; it must be one of 0, 75, 150, 300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200",
            ),
            (
                "[identity]\nmodel = \"\"",
                "line 2, column 9: identity.model is \"\"; it must be 1 to 100 characters of printable ASCII",
            ),
            (
                "[spelling]\nblank_after_colon = [\"+QFTPSTAT\", \"QFTPPATH\"]",
                "line 2, column 35: spelling.blank_after_colon is \"QFTPPATH\"; it must be an FTP command in capitals, as \"+QFTPSTAT\"",
            ),
        ] {
            assert_eq!(Profile::parse(text).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn the_first_of_several_mistakes_is_told() {
        let error = Profile::parse("[ftp]\nwindow = 5\nwindw = 6\n[escape]\nx = 1\n").unwrap_err();
        let place = error.place.unwrap();
        assert_eq!((place.line, place.column), (2, 10));
    }

    #[test]
    fn a_mistake_that_others_find_is_placed_by_its_key() {
        let text = "name = \"\u{e9}\"; routes".replace("; ", "\n") + " = [\"a=b:1\", \"c\"]";
        let error = ProfileError::of_key(&text, "routes.1", "wrong");
        assert_eq!(error.to_string(), "line 2, column 20: wrong");
        assert_eq!(ProfileError::of_key(&text, "routes.2", "wrong").to_string(), "wrong");
    }
}
