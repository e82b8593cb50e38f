//! A profile: every number, string and open question in which one module differs from another.
//!
//! Data only. [`Profile::default`] is the M10 of the manual, and `sim-config/m10.toml` says the
//! same with a comment at each key; a test holds the two together. A profile of the user's names
//! just what differs. "A-6" and the like in the comments number the questions that the manual
//! leaves open; `README.md` lists them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ftp::{DataConnection, Failure, Representation};

/// The built-in profile `m10`, as a commented file.
pub const M10: &str = include_str!("../sim-config/m10.toml");

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

/// The manual's open questions, each with the default that the evidence favours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// `AT+QFTPOPEN?` prints the range `(1-65535)` instead of the port.
    pub open_read_prints_range: bool,
    /// `AT+QFTPPATH?` says `OK` before the path.
    pub path_read_ok_first: bool,
    /// what `AT+QFTPPATH` does at the server.
    pub path_mode: PathMode,
    /// a path without a final slash gets one before the file name.
    pub insert_slash: bool,
    /// what becomes of an upload whose `<time>` ends too soon.
    pub upload_expiry: UploadExpiry,
    /// what `<time>` counts.
    pub upload_time: UploadTime,
    /// `<fileSz>` 0 makes an empty file instead of `+QFTPPUT:-10`.
    pub empty_upload: bool,
    /// `+++` ends a transfer instead of pausing it.
    pub escape_ends_transfer: bool,
    /// `AT+QFTPOPEN` in OPENED succeeds at once instead of `-3`.
    pub reopen_succeeds: bool,
    /// the error of PUT, GET and CLOSE without a session.
    pub no_session: Failure,
    /// the first `AT+QFTPCLOSE` after the session was lost gives 0.
    pub close_after_loss: bool,
    /// the state after `AT+QFTPCLOSE` is IDLE instead of CLOSED.
    pub idle_after_close: bool,
    /// the loss of the bearer prints `+PDP DEACT` too.
    pub pdp_deact_urc: bool,
    /// CLOSED counts as idle for `AT+QFTPUSER` and `AT+QFTPPASS`.
    pub closed_is_idle: bool,
    /// a name that is too long gets `OK` and error -10 instead of `ERROR`.
    pub overlong_is_late: bool,
    /// an illegal `<value>` of `AT+QFTPCFG` gets `ERROR` instead of `OK` and error -10.
    pub illegal_value_is_error: bool,
    /// `AT+QFTPCFG` and `AT+QFTPPATH` may set during a transfer instead of `-3`.
    pub set_during_transfer: bool,
    /// `AT+QFTPPASS?` masks the password with asterisks.
    pub mask_password: bool,
    /// a refusal that chapter 3 does not list is its negated code instead of -1.
    pub negate_unlisted: bool,
    /// The resume point is kept when a transfer fails (2.2.8 resets it when one is *finished*).
    pub failure_keeps_resume_point: bool,
    /// The port of `AT+QFTPOPEN` may stand in quotes.
    pub quoted_port: bool,
    /// What `AT+QIDEACT` answers: `DEACT OK`, or `OK` as the manual's 4.5 prints.
    pub deactivated: String,
}

/// What `AT+QFTPPATH` does at the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathMode {
    /// Nothing; the path is put before the file's name.
    #[default]
    Concatenate,
    /// CWD at once; its refusal is the command's error.
    CwdNow,
    /// CWD before the next transfer.
    CwdAtTransfer,
}

/// What becomes of an upload whose `<time>` ends too soon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UploadExpiry {
    /// The file is closed with what came; the result is its size.
    #[default]
    Finish,
    /// The transfer is aborted; the result is -9.
    Timeout,
}

/// What `<time>` of `AT+QFTPPUT` counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UploadTime {
    /// All time since `CONNECT`.
    #[default]
    Total,
    /// Time since the host last sent a byte.
    Idle,
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
            bearer: BearerModel::default(),
            ftp: FtpModel::default(),
            spelling: Spelling::default(),
            quirks: Quirks::default(),
            routes: Vec::new(),
        }
    }
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

impl Default for Quirks {
    fn default() -> Self {
        Self {
            open_read_prints_range: false,
            path_read_ok_first: true,
            path_mode: PathMode::Concatenate,
            insert_slash: true,
            upload_expiry: UploadExpiry::Finish,
            upload_time: UploadTime::Total,
            empty_upload: false,
            escape_ends_transfer: false,
            reopen_succeeds: false,
            no_session: Failure::Unknown,
            close_after_loss: true,
            idle_after_close: false,
            pdp_deact_urc: true,
            closed_is_idle: true,
            overlong_is_late: false,
            illegal_value_is_error: false,
            set_during_transfer: false,
            mask_password: false,
            negate_unlisted: false,
            failure_keeps_resume_point: true,
            quoted_port: true,
            deactivated: "DEACT OK".into(),
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
        let digits = imei.len() == 15 && imei.bytes().all(|b| b.is_ascii_digit());
        range(digits, "identity.imei", imei, "15 digits")?;
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

/// Durations in TOML: `"50ms"`, `"1m 30s"`.
mod span {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(span: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&humantime::format_duration(*span).to_string())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(from)?;
        humantime::parse_duration(&text)
            .map_err(|error| D::Error::custom(format!("{text:?} is not a duration: {error}")))
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
                "line 1, column 1: unknown field `nmae`, expected one of `name`, `dialect`, `identity`, `v250`, `timing`, `escape`, `bearer`, `ftp`, `spelling`, `quirks`, `routes`",
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
