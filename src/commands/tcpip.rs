//! Commands of Quectel's TCP/IP application note: as much of the context as FTP needs.

use super::{CommandSpec, Ctx, Outcome, Test};
use crate::at::{Args, Param, ResultCode};
use crate::ftp::Stimulus;

/// The table.
pub const TCPIP: &[CommandSpec] = &[
    CommandSpec {
        name: "+QIFGCNT",
        section: "TCP/IP",
        summary: "choose the context",
        test: Some(Test::Range("(0,1)")),
        read: Some(read_context),
        write: Some((&[Param::int("id", 0, 1)], choose_context)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QICSGP",
        section: "TCP/IP",
        summary: "choose CSD or GPRS and its parameters",
        test: Some(Test::Lines(&[
            "+QICSGP: 0-CSD,DIAL NUMBER,USER NAME,PASSWORD,RATE(0-3)",
            "+QICSGP: 1-GPRS,APN,USER NAME,PASSWORD",
        ])),
        read: Some(read_bearer),
        write: Some((BEARER, set_bearer)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QIDEACT",
        section: "4.5, TCP/IP",
        summary: "deactivate the context",
        test: Some(Test::Bare),
        exec: Some(deactivate),
        ..CommandSpec::NONE
    },
];

/// Lengths of the strings are not in any manual at hand; those of `AT+QIREGAPP` are taken.
const BEARER: &[Param] = &[
    Param::int("mode", 0, 1),
    Param::str("apn", 100).optional(),
    Param::str("userName", 50).optional(),
    Param::str("password", 50).optional(),
    Param::int("rate", 0, 3).optional(),
];

fn read_context(cx: &mut Ctx<'_>) -> Outcome {
    let channel = cx.context.owner().map_or(255, |line| line.index());
    cx.info("+QIFGCNT", format!("{},{channel}", cx.context.id()));
    Outcome::Ok
}

fn choose_context(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    if cx.context.choose(cx.line, args.int(0)) { Outcome::Ok } else { Outcome::Error }
}

fn read_bearer(cx: &mut Ctx<'_>) -> Outcome {
    cx.info("+QICSGP", cx.context.mode().to_string());
    Outcome::Ok
}

fn set_bearer(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    cx.context.configure(args.int(0));
    Outcome::Ok
}

/// `DEACT OK` stands in the place of `OK` (TCP/IP note; the manual's 4.5 prints the latter).
fn deactivate(cx: &mut Ctx<'_>) -> Outcome {
    if !cx.context.is_active() {
        return Outcome::Error;
    }
    cx.context.deactivate();
    cx.takes(cx.profile.bearer.deactivation);
    cx.ftp(Stimulus::Deactivated);
    Outcome::Final(match cx.profile.quirks.deactivated.as_str() {
        "OK" => ResultCode::Ok,
        text => ResultCode::Text(text.to_owned()),
    })
}
