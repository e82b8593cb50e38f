//! The host goes away amid a transfer; the module goes on, and serves the next host.

use std::sync::mpsc::channel;

use crate::files::random;
use crate::over_both_lines;
use crate::session::{OK, close, expect_state, get, give_in_two, let_go, open_routed};
use crate::support::host::PATIENCE;
use crate::support::module::Module;
use crate::support::scripted_ftp::ScriptedFtp;

/// Ten seconds of the module pass in one.
const FAST: [&str; 2] = ["--time-scale", "10"];

#[test]
fn upload_of_a_host_that_left_ends_with_its_time_and_what_came() {
    over_both_lines(|line| {
        let (arrived, file_of_server) = channel();
        let (next_host_is_there, proceed) = channel();
        let server = ScriptedFtp::start(move |mut control| {
            control.login();
            let mut data = control.begin("STOR f");
            arrived.send(data.receive_all()).unwrap();
            proceed.recv_timeout(PATIENCE).unwrap();
            control.reply("226 done");
            let_go(control);
        });
        let module = Module::routed(server.addr(), &FAST);
        let mut host = module.host(line);
        open_routed(&mut host);
        host.command("AT+QFTPPUT=\"f\",100,15", OK);
        host.expect("\r\nCONNECT\r\n");
        host.send("hello");
        drop(host);
        assert_eq!(file_of_server.recv_timeout(PATIENCE).unwrap(), b"hello");

        let mut host = module.attach(line);
        host.command("AT", OK);
        next_host_is_there.send(()).unwrap();
        host.expect("\r\n+QFTPPUT:5\r\n");
        expect_state(&mut host, "OPENED");
        close(&mut host);
        server.join();
    });
}

#[test]
fn download_of_a_host_that_left_goes_on_and_the_next_host_hears_its_end() {
    over_both_lines(|line| {
        let file = random(300_000);
        let served = file.clone();
        let (host_is_gone, gone) = channel();
        let (all_is_sent, sent) = channel();
        let (next_host_is_there, proceed) = channel();
        let server = ScriptedFtp::start(move |mut control| {
            control.login();
            let mut data = control.begin("RETR f");
            data.send(&served[..1000]);
            gone.recv_timeout(PATIENCE).unwrap();
            data.send(&served[1000..]);
            data.fin();
            all_is_sent.send(()).unwrap();
            proceed.recv_timeout(PATIENCE).unwrap();
            control.reply("226 done");
            let_go(control);
        });
        let module = Module::routed(server.addr(), &[]);
        let mut host = module.host(line);
        open_routed(&mut host);
        get(&mut host, "f");
        host.expect(&file[..1000]);
        drop(host);
        host_is_gone.send(()).unwrap();
        sent.recv_timeout(PATIENCE).unwrap();

        // Whoever comes now may still hear the end of the file, but nothing else of it.
        let mut host = module.attach(line);
        next_host_is_there.send(()).unwrap();
        let rest = host.take_until("\r\n+QFTPGET:300000\r\n");
        assert!(file[1000..].ends_with(&rest));
        host.command("AT", OK);
        expect_state(&mut host, "OPENED");
        close(&mut host);
        server.join();
    });
}

#[test]
fn next_host_finds_command_state_after_a_download_that_nobody_heard() {
    over_both_lines(|line| {
        let file = random(300_000);
        let (server, host_is_gone) = give_in_two(&file, 1000);
        let module = Module::routed(server.addr(), &[]);
        let mut watcher = module.host(line.other());
        let mut host = module.host(line);
        open_routed(&mut host);
        get(&mut host, "f");
        host.expect(&file[..1000]);
        expect_state(&mut watcher, "TRANSFER");
        drop(host);
        host_is_gone.send(()).unwrap();
        loop {
            watcher.send("AT+QFTPSTAT\r");
            match watcher.take_until("\r\n\r\nOK\r\n").as_slice() {
                b"\r\n+QFTPSTAT: TRANSFER" => {}
                state => break assert_eq!(state, b"\r\n+QFTPSTAT: OPENED"),
            }
        }

        // The result of the download is due sooner than this one, and so has gone.
        watcher.command("AT+QFTPCLOSE", OK);
        watcher.expect("\r\n+QFTPCLOSE:-3\r\n");
        let mut host = module.attach(line);
        host.command("AT", OK);
        close(&mut host);
        server.join();
    });
}
