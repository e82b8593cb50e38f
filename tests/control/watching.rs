//! What has happened, live and as a transcript, and that no secret is in it.

use std::fs;

use rustix::process::Signal;
use serde_json::json;

use crate::http::Station;
use crate::support::program::{Program, quasimodem};

#[test]
fn events_come_as_they_happen_and_end_with_the_module() {
    let station = Station::start(&[]);
    let (path, mut host) = station.create("{}");
    host.command("ATE0", "ATE0\r\r\nOK\r\n");
    let mut events = station.watch(&path);
    host.command("AT", "\r\nOK\r\n");
    assert_eq!(station.post(&format!("{path}/world"), r#"{"event": "signal 5"}"#).status, 204);
    let expected = ["> AT", "< \\r\\nOK\\r\\n", "= 6", "! signal 5"];
    let mut before = 0;
    for (number, entry) in (1_u64..).zip(expected) {
        let event = events.next().unwrap();
        let time = event["time_us"].as_u64().unwrap();
        assert!(time >= before, "{event} comes before {before}");
        before = time;
        assert_eq!(event, json!({ "number": number, "time_us": time, "entry": entry }));
    }
    assert_eq!(station.ask("DELETE", &path, None).status, 204);
    assert_eq!(events.next(), None);
}

#[test]
fn a_transcript_so_far_replays_to_the_byte() {
    let station = Station::start(&["--seed", "3"]);
    let (path, mut host) = station.create(r#"{"seed": 5}"#);
    let rule = r#"{"at": "line-out", "do": {"drop": 1}, "when": {"command": "AT+CSQ"}}"#;
    assert_eq!(station.post(&format!("{path}/faults"), rule).status, 201);
    host.command("AT", "AT\r\r\nOK\r\n");
    host.command("AT+CSQ", "T+CSQ\r\r\n+CSQ: 28,0\r\n\r\nOK\r\n");
    let text = station.ask("GET", &format!("{path}/transcript"), None).body;
    let head = "# Recorded by quasimodem. Passwords and PINs are covered by asterisks.\n\
                :profile m10\n:timing instant\n:seed 5\n:lines 1\n:flow recorded\n\n";
    assert!(text.starts_with(head), "{text}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("so-far.at");
    fs::write(&file, &text).unwrap();
    let replay = Program::start(["replay", file.to_str().unwrap()]).finish();
    assert_eq!((replay.code(), replay.stderr.as_str()), (0, ""));
    let (path, _) = station.create(r#"{"no_transcript": true}"#);
    station.ask("GET", &format!("{path}/transcript"), None).refuses(
        404,
        "Not Found",
        "no transcript of module 2 is kept",
    );
}

#[test]
fn a_password_is_nowhere_to_be_seen_unless_it_is_asked_for() {
    for (shows, option) in [(false, &["-v"][..]), (true, &["-v", "--show-secrets"])] {
        let station = Station::start(option);
        let (path, mut host) = station.create("{}");
        let mut events = station.watch(&path);
        let echo = "AT+QFTPPASS=\"geheim\"\r\r\nOK\r\n";
        for byte in echo.bytes().take_while(|&byte| byte != b'\r') {
            host.send([byte]);
        }
        host.send("\r");
        host.expect(echo);
        host.command("AT+QFTPPASS?", "AT+QFTPPASS?\r\r\n+QFTPPASS:\"geheim\"\r\n\r\nOK\r\n");
        host.command("AT+CSQ", "AT+CSQ\r\r\n+CSQ: 28,0\r\n\r\nOK\r\n");
        let mut seen = station.ask("GET", &format!("{path}/transcript"), None).body;
        seen += &station.get(&path).to_string();
        seen += &station.get("/v1/modules").to_string();
        loop {
            let entry = events.next().unwrap()["entry"].as_str().unwrap().to_owned();
            seen += &entry;
            if entry.contains("+CSQ: 28,0") {
                break;
            }
        }
        assert_eq!(seen.contains("+QFTPPASS:\"geheim\""), shows);
        assert_eq!(seen.contains("+QFTPPASS:\"******\""), !shows);
        station.program.signal(Signal::TERM);
        let log = station.program.finish().stderr;
        assert!(log.contains("+QFTPPASS:\\\"******\\\""), "{log}");
        assert!(!log.contains("geheim"), "{log}");
    }
}

#[test]
fn exec_hands_the_control_api_over_to_its_command() {
    let program = Program::spawn(
        quasimodem()
            .args(["exec", "--control", "0", "--control-token", "open-sesame", "--tcp", "0", "--"])
            .args(["sh", "-c", "\"$0\" ctl modules --json"])
            .arg(env!("CARGO_BIN_EXE_quasimodem")),
    );
    let ended = program.finish();
    let modules: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((ended.code(), modules[0]["lines"][0]["kind"].as_str()), (0, Some("pty")));
    assert_eq!(modules[0]["lines"][1]["kind"], "tcp");
}
