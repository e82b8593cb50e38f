//! A virtual Quectel GSM module.

pub mod at;
pub mod commands;
pub mod dialect;
pub mod ftp;
#[cfg(feature = "io")]
pub mod io;
pub mod line;
pub mod modem;
pub mod profile;
pub mod time;
pub mod transcript;
