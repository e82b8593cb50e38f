//! The delays and rates of the GPRS network.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::span::Span;

/// How long the GPRS network takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BearerModel {
    /// Bringing the context up.
    #[serde(with = "Span")]
    pub activation: Duration,
    /// `AT+QIDEACT`.
    #[serde(with = "Span")]
    pub deactivation: Duration,
    /// A name look-up; an address literal needs none.
    #[serde(with = "Span")]
    pub name_lookup: Duration,
    /// A packet there and back: each TCP connect and each FTP command costs one.
    #[serde(with = "Span")]
    pub round_trip: Duration,
    /// Bits per second towards the server, up to 1000000000; 0 sets no bound.
    pub uplink_bps: u64,
    /// Bits per second from the server, up to 1000000000; 0 sets no bound.
    pub downlink_bps: u64,
}

impl Default for BearerModel {
    fn default() -> Self {
        Self {
            activation: Duration::from_millis(1500),
            deactivation: Duration::from_secs(2),
            name_lookup: Duration::from_secs(1),
            round_trip: Duration::from_millis(600),
            uplink_bps: 16_000,
            downlink_bps: 35_000,
        }
    }
}
