//! What the control API takes and gives, as JSON.
//!
//! Shapes only: what they mean is done elsewhere.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::modem::{LineSnapshot, Snapshot};

/// A module to be made. What is left out is as the program was started with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// Which module: a built-in profile or a file, as `--profile` takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Its lines; one TCP port, any free one, where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LineWanted>,
    /// Whether modelled delay applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
    /// How many times as fast module time passes, 0.001 to 1000000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_scale: Option<f64>,
    /// Seed of chance; one that nobody chose where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// What goes wrong: scenarios as TOML, or names of those that are built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenarios: Option<Vec<String>>,
    /// It starts switched off.
    #[serde(default)]
    pub powered_off: bool,
    /// No transcript of it is kept.
    #[serde(default)]
    pub no_transcript: bool,
}

/// A line to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum LineWanted {
    /// A TCP port; any free one of loopback where no address is named.
    Tcp {
        /// `ADDR:PORT`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        addr: Option<SocketAddr>,
    },
    /// The same with a UART's signals and speed.
    Rfc2217 {
        /// `ADDR:PORT`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        addr: Option<SocketAddr>,
    },
    /// A pseudo-terminal; in a folder of the program's where no path is named.
    Pty {
        /// Where the link to it is made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        path: Option<PathBuf>,
    },
}

/// Whether modelled delay applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Timing {
    /// Responses and the network take the time that the profile says.
    Faithful,
    /// They take none.
    Instant,
}

/// A line, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum LinePlace {
    /// A pseudo-terminal.
    Pty {
        /// The link that hosts open.
        #[schema(value_type = String)]
        path: PathBuf,
        /// The device that it leads to.
        #[schema(value_type = String)]
        device: PathBuf,
    },
    /// A TCP port.
    Tcp {
        /// Where it listens.
        #[schema(value_type = String)]
        addr: SocketAddr,
    },
    /// A TCP port with a UART's signals and speed.
    Rfc2217 {
        /// Where it listens.
        #[schema(value_type = String)]
        addr: SocketAddr,
    },
    /// A serial port.
    Serial {
        /// The device.
        #[schema(value_type = String)]
        device: PathBuf,
        /// Bits a second.
        baud: u32,
    },
}

/// A module in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModuleSummary {
    /// Its number; never used twice.
    pub id: u64,
    /// Its profile, as it was asked for.
    pub profile: String,
    /// Where its lines are, from 1 on.
    pub lines: Vec<LinePlace>,
    /// Whether it is on; none if it has ended, its line being beyond repair.
    pub on: Option<bool>,
    /// The state of its FTP service, as `AT+QFTPSTAT` prints it.
    pub ftp: Option<&'static str>,
}

/// A module and all of its state.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModuleView {
    /// Its number; never used twice.
    pub id: u64,
    /// Its profile, as it was asked for.
    pub profile: String,
    /// Whether modelled delay applies.
    pub timing: Timing,
    /// Seed of chance.
    pub seed: u64,
    /// Where its lines are, from 1 on.
    pub lines: Vec<LinePlace>,
    /// How it stands.
    pub snapshot: Snapshot,
}

/// A line, where it is and how it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineView {
    /// Where it is.
    #[serde(flatten)]
    pub place: LinePlace,
    /// How it stands.
    #[serde(flatten)]
    pub snapshot: LineSnapshot,
}

/// Something that is to befall a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorldEvent {
    /// In the words of a transcript, such as `bearer-lost` or `signal 3`.
    #[schema(example = "bearer-lost")]
    pub event: String,
}
