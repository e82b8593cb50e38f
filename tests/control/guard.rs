//! Whom the control API refuses, and where it can be had at all.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

use rustix::process::Signal;
use serde_json::Value;

use crate::http::{Station, ask_unix};
use crate::support::program::{Program, quasimodem};

const TOKEN: &str = "send the token of --control-token as Authorization: Bearer TOKEN";

#[test]
fn who_does_not_know_the_token_learns_nothing_but_that_the_program_lives() {
    let station = Station::start(&["--control-token", "open-sesame"]);
    let host = station.addr.to_string();
    let ask = |headers: &str, path: &str| station.ask_with(&host, headers, "GET", path);
    for headers in ["", "Authorization: Bearer open\r\n", "Authorization: Basic open-sesame\r\n"] {
        for path in ["/v1/modules", "/metrics", "/openapi.json", "/nowhere"] {
            let answer = ask(headers, path);
            answer.refuses(401, "Unauthorized", TOKEN);
            assert!(answer.headers.contains("www-authenticate: Bearer\r\n"), "{answer:?}");
        }
        assert_eq!(ask(headers, "/healthz").body, "alive\n");
        assert_eq!(ask(headers, "/readyz").body, "ready\n");
    }
    let answer = ask("Authorization: bearer open-sesame\r\n", "/v1/modules");
    assert_eq!((answer.status, answer.body.as_str()), (200, "[]"));
    // Who knows the token may use any name of the machine.
    let named = "Authorization: Bearer open-sesame\r\n";
    assert_eq!(station.ask_with("ci-box:80", named, "GET", "/v1/modules").status, 200);
}

#[test]
fn a_page_of_another_site_is_refused() {
    let station = Station::start(&[]);
    let host = station.addr.to_string();
    let evil = "Origin: http://evil.example\r\n";
    let answer = station.ask_with(&host, evil, "POST", "/v1/modules/1/reset");
    answer.refuses(403, "Forbidden", "a page of \"http://evil.example\" may not ask");
    let rebound = station.ask_with("evil.example:80", "", "GET", "/healthz");
    rebound.refuses(
        403,
        "Forbidden",
        "the Host header is \"evil.example:80\"; it must be an address or localhost",
    );
    let own = format!("Origin: http://{host}\r\n");
    assert_eq!(station.ask_with(&host, &own, "GET", "/v1/modules").status, 200);
    let localhost = format!("localhost:{}", station.addr.port());
    assert_eq!(station.ask_with(&localhost, "", "GET", "/v1/modules").status, 200);
}

#[test]
fn what_is_served_nowhere_or_not_so_is_a_problem() {
    let station = Station::start(&[]);
    let hint = "/openapi.json tells what";
    station.ask("GET", "/v2", None).refuses(
        404,
        "Not Found",
        &format!("nothing is at /v2; {hint} there is"),
    );
    station.ask("PATCH", "/v1/modules", None).refuses(
        405,
        "Method Not Allowed",
        &format!("/v1/modules takes no PATCH; {hint} it takes"),
    );
}

#[test]
fn a_socket_in_the_file_system_is_the_users_own_and_goes_with_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("control");
    // One that a killed program has left.
    drop(UnixListener::bind(&socket).unwrap());
    let option = format!("unix:{}", socket.display());
    let program = Program::start(["run", "--control", &option]);
    assert_eq!(program.line(), format!("ready control {option}"));
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(ask_unix(&socket, "GET", "/v1/modules").body, "[]");
    let second = Program::start(["run", "--control", &option]).finish();
    let sentence = format!(
        "quasimodem: --control {option} cannot be had: Address already in use (os error 98)\n"
    );
    assert_eq!((second.code(), second.stderr), (1, sentence));
    program.signal(Signal::USR1);
    assert_eq!(ask_unix(&socket, "GET", "/healthz").body, "alive\n");
    program.signal(Signal::TERM);
    assert_eq!(program.finish().code(), 0);
    assert!(!socket.exists());
}

#[test]
fn without_a_token_nobody_else_is_listened_to() {
    for (args, sentence) in [
        (
            &["--control", "0.0.0.0:0"][..],
            "--control http://0.0.0.0:0 can be reached from elsewhere; set a token with \
             --control-token TOKEN or QUASIMODEM_CONTROL_TOKEN",
        ),
        (
            &["--control", "0", "--control-token", ""],
            "the control token must be printable ASCII without blanks, and not empty",
        ),
        (
            &["--control", "nonsense"],
            "invalid value 'nonsense' for '--control <[ADDR:]PORT|unix:PATH>': write ADDR:PORT, \
             as 127.0.0.1:8080, PORT alone or unix:PATH",
        ),
    ] {
        let ended = Program::start(["run"].iter().chain(args)).finish();
        assert_eq!(ended.stderr, format!("quasimodem: {sentence}\n"));
        assert_eq!((ended.code(), ended.stdout.as_str()), (2, ""));
    }
    let program = Program::spawn(
        quasimodem()
            .args(["run", "--control", "0.0.0.0:0"])
            .env("QUASIMODEM_CONTROL_TOKEN", "open-sesame"),
    );
    assert!(program.line().starts_with("ready control http://0.0.0.0:"));
}

#[test]
fn the_document_names_every_path_and_holds_the_snapshot() {
    let station = Station::start(&[]);
    let document: Value = station.get("/openapi.json");
    assert_eq!(document["openapi"], "3.1.0");
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        operations.extend(methods.as_object().unwrap().keys().map(|key| format!("{key} {path}")));
    }
    operations.sort();
    assert_eq!(
        operations,
        [
            "delete /v1/modules/{id}",
            "delete /v1/modules/{id}/faults/{name}",
            "get /healthz",
            "get /metrics",
            "get /readyz",
            "get /v1/modules",
            "get /v1/modules/{id}",
            "get /v1/modules/{id}/events",
            "get /v1/modules/{id}/faults",
            "get /v1/modules/{id}/lines",
            "get /v1/modules/{id}/transcript",
            "post /v1/modules",
            "post /v1/modules/{id}/faults",
            "post /v1/modules/{id}/power-key",
            "post /v1/modules/{id}/reset",
            "post /v1/modules/{id}/world",
        ]
    );
    // A module as it is given is one as the document says.
    let schema = serde_json::json!({
        "$ref": "#/components/schemas/ModuleView",
        "components": document["components"],
    });
    let validator = jsonschema::validator_for(&schema).unwrap();
    let module = station.post("/v1/modules", "{}").json();
    let mistakes: Vec<_> = validator.iter_errors(&module).map(|error| error.to_string()).collect();
    assert_eq!(mistakes, [""; 0]);
    let mut half = module;
    half["snapshot"]["ftp"].as_object_mut().unwrap().remove("state");
    assert!(!validator.is_valid(&half));
}
