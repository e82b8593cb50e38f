//! The JSON Schema of a scenario, for editors that complete and check one.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use super::scenario::Written;
use super::{FtpVerdict, LineVerdict, Scenario};
use crate::ftp::Failure;
use crate::world::World;

/// Whatever may stand behind `do`.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "its shape is all that is wanted")]
pub(super) enum AnyVerdict {
    Line(LineVerdict),
    Ftp(FtpVerdict),
    World(WorldVerdict),
}

/// What befalls the module; any seam.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "its shape is all that is wanted")]
pub(super) struct WorldVerdict {
    world: World,
}

impl JsonSchema for World {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "World".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let words: Vec<String> = Self::words().collect();
        let patterns = words.iter().map(|word| match word.split_once(' ') {
            Some((word, _)) => format!("{word} .+"),
            None => word.clone(),
        });
        schemars::json_schema!({
            "type": "string",
            "pattern": format!("^({})$", patterns.collect::<Vec<_>>().join("|")),
            "examples": words,
        })
    }
}

/// A cause of failure: a word, or the code with which a server refuses.
pub(super) struct Cause;

impl JsonSchema for Cause {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cause".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let words: Vec<&str> = Failure::words().collect();
        schemars::json_schema!({
            "type": "string",
            "pattern": format!("^({}|332|[45][0-9][0-9])$", words.join("|")),
        })
    }
}

impl Scenario {
    /// The schema, as JSON text. Draft 7, without references: editors know it best.
    pub fn json_schema() -> String {
        let schema = SchemaSettings::draft07()
            .with(|settings| settings.inline_subschemas = true)
            .into_generator()
            .into_root_schema_for::<Written>();
        // No value of JSON fails to be printed.
        format!("{:#}\n", schema.as_value())
    }
}
