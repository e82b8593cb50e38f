//! The dialogue with the server as rules have changed it, for `ftp-request` and `ftp-event`.
//!
//! The port's contract (`ftp::port`) holds on both sides whatever a rule does: the client is asked
//! for one thing at a time, and the service hears one final event for each.

use crate::fault::{Amount, Dice};
use crate::ftp::{Event, Failure};
use crate::time::SimTime;

/// The dialogue with the server, as far as rules change it.
#[derive(Clone, Debug)]
pub(super) struct Dialogue {
    /// What runs, in the words of a rule; empty when nothing does.
    pub(super) operation: &'static str,
    /// The data of the running transfer as messages: up, down, acknowledged.
    pub(super) data: [(u64, u64); 3],
    /// Requests wait for one before them until then.
    pub(super) held_until: SimTime,
    pub(super) severed: Severed,
    /// What befalls the module at this instant, before requests go on.
    pub(super) befalling: usize,
    /// Bytes a second.
    pub(super) throttle: Option<u64>,
    pub(super) corrupt: [Option<(Amount, usize)>; 2],
}

/// Whether the data connection was cut on purpose.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Severed {
    No,
    /// The client has been told to give the transfer up; when it has, the service hears this.
    Until(Event),
    /// The same, and the service has ended the session meanwhile.
    Unheard,
    /// So was the session, and the service is about to hear of it.
    Over,
}

impl Default for Dialogue {
    fn default() -> Self {
        Self {
            operation: "",
            data: [(0, 0); 3],
            held_until: SimTime::ZERO,
            severed: Severed::No,
            befalling: 0,
            throttle: None,
            corrupt: [None; 2],
        }
    }
}

pub(super) const UP: usize = 0;
pub(super) const DOWN: usize = 1;
pub(super) const ACKNOWLEDGED: usize = 2;

/// Changes as many of `bytes` as are still to be changed.
pub(super) fn corrupt(work: &mut Option<(Amount, usize)>, bytes: &mut [u8], dice: &mut Dice) {
    let Some((amount, left)) = work else { return };
    let count = bytes.len().min(*left);
    for byte in &mut bytes[..count] {
        *byte = dice.corrupt(*byte, *amount);
    }
    *left -= count;
    if *left == 0 {
        *work = None;
    }
}

/// Whether the session does not outlive it.
pub(super) const fn ends_session(cause: Failure) -> bool {
    matches!(
        cause,
        Failure::Dns
            | Failure::Network
            | Failure::ControlClosed
            | Failure::ContextDeactivated
            | Failure::Timeout
            | Failure::Reply(421)
    )
}
