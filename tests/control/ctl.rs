//! `ctl`: the tables, the JSON, and the sentences.

use serde_json::Value;

use crate::http::Station;
use crate::support::host::Host;
use crate::support::program::{Ended, Program, quasimodem};

fn ctl(station: &Station, args: &[&str]) -> Ended {
    let server = format!("http://{}", station.addr);
    Program::spawn(quasimodem().arg("ctl").args(args).env("QUASIMODEM_CONTROL", server)).finish()
}

#[track_caller]
fn says(station: &Station, args: &[&str], text: &str) {
    let ended = ctl(station, args);
    assert_eq!((ended.stderr.as_str(), ended.stdout.as_str()), ("", text));
    assert_eq!(ended.code(), 0);
}

#[track_caller]
fn refuses(station: &Station, args: &[&str], status: i32, sentence: &str) {
    let ended = ctl(station, args);
    assert_eq!(ended.stderr, format!("quasimodem: {sentence}\n"));
    assert_eq!((ended.code(), ended.stdout.as_str()), (status, ""));
}

#[test]
fn all_of_it_can_be_done_from_a_shell() {
    let station = Station::start(&[]);
    let made = ctl(&station, &["create", "--seed", "1", "--powered-off"]);
    let addr = made.stdout.strip_prefix("module 1\nready tcp ").unwrap().trim_end().to_owned();
    let list = |power: &str| {
        format!("ID  PROFILE  POWER  FTP   LINES\n1   m10      {power:5}  IDLE  tcp {addr}\n")
    };
    says(&station, &["modules"], &list("off"));
    says(&station, &["power"], "");
    says(&station, &["modules"], &list("on"));
    let mut host = Host::connect(addr.parse().unwrap());
    host.command("ATE0", "ATE0\r\r\nOK\r\n");
    says(
        &station,
        &["lines", "-m", "1"],
        &format!(
            "LINE  PLACE{:width$}  STATE    SPEED  LATE  TYPED AHEAD  UNWRITTEN\n\
             1     tcp {addr}  command  -      0     0            0\n",
            "",
            width = addr.len() - 1
        ),
    );
    let head = "RULE  AT        FIRED  TIMES  DOES        PLACE\n";
    let rule = r#"{ name = "eat", at = "line-out", do = { drop = 2 }, times = 0 }"#;
    let row = |fired: u32| {
        format!("{head}eat   line-out  {fired}      ever   {{\"drop\":2}}  control:1\n")
    };
    says(&station, &["faults", "add", rule], &row(0));
    host.command("AT", "OK\r\n");
    says(&station, &["faults", "list"], &row(1));
    says(&station, &["faults", "remove", "eat"], "");
    says(&station, &["world", "signal", "3"], "");
    host.command("AT+CSQ", "\r\n+CSQ: 3,0\r\n\r\nOK\r\n");
    let snapshot = ctl(&station, &["snapshot"]).stdout;
    assert!(snapshot.contains("\nsnapshot.network.signal                3\n"), "{snapshot}");
    let module: Value =
        serde_json::from_str(&ctl(&station, &["snapshot", "--json"]).stdout).unwrap();
    assert_eq!(module["snapshot"]["network"]["signal"], 3);
    let transcript = ctl(&station, &["transcript"]).stdout;
    let entries: Vec<_> = transcript.lines().filter(|line| line.starts_with('!')).collect();
    let expected = [
        "! power-key",
        "! line-opened 1",
        "! rule control:1 { name = \"eat\", at = \"line-out\", do = { drop = 2 }, times = 0 }",
        "! no-rule eat",
        "! signal 3",
    ];
    assert_eq!(entries, expected);
    says(&station, &["reset"], "");
    host.command("AT", "AT\r\r\nOK\r\n");
    says(&station, &["remove", "1"], "");
    says(&station, &["modules"], "ID  PROFILE  POWER  FTP  LINES\n");
}

#[test]
fn what_cannot_be_done_is_one_sentence_and_a_status() {
    let station = Station::start(&[]);
    refuses(&station, &["snapshot", "-m", "9"], 1, "there is no module 9");
    refuses(&station, &["remove", "9"], 1, "there is no module 9");
    let (_, _host) = station.create("{}");
    refuses(&station, &["world", "earthquake"], 2, "\"earthquake\" is nothing the world can do");
    refuses(
        &station,
        &["faults", "add", "{ at = \"line-out\", do = { dropp = 1 } }"],
        2,
        "line 1, column 33: there is no word \"dropp\" here; the nearest is \"drop\"",
    );
    refuses(&station, &["faults", "remove", "none"], 1, "module 1 has no rule \"none\"");
    let ended =
        Program::spawn(quasimodem().args(["ctl", "modules"]).env_remove("QUASIMODEM_CONTROL"));
    let sentence = "quasimodem: say where the control API is, with --control http://127.0.0.1:PORT \
                    or in QUASIMODEM_CONTROL\n";
    let ended = ended.finish();
    assert_eq!((ended.code(), ended.stderr.as_str()), (2, sentence));
    let absent = Program::start(["ctl", "--control", "unix:/nowhere/s", "modules"]).finish();
    let sentence =
        "quasimodem: nobody answers at unix:/nowhere/s: No such file or directory (os error 2)\n";
    assert_eq!((absent.code(), absent.stderr.as_str()), (1, sentence));
}

/// The server is in another folder than whoever asks.
#[test]
fn files_are_named_from_where_ctl_runs() {
    let station = Station::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.toml"), "[identity]\nrevision = \"R1\"\n").unwrap();
    let mut create = quasimodem();
    create.current_dir(&folder).env("QUASIMODEM_CONTROL", format!("http://{}", station.addr));
    let made = Program::spawn(create.args(["ctl", "create", "--profile", "own.toml"])).finish();
    assert_eq!((made.code(), made.stderr.as_str()), (0, ""));
    let addr = made.stdout.strip_prefix("module 1\nready tcp ").unwrap().trim_end();
    let mut host = Host::connect(addr.parse().unwrap());
    host.command("AT+GMR", "AT+GMR\r\r\nR1\r\n\r\nOK\r\n");
}

#[test]
fn events_are_printed_as_they_come() {
    let station = Station::start(&[]);
    let (_, mut host) = station.create("{}");
    host.command("ATE0", "ATE0\r\r\nOK\r\n");
    let server = format!("http://{}", station.addr);
    let watcher = Program::start(["ctl", "--control", &server, "--json", "events"]);
    // It listens once it prints the first thing that befalls the module.
    let heard = loop {
        says(&station, &["world", "dns-healed"], "");
        if let Some(line) = watcher.try_line() {
            break line;
        }
    };
    let entry: Value = serde_json::from_str(&heard).unwrap();
    assert_eq!(entry["entry"], "! dns-healed");
    host.command("AT", "\r\nOK\r\n");
    says(&station, &["remove", "1"], "");
    let rest = watcher.finish();
    assert_eq!(rest.code(), 0);
    let entries = rest.stdout.lines().map(|line| {
        let entry: Value = serde_json::from_str(line).unwrap();
        entry["entry"].as_str().unwrap().to_owned()
    });
    let entries: Vec<_> = entries.filter(|entry| entry != "! dns-healed").collect();
    assert_eq!(entries[..2], ["> AT", "< \\r\\nOK\\r\\n"]);
}
