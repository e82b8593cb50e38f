//! What a verdict does to bytes one after the other, for as long as it lasts.

use super::super::uart::{Garble, as_baud};
use crate::fault::{Amount, Dice, LineVerdict};
use crate::line::LineSpeed;

/// What happens to the bytes that come.
#[derive(Clone, Debug, Default)]
pub(super) enum Tamper {
    /// Nothing.
    #[default]
    Nothing,
    /// So many more are lost.
    Drop(usize),
    /// So many more are changed.
    Corrupt(Amount, usize),
    /// So many more come again once all of them have come; these have.
    Duplicate(usize, Vec<u8>),
    /// The rest of the message is heard at another speed.
    Garble(Garble, LineSpeed, LineSpeed),
    /// So many more pass, and the rest of the message is lost.
    Truncate(usize),
}

impl Tamper {
    /// What `verdict` asks for; `None` if it is nothing that is done to bytes.
    pub(super) fn of(verdict: &LineVerdict, speed: LineSpeed, seed: u64) -> Option<Self> {
        Some(match *verdict {
            LineVerdict::Drop(count) => Self::Drop(count),
            LineVerdict::Corrupt(amount) => Self::Corrupt(amount, amount.bytes()),
            LineVerdict::Duplicate(count) => Self::Duplicate(count, Vec::new()),
            LineVerdict::Garble(baud) => {
                Self::Garble(Garble::new(seed), speed, as_baud(speed, baud))
            }
            LineVerdict::Truncate(count) => Self::Truncate(count),
            LineVerdict::Delay(_)
            | LineVerdict::Stall(_)
            | LineVerdict::Inject(_)
            | LineVerdict::Urc(_) => {
                return None;
            }
        })
    }

    /// Whether bytes pass as they are.
    pub(super) const fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// What becomes of `byte`.
    pub(super) fn apply(&mut self, byte: u8, dice: &mut Dice, into: &mut Vec<u8>) {
        match self {
            Self::Nothing => into.push(byte),
            Self::Drop(left) => *left -= 1,
            Self::Corrupt(amount, left) => {
                into.push(dice.corrupt(byte, *amount));
                *left -= 1;
            }
            Self::Duplicate(left, came) => {
                into.push(byte);
                came.push(byte);
                *left -= 1;
                if *left == 0 {
                    into.append(came);
                }
            }
            Self::Garble(garble, from, to) => into.extend(garble.read(&[byte], *from, *to)),
            Self::Truncate(0) => {}
            Self::Truncate(left) => {
                into.push(byte);
                *left -= 1;
            }
        }
        if matches!(self, Self::Drop(0) | Self::Corrupt(_, 0) | Self::Duplicate(0, _)) {
            *self = Self::Nothing;
        }
    }

    /// The message is over.
    pub(super) fn end_message(&mut self) {
        if matches!(self, Self::Garble(..) | Self::Truncate(_)) {
            *self = Self::Nothing;
        }
    }
}
