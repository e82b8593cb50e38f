//! The server goes away: amid an upload, amid a download, and while nobody asks for anything.

use std::sync::mpsc::channel;

use crate::files::{random, sha256, sha256_of};
use crate::over_both_lines;
use crate::session::{
    OK, close, configure, download, expect_state, get, let_go, log_in, open_routed, put, upload,
};
use crate::support::host::{Host, PATIENCE};
use crate::support::module::{Line, Module};
use crate::support::obedient_ftp::ObedientFtp;
use crate::support::scripted_ftp::{Connection, Data, ScriptedFtp};

/// What a server does amid a transfer, and what the host hears of it.
struct Departure {
    deed: fn(Connection, Data),
    error: i32,
    state: &'static str,
}

/// The sockets of a server that was killed are reset if something lay in them unread.
const RESET: Departure = Departure {
    deed: |control, data| {
        data.reset();
        control.reset();
    },
    error: -6,
    state: "CLOSED",
};

/// Or else they are closed; in either order.
const CLOSED: Departure = Departure {
    deed: |mut control, data| {
        control.fin();
        data.fin();
    },
    error: -6,
    state: "CLOSED",
};

/// The data connection alone, without a word: the session stands.
const DATA_RESET: Departure = Departure {
    deed: |control, data| {
        data.reset();
        let_go(control);
    },
    error: -7,
    state: "OPENED",
};

/// The data connection alone, and the server says so.
const DATA_RESET_WITH_REPLY: Departure = Departure {
    deed: |mut control, data| {
        data.reset();
        control.reply("426 broken");
        let_go(control);
    },
    error: -426,
    state: "OPENED",
};

#[test]
fn upload_ends_with_6_when_the_server_resets_both_connections() {
    over_both_lines(|line| upload_fails(line, RESET));
}

#[test]
fn upload_ends_with_6_when_the_server_closes_both_connections() {
    over_both_lines(|line| upload_fails(line, CLOSED));
}

#[test]
fn upload_ends_with_7_when_the_server_resets_the_data_connection() {
    over_both_lines(|line| upload_fails(line, DATA_RESET));
}

#[test]
fn upload_ends_with_426_when_the_server_says_so() {
    over_both_lines(|line| upload_fails(line, DATA_RESET_WITH_REPLY));
}

#[test]
fn download_ends_with_6_when_the_server_resets_both_connections() {
    over_both_lines(|line| download_fails(line, RESET));
}

#[test]
fn download_ends_with_6_when_the_server_closes_both_connections() {
    over_both_lines(|line| download_fails(line, CLOSED));
}

#[test]
fn download_ends_with_7_when_the_server_resets_the_data_connection() {
    over_both_lines(|line| download_fails(line, DATA_RESET));
}

#[test]
fn download_ends_with_426_when_the_server_says_so() {
    over_both_lines(|line| download_fails(line, DATA_RESET_WITH_REPLY));
}

fn upload_fails(line: Line, departure: Departure) {
    let half = random(50_000);
    let expected = half.clone();
    let server = ScriptedFtp::start(move |mut control| {
        control.login();
        let mut data = control.begin("STOR f");
        assert_eq!(sha256(&data.receive(50_000)), sha256(&expected));
        (departure.deed)(control, data);
    });
    let module = Module::routed(server.addr(), &[]);
    let host = &mut module.host(line);
    open_routed(host);
    put(host, "f", 100_000);
    host.send(&half);
    host.expect(format!("\r\n+QFTPPUT:{}\r\n", departure.error));
    expect_state(host, departure.state);
    begin_anew(host, departure.state);
    drop(module);
    server.join();
}

fn download_fails(line: Line, departure: Departure) {
    let half = random(50_000);
    let file = half.clone();
    let (received, proceed) = channel();
    let server = ScriptedFtp::start(move |mut control| {
        control.login();
        let mut data = control.begin("RETR f");
        data.send(&file);
        proceed.recv_timeout(PATIENCE).unwrap();
        (departure.deed)(control, data);
    });
    let module = Module::routed(server.addr(), &[]);
    let host = &mut module.host(line);
    open_routed(host);
    get(host, "f");
    assert_eq!(sha256(&host.take(50_000)), sha256(&half));
    received.send(()).unwrap();
    host.expect(format!("\r\n+QFTPGET:{}\r\n", departure.error));
    expect_state(host, departure.state);
    begin_anew(host, departure.state);
    drop(module);
    server.join();
}

/// A new session with a new server, after the old one was closed if it still stands.
#[track_caller]
fn begin_anew(host: &mut Host, state: &str) {
    if state == "OPENED" {
        close(host);
    }
    let server = ObedientFtp::start(b"again", []);
    log_in(host, "u", "p", &format!("\"127.0.0.1\",{}", server.addr().port()), "0");
    assert_eq!(download(host, "f", 5), b"again");
    close(host);
    server.join();
}

