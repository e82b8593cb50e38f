//! The manual's open questions as switches. "A-6" and the like number them as the README's
//! sources do.

use serde::{Deserialize, Serialize};

use crate::ftp::Failure;

/// The manual's open questions, each with the default that the evidence favours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
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
    /// What `AT+QIDEACT` answers: `DEACT OK`, or `OK` as the manual's 4.5 prints; 1 to 100
    /// characters of printable ASCII.
    pub deactivated: String,
    /// With `AT+IFC=1,1`, 0x77 travels as 77 88, 0x11 as 77 EE and 0x13 as 77 EC, both ways.
    pub flow_escape: bool,
    /// How many contexts `AT+QIFGCNT` chooses from, 2 or 3.
    pub contexts: usize,
}

/// What `AT+QFTPPATH` does at the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PathMode {
    /// Nothing; the path is put before the file's name.
    #[default]
    Concatenate,
    /// CWD at once, and its refusal is the command's error; of a path that is older than the
    /// session, before the next transfer.
    CwdNow,
    /// CWD before the next transfer, unless the server is there already.
    CwdAtTransfer,
}

/// What becomes of an upload whose `<time>` ends too soon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum UploadTime {
    /// All time since `CONNECT`.
    #[default]
    Total,
    /// Time since the host last sent a byte.
    Idle,
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
            flow_escape: true,
            contexts: 2,
        }
    }
}
