//! The SIM that is in the module, if any.

use serde::{Deserialize, Serialize};

/// The SIM that a profile puts into the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SimModel {
    /// What `AT+CPIN?` finds at power-on.
    pub state: SimState,
    /// The key: 4 to 8 digits.
    pub pin: String,
    /// The unblocking key: 8 digits.
    pub puk: String,
    /// `AT+CIMI`: 15 digits.
    pub imsi: String,
    /// `AT+CCID`: 19 or 20 digits or letters.
    pub iccid: String,
}

/// What the SIM waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SimState {
    /// There is none.
    Absent,
    /// For its PIN.
    Pin,
    /// For its PUK.
    Puk,
    /// For nothing.
    #[default]
    Ready,
}

impl Default for SimModel {
    fn default() -> Self {
        Self {
            state: SimState::Ready,
            pin: "1234".into(),
            puk: "12345678".into(),
            imsi: "460001234567890".into(),
            iccid: "898600220909A0206023".into(),
        }
    }
}
