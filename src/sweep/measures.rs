//! Which of all the points of a dialogue a sweep takes.

use std::time::Duration;

/// Which points of a dialogue are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measures {
    /// Bytes between two points of a transfer.
    pub chunk: u64,
    /// Most points of one transfer at one seam; they are spread over it, the first and the last byte
    /// among them.
    pub per_transfer: u64,
    /// Shortest silence, of both sides, that is a point.
    pub idle: Duration,
}

impl Default for Measures {
    fn default() -> Self {
        Self { chunk: 1024, per_transfer: 3, idle: Duration::from_secs(2) }
    }
}
