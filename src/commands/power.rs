//! Commands that switch the module, or parts of it, on and off, and its clock.

use super::{CommandSpec, Ctx, Deed, Fidelity, Outcome, Test};
use crate::at::{Args, Param};
use crate::real_time::LocalTime;

/// The table.
pub const POWER: &[CommandSpec] = &[
    CommandSpec {
        name: "+CFUN",
        section: "27.007 8.2",
        summary: "how much of the module is on",
        test: Some(Test::Range("(0,1,4),(0,1)")),
        read: Some(|cx| {
            let functionality = cx.radio.functionality;
            cx.info("+CFUN", functionality.to_string());
            Outcome::Ok
        }),
        write: Some((&[Param::int("fun", 0, 4), Param::int("rst", 0, 1).or(0)], set_functionality)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QPOWD",
        section: "M95",
        summary: "switch the module off",
        test: Some(Test::Range("(0,1)")),
        write: Some((&[Param::int("type", 0, 1)], power_down)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QINISTAT",
        section: "M95",
        summary: "how far the start has come",
        test: Some(Test::Range("(0-3)")),
        exec: Some(|cx| {
            let started = cx.radio.started;
            cx.info("+QINISTAT", started.to_string());
            Outcome::Ok
        }),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CPAS",
        section: "27.007 8.1",
        summary: "activity: ready, for there are no calls",
        fidelity: Fidelity::Approximated,
        test: Some(Test::Range("(0,2,3,4)")),
        exec: Some(|cx| {
            cx.info("+CPAS", "0");
            Outcome::Ok
        }),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CBC",
        section: "27.007 8.4",
        summary: "the supply: no battery is charged, 3.8 V",
        fidelity: Fidelity::Approximated,
        test: Some(Test::Range("(0,1,2,3),(1-100),(voltage)")),
        exec: Some(|cx| {
            cx.info("+CBC", "0,80,3800");
            Outcome::Ok
        }),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CCLK",
        section: "27.007 8.15",
        summary: "the clock; it runs on in module time",
        test: Some(Test::Bare),
        read: Some(|cx| {
            let time = cx.clock.shows(cx.now);
            cx.info("+CCLK", format!("\"{time}\""));
            Outcome::Ok
        }),
        write: Some((&[Param::str("time", 20)], set_clock)),
        ..CommandSpec::NONE
    },
];

fn set_functionality(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let (level, restart) = (args.int::<u8>(0), args.int::<u8>(1) == 1);
    match (level, cx.radio.functionality) {
        (2 | 3, _) => Outcome::Error,
        (1, _) if restart => cx.deed(Deed::Restart),
        (_, _) if restart => Outcome::Error,
        (1, 1) => Outcome::Ok,
        (1, _) => {
            cx.radio.functionality = 1;
            cx.deed(Deed::RadioOn)
        }
        (0, before) => {
            cx.radio.functionality = 0;
            if before != 0 {
                cx.info("+CPIN", "NOT READY");
            }
            cx.deed(Deed::RadioOff)
        }
        (level, _) => {
            cx.radio.functionality = level;
            cx.deed(Deed::RadioOff)
        }
    }
}

fn set_clock(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    match LocalTime::parse(args.str(0)) {
        Some(time) => {
            cx.clock.set(cx.now, time);
            Outcome::Ok
        }
        None => Outcome::Error,
    }
}

/// `AT+QPOWD=1` takes leave of the network and says `NORMAL POWER DOWN` in the place of `OK`;
/// with 0 there is an `OK` and no leave is taken.
fn power_down(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    cx.deed(Deed::PowerDown);
    if args.int::<u8>(0) == 0 {
        return Outcome::Ok;
    }
    cx.text(&["NORMAL POWER DOWN".to_owned()]);
    Outcome::Silent
}
