//! The FTP service that the module offers to its host (manual chapter 2); not an FTP client.

mod failure;
mod port;
mod service;
#[cfg(test)]
mod service_matrix;
mod transfer;

pub use failure::{Failure, NoSuchFailure};
pub use port::{Account, DataConnection, Event, Job, Password, Representation, Request};
pub use service::{CLOSE, Effect, GET, Notice, OPEN, PATH, PUT, Service, State, Stimulus};
pub use transfer::Outcome;
