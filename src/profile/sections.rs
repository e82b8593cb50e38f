//! The numbers and strings of a profile, section by section, and those of the M10.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::span;
use crate::ftp::{DataConnection, Representation};

/// What the module says of itself (3GPP 27.007 5.1 to 5.4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Identity {
    /// `AT+CGMI` and the first line of `ATI`.
    pub manufacturer: String,
    /// `AT+CGMM` and the second line of `ATI`.
    pub model: String,
    /// `AT+CGMR`, and after `Revision: ` the third line of `ATI`.
    pub revision: String,
    /// `AT+CGSN`: 15 digits.
    pub imei: String,
}

/// Power-on settings and limits of the command line (V.250).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct V250 {
    /// `ATE`: the module returns what it is sent.
    pub echo: bool,
    /// `ATV`: results are words, not digits.
    pub verbose: bool,
    /// `ATQ`: no result codes at all.
    pub quiet: bool,
    /// S3: the command line terminator, 0 to 127.
    pub s3: u8,
    /// S4: the second character of a response's frame, 0 to 127.
    pub s4: u8,
    /// S5: the editing character, 0 to 127.
    pub s5: u8,
    /// Longest command line in characters, terminator not counted; a longer one is an `ERROR`.
    pub line_length: usize,
    /// A line feed without a carriage return ends the command line too.
    pub lf_ends_line: bool,
    /// `At` and `aT` are prefixes too.
    pub mixed_case_prefix: bool,
}

/// How long the module itself takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timing {
    /// From the end of a command line to its response.
    #[serde(with = "span")]
    pub local_response: Duration,
    /// Silence on the line before a late result or a URC, in every timing mode: hosts that take
    /// the first gap for the end of an answer miss what comes sooner.
    #[serde(with = "span")]
    pub late_result_gap: Duration,
    /// Spread of every modelled delay, in percent of it, 0 to 90; evenly distributed, from the seed.
    pub jitter_percent: u8,
}

/// The escape sequence `+++`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Escape {
    /// Silence required before and after the three characters.
    #[serde(with = "span")]
    pub guard: Duration,
    /// Two of them come less than this apart (A-12; the TCP/IP note says 20 ms).
    #[serde(with = "span")]
    pub spacing: Duration,
}

/// How long the GPRS network takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BearerModel {
    /// Bringing the context up.
    #[serde(with = "span")]
    pub activation: Duration,
    /// `AT+QIDEACT`.
    #[serde(with = "span")]
    pub deactivation: Duration,
    /// A name look-up; an address literal needs none.
    #[serde(with = "span")]
    pub name_lookup: Duration,
    /// A packet there and back: each TCP connect and each FTP command costs one.
    #[serde(with = "span")]
    pub round_trip: Duration,
    /// Bits per second towards the server; 0 sets no bound.
    pub uplink_bps: u64,
    /// Bits per second from the server; 0 sets no bound.
    pub downlink_bps: u64,
}

/// Limits and power-on settings of the FTP service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FtpModel {
    /// `AT+QFTPCFG=1` at power-on.
    pub data_connection: DataConnection,
    /// `AT+QFTPCFG=2` at power-on.
    pub representation: Representation,
    /// Bytes of a file that the module holds at most, in either direction; 1024 to 16777216.
    pub window: usize,
    /// Longest wait for one reply of the server before error -9.
    #[serde(with = "span")]
    pub reply_limit: Duration,
    /// Longest standstill of a data connection before error -9.
    #[serde(with = "span")]
    pub stall_limit: Duration,
    /// Whose word counts for the address of a passive data connection. For the I/O shell.
    pub passive_address: PassiveAddress,
}

/// Where a passive data connection goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PassiveAddress {
    /// To the address of the control connection, whatever the reply to PASV says.
    #[default]
    ControlPeer,
    /// To the address in the reply.
    AsGiven,
}

/// Blanks in result lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spelling {
    /// Commands whose results have a blank after the colon, as `+QFTPSTAT: IDLE`.
    pub blank_after_colon: Vec<String>,
    /// `+QFTPOPEN :`, as the manual is typeset.
    pub blank_before_open_colon: bool,
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

impl Default for V250 {
    fn default() -> Self {
        Self {
            echo: true,
            verbose: true,
            quiet: false,
            s3: b'\r',
            s4: b'\n',
            s5: 8,
            line_length: 256,
            lf_ends_line: true,
            mixed_case_prefix: true,
        }
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            local_response: Duration::from_millis(20),
            late_result_gap: Duration::from_millis(50),
            jitter_percent: 20,
        }
    }
}

impl Default for Escape {
    fn default() -> Self {
        Self { guard: Duration::from_millis(500), spacing: Duration::from_millis(1000) }
    }
}

impl Default for BearerModel {
    fn default() -> Self {
        Self {
            activation: Duration::from_millis(1500),
            deactivation: Duration::from_secs(2),
            name_lookup: Duration::from_secs(1),
            round_trip: Duration::from_millis(600),
            uplink_bps: 16_000,
            downlink_bps: 35_000,
        }
    }
}

impl Default for FtpModel {
    fn default() -> Self {
        Self {
            data_connection: DataConnection::Passive,
            representation: Representation::Image,
            window: 65_536,
            reply_limit: Duration::from_secs(90),
            stall_limit: Duration::from_secs(60),
            passive_address: PassiveAddress::ControlPeer,
        }
    }
}

impl Default for Spelling {
    fn default() -> Self {
        let with_blank = ["+QFTPSTAT", "+QIFGCNT", "+QICSGP"];
        Self {
            blank_after_colon: with_blank.map(String::from).to_vec(),
            blank_before_open_colon: false,
        }
    }
}

impl Spelling {
    /// A command's name as its information texts begin with it, before the colon.
    pub fn name(&self, name: &str) -> String {
        let blank = self.blank_before_open_colon && name == "+QFTPOPEN";
        name.to_owned() + if blank { " " } else { "" }
    }

    /// `NAME:text`, spelled as this module spells it.
    pub fn result(&self, name: &str, text: impl AsRef<[u8]>) -> Vec<u8> {
        let blank = self.blank_after_colon.iter().any(|spelled| spelled == name);
        let colon = if blank { ": " } else { ":" };
        [name.as_bytes(), colon.as_bytes(), text.as_ref()].concat()
    }
}
