//! The JSON Schema of a profile, for editors that complete and check one.
//!
//! Types and descriptions are those of the Rust types, ranges those that the profile is checked by.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::Profile;
use super::limits::{LIMITS, Must};
use super::span::Span;
use crate::ftp::Failure;

impl Profile {
    /// The schema, as JSON text. Draft 7, without references: editors know it best.
    pub fn json_schema() -> String {
        let mut schema = SchemaSettings::draft07()
            .with(|settings| settings.inline_subschemas = true)
            .into_generator()
            .into_root_schema_for::<Self>();
        for (key, must) in LIMITS {
            let pointer = format!("/properties/{}", key.replace('.', "/properties/"));
            let Some(mut value) = schema.pointer_mut(&pointer) else {
                unreachable!("{key} has a limit, and a test says that it is a key");
            };
            if value["items"].is_object() {
                value = &mut value["items"];
            }
            limit(value, *must);
        }
        RecursiveTransform(forget_default_sections).transform(&mut schema);
        // No value of JSON fails to be printed.
        format!("{:#}\n", schema.as_value())
    }
}

/// Writes into a schema what a value must be.
fn limit(schema: &mut Value, must: Must) {
    match must {
        Must::LieWithin(least, most) => {
            schema["minimum"] = least.into();
            schema["maximum"] = most.into();
        }
        Must::LieWithinOrBe(least, most, other) => {
            schema["anyOf"] = json!([{ "minimum": least, "maximum": most }, { "const": other }]);
        }
        Must::BeOneOf(values) => schema["enum"] = values.into(),
        Must::Consist(least, most, alphabet) => {
            schema["pattern"] = format!("^{}{{{least},{most}}}$", alphabet.class()).into();
        }
        Must::NameFtpCommand => schema["pattern"] = "^\\+QFTP[A-Z]+$".into(),
    }
}

/// Each key tells its default; an editor that fills in a whole section of them only gets in the way.
fn forget_default_sections(schema: &mut Schema) {
    if schema.get("default").is_some_and(Value::is_object) {
        schema.remove("default");
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let units = [
            "ns|nsec|nanos",
            "us|usec|\u{b5}s",
            "ms|msec|millis",
            "s|secs?|seconds?",
            "m|mins?|minutes?",
            "h|hrs?|hours?",
            "d|days?",
            "w|wks?|weeks?",
            "M|months?",
            "y|yrs?|years?",
        ];
        let step = format!(r"\s*[0-9]+(\.[0-9]+)?\s*({})", units.join("|"));
        json_schema!({
            "type": "string",
            "pattern": format!(r"^({step})+\s*$|^\s*0\s*$"),
            "examples": ["50ms", "2s", "1m 30s"],
        })
    }
}

impl JsonSchema for Failure {
    fn schema_name() -> Cow<'static, str> {
        "Failure".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = Self::words().collect();
        json_schema!({
            "anyOf": [
                { "type": "string", "enum": words },
                { "type": "string", "pattern": "^[1-5][0-9]{2}$", "description": "reply code of RFC 959" },
            ],
        })
    }
}
