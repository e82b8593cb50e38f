//! The FTP service: limits and power-on settings.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::span::Span;
use crate::ftp::{DataConnection, Representation};

/// Limits and power-on settings of the FTP service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct FtpModel {
    /// `AT+QFTPCFG=1` at power-on.
    pub data_connection: DataConnection,
    /// `AT+QFTPCFG=2` at power-on.
    pub representation: Representation,
    /// Bytes of a file that the module holds at most, in either direction; 1024 to 16777216.
    pub window: usize,
    /// Longest wait for one reply of the server before error -9.
    #[serde(with = "Span")]
    pub reply_limit: Duration,
    /// Longest standstill of a data connection before error -9.
    #[serde(with = "Span")]
    pub stall_limit: Duration,
    /// Whose word counts for the address of a passive data connection. For the I/O shell.
    pub passive_address: PassiveAddress,
}

/// Where a passive data connection goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PassiveAddress {
    /// To the address of the control connection, whatever the reply to PASV says.
    #[default]
    ControlPeer,
    /// To the address in the reply.
    AsGiven,
}

impl Default for FtpModel {
    fn default() -> Self {
        Self {
            data_connection: DataConnection::Passive,
            representation: Representation::Image,
            window: 65_536,
            reply_limit: Duration::from_secs(90),
            stall_limit: Duration::from_secs(60),
            passive_address: PassiveAddress::ControlPeer,
        }
    }
}
