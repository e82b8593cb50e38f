//! What a key's value must be beyond its type: one table for the check and for the schema.

use std::fmt;

use toml::de::DeValue;

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Must {
    /// An integer from the first to the second, both included.
    LieWithin(i64, i64),
    /// A string of so many decimal digits.
    HaveDigits(usize),
    /// A string that fits on a line of the module: printable ASCII, and hosts have buffers of 128.
    FitOnLine,
    /// The name of a command as results begin with it.
    NameCommand,
}

use Must::{FitOnLine, HaveDigits, LieWithin, NameCommand};

/// Every key with such a bound, dotted; that of a list holds for each of its values.
pub(super) const LIMITS: &[(&str, Must)] = &[
    ("identity.manufacturer", FitOnLine),
    ("identity.model", FitOnLine),
    ("identity.revision", FitOnLine),
    ("identity.imei", HaveDigits(15)),
    ("v250.s3", LieWithin(0, 127)),
    ("v250.s4", LieWithin(0, 127)),
    ("v250.s5", LieWithin(0, 127)),
    ("v250.line_length", LieWithin(16, 65_536)),
    ("timing.jitter_percent", LieWithin(0, 90)),
    ("bearer.uplink_bps", LieWithin(0, 1_000_000_000)),
    ("bearer.downlink_bps", LieWithin(0, 1_000_000_000)),
    ("ftp.window", LieWithin(1024, 16_777_216)),
    ("spelling.blank_after_colon", NameCommand),
    ("quirks.deactivated", FitOnLine),
];

/// A value of a kind that has limits.
pub(super) enum Given<'a> {
    Integer(i128),
    Text(&'a str),
}

impl<'a> Given<'a> {
    pub(super) fn of(value: &'a DeValue<'a>) -> Option<Self> {
        match value {
            DeValue::Integer(integer) => {
                i128::from_str_radix(integer.as_str(), integer.radix()).ok().map(Self::Integer)
            }
            DeValue::String(text) => Some(Self::Text(text)),
            _ => None,
        }
    }
}

impl Must {
    /// Whether the value is as it must be; one of another type is another mistake.
    pub(super) fn allows(self, given: &Given<'_>) -> bool {
        let text = match given {
            Given::Text(text) => text,
            Given::Integer(value) => {
                let LieWithin(least, most) = self else { return true };
                return (i128::from(least)..=i128::from(most)).contains(value);
            }
        };
        match self {
            LieWithin(..) => true,
            HaveDigits(count) => {
                text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
            }
            FitOnLine => {
                (1..=100).contains(&text.len())
                    && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
            }
            NameCommand => text.strip_prefix('+').is_some_and(|name| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase())
            }),
        }
    }

    /// The same as a regular expression; a range of integers has none.
    #[cfg(feature = "io")]
    pub(super) fn pattern(self) -> Option<String> {
        match self {
            LieWithin(..) => None,
            HaveDigits(count) => Some(format!("^[0-9]{{{count}}}$")),
            FitOnLine => Some("^[ -~]{1,100}$".into()),
            NameCommand => Some(r"^\+[A-Z]+$".into()),
        }
    }
}

impl fmt::Display for Must {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LieWithin(least, most) => write!(f, "{least} to {most}"),
            HaveDigits(count) => write!(f, "{count} digits"),
            FitOnLine => f.write_str("1 to 100 characters of printable ASCII"),
            NameCommand => f.write_str("a command's name in capitals, as \"+QFTPSTAT\""),
        }
    }
}

impl fmt::Display for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    #[test]
    fn every_key_with_a_limit_exists_and_is_of_the_limits_kind() {
        let profile = toml::Table::try_from(Profile::default()).unwrap();
        for (key, must) in LIMITS {
            let (section, key) = key.split_once('.').unwrap();
            let value = &profile[section][key];
            match must {
                LieWithin(..) => assert!(value.is_integer(), "{key}"),
                HaveDigits(_) | FitOnLine => assert!(value.is_str(), "{key}"),
                NameCommand => assert!(value.is_array(), "{key}"),
            }
        }
    }

    #[test]
    fn a_range_has_both_its_ends() {
        let within = |value| LieWithin(2, 4).allows(&Given::Integer(value));
        assert_eq!([1, 2, 4, 5].map(within), [false, true, true, false]);
        let digits = |text| HaveDigits(2).allows(&Given::Text(text));
        assert_eq!(["1", "12", "123", "1a"].map(digits), [false, true, false, false]);
    }

    #[test]
    fn a_text_has_its_alphabet_and_its_length() {
        let line = |text: &str| FitOnLine.allows(&Given::Text(text));
        assert!(line(" ~") && line(&"x".repeat(100)));
        for text in ["", "a\r\nb", "caf\u{e9}", &"x".repeat(101)] {
            assert!(!line(text), "{text:?}");
        }
        let name = |text| NameCommand.allows(&Given::Text(text));
        assert_eq!(["+QFTPPATH", "QFTPPATH", "+", "+Qftp"].map(name), [true, false, false, false]);
    }
}
