//! A profile: every number, string and open question in which one module differs from another.
//!
//! Data only. [`Profile::default`] is the M10 of the manual, and `sim-config/m10.toml` says the
//! same with a comment at each key; a test holds the two together. Every other profile, built in
//! or the user's own, names just what differs.

mod bearer;
mod boot;
mod built_in;
#[cfg(feature = "io")]
mod commented;
mod escape;
mod ftp;
mod identity;
mod limits;
mod mistake;
mod network;
mod quirks;
#[cfg(feature = "io")]
mod schema;
mod sim;
mod span;
mod spelling;
mod timing;
mod v250;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

pub use bearer::BearerModel;
pub use boot::Boot;
pub use built_in::{BUILT_IN, BuiltIn};
pub use escape::Escape;
pub use ftp::{FtpModel, PassiveAddress};
pub use identity::Identity;
pub use mistake::{Place, ProfileError};
pub use network::{Coverage, NetworkModel};
pub use quirks::{PathMode, Quirks, UploadExpiry, UploadTime};
pub use sim::{SimModel, SimState};
pub(crate) use span::Span;
pub use spelling::Spelling;
pub use timing::Timing;
pub use v250::V250;

/// The speeds of `AT+IPR`, in bits a second; 0 is found out.
pub const SPEEDS: [i64; 15] =
    [0, 75, 150, 300, 600, 1200, 2400, 4800, 9600, 14_400, 19_200, 28_800, 38_400, 57_600, 115_200];

/// One module, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Name for logs and transcripts.
    pub name: String,
    /// The command set and its spelling.
    pub dialect: DialectName,
    /// What the module says of itself.
    pub identity: Identity,
    /// Power-on settings and limits of the command line.
    pub v250: V250,
    /// How long the module itself takes.
    pub timing: Timing,
    /// The escape sequence.
    pub escape: Escape,
    /// From the power key to service.
    pub boot: Boot,
    /// The SIM that is in the module, if any.
    pub sim: SimModel,
    /// What the module finds on the air.
    pub network: NetworkModel,
    /// How long the GPRS network takes.
    pub bearer: BearerModel,
    /// Limits and power-on settings of the FTP service.
    pub ftp: FtpModel,
    /// Blanks in result lines.
    pub spelling: Spelling,
    /// The manual's open questions.
    pub quirks: Quirks,
    /// `NAME[:PORT]=ADDR:PORT`: where names lead, before any resolver is asked. For the I/O shell.
    pub routes: Vec<String>,
    /// `ADDR[:PORT]`: DNS servers to ask instead of the system's. For the I/O shell.
    pub dns: Vec<String>,
}

/// The dialects there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DialectName {
    /// GSM FTP AT Commands, V1.01.
    #[default]
    #[serde(rename = "gsm-v1.01")]
    GsmV101,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            name: "m10".into(),
            dialect: DialectName::default(),
            identity: Identity::default(),
            v250: V250::default(),
            timing: Timing::default(),
            escape: Escape::default(),
            boot: Boot::default(),
            sim: SimModel::default(),
            network: NetworkModel::default(),
            bearer: BearerModel::default(),
            ftp: FtpModel::default(),
            spelling: Spelling::default(),
            quirks: Quirks::default(),
            routes: Vec::new(),
            dns: Vec::new(),
        }
    }
}

impl Profile {
    /// Reads a profile; keys that it does not name are those of the M10.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        mistake::first(text, &Table::try_from(Self::default()).map_err(unwritable)?)?;
        toml::from_str(text)
            .map_err(|error| ProfileError::new(text, error.span(), error.message().trim_end()))
    }

    /// The same profile with `overrides`, each a line `dotted.key = value` of TOML.
    pub fn with(&self, overrides: &[String]) -> Result<Self, ProfileError> {
        let mut table = Table::try_from(self).map_err(unwritable)?;
        for line in overrides {
            Self::parse(line).map_err(|ProfileError { mistake, .. }| ProfileError {
                place: None,
                mistake: format!("{line}: {mistake}"),
            })?;
            merge(&mut table, line.parse::<Table>()?);
        }
        Ok(table.try_into()?)
    }

    /// The same module without modelled delay: no response time, a network and lines that take no
    /// time.
    ///
    /// The guard times of the escape and the gap before a late result stay: hosts rely on them.
    pub fn instant(mut self) -> Self {
        self.timing.local_response = Duration::ZERO;
        self.timing.pace_uart = false;
        self.timing.check_speed = false;
        self.boot = self.boot.instant();
        self.bearer = BearerModel {
            activation: Duration::ZERO,
            deactivation: Duration::ZERO,
            name_lookup: Duration::ZERO,
            round_trip: Duration::ZERO,
            uplink_bps: 0,
            downlink_bps: 0,
        };
        self
    }
}

/// A profile that code put together and that TOML cannot say.
fn unwritable(error: toml::ser::Error) -> ProfileError {
    ProfileError { place: None, mistake: error.to_string() }
}

fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_changes_its_key_alone() {
        let set = |line: &str| Profile::default().with(&[line.to_owned()]);
        let strict = set("escape.spacing = \"20ms\"").unwrap();
        assert_eq!(strict.escape.spacing, Duration::from_millis(20));
        assert_eq!(strict.escape.guard, Duration::from_millis(500));
        let lines = ["v250.s3 = 10", "v250.s4 = 13"].map(str::to_owned);
        let V250 { s3, s4, s5, .. } = Profile::default().with(&lines).unwrap().v250;
        assert_eq!((s3, s4, s5), (10, 13, 8));
    }

    #[test]
    fn a_mistake_in_an_override_is_named_with_the_override() {
        for (line, message) in [
            (
                "escape.spaceing = \"20ms\"",
                "escape.spaceing = \"20ms\": [escape] has no key \"spaceing\"; the nearest is \"spacing\"",
            ),
            ("v250.s3 = 128", "v250.s3 = 128: v250.s3 is 128; it must be 0 to 127"),
            ("v250.echo = 1", "v250.echo = 1: invalid type: integer `1`, expected a boolean"),
            ("echo", "echo: key with no value, expected `=`"),
        ] {
            let error = Profile::default().with(&[line.to_owned()]).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }
}
