//! Signals and speed through the whole program, and what a recording has of them.

use quasimodem::transcript::Transcript;
use rustix::process::Signal;

use crate::recording::replays;
use crate::session::OK;
use crate::support::host::Host;
use crate::support::program::Program;

/// `IAC SB COM-PORT-OPTION` these `IAC SE`.
fn com_port(bytes: &[u8]) -> Vec<u8> {
    [b"\xff\xfa\x2c", bytes, b"\xff\xf0"].concat()
}

/// NOTIFY-MODEMSTATE.
fn notice(state: u8) -> Vec<u8> {
    com_port(&[107, state])
}

const DCD: u8 = 0x80;
const RI: u8 = 0x40;
const READY: u8 = 0x30;
const DCD_CHANGED: u8 = 8;
const RI_FELL: u8 = 4;

#[test]
fn signals_stand_between_the_bytes_they_belong_to_and_replay_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.at");
    let record = path.to_str().unwrap();
    let instant = ["--timing", "instant", "--record", record];
    let program = Program::start([&["demo", "--tcp", "0,rfc2217"][..], &instant].concat());
    let address = program.line().strip_prefix("ready rfc2217 ").unwrap().parse().unwrap();
    let mut host = Host::connect(address);
    host.expect(b"\xff\xfb\x00\xff\xfd\x00\xff\xfb\x03\xff\xfd\x03\xff\xfb\x01\xff\xfd\x2c");
    host.send(b"\xff\xfd\x00\xff\xfb\x00\xff\xfb\x2c");
    host.expect(notice(READY));
    host.send(com_port(&[1, 0, 0, 0x25, 0x80]));
    host.expect(com_port(&[101, 0, 0, 0x25, 0x80]));
    host.command("ATE0&D1", "ATE0&D1\r\r\nOK\r\n");
    host.command("AT+QFTPUSER=\"quectel\";+QFTPPASS=\"123456\"", OK);
    host.command("AT+QFTPOPEN=\"quectel.3322.org\",21", OK);
    host.expect(notice(READY | RI));
    host.expect("\r\n+QFTPOPEN:0\r\n");
    host.expect(notice(READY | RI_FELL));
    host.command("AT+QFTPPUT=\"dtr\",5", OK);
    host.expect("\r\nCONNECT\r\n");
    host.expect(notice(READY | DCD | DCD_CHANGED));
    host.send([b"he".to_vec(), com_port(&[5, 9])].concat());
    host.expect(com_port(&[105, 9]));
    host.expect(OK);
    host.send(com_port(&[5, 8]));
    host.expect(com_port(&[105, 8]));
    host.command("ATO", "\r\nCONNECT\r\n");
    host.send("llo");
    host.expect(notice(READY | DCD_CHANGED));
    host.expect(notice(READY | RI));
    host.expect("\r\n+QFTPPUT:5\r\n");
    host.expect(notice(READY | RI_FELL));
    program.signal(Signal::TERM);
    assert_eq!(program.finish().code(), 0);
    replays(&path);
    let recorded = std::fs::read_to_string(&path).unwrap();
    let transcript = Transcript::parse(&recorded).unwrap();
    let signals: Vec<&str> = transcript.entries.iter().map(|entry| entry.as_written()).collect();
    let signals: Vec<&str> = signals.into_iter().filter(|line| line.starts_with("!>")).collect();
    let told = ["!> dtr on", "!> rts on", "!> speed 9600 8N1", "!> dtr off", "!> dtr on"];
    assert_eq!(signals, told);
}
