//! Commands of Quectel's TCP/IP application note: the context, and names. No connections of its own.

use std::net::Ipv4Addr;

use super::{CommandSpec, Ctx, Deed, Fidelity, Outcome, Test};
use crate::at::{Args, Param, ResultCode};
use crate::context::PdpState;
use crate::ftp::Stimulus;
use crate::profile::Profile;

/// The table.
pub const TCPIP: &[CommandSpec] = &[
    CommandSpec {
        name: "+QIFGCNT",
        section: "TCP/IP",
        summary: "choose the context",
        test: Some(Test::RangeOf(contexts)),
        read: Some(read_context),
        write: Some((&[Param::int("id", 0, 2)], choose_context)),
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
        name: "+QIREGAPP",
        section: "TCP/IP",
        summary: "set the context up: access point, user, password",
        test: Some(Test::Range("\"APN\",\"USER NAME\",\"PASSWORD\"")),
        read: Some(read_access),
        write: Some((ACCESS, register)),
        exec: Some(|cx| register(cx, &Args::default())),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QIACT",
        section: "TCP/IP",
        summary: "bring the context up",
        test: Some(Test::Bare),
        exec: Some(activate),
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
    CommandSpec {
        name: "+QILOCIP",
        section: "TCP/IP",
        summary: "the context's address, in the place of OK",
        test: Some(Test::Bare),
        exec: Some(address),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QISTAT",
        section: "TCP/IP",
        summary: "the context's state, behind OK",
        test: Some(Test::Bare),
        exec: Some(state),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QISTATE",
        section: "TCP/IP",
        summary: "the context's state, behind OK",
        fidelity: Fidelity::Approximated,
        test: Some(Test::Bare),
        exec: Some(state_of_connections),
        ..CommandSpec::NONE
    },
    CommandSpec {
        read: Some(|cx| show(cx, "+QIMUX", cx.contexts.settings.mux)),
        write: Some((FLAG, set_mux)),
        ..switch("+QIMUX", "several connections at a time; there are none")
    },
    CommandSpec {
        read: Some(|cx| show(cx, "+QIMODE", cx.contexts.settings.transparent)),
        write: Some((FLAG, |cx, args| set(&mut cx.contexts.settings.transparent, args))),
        ..switch("+QIMODE", "transparent connections; there are none")
    },
    CommandSpec {
        read: Some(|cx| show(cx, "+QIDNSIP", cx.contexts.settings.by_name)),
        write: Some((FLAG, |cx, args| set(&mut cx.contexts.settings.by_name, args))),
        ..switch("+QIDNSIP", "connections are opened by name; there are none")
    },
    CommandSpec {
        read: Some(|cx| show(cx, "+QIHEAD", cx.contexts.settings.heading)),
        write: Some((FLAG, |cx, args| set(&mut cx.contexts.settings.heading, args))),
        ..switch("+QIHEAD", "a heading before data of connections; there are none")
    },
    CommandSpec {
        read: Some(|cx| show(cx, "+QISHOWRA", cx.contexts.settings.show_sender)),
        write: Some((FLAG, |cx, args| set(&mut cx.contexts.settings.show_sender, args))),
        ..switch("+QISHOWRA", "the sender before data of connections; there are none")
    },
    CommandSpec {
        name: "+QIDNSCFG",
        section: "TCP/IP",
        summary: "the DNS servers to ask",
        test: Some(Test::Range("\"PRI DNS\",\"SEC DNS\"")),
        read: Some(read_dns),
        write: Some((&[Param::str("pri_dns", 15), Param::str("sec_dns", 15).optional()], set_dns)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QIDNSGIP",
        section: "TCP/IP",
        summary: "the addresses of a name, behind OK",
        fidelity: Fidelity::Approximated,
        test: Some(Test::Range("\"DOMAIN NAME\"")),
        write: Some((&[Param::str("domain_name", 100)], resolve)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QISCON",
        section: "TCP/IP",
        summary: "keep the TCP/IP settings; they are kept anyway",
        fidelity: Fidelity::Approximated,
        test: Some(Test::Bare),
        read: Some(show_settings),
        exec: Some(|_| Outcome::Ok),
        ..CommandSpec::NONE
    },
];

const FLAG: &[Param] = &[Param::int("value", 0, 1)];
const ACCESS: &[Param] = &[
    Param::str("apn", 100),
    Param::str("userName", 50).optional(),
    Param::str("password", 50).optional(),
];
/// Connections under `AT+QIMUX=1`.
const CONNECTIONS: u8 = 6;

/// Lengths of the strings are not in any manual at hand; those of `AT+QIREGAPP` are taken.
const BEARER: &[Param] = &[
    Param::int("mode", 0, 1),
    Param::str("apn", 100).optional(),
    Param::str("userName", 50).optional(),
    Param::str("password", 50).optional(),
    Param::int("rate", 0, 3).optional(),
];

/// Fidelity: how a module with three of them prints it has not been seen.
const fn contexts(profile: &Profile) -> &'static str {
    if profile.quirks.contexts > 2 { "(0-2)" } else { "(0,1)" }
}

fn read_context(cx: &mut Ctx<'_>) -> Outcome {
    let channel = cx.contexts.chosen().owner().map_or(255, |line| line.index());
    cx.info("+QIFGCNT", format!("{},{channel}", cx.contexts.id()));
    Outcome::Ok
}

fn choose_context(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let id = args.int(0);
    let is_there = id < cx.profile.quirks.contexts;
    if is_there && cx.contexts.choose(cx.line, id) { Outcome::Ok } else { Outcome::Error }
}

fn read_bearer(cx: &mut Ctx<'_>) -> Outcome {
    cx.info("+QICSGP", cx.contexts.chosen().mode().to_string());
    Outcome::Ok
}

fn set_bearer(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let context = cx.contexts.chosen_mut();
    context.configure(args.int(0));
    context.access = [1, 2, 3].map(|index| args.str(index).to_vec());
    Outcome::Ok
}

const fn switch(name: &'static str, summary: &'static str) -> CommandSpec {
    let (test, fidelity) = (Some(Test::Range("(0,1)")), Fidelity::Kept);
    CommandSpec { name, section: "TCP/IP", summary, fidelity, test, ..CommandSpec::NONE }
}

fn show(cx: &mut Ctx<'_>, name: &str, value: u8) -> Outcome {
    cx.info(name, value.to_string());
    Outcome::Ok
}

fn set(value: &mut u8, args: &Args<'_>) -> Outcome {
    *value = args.int(0);
    Outcome::Ok
}

fn read_access(cx: &mut Ctx<'_>) -> Outcome {
    let text = cx.contexts.chosen().access.join(&b","[..]);
    cx.info("+QIREGAPP", text);
    Outcome::Ok
}

/// Without values it takes what `AT+QICSGP` has set.
fn register(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let context = cx.contexts.chosen_mut();
    if !context.register() {
        return Outcome::Error;
    }
    if !args.is_empty() {
        context.access = [0, 1, 2].map(|index| args.str(index).to_vec());
    }
    Outcome::Ok
}

fn activate(cx: &mut Ctx<'_>) -> Outcome {
    if cx.contexts.chosen().state() != PdpState::Start {
        return Outcome::Error;
    }
    cx.takes(cx.profile.bearer.activation);
    if !cx.network.gprs.is_registered() {
        return Outcome::Error;
    }
    cx.contexts.chosen_mut().activate();
    Outcome::Ok
}

/// `DEACT OK` stands in the place of `OK` (TCP/IP note; the manual's 4.5 prints the latter).
fn deactivate(cx: &mut Ctx<'_>) -> Outcome {
    let context = cx.contexts.chosen_mut();
    if context.state() == PdpState::Initial {
        return Outcome::Error;
    }
    let was_active = context.is_active();
    context.deactivate();
    if was_active {
        cx.takes(cx.profile.bearer.deactivation);
    }
    if was_active && cx.contexts.carries_ftp() {
        cx.ftp(Stimulus::Deactivated);
    }
    Outcome::Final(match cx.profile.quirks.deactivated.as_str() {
        "OK" => ResultCode::Ok,
        text => ResultCode::Text(text.to_owned()),
    })
}

/// A line of its own, and no `OK` behind it.
fn address(cx: &mut Ctx<'_>) -> Outcome {
    let context = cx.contexts.chosen_mut();
    if !context.is_active() {
        return Outcome::Error;
    }
    context.show_address();
    let address = cx.network.model.address.to_string();
    cx.text(&[address]);
    Outcome::Silent
}

fn state(cx: &mut Ctx<'_>) -> Outcome {
    if cx.contexts.settings.mux == 1 {
        let line = |index| format!("+QISTAT: {index},\"\",\"\",\"\"").into_bytes();
        cx.lines((0..CONNECTIONS).map(line).collect());
        return Outcome::Ok;
    }
    report_state(cx)
}

fn state_of_connections(cx: &mut Ctx<'_>) -> Outcome {
    let outcome = report_state(cx);
    if cx.contexts.settings.mux == 1 {
        for index in 0..CONNECTIONS {
            cx.report("+QISTATE", format!("{index},\"\",\"\",\"\",INITIAL"));
        }
    }
    outcome
}

fn report_state(cx: &mut Ctx<'_>) -> Outcome {
    let state = cx.contexts.chosen().state();
    match cx.settings.verbose {
        true => cx.report("STATE", state.name()),
        false => cx.report("STATE", state.number().to_string()),
    }
    Outcome::Ok
}

/// Only while nothing has happened yet.
fn set_mux(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    if cx.contexts.chosen().state() != PdpState::Initial {
        return Outcome::Error;
    }
    set(&mut cx.contexts.settings.mux, args)
}

fn read_dns(cx: &mut Ctx<'_>) -> Outcome {
    let [primary, secondary] =
        cx.contexts.settings.dns.map(|server| server.unwrap_or(Ipv4Addr::UNSPECIFIED));
    cx.text(&[format!("PrimaryDns: {primary}"), format!("SecondaryDns: {secondary}")]);
    Outcome::Ok
}

fn set_dns(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let server = |index| match args.str(index) {
        b"" => Ok(None),
        text => str::from_utf8(text).ok().and_then(|text| text.parse().ok()).map(Some).ok_or(()),
    };
    let (Ok(Some(primary)), Ok(secondary)) = (server(0), server(1)) else {
        return Outcome::Error;
    };
    cx.contexts.settings.dns = [Some(primary), secondary];
    cx.deed(Deed::AskServers(std::iter::once(primary).chain(secondary).collect()))
}

/// Brings the context up where it is not. One name at a time.
fn resolve(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    if cx.contexts.resolving.is_some() {
        return Outcome::Error;
    }
    cx.contexts.resolving = Some(cx.line);
    cx.deed(Deed::Resolve(args.str(0).to_vec()))
}

fn show_settings(cx: &mut Ctx<'_>) -> Outcome {
    let settings = &cx.contexts.settings;
    let numbers = [
        ("QIDNSIP", settings.by_name),
        ("QIPROMPT", settings.prompt),
        ("QIHEAD", settings.heading),
        ("QISHOWRA", settings.show_sender),
        ("QICSGP", cx.contexts.chosen().mode()),
    ];
    let lines = numbers.map(|(name, number)| format!("+{name}: {number}"));
    let head = ["SHOW APPTCPIP CONTEXT".to_owned()];
    let lines: Vec<String> = head.into_iter().chain(lines).collect();
    cx.text(&lines);
    Outcome::Ok
}
