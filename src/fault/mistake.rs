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
    for (begin, what) in [("invalid value: ", "is out of bounds"), ("invalid type: ", "is none")] {
        let parts = message.strip_prefix(begin).and_then(|rest| rest.rsplit_once(", expected "));
        let bounds = |kind| NUMBERS.iter().find(|(known, _)| *known == kind);
        if let Some((given, (_, bounds))) = parts.and_then(|(given, k)| Some((given, bounds(k)?))) {
            let given = given.trim_start_matches("integer ").replace('`', "");
            return format!("write {bounds}; {given} {what}");
        }
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
