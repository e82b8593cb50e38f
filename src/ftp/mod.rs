//! The FTP service that the module offers to its host (manual chapter 2); not an FTP client.

mod failure;
mod port;

pub use failure::Failure;
pub use port::{Account, DataConnection, Event, Job, Password, Representation, Request};
