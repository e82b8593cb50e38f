//! A line by name, one virtual UART of the module, and what passes there besides bytes.

mod signal;
mod speed;

use std::fmt;

pub use signal::{HostSignal, ModuleSignal};
pub use speed::{DataBits, LineSpeed, Parity, StopBits};

/// One virtual UART, counted from 1 as its manual counts them (a DLCI under 3GPP 27.010).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(u8);

impl LineId {
    /// The line that every module has.
    pub const FIRST: Self = Self(1);

    /// Line `number`; `None` for 0, which names no line.
    pub const fn new(number: u8) -> Option<Self> {
        if number == 0 { None } else { Some(Self(number)) }
    }

    /// The line at `index` of a list, counted from 0; there are at most 255.
    pub fn from_index(index: usize) -> Option<Self> {
        u8::try_from(index + 1).ok().map(Self)
    }

    /// Counted from 1.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Counted from 0, as `AT+QIFGCNT?` prints channels.
    pub const fn index(self) -> usize {
        self.0 as usize - 1
    }
}

impl fmt::Display for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
