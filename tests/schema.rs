//! The JSON Schemas of profiles and scenarios say the same as the program does.
//!
//! `BLESS=1 cargo test --test schema` rewrites them where they stand, in `sim-config`.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test is not the core")]

use std::fs;

use jsonschema::Validator;
use quasimodem::fault::Scenario;
use quasimodem::profile::{BUILT_IN, Profile};
use serde_json::Value;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sim-config");

fn schema() -> Value {
    serde_json::from_str(&Profile::json_schema()).unwrap()
}

fn validator() -> Validator {
    validator_of(&schema())
}

fn scenario_validator() -> Validator {
    validator_of(&serde_json::from_str(&Scenario::json_schema()).unwrap())
}

fn validator_of(schema: &Value) -> Validator {
    jsonschema::draft7::meta::validate(schema).unwrap();
    jsonschema::validator_for(schema).unwrap()
}

fn mistakes(validator: &Validator, text: &str) -> Vec<String> {
    validator.iter_errors(&json(text)).map(|error| error.to_string()).collect()
}

/// A file as an editor's validator sees it.
fn json(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

#[test]
fn the_files_are_what_the_program_prints() {
    for (name, printed) in
        [("profile", Profile::json_schema()), ("scenario", Scenario::json_schema())]
    {
        let file = format!("{FOLDER}/{name}.schema.json");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&file, &printed).unwrap();
        }
        assert!(fs::read_to_string(file).unwrap() == printed, "BLESS=1 cargo test --test schema");
    }
}

#[test]
fn every_built_in_profile_is_valid_as_its_file_and_in_full() {
    let validator = validator();
    for built_in in BUILT_IN {
        for text in [built_in.text, &built_in.profile().to_commented_toml()] {
            assert_eq!(mistakes(&validator, text), Vec::<String>::new(), "in {}", built_in.name);
        }
    }
}

#[test]
fn what_the_program_takes_is_valid() {
    let validator = validator();
    for text in [
        "",
        "v250.s3 = 0\nv250.s4 = 127",
        "v250.line_length = 16",
        "v250.line_length = 65536",
        "timing.jitter_percent = 90",
        "bearer.uplink_bps = 1000000000",
        "ftp.window = 1024",
        "ftp.window = 16777216",
        "identity.imei = \"012345678901234\"",
        "identity.model = \"Quectel M10~\"",
        "v250.ipr = 115200\nv250.ifc = 2\nv250.cmee = 2",
        "sim.state = \"absent\"\nsim.pin = \"1234\"\nsim.iccid = \"1234567890123456789\"",
        "network.rssi = 99\nnetwork.ber = 7\nnetwork.lac = \"00fF\"",
        "network.operator = \"'A' !#\"",
        "spelling.blank_after_colon = []",
        "escape.guard = \"0\"",
        "escape.guard = \"1h 2min 3.5s 4msec 5\u{b5}s 6ns\"",
        "escape.guard = \"1month 2 weeks1day\"",
        "quirks.no_session = \"control-closed\"",
        "quirks.no_session = \"550\"",
        "quirks.path_mode = \"cwd-at-transfer\"",
    ] {
        Profile::parse(text).unwrap();
        validator.validate(&json(text)).unwrap();
    }
}

