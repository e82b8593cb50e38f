//! What `--record` writes, `replay` plays to the byte.

use std::path::Path;

use rustix::process::Signal;

use crate::files::random;
use crate::over_both_lines;
use crate::session::{
    OK, close, configure, download, expect_state, get, log_in, open_built_in, put, upload,
};
use crate::support::module::{Line, Module};
use crate::support::program::Program;

#[test]
fn recording_without_modelled_delay_replays_to_the_byte() {
    over_both_lines(|line| records(line, &["--timing", "instant"]));
}

#[test]
fn recording_with_modelled_delay_replays_to_the_byte() {
    over_both_lines(|line| records(line, &["--timing", "faithful", "--time-scale", "30"]));
}

/// A session with a bit of everything, ended amid a transfer.
fn records(line: Line, options: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.at");
    let record = ["--record", path.to_str().unwrap()];
    let module = Module::demo(&[options, &record].concat());
    let host = &mut module.host(line);
    let other = &mut module.host(line.other());
    let file = random(3000);
    log_in(host, "quectel", "wrong", "\"quectel.3322.org\",21", "-530");
    open_built_in(host);
    upload(host, "f", &file[..2000]);
    configure(host, "3,2000");
    upload(host, "f", &file[2000..]);
    assert_eq!(download(host, "f", 3000), file);
    other.command("AT+QFTPCLOSE", OK);
    other.expect("\r\n+QFTPCLOSE:-3\r\n");
    other.command("AT+NOTHING", "\r\nERROR\r\n");
    host.send("at;+qftpstat\r\n");
    host.expect("\r\n+QFTPSTAT: OPENED\r\n\r\nOK\r\n");
    close(host);
    open_built_in(host);
    get(host, "sscom.ini");
    host.take(1587);
    host.expect("\r\n+QFTPGET:1587\r\n");
    put(host, "half", 10);
    host.send("hello");
    expect_state(other, "TRANSFER");
    module.program.signal(Signal::TERM);
    assert_eq!(module.finish().0.code(), 0);
    replays(&path);
}

/// What rules do to a file is done to the bytes of a real server, and a replay repeats it.
#[test]
fn recording_with_scenarios_replays_to_the_byte() {
    over_both_lines(|line| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.at");
        let record = ["--timing", "instant", "--record", path.to_str().unwrap()];
        let scenarios =
            ["--scenario", "upload-corrupted", "--scenario", "download-cut-looks-complete"];
        let module = Module::demo(&[&record[..], &scenarios].concat());
        let host = &mut module.host(line);
        let file = random(200);
        open_built_in(host);
        upload(host, "f", &file);
        let stored = std::fs::read(module.root().join("f")).unwrap();
        let changed: Vec<usize> = (0..200).filter(|&at| stored[at] != file[at]).collect();
        assert_eq!(changed, (100..116).collect::<Vec<_>>());
        assert_eq!(download(host, "f", 6), stored[..6]);
        configure(host, "3,6");
        assert_eq!(download(host, "f", 194), stored[6..]);
        close(host);
        module.program.signal(Signal::TERM);
        assert_eq!(module.finish().0.code(), 0);
        replays(&path);
    });
}

pub fn replays(path: &Path) {
    let ended = Program::start(["replay", path.to_str().unwrap()]).finish();
    assert_eq!(ended.stdout, "1 transcript, 0 differ from the core\n");
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""));
}
