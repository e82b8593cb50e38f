//! What does not work at once, and what must be asked for: refusals, active mode, ASCII.

use crate::files::{random, sha256, sha256_of};
use crate::over_both_lines;
use crate::session::{
    OK, configure, download, expect_state, log_in, open_built_in, open_routed, upload,
};
use crate::support::module::Module;
use crate::support::obedient_ftp::ObedientFtp;

/// A name that no resolver asks anybody about: a label has at most 63 characters (RFC 1035 2.3.4).
fn name_of_nobody() -> String {
    format!("{}.invalid", "a".repeat(64))
}

#[test]
fn wrong_password_and_wrong_user_are_530_and_the_right_ones_work_then() {
    over_both_lines(|line| {
        let module = Module::demo(&[]);
        let host = &mut module.host(line);
        let server = "\"quectel.3322.org\",21";
        log_in(host, "quectel", "654321", server, "-530");
        expect_state(host, "CLOSED");
        log_in(host, "somebody", "123456", server, "-530");
        open_built_in(host);
        expect_state(host, "OPENED");
    });
}

#[test]
fn missing_file_is_550_without_connect_and_the_session_goes_on() {
    over_both_lines(|line| {
        let module = Module::demo(&[]);
        let host = &mut module.host(line);
        open_built_in(host);
        host.command("AT+QFTPGET=\"nothing.txt\"", OK);
        host.expect("\r\n+QFTPGET:-550\r\n");
        expect_state(host, "OPENED");
        host.command("AT+QFTPPATH=\"/no/such\"", "\r\nOK\r\n\r\n+QFTPPATH:0\r\n");
        host.command("AT+QFTPGET=\"sscom.ini\"", OK);
        host.expect("\r\n+QFTPGET:-550\r\n");
        host.command("AT+QFTPPATH=\"\"", "\r\nOK\r\n\r\n+QFTPPATH:0\r\n");
        let file = download(host, "sscom.ini", 1587);
        assert_eq!(sha256(&file), sha256_of(module.root(), "sscom.ini"));
    });
}

#[test]
fn name_without_an_address_is_4() {
    over_both_lines(|line| {
        let name = name_of_nobody();
        let module = Module::run(&["--route", &format!("gone.example={name}:21")]);
        let host = &mut module.host(line);
        for server in ["gone.example", &name] {
            log_in(host, "u", "p", &format!("\"{server}\",21"), "-4");
            expect_state(host, "CLOSED");
        }
    });
}

#[test]
fn port_where_nobody_listens_is_5() {
    over_both_lines(|line| {
        // Taken, so that nobody else listens there meanwhile.
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let addr = socket.local_addr().unwrap();
        let module = Module::routed(addr, &[]);
        let host = &mut module.host(line);
        log_in(host, "u", "p", "\"ftp.example\",21", "-5");
        expect_state(host, "CLOSED");
        log_in(host, "u", "p", &format!("\"127.0.0.1\",{}", addr.port()), "-5");
        drop(socket);
    });
}

#[test]
fn active_mode_and_ascii_type_move_files_at_the_built_in_server() {
    over_both_lines(|line| {
        let file = random(100_000);
        let module = Module::demo(&[]);
        let host = &mut module.host(line);
        open_built_in(host);
        configure(host, "1,0");
        upload(host, "active.bin", &file);
        assert_eq!(sha256_of(module.root(), "active.bin"), sha256(&file));
        assert_eq!(sha256(&download(host, "active.bin", file.len())), sha256(&file));

        configure(host, "2,1");
        let text = b"one\r\ntwo\r\n";
        upload(host, "ascii.txt", text);
        assert_eq!(download(host, "ascii.txt", text.len()), text);
        host.command("AT+QFTPCFG=1", "\r\nOK\r\n\r\n+QFTPCFG:0\r\n");
        host.command("AT+QFTPCFG=2", "\r\nOK\r\n\r\n+QFTPCFG:1\r\n");
    });
}

#[test]
fn server_is_asked_for_active_mode_and_for_the_type_when_it_changes() {
    over_both_lines(|line| {
        let server = ObedientFtp::start(b"one\r\ntwo\r\n", []);
        let module = Module::routed(server.addr(), &[]);
        let host = &mut module.host(line);
        open_routed(host);
        configure(host, "1,0");
        configure(host, "2,1");
        assert_eq!(download(host, "f", 10), b"one\r\ntwo\r\n");
        upload(host, "f", b"a\r\nb");
        assert_eq!(server.stored(), b"a\r\nb");
        configure(host, "2,0");
        configure(host, "1,1");
        assert_eq!(download(host, "f", 10), b"one\r\ntwo\r\n");
        let mut commands = server.commands();
        // The client's port differs each time.
        for command in &mut commands {
            if let Some(port) = command.strip_prefix("PORT 127,0,0,1,") {
                let numbers: Vec<u8> = port.split(',').map(|n| n.parse().unwrap()).collect();
                assert_eq!(numbers.len(), 2);
                command.truncate("PORT 127,0,0,1".len());
            }
        }
        assert_eq!(
            commands,
            [
                "USER u",
                "PASS p",
                "TYPE A",
                "PORT 127,0,0,1",
                "RETR f",
                "PORT 127,0,0,1",
                "STOR f",
                "TYPE I",
                "PASV",
                "RETR f",
            ]
        );
    });
}
