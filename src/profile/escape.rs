//! The escape sequence.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::span::Span;

/// The escape sequence `+++`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Escape {
    /// Silence required before and after the three characters.
    #[serde(with = "Span")]
    pub guard: Duration,
    /// Two of them come less than this apart (A-12; the TCP/IP note says 20 ms).
    #[serde(with = "Span")]
    pub spacing: Duration,
}

impl Default for Escape {
    fn default() -> Self {
        Self { guard: Duration::from_millis(500), spacing: Duration::from_millis(1000) }
    }
}
