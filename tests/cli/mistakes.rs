//! What cannot be done is refused in one sentence: with status 2 if it was asked for wrongly, with
//! 1 if it cannot be had here and now.

use std::net::TcpListener;

use crate::workplace::Workplace;

#[test]
fn nothing_to_do_is_status_2_and_one_sentence() {
    let here = Workplace::new();
    here.refuses(
        &[],
        2,
        "say what to do: run, demo, exec, sweep, ctl, replay, commands, profile, scenario or check; --help tells more",
    );
    here.refuses(&["run"], 2, "name at least one line, as --pty ./ttyQ0 or --tcp 2000");
    let missing = "the following required arguments were not provided";
    here.refuses(&["exec"], 2, &format!("{missing}: <COMMAND>..."));
    here.refuses(&["exec", "--pty", "tty", "--"], 2, &format!("{missing}: <COMMAND>..."));
    here.refuses(&["check"], 2, &format!("{missing}: <FILE>..."));
    here.refuses(&["profile", "show"], 2, &format!("{missing}: <NAME|FILE>"));
    here.refuses(
        &["profile"],
        2,
        "'quasimodem profile' requires a subcommand but one was not provided [subcommands: list, show, schema, help]",
    );
    here.refuses(&["replay"], 2, &format!("{missing}: <FILE>..."));
    here.refuses(
        &["exec", "--ftp-root", ".", "--", "true"],
        2,
        &format!("{missing}: --ftp-server"),
    );
}

#[test]
fn unknown_words_are_status_2_and_named() {
    let here = Workplace::new();
    here.refuses(&["walk"], 2, "unrecognized subcommand 'walk'");
    for args in [["--slow"].as_slice(), &["run", "--slow"], &["exec", "--slow", "--", "true"]] {
        here.refuses(args, 2, "unexpected argument '--slow' found");
    }
    here.refuses(&["run", "ttyQ0"], 2, "unexpected argument 'ttyQ0' found");
    here.refuses(
        &["run", "--pty", "tty", "--timing", "slow"],
        2,
        "invalid value 'slow' for '--timing <TIMING>' [possible values: faithful, instant]",
    );
}

#[test]
fn bad_values_are_status_2_and_tell_what_is_wanted() {
    let here = Workplace::new();
    for scale in ["0", "x", "-1", "1000001", "NaN", "inf"] {
        here.refuses(
            &["run", "--pty", "tty", &format!("--time-scale={scale}")],
            2,
            &format!(
                "invalid value '{scale}' for '--time-scale <N>': write a number from 0.001 to 1000000"
            ),
        );
    }
    for addr in ["x", "70000", "localhost:1", "1.2.3.4.5:3", "1.2.3.4", ""] {
        here.refuses(
            &["run", "--pty", "tty", &format!("--tcp={addr}")],
            2,
            &format!(
                "invalid value '{addr}' for '--tcp <[ADDR:]PORT[,rfc2217]>': write ADDR:PORT, as 127.0.0.1:2000, or PORT alone"
            ),
        );
    }
    here.refuses(
        &["run", "--tcp", "2000,telnet"],
        2,
        "invalid value '2000,telnet' for '--tcp <[ADDR:]PORT[,rfc2217]>': \"telnet\" is nothing a TCP port can do; write rfc2217",
    );
    for (serial, reason) in [
        (",9600", "the device is missing, as in /dev/ttyUSB0,115200"),
        ("tty,fast", "\"fast\" is neither a speed, as 9600, nor rtscts"),
    ] {
        here.refuses(
            &["run", "--serial", serial],
            2,
            &format!("invalid value '{serial}' for '--serial <DEVICE[,BAUD][,rtscts]>': {reason}"),
        );
    }
    here.refuses(
        &["run", "--serial", "missing"],
        1,
        "no line at missing: opening the serial port failed: No such file or directory (os error 2)",
    );
    for (route, reason) in [
        ("x", "`=` is missing"),
        ("x=y", "the port after `=` is missing"),
        ("x=y:0", "the port after `=` is not a port"),
        ("x:y=z:21", "the port before `=` is not a port"),
        ("=y:21", "a name or an address is missing"),
    ] {
        here.refuses(
            &["run", "--pty", "tty", "--route", route],
            2,
            &format!(
                "invalid value '{route}' for '--route <NAME[:PORT]=ADDR:PORT>': the route `{route}` is not NAME[:PORT]=ADDR:PORT: {reason}"
            ),
        );
    }
    here.refuses(
        &["run", "--pty", "tty", "--seed", "many"],
        2,
        "invalid value 'many' for '--seed <N>': invalid digit found in string",
    );
}

