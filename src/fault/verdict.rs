//! Verdicts: what goes wrong. Those of a line and those of the FTP client are two types, so that a
//! rule that asks to duplicate a login cannot be written.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ftp::Failure;
use crate::profile::Span;
use crate::world::World;

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Verdict {
    /// To a line.
    Line(LineVerdict),
    /// To the dialogue with the server.
    Ftp(FtpVerdict),
    /// To the module as a whole. What passes the seam passes it.
    World {
        /// What befalls it.
        world: World,
    },
}

/// What goes wrong on a line, from the place on where the rule takes hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LineVerdict {
    /// All bytes from here on come so much later.
    Delay(
        #[serde(with = "Span")]
        #[cfg_attr(feature = "io", schemars(with = "Span"))]
        Duration,
    ),
    /// So many bytes are lost, 1 and more.
    Drop(#[cfg_attr(feature = "io", schemars(range(min = 1)))] usize),
    /// Bytes are changed.
    Corrupt(Amount),
    /// So many bytes come twice, 1 and more.
    Duplicate(#[cfg_attr(feature = "io", schemars(range(min = 1)))] usize),
    /// The rest of the message is heard as by a receiver at so many baud.
    Garble(#[cfg_attr(feature = "io", schemars(range(min = 1)))] u32),
    /// Flow control is held for so long: nothing is taken, and nothing lost.
    Stall(
        #[serde(with = "Span")]
        #[cfg_attr(feature = "io", schemars(with = "Span"))]
        Duration,
    ),
    /// So many bytes more pass, and the rest of the message is lost.
    Truncate(usize),
    /// These bytes stand on the wire before the next.
    Inject(#[cfg_attr(feature = "io", schemars(length(min = 1)))] String),
    /// The module says this, between its other words and framed as they are.
    Urc(#[cfg_attr(feature = "io", schemars(length(min = 1)))] String),
}

/// What goes wrong between the module and the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FtpVerdict {
    /// This and what follows comes so much later.
    Delay(
        #[serde(with = "Span")]
        #[cfg_attr(feature = "io", schemars(with = "Span"))]
        Duration,
    ),
    /// This is lost, and nobody says so.
    Silence,
    /// It fails with this cause: a word such as `dns`, or a reply code of the server. At `clock`, the
    /// server says so unasked.
    Fail(#[cfg_attr(feature = "io", schemars(with = "super::schema::Cause"))] Failure),
    /// The data connection ends here.
    Cut(Cut),
    /// So many bytes of this piece reach the server, and the firmware counts all of them.
    ShortWrite(usize),
    /// From here to the end of the transfer, so many bytes a second, 1 and more.
    Throttle(#[cfg_attr(feature = "io", schemars(range(min = 1)))] u64),
    /// Bytes of the file are changed.
    Corrupt(Amount),
}

/// How much is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Amount {
    /// One bit in each of so many bytes.
    Bits(#[cfg_attr(feature = "io", schemars(range(min = 1)))] usize),
    /// All of so many bytes.
    Bytes(#[cfg_attr(feature = "io", schemars(range(min = 1)))] usize),
}

impl Amount {
    /// Bytes that are changed.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Bits(bytes) | Self::Bytes(bytes) => bytes,
        }
    }
}

/// How a data connection ends too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// In good order: a download seems complete, an upload is refused with 426.
    Fin,
    /// By a reset.
    Rst,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::inline::write(f, self)
    }
}