#[test]
fn what_the_program_refuses_is_not_valid_at_the_same_key() {
    let validator = validator();
    for (text, at) in [
        ("nmae = \"x\"", ""),
        ("v250.ecoh = true", "/v250"),
        ("v250 = 1", "/v250"),
        ("v250.echo = 1", "/v250/echo"),
        ("v250.s3 = 128", "/v250/s3"),
        ("v250.s4 = -1", "/v250/s4"),
        ("v250.line_length = 15", "/v250/line_length"),
        ("v250.line_length = 65537", "/v250/line_length"),
        ("timing.jitter_percent = 91", "/timing/jitter_percent"),
        ("bearer.uplink_bps = 1000000001", "/bearer/uplink_bps"),
        ("bearer.downlink_bps = -1", "/bearer/downlink_bps"),
        ("ftp.window = 1023", "/ftp/window"),
        ("ftp.window = 16777217", "/ftp/window"),
        ("ftp.data_connection = \"pasive\"", "/ftp/data_connection"),
        ("identity.imei = \"01234567890123\"", "/identity/imei"),
        ("identity.imei = \"01234567890123x\"", "/identity/imei"),
        ("identity.model = \"\"", "/identity/model"),
        ("identity.model = \"a\\nb\"", "/identity/model"),
        ("quirks.deactivated = \"\u{e9}\"", "/quirks/deactivated"),
        ("spelling.blank_after_colon = [\"+QFTPGET\", \"+\"]", "/spelling/blank_after_colon/1"),
        ("v250.ipr = 110", "/v250/ipr"),
        ("v250.ifc = 3", "/v250/ifc"),
        ("v250.cmee = 3", "/v250/cmee"),
        ("sim.state = \"gone\"", "/sim/state"),
        ("sim.pin = \"123\"", "/sim/pin"),
        ("sim.puk = \"1234567\"", "/sim/puk"),
        ("sim.imsi = \"1234\"", "/sim/imsi"),
        ("sim.iccid = \"898600220909A020602-\"", "/sim/iccid"),
        ("network.operator = \"a\\\"b\"", "/network/operator"),
        ("network.lac = \"123g\"", "/network/lac"),
        ("network.cell = \"12345\"", "/network/cell"),
        ("network.rssi = 32", "/network/rssi"),
        ("network.ber = 8", "/network/ber"),
        ("network.address = \"10.0.0.256\"", "/network/address"),
        ("escape.guard = 500", "/escape/guard"),
        ("escape.guard = \"500\"", "/escape/guard"),
        ("escape.guard = \"soon\"", "/escape/guard"),
        ("escape.guard = \"5 fortnights\"", "/escape/guard"),
        ("spelling.blank_after_colon = [1]", "/spelling/blank_after_colon/0"),
        ("quirks.no_session = \"never\"", "/quirks/no_session"),
        ("quirks.no_session = \"600\"", "/quirks/no_session"),
        ("quirks.path_mode = \"cwd\"", "/quirks/path_mode"),
        ("dialect = \"gsm\"", "/dialect"),
    ] {
        assert!(Profile::parse(text).is_err(), "{text}");
        let json = json(text);
        let places: Vec<String> =
            validator.iter_errors(&json).map(|error| error.instance_path().to_string()).collect();
        assert_eq!(places, [at], "{text}");
    }
}

#[test]
fn every_key_has_a_description_and_a_default() {
    let schema = schema();
    let mut keys = 0;
    for (section, of_section) in schema["properties"].as_object().unwrap() {
        assert!(of_section["description"].is_string(), "{section}");
        let Some(properties) = of_section["properties"].as_object() else {
            assert!(!of_section["default"].is_null(), "{section}");
            keys += 1;
            continue;
        };
        assert!(of_section["default"].is_null(), "an editor would fill in all of {section}");
        for (key, of_key) in properties {
            assert!(of_key["description"].is_string(), "{section}.{key}");
            assert!(!of_key["default"].is_null(), "{section}.{key}");
            keys += 1;
        }
    }
    let all: toml::Table = BUILT_IN[0].text.parse().unwrap();
    let count = |value: &toml::Value| value.as_table().map_or(1, toml::Table::len);
    assert_eq!(keys, all.values().map(count).sum::<usize>());
}

#[test]
fn every_built_in_scenario_is_valid() {
    let validator = scenario_validator();
    for name in Scenario::built_in_names() {
        let text = Scenario::built_in_text(name).unwrap();
        assert_eq!(mistakes(&validator, text), Vec::<String>::new(), "in {name}");
    }
}

/// Rules, a key on each line.
const RULES: [&str; 21] = [
    r#"at = "line-in"; do = { delay = "70ms" }; times = 0"#,
    r#"at = "line-out"; do = { drop = 1 }; when = { line = 255, nth = 1, after_bytes = 0 }"#,
    r#"at = "line-out"; do = { corrupt = { bits = 1 } }; when = { probability = 1.0 }"#,
    r#"at = "line-out"; do = { corrupt = { bytes = 1 } }; when = { probability = 1 }"#,
    r#"at = "line-out"; do = { duplicate = 1 }; when = { command = "AT*" }"#,
    r#"at = "line-out"; do = { garble = 1 }; when = { state = "TRANSFER" }"#,
    r#"at = "line-out"; do = { stall = "1m 30s" }; when = { operation = "store" }"#,
    r#"at = "line-out"; do = { truncate = 0 }; when = { after = "5s" }"#,
    r#"at = "line-out"; do = { inject = "x" }"#,
    r#"at = "line-out"; do = { urc = "x" }; name = "x""#,
    r#"at = "ftp-request"; do = { delay = "1s" }"#,
    r#"at = "ftp-request"; do = "silence""#,
    r#"at = "ftp-request"; do = { fail = "dns" }"#,
    r#"at = "ftp-request"; do = { fail = "332" }"#,
    r#"at = "ftp-request"; do = { fail = "550" }"#,
    r#"at = "ftp-request"; when = { operation = "send" }; do = { cut = "rst" }"#,
    r#"at = "ftp-request"; when = { operation = "send" }; do = { short-write = 0 }"#,
    r#"at = "ftp-request"; do = { throttle = 1 }"#,
    r#"at = "line-in"; do = { world = "hang 5s" }"#,
    r#"at = "line-in"; do = { world = "hang" }"#,
    r#"at = "clock"; when = { after = "1s" }; do = { world = "dns-poisoned 192.0.2.1" }"#,
];

