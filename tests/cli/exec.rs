//! `exec`: a module for as long as a command runs.

use std::path::Path;

use rustix::process::Signal;

use crate::workplace::Workplace;

#[test]
fn status_of_the_command_is_passed_on() {
    let here = Workplace::new();
    for (script, status) in [
        ("exit 0", 0),
        ("exit 3", 3),
        ("exit 255", 255),
        ("kill -KILL $$", 128 + 9),
        ("kill -TERM $$", 128 + 15),
    ] {
        let ended = here.start(&["exec", "--", "sh", "-c", script]).finish();
        assert_eq!(ended.code(), status, "{script}");
        assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", ""));
    }
    assert!(here.names().is_empty());
}

#[test]
fn command_finds_lines_and_server_in_its_environment() {
    let here = Workplace::new();
    let script = "printf '%s\\n' \"$QUASIMODEM_PTY\" \"$QUASIMODEM_TCP\" \
                  \"$QUASIMODEM_FTP_ADDR\" \"$QUASIMODEM_FTP_ROOT\"; \
                  test -c \"$QUASIMODEM_PTY\" && test -s \"$QUASIMODEM_FTP_ROOT/sscom.ini\" && \
                  cat ready.json";
    let args = ["exec", "--ftp-server", "--ready-file", "ready.json", "--", "sh", "-c", script];
    let ended = here.start(&args).finish();
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""));
    let [pty, tcp, addr, root, ready] = ended.stdout.lines().collect::<Vec<_>>()[..] else {
        panic!("{ended:?}");
    };
    let ready: serde_json::Value = ready.parse().unwrap();
    assert_eq!(ready["lines"][0]["path"], pty);
    assert_eq!(ready["lines"][1]["addr"], tcp);
    assert_eq!(ready["ftp"]["addr"], addr);
    assert_eq!(ready["ftp"]["root"], root);
    for gone in [Path::new(pty).parent().unwrap(), Path::new(root)] {
        assert!(!gone.exists(), "{}", gone.display());
    }
}

#[test]
fn command_finds_the_line_that_speaks_rfc2217_as_a_url() {
    let here = Workplace::new();
    let script = "echo \"${QUASIMODEM_TCP-none} $QUASIMODEM_RFC2217\"; cat ready.json";
    let args = ["exec", "--tcp", "0,rfc2217", "--ready-file", "ready.json"];
    let ended = here.start(&[&args[..], &["--", "sh", "-c", script]].concat()).finish();
    let (found, ready) = ended.stdout.split_once('\n').unwrap();
    let ready: serde_json::Value = ready.parse().unwrap();
    let addr = ready["lines"][1]["addr"].as_str().unwrap();
    assert_eq!(found, format!("none rfc2217://{addr}"));
}

#[test]
fn command_finds_no_server_where_none_was_asked_for() {
    let here = Workplace::new();
    let script = "echo \"${QUASIMODEM_FTP_ADDR-none} ${QUASIMODEM_FTP_ROOT-none}\"";
    let ended = here.start(&["exec", "--pty", "tty", "--", "sh", "-c", script]).finish();
    assert_eq!((ended.code(), ended.stdout.as_str()), (0, "none none\n"));
    assert!(here.names().is_empty());
}

#[test]
fn files_uploaded_to_a_folder_of_the_users_stay_there() {
    let here = Workplace::new();
    let script = "echo mine >\"$QUASIMODEM_FTP_ROOT/upload\"";
    let args = ["exec", "--ftp-server", "--ftp-root", ".", "--", "sh", "-c", script];
    assert_eq!(here.start(&args).finish().code(), 0);
    assert_eq!(here.names(), ["sscom.ini", "upload"]);
}

/// A shell is host enough: the answer is all there is on standard output.
#[test]
fn standard_output_is_the_commands_alone() {
    let here = Workplace::new();
    let script = "exec 3<>\"$QUASIMODEM_PTY\"; printf 'AT\\r' >&3; head -c 9 <&3";
    let args = ["exec", "--timing", "instant", "--", "sh", "-c", script];
    let ended = here.start(&args).finish();
    assert_eq!(ended.stdout, "AT\r\r\nOK\r\n");
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""));
}

#[test]
fn sigterm_reaches_the_command_and_its_end_is_ours() {
    let here = Workplace::new();
    let program = here.start(&["exec", "--pty", "tty", "--", "sh", "-c", "echo begun && exec cat"]);
    assert_eq!(program.line(), "begun");
    program.signal(Signal::TERM);
    let ended = program.finish();
    assert_eq!((ended.code(), ended.stdout.as_str()), (128 + 15, ""));
    assert!(here.names().is_empty());
}

/// A terminal sends Ctrl-C to the command, too, which decides; here, nobody has sent it one.
#[test]
fn sigint_leaves_the_end_to_the_command() {
    let here = Workplace::new();
    let mut program = here.start(&["exec", "--", "sh", "-c", "echo begun && exec cat"]);
    assert_eq!(program.line(), "begun");
    program.signal(Signal::INT);
    program.close_stdin();
    assert_eq!(program.finish().code(), 0);
}
