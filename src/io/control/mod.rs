//! The control API: modules made, watched and disturbed over HTTP and JSON while the program runs.
//!
//! Knows no AT command and opens no line: it asks [`Shell`](super::shell::Shell)s through
//! [`Order`](super::operator::Order)s, and has modules made by a [`Workshop`].
//!
//! ```text
//! listener -> guard (who may ask) -> api -> modules, happenings -> Fleet -> Order -> Shell
//! ```

mod address;
mod api;
mod berth;
mod client;
mod faults;
mod fleet;
mod guard;
mod happenings;
mod listener;
mod metrics;
mod modules;
mod problem;
mod views;

pub use address::{ControlAddr, Server};
pub use berth::{Berth, Ended};
pub use client::{Answer, Client, ClientError};
pub use fleet::{Fleet, Made, NotMade, Workshop};
pub use listener::{Control, ControlError};
pub use views::{Create, LinePlace, LineWanted, Timing};
