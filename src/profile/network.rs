//! What the module finds on the air.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

/// The network of a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NetworkModel {
    /// What the module finds when it looks for a network.
    pub coverage: Coverage,
    /// `AT+COPS?`: the operator's name, 1 to 64 characters of printable ASCII other than `"`.
    pub operator: String,
    /// `AT+COPS?` behind `AT+COPS=3,2`: the operator's country and network code, 5 or 6 digits.
    pub operator_code: String,
    /// Location area code in `AT+CREG?`: 4 hexadecimal digits.
    pub lac: String,
    /// Cell in `AT+CREG?`: 4 hexadecimal digits.
    pub cell: String,
    /// `AT+CSQ`: signal strength, 0 to 31, 99 for not known.
    pub rssi: u8,
    /// `AT+CSQ`: bit errors, 0 to 7, 99 for not known.
    pub ber: u8,
    /// The address that a context gets (`AT+QILOCIP`).
    pub address: Ipv4Addr,
}

impl Default for NetworkModel {
    fn default() -> Self {
        Self {
            coverage: Coverage::Home,
            operator: "CHINA MOBILE".into(),
            operator_code: "46000".into(),
            lac: "1878".into(),
            cell: "0873".into(),
            rssi: 28,
            ber: 0,
            address: Ipv4Addr::new(10, 180, 217, 206),
        }
    }
}

/// What there is on the air for this subscriber.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// The network of the SIM.
    #[default]
    Home,
    /// Another one that takes it.
    Roaming,
    /// None: the module goes on looking.
    None,
    /// One that refuses it.
    Denied,
}
