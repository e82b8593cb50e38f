//! What a key's value must be beyond its type: one table for the check and for the schema.

use std::fmt;

use toml::de::DeValue;

use super::SPEEDS;

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Must {
    /// An integer from the first to the second, both included.
    LieWithin(i64, i64),
    /// The same, or the third.
    LieWithinOrBe(i64, i64, i64),
    /// One of these integers.
    BeOneOf(&'static [i64]),
    /// A string of so many, at least and at most, of these characters.
    Consist(usize, usize, Alphabet),
    /// The name of an FTP command as results begin with it.
    NameFtpCommand,
}

/// The characters of a string.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alphabet {
    Digits,
    HexDigits,
    LettersAndDigits,
    /// What stands on a line of the module, where a control character would frame an answer.
    PrintableAscii,
    /// The same without a quotation mark, where the module puts some around it.
    Quotable,
}

use Alphabet::{Digits, HexDigits, LettersAndDigits, PrintableAscii, Quotable};
use Must::{BeOneOf, Consist, LieWithin, LieWithinOrBe, NameFtpCommand};

/// Hosts have buffers of 128 bytes for a line.
const LINE: Must = Consist(1, 100, PrintableAscii);

/// Every key with such a bound, dotted; that of a list holds for each of its values.
pub(super) const LIMITS: &[(&str, Must)] = &[
    ("identity.manufacturer", LINE),
    ("identity.model", LINE),
    ("identity.revision", LINE),
    ("identity.imei", Consist(15, 15, Digits)),
    ("v250.s3", LieWithin(0, 127)),
    ("v250.s4", LieWithin(0, 127)),
    ("v250.s5", LieWithin(0, 127)),
    ("v250.line_length", LieWithin(16, 65_536)),
    ("v250.ipr", BeOneOf(&SPEEDS)),
    ("v250.ifc", LieWithin(0, 2)),
    ("v250.cmee", LieWithin(0, 2)),
    ("timing.jitter_percent", LieWithin(0, 90)),
    ("sim.pin", Consist(4, 8, Digits)),
    ("sim.puk", Consist(8, 8, Digits)),
    ("sim.imsi", Consist(15, 15, Digits)),
    ("sim.iccid", Consist(19, 20, LettersAndDigits)),
    ("network.operator", Consist(1, 64, Quotable)),
    ("network.operator_code", Consist(5, 6, Digits)),
    ("network.lac", Consist(4, 4, HexDigits)),
    ("network.cell", Consist(4, 4, HexDigits)),
    ("network.rssi", LieWithinOrBe(0, 31, 99)),
    ("network.ber", LieWithinOrBe(0, 7, 99)),
    ("bearer.uplink_bps", LieWithin(0, 1_000_000_000)),
    ("bearer.downlink_bps", LieWithin(0, 1_000_000_000)),
    ("ftp.window", LieWithin(1024, 16_777_216)),
    ("spelling.blank_after_colon", NameFtpCommand),
    ("quirks.deactivated", LINE),
    ("quirks.contexts", LieWithin(2, 3)),
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
        let within = |least, most, value| (i128::from(least)..=i128::from(most)).contains(value);
        match (self, given) {
            (LieWithin(least, most), Given::Integer(value)) => within(least, most, value),
            (LieWithinOrBe(least, most, other), Given::Integer(value)) => {
                within(least, most, value) || *value == i128::from(other)
            }
            (BeOneOf(values), Given::Integer(given)) => {
                values.iter().any(|value| i128::from(*value) == *given)
            }
            (Consist(least, most, alphabet), Given::Text(text)) => {
                (least..=most).contains(&text.len()) && text.chars().all(|c| alphabet.has(c))
            }
            (NameFtpCommand, Given::Text(text)) => text.strip_prefix("+QFTP").is_some_and(|name| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase())
            }),
            _ => true,
        }
    }
}

impl Alphabet {
    fn has(self, c: char) -> bool {
        match self {
            Digits => c.is_ascii_digit(),
            HexDigits => c.is_ascii_hexdigit(),
            LettersAndDigits => c.is_ascii_alphanumeric(),
            PrintableAscii => (' '..='~').contains(&c),
            Quotable => (' '..='~').contains(&c) && c != '"',
        }
    }

    /// The same as a class of a regular expression.
    #[cfg(feature = "io")]
    pub(super) const fn class(self) -> &'static str {
        match self {
            Digits => "[0-9]",
            HexDigits => "[0-9A-Fa-f]",
            LettersAndDigits => "[0-9A-Za-z]",
            PrintableAscii => "[ -~]",
            Quotable => "[ !#-~]",
        }
    }
}

impl fmt::Display for Must {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LieWithin(least, most) => write!(f, "{least} to {most}"),
            LieWithinOrBe(least, most, other) => write!(f, "{least} to {most}, or {other}"),
            BeOneOf(values) => {
                let values: Vec<String> = values.iter().map(i64::to_string).collect();
                write!(f, "one of {}", values.join(", "))
            }
            Consist(count, most, alphabet) if count == most => write!(f, "{count} {alphabet}"),
            Consist(least, most, alphabet) => write!(f, "{least} to {most} {alphabet}"),
            NameFtpCommand => f.write_str("an FTP command in capitals, as \"+QFTPSTAT\""),
        }
    }
}

impl fmt::Display for Alphabet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Digits => "digits",
            HexDigits => "hexadecimal digits",
            LettersAndDigits => "letters or digits",
            PrintableAscii => "characters of printable ASCII",
            Quotable => "characters of printable ASCII other than '\"'",
        })
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
            let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            for value in values {
                match must {
                    LieWithin(..) | LieWithinOrBe(..) | BeOneOf(_) => {
                        assert!(value.is_integer(), "{key}");
                    }
                    Consist(..) | NameFtpCommand => assert!(value.is_str(), "{key}"),
                }
            }
        }
    }

    #[test]
    fn a_range_has_both_its_ends() {
        let within = |must: Must| [1, 2, 4, 5, 99].map(|value| must.allows(&Given::Integer(value)));
        assert_eq!(within(LieWithin(2, 4)), [false, true, true, false, false]);
        assert_eq!(within(LieWithinOrBe(2, 4, 99)), [false, true, true, false, true]);
        assert_eq!(within(BeOneOf(&[1, 5])), [true, false, false, true, false]);
    }

    #[test]
    fn a_text_has_its_length_and_its_alphabet() {
        let digits = |text| Consist(2, 3, Digits).allows(&Given::Text(text));
        assert_eq!(["1", "12", "123", "1234", "1a"].map(digits), [false, true, true, false, false]);
        let every = |alphabet: Alphabet| {
            (0..=255).map(char::from).filter(|c| alphabet.has(*c)).collect::<String>()
        };
        assert_eq!(every(Digits), "0123456789");
        assert_eq!(every(HexDigits), "0123456789ABCDEFabcdef");
        assert_eq!(every(LettersAndDigits).len(), 62);
        let printable = every(PrintableAscii);
        assert_eq!(printable.len(), 95);
        assert!(printable.starts_with(' ') && printable.ends_with('~'));
        assert_eq!(every(Quotable), printable.replace('"', ""));
        let name = |text| NameFtpCommand.allows(&Given::Text(text));
        assert_eq!(
            ["+QFTPPATH", "QFTPPATH", "+QFTP", "+QFTPPath", "+QIFGCNT"].map(name),
            [true, false, false, false, false]
        );
    }
}
