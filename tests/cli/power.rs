//! The power key, and what outlives the power and the program.

use rustix::process::Signal;

use crate::support::host::Host;
use crate::workplace::Workplace;

/// A module with a fixed speed, on a pseudo-terminal, switched off.
const OFF: [&str; 9] =
    ["run", "--powered-off", "--timing", "instant", "--pty", "tty", "--state", "kept", "--profile"];

#[test]
fn the_power_key_is_sigusr1_and_kept_settings_outlive_the_program() {
    let here = Workplace::new();
    here.file("fixed.toml", "[v250]\nipr = 115200\n");
    let options = [&OFF[..], &["fixed.toml", "--record", "one.at"]].concat();
    let program = here.start(&options);
    program.line();
    let mut host = Host::open(&here.path().join("tty"));
    program.signal(Signal::USR1);
    host.expect("\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nCall Ready\r\n");
    host.command("ATE0+CREG=1;&W", "ATE0+CREG=1;&W\r\r\nOK\r\n");
    host.command("AT+CMEE=2", "\r\nOK\r\n");
    program.signal(Signal::USR1);
    host.expect("\r\nNORMAL POWER DOWN\r\n");
    program.signal(Signal::INT);
    assert_eq!(program.finish().code(), 0);
    let kept = "E0V1Q0X4&C1&D0S0=0S3=13S4=10S5=8S6=2S7=60S8=2S10=15S12=25+CMEE=1;+CREG=1;\
                +CGREG=0;+IPR=115200;+ICF=3,3;+IFC=0,0;+CMGF=0;+CSCS=\"GSM\";+CNMI=2,1,0,0,0;\
                +QIURC=1\n";
    assert_eq!(std::fs::read_to_string(here.path().join("kept")).unwrap(), kept);

    let options = [&OFF[..], &["m10", "--record", "two.at"]].concat();
    let program = here.start(&options);
    program.line();
    let mut host = Host::open(&here.path().join("tty"));
    program.signal(Signal::USR1);
    host.expect("\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\n+CREG: 2\r\n");
    host.expect("\r\nCall Ready\r\n\r\n+CREG: 1\r\n");
    host.command("AT+CMEE?", "\r\n+CMEE: 1\r\n\r\nOK\r\n");
    program.signal(Signal::INT);
    assert_eq!(program.finish().code(), 0);

    let ended = here.start(&["replay", "one.at", "two.at"]).finish();
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""));
}

#[test]
fn a_state_that_is_none_is_named_and_left_alone() {
    let here = Workplace::new();
    here.file("kept", "E0+QFTPSTAT\n");
    here.refuses(
        &["run", "--pty", "tty", "--state", "kept"],
        2,
        "kept cannot be the state of a module: \"E0+QFTPSTAT\" sets nothing that a module keeps",
    );
    here.refuses(
        &["run", "--pty", "tty", "--state", "."],
        2,
        ". cannot be the state of a module: Is a directory (os error 21)",
    );
}
