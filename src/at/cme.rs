//! `+CME ERROR` (3GPP 27.007 9.2): why the module refuses what the grammar allows.

/// A refusal with a reason: its number and its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CmeError {
    /// What `AT+CMEE=1` prints.
    pub code: u16,
    /// What `AT+CMEE=2` prints.
    pub text: &'static str,
}

impl CmeError {
    /// The state does not allow it.
    pub const NOT_ALLOWED: Self = Self { code: 3, text: "operation not allowed" };
    /// There is no SIM.
    pub const NO_SIM: Self = Self { code: 10, text: "SIM not inserted" };
    /// `AT+CPIN` must come first.
    pub const PIN_REQUIRED: Self = Self { code: 11, text: "SIM PIN required" };
    /// `AT+CPIN` with the unblocking key must come first.
    pub const PUK_REQUIRED: Self = Self { code: 12, text: "SIM PUK required" };
    /// The SIM does not answer: with `AT+CFUN=0` it has no supply.
    pub const SIM_FAILURE: Self = Self { code: 13, text: "SIM failure" };
    /// Not this PIN.
    pub const INCORRECT_PASSWORD: Self = Self { code: 16, text: "incorrect password" };
    /// Not registered anywhere.
    pub const NO_NETWORK: Self = Self { code: 30, text: "no network service" };
}
