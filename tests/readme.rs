//! What `README.md` promises, checked against the program: its dialogue, its scenario and its table of
//! commands.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a host reads files, and a test may panic"
)]

mod support;

use quasimodem::sweep::plan::Plan;
use support::module::{Line, Module};
use support::program::Program;

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

/// What stands between two marks, of which there is one each.
#[track_caller]
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let [_, rest] = text.split(start).collect::<Vec<_>>()[..] else {
        panic!("there is not one {start:?}");
    };
    rest.split_once(end).unwrap().0
}

/// Everything that the block shows, and nothing else, passes the line: `>` is typed, with a
/// carriage return, when all before it has come; `<` comes, blank framing aside.
#[test]
fn dialogue_takes_place_word_for_word() {
    let text = readme();
    let module = Module::demo(&[]);
    let host = &mut module.attach(Line::Pty);
    let mut data = false;
    let mut typed = 0;
    // The last command shows that nothing was left over from those of the file.
    for entry in between(&text, "```dialogue\n", "```").lines().chain(["> AT", "< OK"]) {
        if let Some(line) = entry.strip_prefix("> ") {
            host.send(format!("{line}\r"));
            if !std::mem::take(&mut data) {
                // A terminal shows the echo in place of what is typed.
                assert_eq!(host.next_line(), line);
            }
            typed += 1;
        } else if let Some(line) = entry.strip_prefix("< ") {
            assert_eq!(host.next_line(), line);
            data = line == "CONNECT";
        } else {
            panic!("{entry:?} is nothing that happens on a line");
        }
    }
    assert!(typed > 10, "the dialogue is not there");
}

#[test]
fn plan_of_a_sweep_can_be_read() {
    let text = readme();
    let plan = Plan::parse(between(&text, "```toml\n# plan.toml\n", "```")).unwrap();
    let faults: Vec<_> = plan.faults.iter().map(|fault| fault.name.as_str()).collect();
    assert_eq!(faults, ["lost", "bit", "cut", "call"]);
}

#[test]
fn table_of_commands_is_what_the_program_prints() {
    let text = readme();
    let table = between(&text, "<!-- commands -->\n", "<!-- /commands -->\n");
    let printed = Program::start(["commands", "--markdown"]).finish();
    for (line, promised) in printed.stdout.lines().zip(table.lines()) {
        assert_eq!(line, promised);
    }
    assert_eq!(printed.stdout, table);
    assert_eq!((printed.code(), printed.stderr.as_str()), (0, ""));
}

#[test]
fn scenario_does_what_its_story_says() {
    let text = readme();
    let scenario = between(&text, "<!-- scenario -->\n```toml\n", "```\n<!-- /scenario -->");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    std::fs::write(&file, scenario).unwrap();
    let module = Module::demo(&["--scenario", file.to_str().unwrap()]);
    let host = &mut module.host(Line::Tcp);
    for account in ["AT+QFTPUSER=\"quectel\"", "AT+QFTPPASS=\"123456\""] {
        host.command(account, "\r\nOK\r\n");
    }
    host.command("AT+QFTPOPEN=\"quectel.3322.org\",21", "\r\n+QFTPOPEN:0\r\n");
    host.command("AT+QFTPPUT=\"log.csv\",5000", "\r\nOK\r\n\r\nCONNECT\r\n");
    host.send([b'a'; 5000]);
    host.expect("\r\n+QFTPPUT:-7\r\n");
    // What came too late for data mode was typed.
    host.send("\r");
    host.command("AT+QFTPPUT=\"log.csv\",5000", "\r\nOK\r\n\r\nCONNECT\r\n");
    host.send([b'b'; 5000]);
    host.expect("\r\n+QFTPPUT:5000\r\n");
    assert_eq!(std::fs::read(module.root().join("log.csv")).unwrap(), [b'b'; 5000]);
}