#[test]
fn bad_profiles_are_status_2_with_line_and_column() {
    let here = Workplace::new();
    let nothing = "is neither built in (m10, m95, m66, mc60) nor a file that can be read: No such file or directory (os error 2)";
    here.refuses(
        &["run", "--pty", "tty", "--profile", "m11"],
        2,
        &format!("profile \"m11\" {nothing}"),
    );
    for (text, mistake) in [
        ("[v250]\necho = 1\n", "line 2, column 8: invalid type: integer `1`, expected a boolean"),
        (
            "name = \"x\"\nnmae = \"x\"\n",
            "line 2, column 1: a profile has no key \"nmae\"; the nearest is \"name\"",
        ),
        (
            "[escape]\nguard = \"soon\"\n",
            "line 2, column 9: \"soon\" is not a duration: expected number at 0",
        ),
        ("[ftp\n", "line 1, column 5: unclosed table, expected `]`"),
        ("[ftp]\nwindow = 5\n", "line 2, column 10: ftp.window is 5; it must be 1024 to 16777216"),
        (
            "routes = [\"x\"]\n",
            "line 1, column 11: the route `x` is not NAME[:PORT]=ADDR:PORT: `=` is missing",
        ),
        (
            "dns = [\"127.0.0.1:5353\",\n  \"localhost\"]\n",
            "line 2, column 3: the DNS server `localhost` is not ADDR[:PORT], as 127.0.0.1:5353",
        ),
    ] {
        here.file("mine.toml", text);
        let sentence = format!("mine.toml: {mistake}");
        here.refuses(&["run", "--pty", "tty", "--profile", "mine.toml"], 2, &sentence);
        here.refuses(&["exec", "--profile", "mine.toml", "--", "true"], 2, &sentence);
        here.refuses(&["check", "mine.toml"], 2, &sentence);
        here.refuses(&["profile", "show", "mine.toml"], 2, &sentence);
    }
}

#[test]
fn port_in_use_is_status_1_and_no_line_stays_behind() {
    let here = Workplace::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let port = addr.port().to_string();
    let sentence = format!("no line at tcp {addr}: Address already in use (os error 98)");
    let files = ["--record", "session.at", "--ready-file", "ready.json"];
    for task in ["run", "demo"] {
        let args = [&[task, "--pty", "tty", "--tcp", &port], &files[..]].concat();
        here.refuses(&args, 1, &sentence);
    }
    here.refuses(&["exec", "--pty", "tty", "--tcp", &port, "--", "true"], 1, &sentence);
}

#[test]
fn path_that_is_taken_is_status_1_and_left_as_it_was() {
    let here = Workplace::new();
    here.file("precious", "data");
    std::fs::create_dir(here.path().join("folder")).unwrap();
    let sentence = "no line at precious: a file stands there and is not overwritten";
    for args in [
        &["run", "--pty", "tty", "--pty", "precious"][..],
        &["demo", "--pty", "precious"],
        &["exec", "--pty", "precious", "--", "true"],
    ] {
        here.refuses(args, 1, sentence);
    }
    assert_eq!(std::fs::read_to_string(here.path().join("precious")).unwrap(), "data");
    here.refuses(
        &["run", "--pty", "folder"],
        1,
        "no line at folder: a directory stands there and is not overwritten",
    );
    here.refuses(
        &["run", "--pty", "none/tty"],
        1,
        "no line at none/tty: its directory cannot be used: No such file or directory (os error 2)",
    );
}

#[test]
fn what_cannot_be_had_is_status_1_and_named() {
    let here = Workplace::new();
    let missing = "No such file or directory (os error 2)";
    here.refuses(
        &["run", "--pty", "tty", "--record", "none/session.at"],
        1,
        &format!("none/session.at cannot be written: {missing}"),
    );
    here.refuses(
        &["demo", "--pty", "tty", "--ftp-root", "none"],
        1,
        &format!("the FTP server cannot serve the folder `none`: {missing}"),
    );
    here.refuses(&["exec", "--", "./none"], 1, &format!("./none cannot be run: {missing}"));
    here.refuses(
        &["exec", "--ready-file", "none/ready.json", "--", "true"],
        1,
        &format!("none/ready.json cannot be written: {missing}"),
    );
}
