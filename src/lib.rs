//! A virtual Quectel GSM module.

pub mod ftp;
#[cfg(feature = "io")]
pub mod io;
pub mod time;
