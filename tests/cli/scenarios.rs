//! `scenario`, `--scenario`, and scenarios in `check` and in recordings.

use quasimodem::fault::Scenario;
use rustix::process::Signal;

use crate::support::module::{Line, Module};
use crate::workplace::Workplace;

/// Two rules of a host's own.
const MINE: &str = "\
story = \"The connector is worn.\"

[[rule]]
name = \"a lost byte\"
at = \"line-out\"
when = { command = \"AT+CSQ\", after_bytes = 9 }
do = { drop = 1 }

[[rule]]
name = \"a call\"
at = \"line-out\"
when = { command = \"AT+CREG?\" }
do = { inject = \"\\r\\nRING\\r\\n\" }
";

const CSQ: &str = "\r\n+CSQ: 28,0\r\n\r\nOK\r\n";

#[test]
fn list_names_each_built_in_scenario_with_the_first_sentence_of_its_story() {
    let listed = Workplace::new().says(&["scenario", "list"]);
    let names: Vec<&str> = Scenario::built_in_names().collect();
    let first: Vec<&str> = listed.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(first, names);
    assert_eq!(
        listed.lines().take(3).collect::<Vec<_>>(),
        [
            "account-wanted-532           The server lets everybody read, and wants an account for storing.",
            "address-changed              The network gives the module another address, as after a hand-over to another gateway.",
            "battery-runs-empty           The battery of the logger runs down.",
        ]
    );
    for line in listed.lines() {
        assert!(line.is_char_boundary(29) && line.as_bytes()[28] == b' ', "{line}");
        assert!(line.ends_with('.') && line.len() < 180, "{line}");
    }
}

#[test]
fn what_show_prints_is_the_file_and_a_good_scenario() {
    let here = Workplace::new();
    for name in ["ok-lost", "through-the-tunnel"] {
        let shown = here.says(&["scenario", "show", name]);
        assert_eq!(shown, Scenario::built_in_text(name).unwrap());
        here.file("shown.toml", &shown);
        assert_eq!(here.says(&["check", "shown.toml"]), "shown.toml: a good scenario\n");
    }
    here.refuses(
        &["scenario", "show", "ok-lots"],
        2,
        "scenario \"ok-lots\" is none that is built in (see: quasimodem scenario list)",
    );
}

#[test]
fn schema_is_that_of_the_library() {
    assert_eq!(Workplace::new().says(&["scenario", "schema"]), Scenario::json_schema());
}

#[test]
fn check_tells_good_scenarios_from_bad_ones() {
    let here = Workplace::new();
    here.file("mine.toml", MINE);
    here.file("beside.at", ":scenario mine.toml\n:scenario ok-lost\n> AT\n");
    assert_eq!(
        here.says(&["check", "mine.toml", "beside.at"]),
        "mine.toml: a good scenario\nbeside.at: a good transcript\n"
    );
    here.file("nowhere.at", ":scenario none.toml\n> AT\n");
    here.refuses(
        &["check", "nowhere.at"],
        2,
        "nowhere.at: scenario \"none.toml\" is none that is built in (see: quasimodem scenario list), nor a file that can be read: No such file or directory (os error 2)",
    );
    here.file("rule.at", "# A call.\n:rule { at = \"clock\", do = { world = \"ring\" } }\n> AT\n");
    here.refuses(
        &["check", "rule.at"],
        2,
        "rule.at: line 2: a rule of the clock says when: write when = { after = \"5s\" }",
    );
}

#[test]
fn bad_scenarios_are_status_2_with_line_and_column() {
    let here = Workplace::new();
    for (text, mistake) in [
        (
            "[[rules]]\n",
            "line 1, column 3: there is no key \"rules\" here; the nearest is \"rule\"",
        ),
        (
            "story = \"\"\n[[rule]]\nat = \"line-in\"\ndo = \"silence\"\n",
            "line 4, column 6: this is a verdict of ftp-request and ftp-event; bytes of a line know none such",
        ),
        (
            "[[rule]]\nat = \"ftp-request\"\nwhen = { operation = \"stor\" }\ndo = \"silence\"\n",
            "line 3, column 8: no operation is \"stor\"; there is open, change-directory, store, retrieve, send, end-of-file, pull, abort, close",
        ),
        ("[[rule]\n", "line 1, column 8: unclosed array table, expected `]`"),
    ] {
        here.file("bad.toml", text);
        let sentence = format!("bad.toml: {mistake}");
        here.refuses(&["check", "bad.toml"], 2, &sentence);
        here.refuses(&["run", "--pty", "tty", "--scenario", "bad.toml"], 2, &sentence);
        here.refuses(&["exec", "--scenario", "bad.toml", "--", "true"], 2, &sentence);
    }
    here.refuses(
        &["run", "--pty", "tty", "--scenario", "bad"],
        2,
        "scenario \"bad\" is none that is built in (see: quasimodem scenario list), nor a file that can be read: No such file or directory (os error 2)",
    );
}

#[test]
fn what_a_scenario_does_takes_place_on_either_line() {
    for line in [Line::Pty, Line::Tcp] {
        let module = Module::run(&["--scenario", "urc-inside-a-reply"]);
        let host = &mut module.host(line);
        host.command("AT+CSQ", "\r\n+CSQ: 2\r\nRING\r\n8,0\r\n\r\nOK\r\n");
        host.command("AT+CSQ", CSQ);
    }
}

#[test]
fn several_scenarios_hold_together_and_a_recording_has_their_rules() {
    let here = Workplace::new();
    let mine = here.file("mine.toml", MINE);
    let mine = mine.to_str().unwrap();
    let recording = here.path().join("session.at");
    let recording = recording.to_str().unwrap();
    let options = ["--scenario", mine, "--scenario", "digit-doubled", "--record", recording];
    let module = Module::run(&options);
    let host = &mut module.host(Line::Pty);
    host.command("AT+CSQ", "\r\n+CSQ: 2,0\r\n\r\nOK\r\n");
    host.command("AT+CSQ", CSQ);
    host.command("AT+CREG?", "\r\nRING\r\n\r\n+CREG: 0,1\r\n\r\nOK\r\n");
    host.command("AT+QFTPCFG=1,1", "\r\nOK\r\n\r\n+QFTPCFG:-10\r\n");
    module.program.signal(Signal::TERM);
    assert_eq!(module.finish().0.code(), 0);

    let text = std::fs::read_to_string(recording).unwrap();
    let of = |begin: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with(begin));
        lines.map(|line| line.split("  @+").next().unwrap().to_owned()).collect()
    };
    assert_eq!(
        of(":rule"),
        [
            format!(
                r#":rule {mine}:3 {{ name = "a lost byte", at = "line-out", when = {{ after_bytes = 9, command = "AT+CSQ" }}, do = {{ drop = 1 }} }}"#
            ),
            format!(
                r#":rule {mine}:9 {{ name = "a call", at = "line-out", when = {{ command = "AT+CREG?" }}, do = {{ inject = "\r\nRING\r\n" }} }}"#
            ),
            r#":rule digit-doubled.toml:8 { name = "double the value", at = "line-in", when = { command = "AT+QFTPCFG=1,1" }, do = { duplicate = 1 } }"#.to_owned(),
        ]
    );
    assert_eq!(
        of("fault>"),
        [
            format!("fault> a lost byte ({mine}:3): {{ drop = 1 }}"),
            format!(r#"fault> a call ({mine}:9): {{ inject = "\r\nRING\r\n" }}"#),
            "fault> double the value (digit-doubled.toml:8): { duplicate = 1 }".to_owned(),
        ]
    );
    assert_eq!(here.says(&["replay", recording]), "1 transcript, 0 differ from the core\n");
}

#[test]
fn the_same_scenario_given_twice_holds_twice() {
    let module =
        Module::run(&["--scenario", "urc-inside-a-reply", "--scenario", "urc-inside-a-reply"]);
    let host = &mut module.host(Line::Tcp);
    host.command("AT+CSQ", "\r\n+CSQ: 2\r\nRING\r\n\r\nRING\r\n8,0\r\n\r\nOK\r\n");
}
