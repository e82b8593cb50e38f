//! The control circuits of a line (V.24), as each side drives them; knows of no wire.

use std::fmt;
use std::str::FromStr;

/// What the host does on its side of the line, besides sending bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostSignal {
    /// Data terminal ready, circuit 108/2: the host is there. What its fall means, `AT&D` says.
    Dtr(bool),
    /// Request to send, circuit 105; under V.43 (`AT+IFC=2,2`) ready for receiving, circuit 133.
    Rts(bool),
    /// A break: circuit 103 held longer than any character.
    Break,
}

/// What the module does on its side of the line, besides sending bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleSignal {
    /// Received line signal detector, circuit 109, which 27.007 calls DCD: as `AT&C` says.
    Dcd(bool),
    /// Calling indicator, circuit 125: a pulse with each unsolicited result.
    Ri(bool),
    /// Data set ready, circuit 107: the module is on.
    Dsr(bool),
    /// Ready for sending, circuit 106: the module takes bytes.
    Cts(bool),
}

impl fmt::Display for HostSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dtr(on) => write!(f, "dtr {}", level(*on)),
            Self::Rts(on) => write!(f, "rts {}", level(*on)),
            Self::Break => f.write_str("break"),
        }
    }
}

impl fmt::Display for ModuleSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, on) = match self {
            Self::Dcd(on) => ("dcd", on),
            Self::Ri(on) => ("ri", on),
            Self::Dsr(on) => ("dsr", on),
            Self::Cts(on) => ("cts", on),
        };
        write!(f, "{name} {}", level(*on))
    }
}

impl FromStr for HostSignal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "dtr on" => Self::Dtr(true),
            "dtr off" => Self::Dtr(false),
            "rts on" => Self::Rts(true),
            "rts off" => Self::Rts(false),
            "break" => Self::Break,
            _ => {
                return Err(format!("{text:?} is no signal; write dtr on, rts off, break"));
            }
        })
    }
}

const fn level(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}
