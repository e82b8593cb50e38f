//! The module's clock of the calendar (3GPP 27.007 8.15): what `AT+CCLK` sets and shows. It runs
//! on in module time.

use std::fmt;

use time::{Date, Month, Time};

use crate::time::SimTime;

const SECONDS_A_DAY: u64 = 86_400;
/// Days from 2000 to 2099: the year has two digits, and behind 99 comes 00.
const DAYS_A_CENTURY: u64 = 36_525;
/// Quarters of an hour that local time may be behind or before GMT (M95, `AT+CCLK`).
const ZONES: std::ops::RangeInclusive<i8> = -47..=48;

/// A clock that runs, set or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RealTimeClock {
    /// When it was set.
    set_at: SimTime,
    /// What it was set to.
    set_to: LocalTime,
}

/// A local time as `AT+CCLK` spells it: `yy/MM/dd,hh:mm:ss±zz`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// Seconds since the beginning of 2000, less than a century of them.
    seconds: u64,
    /// Quarters of an hour before GMT, -47 to 48. It changes nothing about the rest.
    zone: i8,
}

impl RealTimeClock {
    /// A clock without a battery behind it, powered at `now`: 1 January 2004, midnight.
    pub const fn powered(now: SimTime) -> Self {
        // Three years of 365 days and the leap year 2000.
        Self { set_at: now, set_to: LocalTime { seconds: 1_461 * SECONDS_A_DAY, zone: 0 } }
    }

    /// It is `time` at `now`.
    pub const fn set(&mut self, now: SimTime, time: LocalTime) {
        *self = Self { set_at: now, set_to: time };
    }

    /// What it shows at `now`.
    pub const fn shows(&self, now: SimTime) -> LocalTime {
        let elapsed = now.since(self.set_at).as_secs();
        let seconds = (self.set_to.seconds + elapsed) % (DAYS_A_CENTURY * SECONDS_A_DAY);
        LocalTime { seconds, ..self.set_to }
    }
}

impl LocalTime {
    /// Reads what [`Display`](fmt::Display) writes; `None` for another text or a day that is in no
    /// calendar.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let &[
            y1,
            y2,
            b'/',
            mo1,
            mo2,
            b'/',
            d1,
            d2,
            b',',
            h1,
            h2,
            b':',
            m1,
            m2,
            b':',
            s1,
            s2,
            sign,
            z1,
            z2,
        ] = text
        else {
            return None;
        };
        let month = Month::try_from(two(mo1, mo2)?).ok()?;
        let date =
            Date::from_calendar_date(2000 + i32::from(two(y1, y2)?), month, two(d1, d2)?).ok()?;
        let time = Time::from_hms(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?).ok()?;
        let zone = i8::try_from(two(z1, z2)?).ok()?;
        let zone = match sign {
            b'+' => zone,
            b'-' => -zone,
            _ => return None,
        };
        let days = u64::try_from(date.to_julian_day() - start().to_julian_day()).ok()?;
        let (hour, minute, second) = time.as_hms();
        let of_day = (u64::from(hour) * 60 + u64::from(minute)) * 60 + u64::from(second);
        let seconds = days * SECONDS_A_DAY + of_day;
        ZONES.contains(&zone).then_some(Self { seconds, zone })
    }

    fn date(self) -> Date {
        let days = i64::try_from(self.seconds / SECONDS_A_DAY).unwrap_or(0);
        start().saturating_add(time::Duration::days(days))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date().to_calendar_date();
        let of_day = self.seconds % SECONDS_A_DAY;
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        write!(f, "{:02}/{:02}/{day:02},", year % 100, u8::from(month))?;
        write!(f, "{hour:02}:{minute:02}:{second:02}{:+03}", self.zone)
    }
}

/// The beginning of 2000.
fn start() -> Date {
    Date::from_ordinal_date(2000, 1).unwrap_or(Date::MIN)
}

/// Two decimal digits.
fn two(tens: u8, ones: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(10).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_local_time_reads_back_as_written() {
        for text in [
            "00/01/01,00:00:00+00",
            "04/01/01,00:00:00+00",
            "26/11/23,08:26:50-47",
            "99/12/31,23:59:59+48",
            "24/02/29,12:00:00+04",
        ] {
            assert_eq!(LocalTime::parse(text.as_bytes()).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_local_time_is_refused() {
        for text in [
            "",
            "26/11/23,08:26:50",
            "26/11/23,08:26:50+0",
            "26/11/23,08:26:50+000",
            "2026/11/23,08:26:50+00",
            "26-11-23,08:26:50+00",
            "26/11/23 08:26:50+00",
            "26/00/23,08:26:50+00",
            "26/13/23,08:26:50+00",
            "26/11/00,08:26:50+00",
            "26/11/31,08:26:50+00",
            "25/02/29,08:26:50+00",
            "26/11/23,24:00:00+00",
            "26/11/23,08:60:50+00",
            "26/11/23,08:26:60+00",
            "26/11/23,08:26:50 00",
            "26/11/23,08:26:50+49",
            "26/11/23,08:26:50-48",
            "2x/11/23,08:26:50+00",
            "\u{b2}/11/23,08:26:50+00",
        ] {
            assert_eq!(LocalTime::parse(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn it_runs_on_from_what_it_was_set_to_over_days_leap_days_and_the_century() {
        let mut clock = RealTimeClock::powered(SimTime::from_micros(5));
        let after = |seconds| SimTime::from_micros(5) + Duration::from_secs(seconds);
        assert_eq!(clock.shows(after(0)).to_string(), "04/01/01,00:00:00+00");
        assert_eq!(clock.shows(after(59 * 86_400)).to_string(), "04/02/29,00:00:00+00");
        for (set_to, then) in [
            ("25/02/28,23:59:59+32", "25/03/01,00:00:00+32"),
            ("24/02/28,23:59:59-20", "24/02/29,00:00:00-20"),
            ("99/12/31,23:59:59+00", "00/01/01,00:00:00+00"),
        ] {
            clock.set(after(7), LocalTime::parse(set_to.as_bytes()).unwrap());
            let just_before = SimTime::from_micros(after(8).as_micros() - 1);
            assert_eq!(clock.shows(just_before).to_string(), set_to);
            assert_eq!(clock.shows(after(8)).to_string(), then);
        }
        assert_eq!(clock.shows(SimTime::from_micros(u64::MAX)).zone, 0);
    }
}
