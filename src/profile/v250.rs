//! The command line at power-on, and its limits.

use serde::{Deserialize, Serialize};

/// Power-on settings and limits of the command line (V.250).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
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
    /// Longest command line in characters, 16 to 65536, terminator not counted; a longer one is an
    /// `ERROR`.
    pub line_length: usize,
    /// A line feed without a carriage return ends the command line too.
    pub lf_ends_line: bool,
    /// `At` and `aT` are prefixes too.
    pub mixed_case_prefix: bool,
    /// `AT+IPR`: bits a second, 0 to find out. With 0 nothing is told before the first command.
    pub ipr: u32,
    /// `AT+IFC`: flow control both ways; 0 none, 1 XON/XOFF, 2 RTS/CTS.
    pub ifc: u8,
    /// `AT+CMEE`: 0 `ERROR`, 1 `+CME ERROR:` and a number, 2 and words.
    pub cmee: u8,
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
            ipr: 0,
            ifc: 0,
            cmee: 1,
        }
    }
}
