//! A virtual Quectel GSM module.

pub mod at;
pub mod ftp;
#[cfg(feature = "io")]
pub mod io;
pub mod profile;
pub mod time;
