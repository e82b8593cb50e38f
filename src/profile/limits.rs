//! What a key's value must be beyond its type: one table for the check and for the schema.

use std::fmt;

use toml::de::DeValue;

use super::SPEEDS;

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Must {
    /// An integer from the first to the second, both included.
    LieWithin(i64, i64),
    /// An integer from the first to the second, or the third.
    LieWithinOrBe(i64, i64, i64),
    /// One of these integers.
    BeOneOf(&'static [i64]),
    /// A string of so many decimal digits, from the first to the second.
    HaveDigits(usize, usize),
    /// A string of so many hexadecimal digits.
    HaveHexDigits(usize),
    /// A string of so many letters and decimal digits, from the first to the second.
    HaveLetters(usize, usize),
}

use Must::{BeOneOf, HaveDigits, HaveHexDigits, HaveLetters, LieWithin, LieWithinOrBe};

/// Every key with such a bound, dotted.
pub(super) const LIMITS: &[(&str, Must)] = &[
    ("identity.imei", HaveDigits(15, 15)),
    ("v250.s3", LieWithin(0, 127)),
    ("v250.s4", LieWithin(0, 127)),
    ("v250.s5", LieWithin(0, 127)),
    ("v250.ipr", BeOneOf(&SPEEDS)),
    ("v250.ifc", LieWithin(0, 2)),
    ("v250.cmee", LieWithin(0, 2)),
    ("v250.line_length", LieWithin(16, 65_536)),
    ("timing.jitter_percent", LieWithin(0, 90)),
    ("sim.pin", HaveDigits(4, 8)),
    ("sim.puk", HaveDigits(8, 8)),
    ("sim.imsi", HaveDigits(15, 15)),
    ("sim.iccid", HaveLetters(19, 20)),
    ("network.operator_code", HaveDigits(5, 6)),
    ("network.lac", HaveHexDigits(4)),
    ("network.cell", HaveHexDigits(4)),
    ("network.rssi", LieWithinOrBe(0, 31, 99)),
    ("network.ber", LieWithinOrBe(0, 7, 99)),
    ("bearer.uplink_bps", LieWithin(0, 1_000_000_000)),
    ("bearer.downlink_bps", LieWithin(0, 1_000_000_000)),
    ("ftp.window", LieWithin(1024, 16_777_216)),
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
        match (self, given) {
            (LieWithin(least, most), Given::Integer(value)) => {
                (i128::from(least)..=i128::from(most)).contains(value)
            }
            (LieWithinOrBe(least, most, other), Given::Integer(value)) => {
                (i128::from(least)..=i128::from(most)).contains(value)
                    || *value == i128::from(other)
            }
            (BeOneOf(values), Given::Integer(value)) => {
                values.iter().any(|one| i128::from(*one) == *value)
            }
            (HaveDigits(least, most), Given::Text(text)) => {
                (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
            }
            (HaveHexDigits(count), Given::Text(text)) => {
                text.len() == count && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            }
            (HaveLetters(least, most), Given::Text(text)) => {
                (least..=most).contains(&text.len())
                    && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }
            _ => true,
        }
    }
}

impl fmt::Display for Must {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LieWithin(least, most) => write!(f, "{least} to {most}"),
            LieWithinOrBe(least, most, other) => write!(f, "{least} to {most}, or {other}"),
            BeOneOf(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "one of {}", values.join(", "))
            }
            HaveDigits(least, most) if least == most => write!(f, "{most} digits"),
            HaveDigits(least, most) => write!(f, "{least} to {most} digits"),
            HaveHexDigits(count) => write!(f, "{count} hexadecimal digits"),
            HaveLetters(least, most) => write!(f, "{least} to {most} letters or digits"),
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
                LieWithin(..) | LieWithinOrBe(..) | BeOneOf(_) => {
                    assert!(value.is_integer(), "{key}")
                }
                HaveDigits(..) | HaveHexDigits(_) | HaveLetters(..) => {
                    assert!(value.is_str(), "{key}");
                }
            }
        }
    }

    #[test]
    fn a_range_has_both_its_ends() {
        let within = |value| LieWithin(2, 4).allows(&Given::Integer(value));
        assert_eq!([1, 2, 4, 5].map(within), [false, true, true, false]);
        let digits = |text| HaveDigits(2, 2).allows(&Given::Text(text));
        assert_eq!(["1", "12", "123", "1a"].map(digits), [false, true, false, false]);
    }
}
