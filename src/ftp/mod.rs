//! The FTP service that the module offers to its host (manual chapter 2); not an FTP client.

mod effect;
mod failure;
mod port;
mod service;
#[cfg(test)]
mod service_matrix;
mod transfer;

pub use effect::{CLOSE, Effect, Notice, OPEN, PATH, Stimulus};
pub use failure::{Failure, NoSuchFailure};
pub use port::{Account, DataConnection, Event, Job, Password, Representation, Request};
pub use service::{Service, State};
pub use transfer::{GET, Outcome, PUT, Progress};
