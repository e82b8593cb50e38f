//! The commands that nearly every test begins or goes on with; echo is off.

use std::sync::mpsc::{Sender, channel};

use crate::support::host::{Host, PATIENCE};
use crate::support::scripted_ftp::{Connection, ScriptedFtp};

pub const OK: &str = "\r\nOK\r\n";

/// Opens a session with the built-in server.
#[track_caller]
pub fn open_built_in(host: &mut Host) {
    log_in(host, "quectel", "123456", "\"quectel.3322.org\",21", "0");
}

/// Opens a session with a server of the test's, which knows `u` by the password `p`.
#[track_caller]
pub fn open_routed(host: &mut Host) {
    log_in(host, "u", "p", "\"ftp.example\",21", "0");
}

/// Opens a session, or comes to an error.
#[track_caller]
pub fn log_in(host: &mut Host, user: &str, password: &str, server: &str, outcome: &str) {
    host.command(&format!("AT+QFTPUSER=\"{user}\""), OK);
    host.command(&format!("AT+QFTPPASS=\"{password}\""), OK);
    host.command(&format!("AT+QFTPOPEN={server}"), OK);
    host.expect(format!("\r\n+QFTPOPEN:{outcome}\r\n"));
}

/// Begins an upload, up to `CONNECT`.
#[track_caller]
pub fn put(host: &mut Host, name: &str, size: usize) {
    host.command(&format!("AT+QFTPPUT=\"{name}\",{size},200"), OK);
    host.expect("\r\nCONNECT\r\n");
}

/// Uploads a whole file.
#[track_caller]
pub fn upload(host: &mut Host, name: &str, file: &[u8]) {
    put(host, name, file.len());
    host.send(file);
    host.expect(format!("\r\n+QFTPPUT:{}\r\n", file.len()));
}

/// Begins a download, up to `CONNECT`.
#[track_caller]
pub fn get(host: &mut Host, name: &str) {
    host.command(&format!("AT+QFTPGET=\"{name}\""), OK);
    host.expect("\r\nCONNECT\r\n");
}

/// Downloads a whole file of so many bytes.
#[track_caller]
pub fn download(host: &mut Host, name: &str, length: usize) -> Vec<u8> {
    get(host, name);
    let file = host.take(length);
    host.expect(format!("\r\n+QFTPGET:{length}\r\n"));
    file
}

/// Sets a parameter; the two answers come in one.
#[track_caller]
pub fn configure(host: &mut Host, setting: &str) {
    host.command(&format!("AT+QFTPCFG={setting}"), "\r\nOK\r\n\r\n+QFTPCFG:0\r\n");
}

#[track_caller]
pub fn expect_state(host: &mut Host, state: &str) {
    host.command("AT+QFTPSTAT", &format!("\r\n+QFTPSTAT: {state}\r\n\r\nOK\r\n"));
}

/// Ends the session.
#[track_caller]
pub fn close(host: &mut Host) {
    host.command("AT+QFTPCLOSE", OK);
    host.expect("\r\n+QFTPCLOSE:0\r\n");
}

/// The server's side of that: the client must ask for nothing else, and leave.
#[track_caller]
pub fn let_go(mut control: Connection) {
    while let Some(command) = control.command() {
        assert_eq!(command.escape_ascii().to_string(), "QUIT");
        control.reply("221 bye");
    }
}

/// A server that gives the first bytes of the file `f`, and the rest when it is told to.
pub fn give_in_two(file: &[u8], first: usize) -> (ScriptedFtp, Sender<()>) {
    let file = file.to_vec();
    let (proceed, told) = channel();
    let server = ScriptedFtp::start(move |mut control| {
        control.login();
        let mut data = control.begin("RETR f");
        data.send(&file[..first]);
        told.recv_timeout(PATIENCE).unwrap();
        data.send(&file[first..]);
        data.fin();
        control.reply("226 done");
        let_go(control);
    });
    (server, proceed)
}
