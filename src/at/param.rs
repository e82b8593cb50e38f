//! Parameters: a command declares them, [`bind`] turns values into arguments or refuses the command.
//!
//! A handler gets its arguments typed and within their bounds, and checks nothing again.

use super::Value;

/// A parameter as a command declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name in the manual.
    pub name: &'static str,
    /// Its type and bounds.
    pub kind: Kind,
    /// What stands for it when it is omitted; `Need::Required` if nothing may.
    pub need: Need,
    /// A number that may stand in quotes, where the profile allows that; a string that may stand
    /// without.
    pub quotable: bool,
}

/// Type and bounds of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A quoted string of at most so many bytes.
    Str {
        /// Longest, in bytes.
        max: usize,
    },
    /// A decimal number.
    Int {
        /// Least.
        min: i64,
        /// Greatest.
        max: i64,
    },
}

/// Whether a parameter may be omitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It may not.
    Required,
    /// It may, and the handler is told so.
    Optional,
    /// It may, and this stands for it.
    Default(i64),
}

impl Param {
    /// A quoted string of at most `max` bytes.
    pub const fn str(name: &'static str, max: usize) -> Self {
        Self { name, kind: Kind::Str { max }, need: Need::Required, quotable: false }
    }

    /// A string of at most `max` bytes whose quotes hosts leave out.
    pub const fn word(name: &'static str, max: usize) -> Self {
        Self { quotable: true, ..Self::str(name, max) }
    }

    /// A decimal number, `min` to `max`.
    pub const fn int(name: &'static str, min: i64, max: i64) -> Self {
        Self { name, kind: Kind::Int { min, max }, need: Need::Required, quotable: false }
    }

    /// May be omitted, and then is `value`.
    pub const fn or(mut self, value: i64) -> Self {
        self.need = Need::Default(value);
        self
    }

    /// May be omitted.
    pub const fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }

    /// A number that hosts also send in quotes.
    pub const fn quotable(mut self) -> Self {
        self.quotable = true;
        self
    }
}

/// Why values do not fit parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Too many, too few, of another type, or a number out of bounds.
    Format,
    /// All is well but for a string that is too long.
    TooLong,
}

/// Arguments that fit their parameters, in the order of the declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Args<'a>(Vec<Arg<'a>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arg<'a> {
    Str(&'a [u8]),
    Int(i64),
    Absent,
}

impl<'a> Args<'a> {
    /// Whether there are none at all: the command stood alone.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The string at `index`; empty if it was optional and omitted.
    ///
    /// # Panics
    ///
    /// If the row declares no string there: a fault of the command table, found by its tests.
    pub fn str(&self, index: usize) -> &'a [u8] {
        match self.0.get(index) {
            Some(Arg::Str(text)) => text,
            Some(Arg::Absent) => b"",
            other => unreachable!("the row declares no string at {index}, but {other:?}"),
        }
    }

    /// The number at `index`, if it was not omitted.
    ///
    /// # Panics
    ///
    /// If the row declares no number there: a fault of the command table, found by its tests.
    pub fn opt_int(&self, index: usize) -> Option<i64> {
        match self.0.get(index) {
            Some(Arg::Int(number)) => Some(*number),
            Some(Arg::Absent) => None,
            other => unreachable!("the row declares no number at {index}, but {other:?}"),
        }
    }

    /// The number at `index`, within the bounds of its row.
    ///
    /// # Panics
    ///
    /// If the row lets it be omitted, or if its bounds exceed those of `T`: faults of the command
    /// table, found by its tests.
    pub fn int<T: TryFrom<i64>>(&self, index: usize) -> T {
        match self.opt_int(index).map(T::try_from) {
            Some(Ok(number)) => number,
            _ => unreachable!("the row's bounds at {index} do not fit the handler's type"),
        }
    }
}

/// Fits `values` to `params`; `quoted_numbers` is whether quotable numbers may be quoted.
pub fn bind<'a>(
    params: &[Param],
    values: &[Value<'a>],
    quoted_numbers: bool,
) -> Result<Args<'a>, Unfit> {
    if values.len() > params.len() {
        return Err(Unfit::Format);
    }
    let mut too_long = false;
    let mut args = Vec::with_capacity(params.len());
    for (index, param) in params.iter().enumerate() {
        let value = values.get(index).copied().unwrap_or(Value::Omitted);
        args.push(match (value, param.kind) {
            (Value::Omitted, _) => match param.need {
                Need::Required => return Err(Unfit::Format),
                Need::Optional => Arg::Absent,
                Need::Default(number) => Arg::Int(number),
            },
            (Value::Quoted(text), Kind::Str { max }) => {
                too_long |= text.len() > max;
                Arg::Str(text)
            }
            (Value::Bare(text), Kind::Str { max }) if param.quotable => {
                too_long |= text.len() > max;
                Arg::Str(text)
            }
            (Value::Bare(digits), Kind::Int { min, max }) => Arg::Int(number(digits, min, max)?),
            (Value::Quoted(digits), Kind::Int { min, max }) if param.quotable && quoted_numbers => {
                Arg::Int(number(digits, min, max)?)
            }
            _ => return Err(Unfit::Format),
        });
    }
    if too_long { Err(Unfit::TooLong) } else { Ok(Args(args)) }
}

/// Decimal digits, perhaps after a minus, within bounds; `+5`, hex and blanks are no numbers.
fn number(text: &[u8], min: i64, max: i64) -> Result<i64, Unfit> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Unfit::Format);
    }
    let number = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    number.filter(|n| (min..=max).contains(n)).ok_or(Unfit::Format)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMS: &[Param] =
        &[Param::str("name", 3), Param::int("size", 0, 9), Param::int("time", 1, 99).or(7)];

    #[test]
    fn values_that_fit_become_arguments() {
        let args = bind(PARAMS, &[Value::Quoted(b"abc"), Value::Bare(b"009")], true).unwrap();
        assert_eq!((args.str(0), args.int::<u8>(1), args.int::<u8>(2)), (&b"abc"[..], 9, 7));
    }

    #[test]
    fn values_that_do_not_fit_are_refused() {
        use Value::{Bare, Omitted, Quoted};
        let refused: &[&[Value<'_>]] = &[
            &[],
            &[Quoted(b"a")],
            &[Quoted(b"a"), Omitted],
            &[Bare(b"a"), Bare(b"1")],
            &[Quoted(b"a"), Quoted(b"1")],
            &[Quoted(b"a"), Bare(b"10")],
            &[Quoted(b"a"), Bare(b"-1")],
            &[Quoted(b"a"), Bare(b"+1")],
            &[Quoted(b"a"), Bare(b"0x1")],
            &[Quoted(b"a"), Bare(b"99999999999999999999")],
            &[Quoted(b"a"), Bare(b"1"), Bare(b"0")],
            &[Quoted(b"a"), Bare(b"1"), Bare(b"1"), Omitted],
        ];
        for values in refused {
            assert_eq!(bind(PARAMS, values, true), Err(Unfit::Format), "{values:?}");
        }
        assert_eq!(bind(PARAMS, &[Quoted(b"abcd"), Bare(b"1")], true), Err(Unfit::TooLong));
    }

    #[test]
    fn a_quoted_number_is_taken_only_where_row_and_profile_allow_it() {
        let port = [Param::int("port", 1, 65535).quotable()];
        let value = [Value::Quoted(b"21")];
        assert_eq!(bind(&port, &value, true).unwrap().int::<u16>(0), 21);
        assert_eq!(bind(&port, &value, false), Err(Unfit::Format));
    }
}
