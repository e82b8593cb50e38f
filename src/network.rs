//! The network as the module sees it (3GPP 27.007 7.2, 7.3, 8.5, 10.1): registered or not, and where.

use std::net::Ipv4Addr;

use serde::Serialize;

use crate::profile::{Coverage, NetworkModel};

/// `<stat>` of `AT+CREG?` and `AT+CGREG?`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// Not registered, not looking.
    #[default]
    Idle = 0,
    /// Registered at home.
    Home = 1,
    /// Looking for one.
    Searching = 2,
    /// Refused.
    Denied = 3,
    /// Registered elsewhere.
    Roaming = 5,
}

impl Registration {
    /// Whether there is service.
    pub const fn is_registered(self) -> bool {
        matches!(self, Self::Home | Self::Roaming)
    }
}

/// Where the module stands with its network.
#[derive(Clone, Debug)]
pub struct Network {
    /// What the profile says of it.
    pub model: NetworkModel,
    /// What there is on the air now.
    pub coverage: Coverage,
    /// `AT+COPS=3,<format>`: how the operator is shown, 0 and 1 by its name, 2 by its code.
    pub operator_format: u8,
    /// There is no GPRS service, whatever the coverage.
    pub is_gprs_barred: bool,
    /// The address that every name has, where somebody has poisoned the DNS.
    pub every_name: Option<Ipv4Addr>,
    /// `AT+CREG?`.
    pub gsm: Registration,
    /// `AT+CGREG?`.
    pub gprs: Registration,
}

impl Network {
    /// A network that the module has found long ago.
    pub fn found(model: &NetworkModel) -> Self {
        let coverage = model.coverage;
        let (gsm, gprs) = (outcome(coverage), outcome(coverage));
        Self {
            model: model.clone(),
            coverage,
            operator_format: 0,
            is_gprs_barred: false,
            every_name: None,
            gsm,
            gprs,
        }
    }

    /// Nothing has been looked for.
    pub const fn forget(&mut self) {
        (self.gsm, self.gprs) = (Registration::Idle, Registration::Idle);
    }

    /// What looking for GPRS service comes to.
    pub const fn gprs_outcome(&self) -> Registration {
        if self.is_gprs_barred { Registration::Searching } else { outcome(self.coverage) }
    }

    /// `AT+CREG?` behind its first number, or the report: the state, and the place where `mode` is 2.
    pub fn presentation(&self, stat: Registration, mode: u8) -> String {
        let NetworkModel { lac, cell, .. } = &self.model;
        match mode {
            2 if stat.is_registered() => format!("{},\"{lac}\",\"{cell}\"", stat as u8),
            _ => (stat as u8).to_string(),
        }
    }
}

/// What looking for a network comes to.
pub const fn outcome(coverage: Coverage) -> Registration {
    match coverage {
        Coverage::Home => Registration::Home,
        Coverage::Roaming => Registration::Roaming,
        Coverage::None => Registration::Searching,
        Coverage::Denied => Registration::Denied,
    }
}
