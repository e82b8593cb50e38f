//! What the module says of itself.

use serde::{Deserialize, Serialize};

/// What the module says of itself (3GPP 27.007 5.1 to 5.4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Identity {
    /// `AT+CGMI` and the first line of `ATI`: 1 to 100 characters of printable ASCII, as the next two.
    pub manufacturer: String,
    /// `AT+CGMM` and the second line of `ATI`.
    pub model: String,
    /// `AT+CGMR`, and after `Revision: ` the third line of `ATI`.
    pub revision: String,
    /// `AT+CGSN`: 15 digits.
    pub imei: String,
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            manufacturer: "Quectel_Ltd".into(),
            model: "Quectel_M10".into(),
            revision: "M10R01A01".into(),
            imei: "352273017386340".into(),
        }
    }
}
