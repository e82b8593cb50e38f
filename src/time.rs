//! Module time: microseconds since power-on, and nothing that could tell what time it is outside.

use std::fmt;
use std::ops::Add;
use std::time::Duration;

/// An instant of the module's own time, in microseconds since power-on.
///
/// The core is told the time with every input and never asks for it. Real time is mapped to it by
/// the I/O shell's clock, which may run faster than the wall's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(u64);

impl SimTime {
    /// Power-on.
    pub const ZERO: Self = Self(0);

    /// The instant `micros` microseconds after power-on.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since power-on.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// The time from `earlier` to `self`; zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for SimTime {
    type Output = Self;

    /// Saturates at the end of time, some 584,000 years after power-on.
    fn add(self, span: Duration) -> Self {
        let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(micros))
    }
}

impl fmt::Display for SimTime {
    /// Seconds with as many decimals as it takes: `+1.25s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", Span(Duration::from_micros(self.0)))
    }
}

/// A duration as transcripts write it: the largest of `s`, `ms`, `us` in which it reads exactly.
///
/// `20ms`, `1.25s`, `900s`, `87us`. Parsed back by [`parse_span`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.as_micros();
        let (unit, per_unit, width) = match micros {
            0 => return f.write_str("0s"),
            1..1_000 => ("us", 1, 0),
            1_000..1_000_000 => ("ms", 1_000, 3),
            _ => ("s", 1_000_000, 6),
        };
        let (whole, rest) = (micros / per_unit, micros % per_unit);
        if rest == 0 {
            return write!(f, "{whole}{unit}");
        }
        let decimals = format!("{rest:0width$}");
        write!(f, "{whole}.{}{unit}", decimals.trim_end_matches('0'))
    }
}

/// Reads what [`Span`] writes: a decimal number and one of `us`, `ms`, `s`.
///
/// `None` if the text is anything else, or finer than a microsecond.
pub fn parse_span(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let per_unit: u64 = match &text[digits.len()..] {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        _ => return None,
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let number = |s: &str| {
        (!s.is_empty() && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<u64>().ok())?
    };
    let mut micros = number(whole)?.checked_mul(per_unit)?;
    let mut place = per_unit;
    for digit in decimals.bytes() {
        if !digit.is_ascii_digit() || !place.is_multiple_of(10) {
            return None;
        }
        place /= 10;
        micros = micros.checked_add(u64::from(digit - b'0') * place)?;
    }
    Some(Duration::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_reads_back_as_written() {
        for (micros, text) in [
            (0, "0s"),
            (87, "87us"),
            (20_000, "20ms"),
            (20_500, "20.5ms"),
            (20_005, "20.005ms"),
            (1_250_000, "1.25s"),
            (900_000_000, "900s"),
            (1_000_001, "1.000001s"),
        ] {
            let span = Duration::from_micros(micros);
            assert_eq!(Span(span).to_string(), text);
            assert_eq!(parse_span(text), Some(span));
        }
    }

    #[test]
    fn what_is_not_a_span_is_refused() {
        for text in ["", "5", "s", "1.5us", "-1s", "1.0000001s", "1,5s", "1m", "one s", ".5s"] {
            assert_eq!(parse_span(text), None, "{text:?}");
        }
    }

    #[test]
    fn time_prints_as_seconds_since_power_on() {
        let time = SimTime::ZERO + Duration::from_micros(1_250_000);
        assert_eq!(time.to_string(), "+1.25s");
        assert_eq!(time.since(SimTime::from_micros(250_000)), Duration::from_secs(1));
        assert_eq!(SimTime::ZERO.since(time), Duration::ZERO);
    }
}
