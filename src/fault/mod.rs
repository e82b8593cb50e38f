//! Faults as data: what goes wrong, where, and when. Field testing without the field.
//!
//! Knows neither lines nor servers: the modem asks at four seams whether something is to go wrong
//! there, and does it.
//!
//! # Seams
//!
//! All that a module says and hears passes one of four places, and nowhere else can a rule take hold:
//!
//! | Seam | What passes |
//! |---|---|
//! | `line-in` | bytes from a host, as the module reads them |
//! | `line-out` | bytes for a host, as they leave the module |
//! | `ftp-request` | what the module asks of the server |
//! | `ftp-event` | what comes of it |
//!
//! `clock` is no place: its rules take hold at a time. Rules are asked in the order of their files;
//! the first that takes hold wins, and the others are asked about the rest. A rule takes hold at
//! most once for the same message: a command line, an unbroken burst of output, a request, an
//! event, or the data of one transfer.
//!
//! What is before the place passes as it is, and then the rule takes hold: a file whose data
//! connection is cut after 1000 bytes has 1000 bytes. What a rule makes of the dialogue with the
//! server keeps the contract of [`crate::ftp`]'s port on both sides: the client is asked nothing of a
//! session that a rule has ended, and the module hears of the end behind what came before it. Rules of
//! the clock hold for a module that hangs too: the supply can always be taken away.
//!
//! A run with the same seed, the same rules and the same bytes from the host is the same to the byte.

mod built_in;
mod check;
mod dice;
mod engine;
mod inline;
mod mistake;
mod rule;
mod scenario;
#[cfg(feature = "io")]
mod schema;
mod verdict;

pub(crate) use dice::Dice;
pub(crate) use engine::{Faults, Hit, Scene};
pub use engine::{Fired, Standing};
pub use mistake::ScenarioError;
pub use rule::{Pattern, Rule, Seam, When};
pub use scenario::Scenario;
pub use verdict::{Amount, Cut, FtpVerdict, LineVerdict, Verdict};
