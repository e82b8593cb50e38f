//! Commands of 3GPP 27.007 about the SIM.

use super::{CommandSpec, Ctx, Deed, Outcome, Test};
use crate::at::{Args, CmeError, Param};

/// The table.
pub const SIM: &[CommandSpec] = &[
    CommandSpec {
        name: "+CPIN",
        section: "27.007 8.3",
        summary: "the SIM's key",
        test: Some(Test::Bare),
        read: Some(read_pin),
        write: Some((&[Param::word("pin", 8), Param::word("newPin", 8).optional()], enter_pin)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CIMI",
        section: "27.007 5.6",
        summary: "the subscriber (IMSI)",
        test: Some(Test::Bare),
        exec: Some(|cx| of_sim(cx, |cx| vec![cx.sim.imsi().to_owned()])),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CCID",
        section: "M95",
        summary: "the SIM's serial number",
        test: Some(Test::Bare),
        exec: Some(|cx| of_sim(cx, |cx| vec![format!("+CCID: \"{}\"", cx.sim.iccid())])),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QCCID",
        section: "M95",
        summary: "the SIM's serial number",
        test: Some(Test::Bare),
        exec: Some(|cx| of_sim(cx, |cx| vec![cx.sim.iccid().to_owned()])),
        ..CommandSpec::NONE
    },
];

fn read_pin(cx: &mut Ctx<'_>) -> Outcome {
    if !cx.radio.feeds_sim() {
        return CmeError::SIM_FAILURE.into();
    }
    match cx.sim.presentation() {
        Ok(state) => {
            cx.info("+CPIN", state);
            Outcome::Ok
        }
        Err(error) => error.into(),
    }
}

/// A right key is answered by the new state, then `OK`; the third wrong one by the state, too.
fn enter_pin(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    if !cx.radio.feeds_sim() {
        return CmeError::SIM_FAILURE.into();
    }
    let new_pin = Some(args.str(1)).filter(|pin| !pin.is_empty());
    let before = cx.sim.state();
    match cx.sim.enter(args.str(0), new_pin) {
        Ok(()) => {
            cx.info("+CPIN", "READY");
            cx.deed(Deed::Unlocked)
        }
        Err(error) => {
            if let Ok(state) = cx.sim.presentation()
                && cx.sim.state() != before
            {
                cx.info("+CPIN", state);
            }
            error.into()
        }
    }
}

fn of_sim(cx: &mut Ctx<'_>, lines: fn(&Ctx<'_>) -> Vec<String>) -> Outcome {
    if !cx.radio.feeds_sim() {
        return CmeError::SIM_FAILURE.into();
    }
    match cx.sim.use_it() {
        Ok(()) => {
            let lines = lines(cx);
            cx.text(&lines);
            Outcome::Ok
        }
        Err(error) => error.into(),
    }
}
