//! The JSON Schema of profiles says the same as the program does.
//!
//! `BLESS=1 cargo test --test schema` rewrites `sim-config/profile.schema.json`.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test is not the core")]

use std::fs;

use jsonschema::Validator;
use quasimodem::profile::{BUILT_IN, Profile};
use serde_json::Value;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sim-config/profile.schema.json");

fn schema() -> Value {
    serde_json::from_str(&Profile::json_schema()).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft7::meta::validate(&schema()).unwrap();
    jsonschema::validator_for(&schema()).unwrap()
}

/// A file as an editor's validator sees it.
fn json(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

#[test]
fn the_file_is_what_the_program_prints() {
    let printed = Profile::json_schema();
    if std::env::var_os("BLESS").is_some() {
        fs::write(FILE, &printed).unwrap();
    }
    assert!(fs::read_to_string(FILE).unwrap() == printed, "BLESS=1 cargo test --test schema");
}

#[test]
fn every_built_in_profile_is_valid_as_its_file_and_in_full() {
    let validator = validator();
    for built_in in BUILT_IN {
        for text in [built_in.text, &built_in.profile().to_commented_toml()] {
            let mistakes: Vec<String> =
                validator.iter_errors(&json(text)).map(|error| error.to_string()).collect();
            assert_eq!(mistakes, Vec::<String>::new(), "in {}", built_in.name);
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
