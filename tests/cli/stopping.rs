//! SIGINT and SIGTERM: an orderly end at any time.

use rustix::process::Signal;

use crate::support::module::{Line, Module};
use crate::workplace::Workplace;

#[test]
fn signals_end_an_idle_module_with_status_0_and_take_its_link_away() {
    for signal in [Signal::INT, Signal::TERM] {
        let here = Workplace::new();
        let program = here.start(&["run", "--pty", "tty"]);
        program.line();
        assert_eq!(here.names(), ["tty"]);
        program.signal(signal);
        let ended = program.finish();
        assert_eq!((ended.stdout.as_str(), ended.code()), ("", 0));
        assert!(here.names().is_empty());
    }
}

#[test]
fn signals_end_an_upload_with_status_0_and_take_all_away() {
    amid("AT+QFTPPUT=\"half\",10,200", b"hello");
}

#[test]
fn signals_end_a_download_that_nobody_reads_with_status_0_and_take_all_away() {
    amid("AT+QFTPGET=\"big\"", b"");
}

#[track_caller]
fn amid(transfer: &str, data: &[u8]) {
    for (signal, line) in [(Signal::INT, Line::Pty), (Signal::TERM, Line::Tcp)] {
        let module = Module::demo(&[]);
        let (root, pty) = (module.root().to_owned(), module.pty());
        std::fs::write(root.join("big"), vec![0; 8 << 20]).unwrap();
        let mut host = module.host(line);
        host.command("AT+QFTPUSER=\"quectel\"", "\r\nOK\r\n");
        host.command("AT+QFTPPASS=\"123456\"", "\r\nOK\r\n");
        host.command("AT+QFTPOPEN=\"quectel.3322.org\",21", "\r\nOK\r\n");
        host.expect("\r\n+QFTPOPEN:0\r\n");
        host.command(transfer, "\r\nOK\r\n");
        host.expect("\r\nCONNECT\r\n");
        host.send(data);
        module.program.signal(signal);
        let (ended, _folder) = module.finish();
        assert_eq!(ended.code(), 0);
        assert!(!pty.is_symlink() && !root.exists());
    }
}
