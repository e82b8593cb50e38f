//! Modules that are made, looked at, switched and removed.

use std::net::TcpStream;

use rustix::process::Signal;
use serde_json::json;

use crate::http::Station;
use crate::support::host::Host;

#[test]
fn a_fresh_module_has_all_of_its_state_in_its_snapshot() {
    let station = Station::start(&[]);
    let answer = station.post("/v1/modules", r#"{"seed": 7, "profile": "m95"}"#);
    assert_eq!(answer.status, 201);
    assert!(answer.headers.contains("location: /v1/modules/1\r\n"));
    let mut module = answer.json();
    let addr = module["lines"][0]["addr"].clone();
    let time = module["snapshot"]["time_us"].take();
    assert!(time.as_u64().unwrap() < 1_000_000, "{time}");
    let settings = module["snapshot"]["lines"][0]["settings"].take();
    assert!(settings.as_str().unwrap().starts_with("E1V1Q0X4&C1&D0S0=0S3=13"), "{settings}");
    let address = module["snapshot"]["network"]["address"].take();
    assert!(address.as_str().unwrap().starts_with("10."), "{address}");
    let context = |chosen| {
        json!({
            "state": "IP INITIAL", "chosen": chosen, "active": false, "line": null,
            "access_point": "",
        })
    };
    let expected = json!({
        "id": 1,
        "profile": "m95",
        "timing": "instant",
        "seed": 7,
        "lines": [{ "kind": "tcp", "addr": addr }],
        "snapshot": {
            "time_us": null,
            "on": true,
            "hung": false,
            "sim": { "state": "ready", "pin_tries": 3, "puk_tries": 10 },
            "network": {
                "coverage": "home", "signal": 28, "gsm": "home", "gprs": "home", "address": null,
            },
            "contexts": [context(true), context(false)],
            "ftp": {
                "state": "IDLE", "line": null, "server": null, "user": "", "path": "",
                "data_connection": "passive", "representation": "image", "restart": 0,
                "transfer": null,
            },
            "lines": [{
                "number": 1, "state": "command", "speed": null, "settings": null,
                "waiting": { "late_results": 0, "typed_ahead": 0, "unwritten": 0 },
            }],
            "planned": 0,
            "deadlines": 0,
        },
    });
    assert_eq!(module, expected);
}

#[test]
fn a_module_is_removed_with_its_lines_and_its_number_is_not_used_again() {
    let station = Station::start(&["--tcp", "0"]);
    let (path, mut host) = station.create(r#"{"lines": [{"kind": "tcp"}, {"kind": "pty"}]}"#);
    assert_eq!(path, "/v1/modules/2");
    host.command("ATE0", "ATE0\r\r\nOK\r\n");
    let lines = station.get(&format!("{path}/lines"));
    let pty = lines[0]["path"].as_str().unwrap();
    Host::open(pty.as_ref()).command("AT", "AT\r\r\nOK\r\n");
    let addr = lines[1]["addr"].as_str().unwrap();
    assert_eq!(
        lines[1],
        json!({
            "kind": "tcp", "addr": addr, "number": 2, "state": "command", "speed": null,
            "settings": lines[1]["settings"],
            "waiting": { "late_results": 0, "typed_ahead": 0, "unwritten": 0 },
        })
    );
    let ids = || -> Vec<u64> {
        let list = station.get("/v1/modules");
        list.as_array().unwrap().iter().map(|module| module["id"].as_u64().unwrap()).collect()
    };
    assert_eq!(ids(), [1, 2]);
    assert_eq!(station.ask("DELETE", &path, None).status, 204);
    assert_eq!(ids(), [1]);
    assert!(TcpStream::connect(addr).is_err());
    assert!(!std::path::Path::new(pty).exists());
    station.ask("GET", &path, None).refuses(404, "Not Found", "there is no module 2");
    station.ask("DELETE", &path, None).refuses(404, "Not Found", "there is no module 2");
    assert_eq!(station.create("{}").0, "/v1/modules/3");
    station.program.signal(Signal::TERM);
    assert_eq!(station.program.finish().code(), 0);
}

#[test]
fn the_power_key_boots_a_module_and_a_reset_starts_it_anew() {
    let station = Station::start(&[]);
    let (path, mut host) = station.create(r#"{"powered_off": true}"#);
    assert_eq!(station.get(&path)["snapshot"]["on"], false);
    assert_eq!(station.ask("POST", &format!("{path}/power-key"), None).status, 204);
    assert_eq!(station.get(&path)["snapshot"]["on"], true);
    host.command("ATE0", "ATE0\r\r\nOK\r\n");
    assert_eq!(station.ask("POST", &format!("{path}/reset"), None).status, 204);
    // The echo is on again: what AT&W has not kept is gone.
    host.command("AT", "AT\r\r\nOK\r\n");
}

#[test]
fn what_cannot_be_made_is_refused_and_nothing_is_left_of_it() {
    let station = Station::start(&["--tcp", "0"]);
    let taken = station.get("/v1/modules")[0]["lines"][0]["addr"].clone();
    let taken = format!(r#"{{"lines": [{{"kind": "tcp", "addr": {taken}}}]}}"#);
    let addr = taken.split('"').nth(9).unwrap();
    for (body, status, title, detail) in [
        (
            "{",
            400,
            "Bad Request",
            "the body is no JSON: EOF while parsing an object at line 1 column 1",
        ),
        (
            r#"{"profil": "m10"}"#,
            422,
            "Unprocessable Entity",
            "unknown field `profil`, expected one of `profile`, `lines`, `timing`, `time_scale`, \
             `seed`, `scenarios`, `powered_off`, `no_transcript` at line 1 column 9",
        ),
        (
            r#"{"time_scale": 0}"#,
            422,
            "Unprocessable Entity",
            "time_scale: write a number from 0.001 to 1000000",
        ),
        (
            r#"{"scenarios": ["[[rule]]\nat = \"nowhere\"\ndo = { drop = 1 }"]}"#,
            422,
            "Unprocessable Entity",
            "scenarios[0]: line 2, column 6: there is no word \"nowhere\" here; there is \
             line-in, line-out, ftp-request, ftp-event, clock",
        ),
        (
            taken.as_str(),
            409,
            "Conflict",
            &format!("no line at tcp {addr}: Address already in use (os error 98)"),
        ),
    ] {
        station.post("/v1/modules", body).refuses(status, title, detail);
    }
    let text = station.ask("POST", "/v1/modules", Some(("text/plain", "{}")));
    text.refuses(
        415,
        "Unsupported Media Type",
        "say application/json or application/toml in Content-Type",
    );
    assert_eq!(station.get("/v1/modules").as_array().unwrap().len(), 1);
}

#[test]
fn a_file_on_its_way_is_seen_in_the_snapshot() {
    let module = crate::support::module::Module::demo(&["--control", "0"]);
    let line = module.program.line();
    let addr = line.strip_prefix("ready control http://").unwrap().parse().unwrap();
    let mut host = module.host(crate::support::module::Line::Tcp);
    for command in ["AT+QFTPUSER=\"quectel\"", "AT+QFTPPASS=\"123456\""] {
        host.command(command, "\r\nOK\r\n");
    }
    host.command("AT+QFTPOPEN=\"quectel.3322.org\",21", "\r\nOK\r\n\r\n+QFTPOPEN:0\r\n");
    host.command("AT+QFTPPUT=\"a.txt\",5,200", "\r\nOK\r\n\r\nCONNECT\r\n");
    host.send("ab");
    let ask = |addr: std::net::SocketAddr| {
        let stream = TcpStream::connect(addr).unwrap();
        crate::http::ask(stream, &addr.to_string(), "GET", "/v1/modules/1", "", None).json()
    };
    // The two bytes come by another way than the question.
    let ftp = std::iter::repeat_with(|| ask(addr)["snapshot"]["ftp"].clone())
        .take(1000)
        .find(|ftp| ftp["transfer"]["taken"] == 2 && ftp["transfer"]["in_hand"] == 0);
    assert_eq!(
        ftp.unwrap(),
        json!({
            "state": "TRANSFER", "line": 2, "server": "quectel.3322.org:21", "user": "quectel",
            "path": "", "data_connection": "passive", "representation": "image", "restart": 0,
            "transfer": { "command": "+QFTPPUT", "line": 2, "size": 5, "taken": 2, "in_hand": 0 },
        })
    );
    host.send("cde");
    host.expect("\r\n+QFTPPUT:5\r\n");
    assert_eq!(ask(addr)["snapshot"]["ftp"]["transfer"], json!(null));
}
