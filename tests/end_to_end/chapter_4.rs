//! Manual chapter 4 as it is printed, at a built-in server; echo is on, as at power-on.

use crate::files::{random, sha256, sha256_of};
use crate::over_both_lines;
use crate::support::host::Host;
use crate::support::module::{Line, Module};

#[test]
fn chapter_4_holds_with_the_demo() {
    over_both_lines(|line| chapter_4(&Module::demo(&[]), line));
}

#[test]
fn chapter_4_holds_under_exec() {
    over_both_lines(|line| {
        let module = Module::exec(&[]);
        chapter_4(&module, line);
        assert_eq!(module.finish().0.code(), 0);
    });
}

fn chapter_4(module: &Module, line: Line) {
    let host = &mut module.attach(line);
    section_4_1(host);
    section_4_2(host, module);
    section_4_3(host, module);
    section_4_4_1(host, module);
    section_4_4_2(host, module);
    section_4_5(host);
}

/// Types a command line, and hears its echo and this.
#[track_caller]
fn typed(host: &mut Host, line: &str, answer: &str) {
    host.send(format!("{line}\r"));
    host.expect(format!("{line}\r{answer}"));
}

fn section_4_1(host: &mut Host) {
    typed(host, "AT+QIFGCNT=0", "\r\nOK\r\n");
    typed(host, "AT+QICSGP=1,\"CMNET\"", "\r\nOK\r\n");
    typed(host, "AT+QFTPUSER=\"quectel\"", "\r\nOK\r\n");
    typed(host, "AT+QFTPPASS=\"123456\"", "\r\nOK\r\n");
    typed(host, "AT+QFTPOPEN=\"quectel.3322.org\",21", "\r\nOK\r\n");
    host.expect("\r\n+QFTPOPEN:0\r\n");
    typed(host, "AT+QFTPSTAT", "\r\n+QFTPSTAT: OPENED\r\n\r\nOK\r\n");
}

fn section_4_2(host: &mut Host, module: &Module) {
    let file = random(1587);
    typed(host, "AT+QFTPPATH=\"\"", "\r\nOK\r\n\r\n+QFTPPATH:0\r\n");
    typed(host, "AT+QFTPPUT=\"sscom.ini\",1587,200", "\r\nOK\r\n");
    host.expect("\r\nCONNECT\r\n");
    host.send(&file);
    host.expect("\r\n+QFTPPUT:1587\r\n");
    assert_eq!(sha256_of(module.root(), "sscom.ini"), sha256(&file));
}

fn section_4_3(host: &mut Host, module: &Module) {
    typed(host, "AT+QFTPPATH=\"/\"", "\r\nOK\r\n\r\n+QFTPPATH:0\r\n");
    typed(host, "AT+QFTPGET=\"sscom.ini\"", "\r\nOK\r\n");
    host.expect("\r\nCONNECT\r\n");
    let file = host.take(1587);
    host.expect("\r\n+QFTPGET:1587\r\n");
    typed(host, "AT", "\r\nOK\r\n");
    assert_eq!(sha256(&file), sha256_of(module.root(), "sscom.ini"));
}

fn section_4_4_1(host: &mut Host, module: &Module) {
    let file = random(3587);
    typed(host, "AT+QFTPPUT=\"sscom.ini\",1587,200", "\r\nOK\r\n");
    host.expect("\r\nCONNECT\r\n");
    host.send(&file[..1587]);
    host.expect("\r\n+QFTPPUT:1587\r\n");
    assert_eq!(sha256_of(module.root(), "sscom.ini"), sha256(&file[..1587]));
    typed(host, "AT+QFTPCFG=3,1587", "\r\nOK\r\n\r\n+QFTPCFG:0\r\n");
    typed(host, "AT+QFTPPUT=\"sscom.ini\",2000,200", "\r\nOK\r\n");
    host.expect("\r\nCONNECT\r\n");
    host.send(&file[1587..]);
    host.expect("\r\n+QFTPPUT:2000\r\n");
    assert_eq!(sha256_of(module.root(), "sscom.ini"), sha256(&file));
    // 2.2.8: reset once the transfer is finished.
    typed(host, "AT+QFTPCFG=3", "\r\nOK\r\n\r\n+QFTPCFG:0\r\n");
}

fn section_4_4_2(host: &mut Host, module: &Module) {
    typed(host, "AT+QFTPCFG=3,1587", "\r\nOK\r\n\r\n+QFTPCFG:0\r\n");
    typed(host, "AT+QFTPGET=\"sscom.ini\"", "\r\nOK\r\n");
    host.expect("\r\nCONNECT\r\n");
    let rest = host.take(2000);
    host.expect("\r\n+QFTPGET:2000\r\n");
    let file = std::fs::read(module.root().join("sscom.ini")).unwrap();
    assert_eq!(sha256(&rest), sha256(&file[1587..]));
}

fn section_4_5(host: &mut Host) {
    typed(host, "AT+QFTPCLOSE", "\r\nOK\r\n");
    host.expect("\r\n+QFTPCLOSE:0\r\n");
    // The manual prints OK; hosts wait for what later manuals have.
    typed(host, "AT+QIDEACT", "\r\nDEACT OK\r\n");
    typed(host, "AT+QFTPSTAT", "\r\n+QFTPSTAT: IDLE\r\n\r\nOK\r\n");
}
