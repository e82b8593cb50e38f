//! How result lines are spelled.

use serde::{Deserialize, Serialize};

/// Blanks in result lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Spelling {
    /// FTP commands whose results have a blank after the colon, as `+QFTPSTAT: IDLE`. Those of other
    /// commands always have one, as in 27.007.
    pub blank_after_colon: Vec<String>,
    /// `+QFTPOPEN :`, as the manual is typeset.
    pub blank_before_open_colon: bool,
}

impl Default for Spelling {
    fn default() -> Self {
        let with_blank = ["+QFTPSTAT"];
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
        let is_ftp = name.starts_with("+QFTP");
        let blank = !is_ftp || self.blank_after_colon.iter().any(|spelled| spelled == name);
        let colon = if blank { ": " } else { ":" };
        [name.as_bytes(), colon.as_bytes(), text.as_ref()].concat()
    }
}