#[test]
fn upload_to_a_server_that_is_killed_is_finished_at_the_next_server() {
    over_both_lines(|line| {
        // What the host sends before it hears of the failure is typed into command state; none of
        // these bytes can begin a command line.
        let file: Vec<u8> = random(1_000_000).into_iter().map(|byte| byte | 0x80).collect();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let mut killed = Module::demo(&["--ftp-root", root.to_str().unwrap()]);
        let module = Module::routed(killed.server(), &[]);
        let host = &mut module.host(line);
        log_in(host, "quectel", "123456", "\"ftp.example\",21", "0");
        put(host, "big.bin", file.len());
        host.send(&file[..500_000]);
        let path = root.join("big.bin");
        while std::fs::metadata(&path).map_or(0, |file| file.len()) == 0 {
            std::thread::yield_now();
        }
        killed.program.kill();
        host.expect("\r\n+QFTPPUT:-6\r\n");
        expect_state(host, "CLOSED");

        // The next server serves the same files.
        let arrived = std::fs::read(&path).unwrap();
        assert_eq!(sha256(&arrived), sha256(&file[..arrived.len()]));
        let next = Module::demo(&["--ftp-root", root.to_str().unwrap()]);
        log_in(host, "quectel", "123456", &format!("\"127.0.0.1\",{}", next.server().port()), "0");
        configure(host, &format!("3,{}", arrived.len()));
        upload(host, "big.bin", &file[arrived.len()..]);
        assert_eq!(sha256_of(root, "big.bin"), sha256(&file));
    });
}

#[test]
fn download_from_a_server_that_is_killed_is_finished_at_the_next_server() {
    over_both_lines(|line| {
        // Far more than all buffers on the way hold while the host does not read.
        let file = random(65_536).repeat(256);
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::write(root.join("big.bin"), &file).unwrap();
        let mut killed = Module::demo(&["--ftp-root", root.to_str().unwrap()]);
        let module = Module::routed(killed.server(), &[]);
        let host = &mut module.host(line);
        log_in(host, "quectel", "123456", "\"ftp.example\",21", "0");
        get(host, "big.bin");
        let mut came = host.take(100_000);
        killed.program.kill();
        came.extend(host.take_until("\r\n+QFTPGET:-6\r\n"));
        expect_state(host, "CLOSED");
        assert_eq!(sha256(&came), sha256(&file[..came.len()]));

        let next = Module::demo(&["--ftp-root", root.to_str().unwrap()]);
        let end = came.len() + 100_000;
        std::fs::write(root.join("big.bin"), &file[..end]).unwrap();
        log_in(host, "quectel", "123456", &format!("\"127.0.0.1\",{}", next.server().port()), "0");
        configure(host, &format!("3,{}", came.len()));
        came.extend(download(host, "big.bin", 100_000));
        assert_eq!(sha256(&came), sha256(&file[..end]));
    });
}

/// Manual 4.5: 421, and "after a moment" the end of the connection.
#[test]
fn idle_server_says_421_and_closes() {
    over_both_lines(|line| {
        let (go_on, proceed) = channel();
        let server = ScriptedFtp::start(move |mut control| {
            control.login();
            proceed.recv_timeout(PATIENCE).unwrap();
            control.reply("421 idle for too long");
            proceed.recv_timeout(PATIENCE).unwrap();
            control.fin();
        });
        let module = Module::routed(server.addr(), &[]);
        let host = &mut module.host(line);
        open_routed(host);
        expect_state(host, "OPENED");
        go_on.send(()).unwrap();
        host.expect("\r\n+QFTPERROR:-421\r\n");
        expect_state(host, "OPENED");
        go_on.send(()).unwrap();
        host.expect("\r\n+QFTPERROR:-6\r\n");
        expect_state(host, "CLOSED");
        close(host);
        host.command("AT+QIDEACT", "\r\nDEACT OK\r\n");
        host.command("AT", OK);
        server.join();
    });
}

#[test]
fn built_in_server_that_is_killed_while_idle_is_reported_with_6() {
    over_both_lines(|line| {
        let folder = tempfile::tempdir().unwrap();
        let mut killed = Module::demo(&["--ftp-root", folder.path().to_str().unwrap()]);
        let module = Module::routed(killed.server(), &[]);
        let host = &mut module.host(line);
        log_in(host, "quectel", "123456", "\"ftp.example\",21", "0");
        killed.program.kill();
        host.expect("\r\n+QFTPERROR:-6\r\n");
        expect_state(host, "CLOSED");
    });
}
