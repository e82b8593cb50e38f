//! What V.250 lets the host set on its line: E, V, Q, &C, &D and the S-registers.

use crate::profile::V250;

/// The settings of one line. Each virtual UART has its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `ATE`: characters are echoed in command state (V.250 6.2.4).
    pub echo: bool,
    /// `ATV`: long form of result codes (V.250 6.2.6).
    pub verbose: bool,
    /// `ATQ`: result codes are suppressed (V.250 6.2.5).
    pub quiet: bool,
    /// S3, command line termination character, 0 to 127 (V.250 6.2.1).
    pub s3: u8,
    /// S4, response formatting character, 0 to 127 (V.250 6.2.2).
    pub s4: u8,
    /// S5, command line editing character, 0 to 127 (V.250 6.2.3).
    pub s5: u8,
    /// `AT&C`: 0, DCD is always on; 1, it is on while there is a data link (V.250 6.2.8).
    pub dcd: u8,
    /// `AT&D`: what the fall of DTR does; 0 nothing, 1 escapes, 2 ends the transfer (V.250 6.2.9).
    pub dtr: u8,
}

impl Settings {
    /// The settings at power-on.
    pub const fn at_power_on(v250: &V250) -> Self {
        Self {
            echo: v250.echo,
            verbose: v250.verbose,
            quiet: v250.quiet,
            s3: v250.s3,
            s4: v250.s4,
            s5: v250.s5,
            dcd: 1,
            dtr: 0,
        }
    }
}
