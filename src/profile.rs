//! A profile: every number, string and open question in which one module differs from another.
//!
//! Data only. [`Profile::default`] is the M10 of the manual, and `sim-config/m10.toml` says the
//! same with a comment at each key; a test holds the two together. A profile of the user's names
//! just what differs.

mod bearer;
mod boot;
mod escape;
mod ftp;
mod identity;
mod network;
mod quirks;
mod sim;
mod span;
mod spelling;
mod timing;
mod v250;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use bearer::BearerModel;
pub use boot::Boot;
pub use escape::Escape;
pub use ftp::{FtpModel, PassiveAddress};
pub use identity::Identity;
pub use network::{Coverage, NetworkModel};
pub use quirks::{PathMode, Quirks, UploadExpiry, UploadTime};
pub use sim::{SimModel, SimState};
pub use spelling::Spelling;
pub use timing::Timing;
pub use v250::V250;

/// The built-in profile `m10`, as a commented file.
pub const M10: &str = include_str!("../sim-config/m10.toml");

/// The speeds of `AT+IPR`, in bits a second; 0 is found out.
pub const SPEEDS: [u32; 15] =
    [0, 75, 150, 300, 600, 1200, 2400, 4800, 9600, 14_400, 19_200, 28_800, 38_400, 57_600, 115_200];

/// One module, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

/// What is wrong with a profile, and where: the message names line and column where there is one.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// Not TOML, an unknown key, or a value of the wrong type.
    #[error("{0}")]
    Syntax(String),
    /// A value that cannot work.
    #[error("{key} is {value}; it must be {must}")]
    Range {
        /// Dotted key.
        key: &'static str,
        /// What stands there.
        value: String,
        /// What may stand there.
        must: &'static str,
    },
}

