//! Commands of 3GPP 27.007: who the module is.

use super::{CommandSpec, Ctx, Outcome, Test};

/// The table.
pub const GSM: &[CommandSpec] = &[
    identity("+CGMI", "27.007 5.1", "manufacturer", manufacturer),
    identity("+CGMM", "27.007 5.2", "model", model),
    identity("+CGMR", "27.007 5.3", "revision", revision),
    identity("+CGSN", "27.007 5.4", "serial number (IMEI)", imei),
    identity("+GMI", "V.250 6.1.4", "manufacturer", manufacturer),
    identity("+GMM", "V.250 6.1.5", "model", model),
    identity("+GMR", "V.250 6.1.6", "revision", revision),
    identity("+GSN", "V.250 6.1.7", "serial number (IMEI)", imei),
    identity("+QGSN", "M95", "serial number (IMEI)", |cx| {
        say(cx, format!("+QGSN: \"{}\"", cx.profile.identity.imei))
    }),
];

const fn identity(
    name: &'static str,
    section: &'static str,
    summary: &'static str,
    exec: fn(&mut Ctx<'_>) -> Outcome,
) -> CommandSpec {
    CommandSpec {
        name,
        section,
        summary,
        test: Some(Test::Bare),
        exec: Some(exec),
        ..CommandSpec::NONE
    }
}

fn manufacturer(cx: &mut Ctx<'_>) -> Outcome {
    say(cx, cx.profile.identity.manufacturer.clone())
}

fn model(cx: &mut Ctx<'_>) -> Outcome {
    say(cx, cx.profile.identity.model.clone())
}

fn revision(cx: &mut Ctx<'_>) -> Outcome {
    say(cx, cx.profile.identity.revision.clone())
}

fn imei(cx: &mut Ctx<'_>) -> Outcome {
    say(cx, cx.profile.identity.imei.clone())
}

fn say(cx: &mut Ctx<'_>, line: String) -> Outcome {
    cx.text(&[line]);
    Outcome::Ok
}
