//! How much of the module is on: `AT+CFUN`, and how far its start has come.

/// What `AT+CFUN` and `AT+QINISTAT` show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Radio {
    /// `AT+CFUN?`: 0 least, 1 all, 4 without the radio (27.007 8.2).
    pub functionality: u8,
    /// `AT+QINISTAT`: 0 nothing, 1 the SIM is ready, 2 calls too, 3 messages too.
    pub started: u8,
}

impl Radio {
    /// On for long.
    pub const ON: Self = Self { functionality: 1, started: 3 };
    /// Just switched on.
    pub const STARTING: Self = Self { functionality: 1, started: 0 };

    /// Whether the SIM has power.
    pub const fn feeds_sim(self) -> bool {
        self.functionality != 0
    }

    /// Whether there may be a network.
    pub const fn may_transmit(self) -> bool {
        self.functionality == 1
    }
}
