//! Commands of ITU-T V.250.

use super::{CommandSpec, Ctx, Fidelity, Outcome, Test};
use crate::at::{Args, Param, ResultCode, Settings};

/// The table.
pub const V250: &[CommandSpec] = &[
    CommandSpec {
        name: "E",
        section: "V.250 6.2.4",
        summary: "echo in command state",
        write: Some((FLAG, |cx, args| flag(&mut cx.settings.echo, args))),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "Q",
        section: "V.250 6.2.5",
        summary: "suppress result codes",
        write: Some((FLAG, |cx, args| flag(&mut cx.settings.quiet, args))),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "V",
        section: "V.250 6.2.6",
        summary: "result codes as words",
        write: Some((FLAG, |cx, args| flag(&mut cx.settings.verbose, args))),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "S3",
        section: "V.250 6.2.1",
        summary: "command line termination character",
        read: Some(|cx| register(cx.settings.s3, cx)),
        write: Some((REGISTER, |cx, args| set_register(&mut cx.settings.s3, args))),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "S4",
        section: "V.250 6.2.2",
        summary: "response formatting character",
        read: Some(|cx| register(cx.settings.s4, cx)),
        write: Some((REGISTER, |cx, args| set_register(&mut cx.settings.s4, args))),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "S5",
        section: "V.250 6.2.3",
        summary: "command line editing character",
        read: Some(|cx| register(cx.settings.s5, cx)),
        write: Some((REGISTER, |cx, args| set_register(&mut cx.settings.s5, args))),
        ..CommandSpec::NONE
    },
    CommandSpec {
        read: Some(|cx| register(cx.settings.calls.s0, cx)),
        write: Some((BYTE, |cx, args| set_register(&mut cx.settings.calls.s0, args))),
        ..call_register("S0", "rings before an automatic answer")
    },
    CommandSpec {
        read: Some(|cx| register(cx.settings.calls.s6, cx)),
        write: Some((BYTE, |cx, args| set_register(&mut cx.settings.calls.s6, args))),
        ..call_register("S6", "seconds before blind dialling")
    },
    CommandSpec {
        read: Some(|cx| register(cx.settings.calls.s7, cx)),
        write: Some((BYTE, |cx, args| set_register(&mut cx.settings.calls.s7, args))),
        ..call_register("S7", "seconds to wait for a connection")
    },
    CommandSpec {
        read: Some(|cx| register(cx.settings.calls.s8, cx)),
        write: Some((BYTE, |cx, args| set_register(&mut cx.settings.calls.s8, args))),
        ..call_register("S8", "seconds of a comma in a number")
    },
    CommandSpec {
        read: Some(|cx| register(cx.settings.calls.s10, cx)),
        write: Some((BYTE, |cx, args| set_register(&mut cx.settings.calls.s10, args))),
        ..call_register("S10", "tenths of a second without a carrier")
    },
    CommandSpec {
        read: Some(|cx| register(cx.settings.calls.s12, cx)),
        write: Some((BYTE, |cx, args| set_register(&mut cx.settings.calls.s12, args))),
        ..call_register("S12", "fiftieths of a second around +++; the profile's count")
    },
    CommandSpec {
        name: "X",
        section: "V.250 6.2.7",
        summary: "result codes of a call",
        fidelity: Fidelity::Kept,
        write: Some((&[Param::int("value", 0, 4).or(0)], |cx, args| {
            cx.settings.call_results = args.int(0);
            Outcome::Ok
        })),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "D",
        section: "V.250 6.3.1",
        summary: "dial; nobody answers",
        fidelity: Fidelity::Approximated,
        write: Some((&[Param::str("number", 100)], |_, _| Outcome::Final(ResultCode::NoCarrier))),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "A",
        section: "V.250 6.3.5",
        summary: "answer; nobody calls",
        fidelity: Fidelity::Approximated,
        write: Some((ZERO, |_, _| Outcome::Final(ResultCode::NoCarrier))),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "H",
        section: "V.250 6.3.6",
        summary: "hang up; there are no calls",
        fidelity: Fidelity::Approximated,
        write: Some((ZERO, |_, _| Outcome::Ok)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "L",
        section: "V.250 6.3.13",
        summary: "loudness of the monitor; there is none",
        fidelity: Fidelity::Approximated,
        write: Some((&[Param::int("volume", 0, 3).or(0)], |_, _| Outcome::Ok)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "M",
        section: "V.250 6.3.14",
        summary: "when the monitor is on; there is none",
        fidelity: Fidelity::Approximated,
        write: Some((&[Param::int("mode", 0, 2).or(0)], |_, _| Outcome::Ok)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+GCAP",
        section: "V.250 6.1.9",
        summary: "capabilities",
        fidelity: Fidelity::Approximated,
        test: Some(Test::Bare),
        exec: Some(|cx| {
            cx.info("+GCAP", "+CGSM,+FCLASS");
            Outcome::Ok
        }),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "Z",
        section: "V.250 6.1.1",
        summary: "back to the settings that AT&W has kept",
        write: Some((ZERO, reset)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "&F",
        section: "V.250 6.1.2",
        summary: "set to factory-defined configuration",
        write: Some((ZERO, set_to_factory)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "I",
        section: "V.250 6.1.3",
        summary: "identification",
        write: Some((ZERO, identify)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "O",
        section: "V.250 6.3.7",
        summary: "return to online data state",
        write: Some((ZERO, return_online)),
        ..CommandSpec::NONE
    },
];

const FLAG: &[Param] = &[Param::int("value", 0, 1).or(0)];
const ZERO: &[Param] = &[Param::int("value", 0, 0).or(0)];
/// V.250 5.3.2 lets a missing value mean 0 or be an error; 0 would be a terminator nobody types.
const REGISTER: &[Param] = &[Param::int("value", 0, 127)];

/// A register of calls, 0 to 255: kept, shown, and without effect.
const fn call_register(name: &'static str, summary: &'static str) -> CommandSpec {
    let fidelity = Fidelity::Kept;
    CommandSpec { name, section: "V.250 6.3", summary, fidelity, ..CommandSpec::NONE }
}

const BYTE: &[Param] = &[Param::int("value", 0, 255)];

fn flag(flag: &mut bool, args: &Args<'_>) -> Outcome {
    *flag = args.int::<u8>(0) == 1;
    Outcome::Ok
}

/// Three digits, as V.250 5.3.2 asks.
fn register(value: u8, cx: &mut Ctx<'_>) -> Outcome {
    cx.text(&[format!("{value:03}")]);
    Outcome::Ok
}

fn set_register(register: &mut u8, args: &Args<'_>) -> Outcome {
    *register = args.int(0);
    Outcome::Ok
}

/// V.250 6.1.1: what follows `Z` on its line is ignored.
fn reset(cx: &mut Ctx<'_>, _: &Args<'_>) -> Outcome {
    cx.settings.recall(cx.stored);
    Outcome::Final(ResultCode::Ok)
}

fn set_to_factory(cx: &mut Ctx<'_>, _: &Args<'_>) -> Outcome {
    cx.settings.recall(&Settings::factory(&cx.profile.v250));
    Outcome::Ok
}

fn identify(cx: &mut Ctx<'_>, _: &Args<'_>) -> Outcome {
    let identity = &cx.profile.identity;
    cx.text(&[
        identity.manufacturer.clone(),
        identity.model.clone(),
        format!("Revision: {}", identity.revision),
    ]);
    Outcome::Ok
}

/// An escaped download may be over, and its result wait to be told: nothing to go back to.
fn return_online(cx: &mut Ctx<'_>, _: &Args<'_>) -> Outcome {
    if cx.escaped && cx.service.is_connected(cx.line) {
        Outcome::Online
    } else {
        Outcome::Final(ResultCode::NoCarrier)
    }
}
