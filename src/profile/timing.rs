//! The delays of the module itself.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::span::Span;

/// How long the module itself takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Timing {
    /// From the end of a command line to its response.
    #[serde(with = "Span")]
    pub local_response: Duration,
    /// Silence on the line before a late result or a URC, in every timing mode: hosts that take
    /// the first gap for the end of an answer miss what comes sooner.
    #[serde(with = "Span")]
    pub late_result_gap: Duration,
    /// Spread of every modelled delay, in percent of it, 0 to 90; evenly distributed, from the seed.
    pub jitter_percent: u8,
    /// Bytes take the time of their bits, both ways: at the speed of `AT+IPR`; under autobauding at
    /// that of the host where the wire tells it, else at 115200.
    pub pace_uart: bool,
    /// A host at another speed or in another frame than the module reads and sends garbage, where
    /// the wire tells its speed; and autobauding begins with `AT` or `at`.
    pub check_speed: bool,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            local_response: Duration::from_millis(20),
            late_result_gap: Duration::from_millis(50),
            jitter_percent: 20,
            pace_uart: true,
            check_speed: true,
        }
    }
}
