//! What is wrong with a scenario, where, and which word was perhaps meant.

use std::ops::Range;

use thiserror::Error;

use crate::near::nearest;
use crate::profile::Place;

/// What is wrong with a scenario, in one sentence that begins with the place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {mistake}")]
pub struct ScenarioError {
    /// Where in the text.
    pub place: Place,
    /// What.
    pub mistake: String,
}

impl ScenarioError {
    pub(super) fn new(text: &str, span: Option<Range<usize>>, mistake: impl Into<String>) -> Self {
        let place = Place::of(text, span.map_or(0, |span| span.start));
        Self { place, mistake: mistake.into() }
    }

    pub(super) fn of_toml(text: &str, error: &toml::de::Error) -> Self {
        Self::new(text, error.span(), reworded(error.message().trim_end()))
    }
}

/// Kinds of numbers, and what they hold.
const NUMBERS: [(&str, &str); 4] = [
    ("u8", "a number up to 255"),
    ("u32", "a number up to 4294967295"),
    ("u64", "a number from 0 on"),
    ("usize", "a number from 0 on"),
];

/// serde lists all that was expected, of which the nearest says more, and has its own names for numbers.
pub(super) fn reworded(message: &str) -> String {
    if let Some((given, bounds)) =
        message.strip_prefix("invalid value: integer `").and_then(|rest| {
            let (given, expected) = rest.split_once("`, expected ")?;
            let (_, bounds) = NUMBERS.iter().find(|(kind, _)| *kind == expected)?;
            Some((given, bounds))
        })
    {
        return format!("{given} is out of bounds; write {bounds}");
    }
    for (begin, what) in [("unknown field `", "key"), ("unknown variant `", "word")] {
        let Some((given, expected)) =
            message.strip_prefix(begin).and_then(|rest| rest.split_once("`, expected "))
        else {
            continue;
        };
        let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        return match nearest(given, known.iter().copied()) {
            Some(near) => format!("there is no {what} \"{given}\" here; the nearest is \"{near}\""),
            None => format!("there is no {what} \"{given}\" here; there is {}", known.join(", ")),
        };
    }
    message.to_owned()
}
