//! Commands about the interface to the host: its speed, its signals, what it is told of errors, and
//! which of all settings are kept.

use super::{CommandSpec, Ctx, Deed, Outcome, Test};
use crate::at::{Args, CHARACTER_SETS, Param, Settings};
use crate::profile::SPEEDS;

/// The table.
pub const INTERFACE: &[CommandSpec] = &[
    CommandSpec {
        name: "&C",
        section: "V.250 6.2.8",
        summary: "DCD follows the data carrier",
        write: Some((FLAG, |cx, args| set(&mut cx.settings.dcd, args))),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "&D",
        section: "V.250 6.2.9",
        summary: "what DTR going off does",
        write: Some((&[Param::int("value", 0, 2).or(0)], |cx, args| {
            set(&mut cx.settings.dtr, args)
        })),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "&V",
        section: "M95",
        summary: "show the settings",
        write: Some((ZERO, show)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "&W",
        section: "M95",
        summary: "keep the settings for the next power-on",
        write: Some((ZERO, |cx, _| {
            *cx.stored = cx.settings.clone();
            cx.deed(Deed::Keep(cx.settings.command_line()))
        })),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CMEE",
        section: "27.007 9.1",
        summary: "errors as ERROR, numbers or words",
        test: Some(Test::Range("(0-2)")),
        read: Some(|cx| {
            let reports = cx.settings.error_reports;
            cx.info("+CMEE", reports.to_string());
            Outcome::Ok
        }),
        write: Some((&[Param::int("n", 0, 2).or(0)], |cx, args| {
            set(&mut cx.settings.error_reports, args)
        })),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+IPR",
        section: "V.250 6.2.10",
        summary: "bits a second, 0 to find out; from the OK on",
        test: Some(Test::Range(
            "(),(0,75,150,300,600,1200,2400,4800,9600,14400,19200,28800,38400,57600,115200)",
        )),
        read: Some(|cx| {
            let speed = cx.settings.ipr;
            cx.info("+IPR", speed.to_string());
            Outcome::Ok
        }),
        write: Some((&[Param::int("rate", 0, 115_200)], set_speed)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+ICF",
        section: "V.250 6.2.11",
        summary: "format and parity of a character",
        test: Some(Test::Range("(1-6),(0-3)")),
        read: Some(|cx| {
            let (format, parity) = cx.settings.icf;
            cx.info("+ICF", format!("{format},{parity}"));
            Outcome::Ok
        }),
        write: Some((
            &[Param::int("format", 1, 6), Param::int("parity", 0, 3).or(3)],
            |cx, args| {
                cx.settings.icf = (args.int(0), args.int(1));
                Outcome::Ok
            },
        )),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+IFC",
        section: "V.250 6.2.12",
        summary: "flow control",
        test: Some(Test::Range("(0-2),(0-2)")),
        read: Some(|cx| {
            let (dce_by_dte, dte_by_dce) = cx.settings.ifc;
            cx.info("+IFC", format!("{dce_by_dte},{dte_by_dce}"));
            Outcome::Ok
        }),
        write: Some((
            &[Param::int("DCE_by_DTE", 0, 2), Param::int("DTE_by_DCE", 0, 2).optional()],
            set_flow_control,
        )),
        ..CommandSpec::NONE
    },
];

const FLAG: &[Param] = &[Param::int("value", 0, 1).or(0)];
const ZERO: &[Param] = &[Param::int("value", 0, 0).or(0)];

fn set(number: &mut u8, args: &Args<'_>) -> Outcome {
    *number = args.int(0);
    Outcome::Ok
}

fn set_speed(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    if !SPEEDS.contains(&args.int(0)) {
        return Outcome::Error;
    }
    cx.settings.ipr = args.int(0);
    Outcome::Ok
}

fn set_flow_control(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let by_dte = args.int(0);
    let by_dce = args.opt_int(1).and_then(|by| u8::try_from(by).ok());
    cx.settings.ifc = (by_dte, by_dce.unwrap_or(by_dte));
    Outcome::Ok
}

fn show(cx: &mut Ctx<'_>, _: &Args<'_>) -> Outcome {
    let lines = presentation(cx.settings);
    cx.text(&lines);
    Outcome::Ok
}

/// `AT&V`, in the order of the M95's manual; S2 cannot be set.
fn presentation(settings: &Settings) -> Vec<String> {
    let calls = settings.calls;
    let numbers = [
        ("E", u8::from(settings.echo)),
        ("Q", u8::from(settings.quiet)),
        ("V", u8::from(settings.verbose)),
        ("X", settings.call_results),
        ("S0", calls.s0),
        ("S2", b'+'),
        ("S3", settings.s3),
        ("S4", settings.s4),
        ("S5", settings.s5),
        ("S6", calls.s6),
        ("S7", calls.s7),
        ("S8", calls.s8),
        ("S10", calls.s10),
        ("S12", calls.s12),
        ("&C", settings.dcd),
        ("&D", settings.dtr),
        ("+CREG", settings.creg),
        ("+CGREG", settings.cgreg),
        ("+CMEE", settings.error_reports),
        ("+CMGF", settings.message_format),
        ("+QIURC", settings.call_ready),
    ];
    let numbers = numbers.map(|(name, number)| format!("{name}: {number}"));
    let rest = [
        format!("+CSCS: \"{}\"", CHARACTER_SETS[settings.character_set]),
        format!("+CNMI: {}", settings.message_indications.map(|n| n.to_string()).join(",")),
        format!("+IPR: {}", settings.ipr),
        format!("+ICF: {},{}", settings.icf.0, settings.icf.1),
        format!("+IFC: {},{}", settings.ifc.0, settings.ifc.1),
        "+CMUX: -1".to_owned(),
    ];
    let head = ["ACTIVE PROFILE".to_owned()];
    head.into_iter().chain(numbers).chain(rest).collect()
}
