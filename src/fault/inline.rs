//! TOML on one line, whatever bytes its strings hold: for transcripts and logs.

use std::fmt::{self, Write as _};

use serde::Serialize;
use toml::Value;

/// What is serialized, as an inline value.
pub(super) fn write(f: &mut fmt::Formatter<'_>, value: &impl Serialize) -> fmt::Result {
    // Strings, numbers and tables of them: all can be said in TOML.
    value_to(f, &Value::try_from(value).map_err(|_| fmt::Error)?)
}

fn value_to(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::String(text) => string(f, text),
        Value::Table(table) => {
            f.write_str("{ ")?;
            for (index, (key, value)) in table.iter().enumerate() {
                f.write_str(if index == 0 { "" } else { ", " })?;
                f.write_str(key)?;
                f.write_str(" = ")?;
                value_to(f, value)?;
            }
            f.write_str(" }")
        }
        value => write!(f, "{value}"),
    }
}

/// A basic string (TOML 1.0, "String"), which stays on its line.
fn string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_control() => write!(f, "\\u{:04X}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
