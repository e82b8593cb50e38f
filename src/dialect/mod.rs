//! A dialect is a value: the command tables of one manual and the numbers of its errors.
//!
//! Spelling and open questions vary between modules of one dialect, so they stand in the profile.

mod gsm_v1_01;

use crate::commands::{CommandSpec, FtpError};
use crate::profile::DialectName;

/// The language of one manual.
#[derive(Debug)]
pub struct Dialect {
    /// The manual's name.
    pub manual: &'static str,
    /// All commands, table by table.
    pub tables: &'static [&'static [CommandSpec]],
    /// The number that the host sees for a failure.
    pub ftp_error: FtpError,
}

impl Dialect {
    /// The dialect of that name.
    pub const fn of(name: DialectName) -> &'static Self {
        match name {
            DialectName::GsmV101 => &gsm_v1_01::DIALECT,
        }
    }

    /// Every command, in the order of the tables.
    pub fn commands(&self) -> impl Iterator<Item = &'static CommandSpec> {
        self.tables.iter().flat_map(|table| table.iter())
    }

    /// The command of that name, in capitals.
    pub fn command(&self, name: &str) -> Option<&'static CommandSpec> {
        self.commands().find(|command| command.name == name)
    }
}