impl Profile {
    /// Reads a profile; keys that it does not name are those of the M10.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text).map_err(|error| {
            ProfileError::Syntax(place(text, error.span()) + error.message().trim_end())
        })?;
        profile.check()?;
        Ok(profile)
    }

    /// The same profile with `overrides`, each a line `dotted.key = value` of TOML.
    pub fn with(&self, overrides: &[String]) -> Result<Self, ProfileError> {
        let syntax = |error: toml::de::Error| ProfileError::Syntax(error.message().to_owned());
        let mut table =
            toml::Table::try_from(self).map_err(|error| ProfileError::Syntax(error.to_string()))?;
        for line in overrides {
            merge(&mut table, line.parse::<toml::Table>().map_err(syntax)?);
        }
        let profile: Self = table.try_into().map_err(syntax)?;
        profile.check()?;
        Ok(profile)
    }

    /// The same module without modelled delay: no response time, a network that takes no time.
    ///
    /// The guard times of the escape and the gap before a late result stay: hosts rely on them.
    pub fn instant(mut self) -> Self {
        self.timing.local_response = Duration::ZERO;
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

    fn check(&self) -> Result<(), ProfileError> {
        let range = |ok: bool, key, value: &dyn ToString, must| {
            if ok {
                Ok(())
            } else {
                Err(ProfileError::Range { key, value: value.to_string(), must })
            }
        };
        let imei = &self.identity.imei;
        let digits = |text: &str, least: usize, most: usize| {
            (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
        };
        range(digits(imei, 15, 15), "identity.imei", imei, "15 digits")?;
        let SimModel { pin, puk, imsi, iccid, .. } = &self.sim;
        range(digits(pin, 4, 8), "sim.pin", pin, "4 to 8 digits")?;
        range(digits(puk, 8, 8), "sim.puk", puk, "8 digits")?;
        range(digits(imsi, 15, 15), "sim.imsi", imsi, "15 digits")?;
        let plain = (19..=20).contains(&iccid.len());
        let plain = plain && iccid.bytes().all(|b| b.is_ascii_alphanumeric());
        range(plain, "sim.iccid", iccid, "19 or 20 letters or digits")?;
        let NetworkModel { lac, cell, rssi, ber, .. } = &self.network;
        for (key, place) in [("network.lac", lac), ("network.cell", cell)] {
            let hex = place.len() == 4 && place.bytes().all(|b| b.is_ascii_hexdigit());
            range(hex, key, place, "4 hexadecimal digits")?;
        }
        range(*rssi <= 31 || *rssi == 99, "network.rssi", rssi, "0 to 31, or 99")?;
        range(*ber <= 7 || *ber == 99, "network.ber", ber, "0 to 7, or 99")?;
        let V250 { ipr, ifc, cmee, .. } = &self.v250;
        range(SPEEDS.contains(ipr), "v250.ipr", ipr, "a speed that AT+IPR=? lists")?;
        let flow = format!("{ifc:?}");
        range(ifc.iter().all(|&by| by <= 2), "v250.ifc", &flow, "two numbers, each 0 to 2")?;
        range(*cmee <= 2, "v250.cmee", cmee, "0 to 2")?;
        for (key, s) in
            [("v250.s3", self.v250.s3), ("v250.s4", self.v250.s4), ("v250.s5", self.v250.s5)]
        {
            range(s < 128, key, &s, "0 to 127")?;
        }
        let length = self.v250.line_length;
        range((16..=65_536).contains(&length), "v250.line_length", &length, "16 to 65536")?;
        let jitter = self.timing.jitter_percent;
        range(jitter <= 90, "timing.jitter_percent", &jitter, "0 to 90")?;
        let window = self.ftp.window;
        range((1024..=16_777_216).contains(&window), "ftp.window", &window, "1024 to 16777216")
    }
}

/// `line 3, column 7: `, counted from 1, for the start of `span`.
fn place(text: &str, span: Option<std::ops::Range<usize>>) -> String {
    let Some(before) = span.and_then(|s| text.get(..s.start)) else {
        return String::new();
    };
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    format!("line {line}, column {column}: ")
}

fn merge(into: &mut toml::Table, from: toml::Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
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
    fn the_file_and_the_default_are_the_same_and_the_file_names_every_key() {
        assert_eq!(Profile::parse(M10).unwrap(), Profile::default());
        let file: toml::Table = M10.parse().unwrap();
        assert_eq!(file, toml::Table::try_from(Profile::default()).unwrap());
    }

    #[test]
    fn every_key_of_the_file_has_a_comment_above_it() {
        let lines: Vec<&str> = M10.lines().collect();
        for pair in
            lines.windows(2).filter(|pair| pair[1].contains(" = ") && !pair[1].starts_with('#'))
        {
            assert!(pair[0].starts_with('#'), "no comment above {:?}", pair[1]);
        }
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        for (text, message) in [
            (
                "[v250]\necho = 1\n",
                "line 2, column 8: invalid type: integer `1`, expected a boolean",
            ),
            (
                "nmae = \"x\"\n",
                "line 1, column 1: unknown field `nmae`, expected one of `name`, `dialect`, `identity`, `v250`, `timing`, `escape`, `boot`, `sim`, `network`, `bearer`, `ftp`, `spelling`, `quirks`, `routes`, `dns`",
            ),
            (
                "[escape]\nguard = \"soon\"\n",
                "line 2, column 9: \"soon\" is not a duration: expected number at 0",
            ),
            ("[ftp]\nwindow = 5\n", "ftp.window is 5; it must be 1024 to 16777216"),
            ("[v250]\ns3 = 128\n", "v250.s3 is 128; it must be 0 to 127"),
            (
                "[quirks]\nno_session = \"never\"\n",
                "line 2, column 14: \"never\" is not a cause of failure",
            ),
        ] {
            assert_eq!(Profile::parse(text).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn an_override_changes_its_key_alone() {
        let set = |line: &str| Profile::default().with(&[line.to_owned()]);
        let strict = set("escape.spacing = \"20ms\"").unwrap();
        assert_eq!(strict.escape.spacing, Duration::from_millis(20));
        assert_eq!(strict.escape.guard, Duration::from_millis(500));
        assert!(set("escape.spaceing = \"20ms\"").is_err());
    }
}
