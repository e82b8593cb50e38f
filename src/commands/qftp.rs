//! The nine commands of the manual, "GSM FTP AT Commands" V1.01, section by section.

use std::time::Duration;

use super::{CommandSpec, Ctx, Outcome, Test};
use crate::at::{Args, Param};
use crate::ftp::{DataConnection, Failure, PATH, Representation, Stimulus};

/// The table.
pub const QFTP: &[CommandSpec] = &[
    CommandSpec {
        name: "+QFTPOPEN",
        section: "2.2.1",
        summary: "log in to an FTP server",
        test: Some(Test::Range("\"HOST NAME\",(1-65535)")),
        read: Some(read_server),
        write: Some((
            &[Param::str("hostName", 100), Param::int("port", 1, 65535).quotable()],
            open,
        )),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QFTPCLOSE",
        section: "2.2.2",
        summary: "end the session",
        test: Some(Test::Bare),
        exec: Some(|cx| cx.ftp(Stimulus::Close(cx.line))),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QFTPPUT",
        section: "2.2.3",
        summary: "send a file to the server",
        test: Some(Test::Range("\"FILE NAME\",<fileSz>,(1-65535)")),
        write: Some((
            &[
                Param::str("fileName", 50),
                Param::int("fileSz", 0, MAX_FILE),
                Param::int("time", 1, 65535).or(900),
            ],
            put,
        )),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QFTPGET",
        section: "2.2.4",
        summary: "fetch a file from the server",
        test: Some(Test::Range("\"FILE NAME\"")),
        write: Some((&[Param::str("fileName", 50)], get)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QFTPPATH",
        section: "2.2.5",
        summary: "choose the folder on the server",
        test: Some(Test::Range("\"PATH NAME\"")),
        read: Some(read_path),
        write: Some((&[Param::str("pathName", 100)], set_path)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QFTPUSER",
        section: "2.2.6",
        summary: "user name for the login",
        test: Some(Test::Range("\"USER NAME\"")),
        read: Some(read_user),
        write: Some((&[Param::str("userName", 30)], set_user)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QFTPPASS",
        section: "2.2.7",
        summary: "password for the login",
        test: Some(Test::Range("\"PASSWORD\"")),
        read: Some(read_password),
        write: Some((&[Param::str("password", 30)], set_password)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QFTPCFG",
        section: "2.2.8",
        summary: "settings of transfers",
        test: Some(Test::Range("(1-3)")),
        // The value's range depends on the type, and leaving it is an error of its own.
        write: Some((
            &[Param::int("type", 1, 3), Param::int("value", i64::MIN, i64::MAX).optional()],
            configure,
        )),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QFTPSTAT",
        section: "2.2.9",
        summary: "tell the state of the service",
        test: Some(Test::Bare),
        exec: Some(state),
        ..CommandSpec::NONE
    },
];

/// Fidelity: no manual bounds `<fileSz>` or the resume point; 32 bits is what the module can count.
const MAX_FILE: i64 = u32::MAX as i64;

fn open(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    cx.ftp(Stimulus::Open(cx.line, args.str(0).to_vec(), args.int(1)))
}

/// Note 2 of 2.2.1: without a session the fields are empty.
///
/// Fidelity: the manual prints the range of the port, real hosts read the port.
fn read_server(cx: &mut Ctx<'_>) -> Outcome {
    let (host, port) = cx.service.server().map_or((&b""[..], String::new()), |(host, port)| {
        let range = cx.profile.quirks.open_read_prints_range;
        (host, if range { "(1-65535)".into() } else { port.to_string() })
    });
    let text = [b"\"", host, b"\",", port.as_bytes()].concat();
    let name = cx.profile.spelling.name("+QFTPOPEN");
    cx.info(&name, text);
    Outcome::Ok
}

fn put(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let limit = Duration::from_secs(args.int(2));
    cx.ftp(Stimulus::Put(cx.line, args.str(0).to_vec(), args.int(1), limit))
}

fn get(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    cx.ftp(Stimulus::Get(cx.line, args.str(0).to_vec()))
}

/// 2.2.5 prints `OK` before the path. Do not tidy that.
fn read_path(cx: &mut Ctx<'_>) -> Outcome {
    let text = quoted(cx.service.path());
    if cx.profile.quirks.path_read_ok_first {
        cx.report(PATH, text);
    } else {
        cx.info(PATH, text);
    }
    Outcome::Ok
}

/// The result follows `OK` in one burst: hosts take the first burst for the whole answer.
fn set_path(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let result = cx.service.set_path(cx.line, args.str(0), &mut cx.reply.effects);
    if let Some(result) = result {
        cx.report_result(PATH, result);
    }
    Outcome::Ok
}

fn read_user(cx: &mut Ctx<'_>) -> Outcome {
    cx.info("+QFTPUSER", quoted(cx.service.user()));
    Outcome::Ok
}

fn set_user(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    if !cx.service.is_idle() {
        return Outcome::Error;
    }
    cx.service.set_user(args.str(0));
    Outcome::Ok
}

fn read_password(cx: &mut Ctx<'_>) -> Outcome {
    let password = &cx.service.password().0;
    let masked = cx.profile.quirks.mask_password;
    let text = if masked { quoted(&b"*".repeat(password.len())) } else { quoted(password) };
    cx.info("+QFTPPASS", text);
    Outcome::Ok
}

fn set_password(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    if !cx.service.is_idle() {
        return Outcome::Error;
    }
    cx.service.set_password(args.str(0));
    Outcome::Ok
}

/// 2.2.8: without a value it is a query, whose answer follows `OK`.
fn configure(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let kind: u8 = args.int(0);
    let Some(value) = args.opt_int(1) else {
        let value = match kind {
            1 => u64::from(cx.service.data_connection() == DataConnection::Passive),
            2 => u64::from(cx.service.representation() == Representation::Ascii),
            _ => cx.service.restart(),
        };
        cx.report("+QFTPCFG", value.to_string());
        return Outcome::Ok;
    };
    let line = cx.line;
    let result = match (kind, value) {
        (1, 0) => cx.service.set_data_connection(line, DataConnection::Active),
        (1, 1) => cx.service.set_data_connection(line, DataConnection::Passive),
        (2, 0) => cx.service.set_representation(line, Representation::Image),
        (2, 1) => cx.service.set_representation(line, Representation::Ascii),
        (3, 0..=MAX_FILE) => cx.service.set_restart(line, value.unsigned_abs()),
        _ if cx.profile.quirks.illegal_value_is_error => return Outcome::Error,
        _ => Err(Failure::Parameter),
    };
    cx.report_result("+QFTPCFG", result);
    Outcome::Ok
}

fn state(cx: &mut Ctx<'_>) -> Outcome {
    cx.info("+QFTPSTAT", cx.service.state_name());
    Outcome::Ok
}

fn quoted(text: &[u8]) -> Vec<u8> {
    [b"\"", text, b"\""].concat()
}