fn scenario(rule: &str) -> String {
    format!("[[rule]]\n{}", rule.replace("; ", "\n"))
}

#[test]
fn what_the_program_takes_as_a_rule_is_valid() {
    let validator = scenario_validator();
    for rule in RULES {
        let text = scenario(rule);
        Scenario::parse(&text, "").unwrap();
        assert_eq!(mistakes(&validator, &text), Vec::<String>::new(), "{rule}");
    }
}

#[test]
fn what_the_program_refuses_as_a_rule_is_not_valid() {
    let validator = scenario_validator();
    for rule in [
        r#"at = "line-in"; do = { drop = 1 }; x = 1"#,
        r#"at = "line"; do = { drop = 1 }"#,
        r#"do = { drop = 1 }"#,
        r#"at = "line-in""#,
        r#"at = "line-in"; do = { dorp = 1 }"#,
        r#"at = "line-in"; do = { drop = -1 }"#,
        r#"at = "line-in"; do = { drop = 0 }"#,
        r#"at = "line-in"; do = { drop = "1" }"#,
        r#"at = "line-in"; do = { drop = 1, stall = "1s" }"#,
        r#"at = "line-in"; do = { delay = 5 }"#,
        r#"at = "line-in"; do = { delay = "soon" }"#,
        r#"at = "line-in"; do = { corrupt = { nibbles = 1 } }"#,
        r#"at = "line-in"; do = { corrupt = { bits = 0 } }"#,
        r#"at = "line-in"; do = { duplicate = 0 }"#,
        r#"at = "line-in"; do = { garble = 0 }"#,
        r#"at = "line-in"; do = { inject = "" }"#,
        r#"at = "line-in"; do = { urc = "" }"#,
        r#"at = "ftp-request"; do = "silent""#,
        r#"at = "ftp-request"; do = { cut = "off" }"#,
        r#"at = "ftp-request"; do = { throttle = 0 }"#,
        r#"at = "ftp-request"; do = { fail = "never" }"#,
        r#"at = "ftp-request"; do = { fail = "226" }"#,
        r#"at = "line-in"; do = { world = "earthquake" }"#,
        r#"at = "line-in"; do = { world = "signal" }"#,
        r#"at = "line-in"; do = { world = "ring 5" }"#,
        r#"at = "line-in"; do = { world = "ring", drop = 1 }"#,
        r#"at = "line-in"; do = { drop = 1 }; times = -1"#,
        r#"at = "line-in"; do = { drop = 1 }; when = { line = 0 }"#,
        r#"at = "line-in"; do = { drop = 1 }; when = { line = 256 }"#,
        r#"at = "line-in"; do = { drop = 1 }; when = { nth = 0 }"#,
        r#"at = "line-in"; do = { drop = 1 }; when = { probability = 1.5 }"#,
        r#"at = "line-in"; do = { drop = 1 }; when = { after = "soon" }"#,
        r#"at = "line-in"; do = { drop = 1 }; when = { comand = "AT" }"#,
    ] {
        let text = scenario(rule);
        assert!(Scenario::parse(&text, "").is_err(), "{rule}");
        assert!(!mistakes(&validator, &text).is_empty(), "the schema takes {rule}");
    }
}

#[test]
fn every_key_of_a_scenario_has_a_description() {
    let schema: Value = serde_json::from_str(&Scenario::json_schema()).unwrap();
    let rule = &schema["properties"]["rule"]["items"];
    let mut keys = Vec::new();
    for of in [&schema, rule, &rule["properties"]["when"]] {
        for (key, about) in of["properties"].as_object().unwrap() {
            assert!(about["description"].is_string(), "{key}");
            keys.push(key.as_str());
        }
    }
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "after",
            "after_bytes",
            "at",
            "command",
            "do",
            "line",
            "name",
            "name",
            "nth",
            "operation",
            "probability",
            "rule",
            "state",
            "story",
            "times",
            "when"
        ]
    );
}
