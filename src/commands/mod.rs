//! Commands as data: one row declares a command's forms and names its handlers.
//!
//! Dispatch, arity and range errors, test commands, the printed command table and the conformance
//! test all follow from the row.

pub mod gsm;
pub mod interface;
pub mod network;
pub mod power;
pub mod qftp;
pub mod sim;
pub mod sms;
pub mod tcpip;
pub mod v250;

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::at::{Args, CmeError, Form, Param, ResultCode, Settings, Unfit, Value, bind};
use crate::context::Contexts;
use crate::ftp::{Effect, Failure, Service, Stimulus};
use crate::line::LineId;
use crate::network::Network;
use crate::profile::{Profile, Quirks};
use crate::radio::Radio;
use crate::real_time::RealTimeClock;
use crate::sim::Sim;
use crate::time::SimTime;

/// One command.
#[derive(Clone, Copy, Debug)]
pub struct CommandSpec {
    /// In capitals, as in `+QFTPPUT`, `E`, `&F`, `S3`.
    pub name: &'static str,
    /// Where it is described: a section of the dialect's manual, or another source by name.
    pub section: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// How far the module goes in it.
    pub fidelity: Fidelity,
    /// `NAME=?`
    pub test: Option<Test>,
    /// `NAME?`
    pub read: Option<fn(&mut Ctx<'_>) -> Outcome>,
    /// `NAME=…`; of a basic command the number, too.
    pub write: Option<Write>,
    /// `NAME`
    pub exec: Option<fn(&mut Ctx<'_>) -> Outcome>,
}

impl CommandSpec {
    /// A command without any form.
    pub const NONE: Self = Self {
        name: "",
        section: "",
        summary: "",
        fidelity: Fidelity::Faithful,
        test: None,
        read: None,
        write: None,
        exec: None,
    };

    /// Whether this is a basic command (V.250 5.3), whose bare name means the number 0.
    pub fn is_basic(&self) -> bool {
        !self.name.starts_with('+')
    }
}

/// How far the module goes in a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fidelity {
    /// It does and answers what its source says.
    Faithful,
    /// It answers as its source says, and what it does or prints is simpler.
    Approximated,
    /// Its values are taken, kept and shown, and nothing follows from them.
    Kept,
}

impl Fidelity {
    /// In a word, for tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Faithful => "faithful",
            Self::Approximated => "approximated",
            Self::Kept => "kept",
        }
    }
}

/// What a test command prints before its `OK`.
#[derive(Clone, Copy, Debug)]
pub enum Test {
    /// Nothing.
    Bare,
    /// `NAME: ` and this text.
    Range(&'static str),
    /// The same, where models differ in it.
    RangeOf(fn(&Profile) -> &'static str),
    /// These lines.
    Lines(&'static [&'static str]),
}

/// The parameters of a write command and its handler.
pub type Write = (&'static [Param], fn(&mut Ctx<'_>, &Args<'_>) -> Outcome);

/// The number that the host sees for a failure.
pub type FtpError = fn(Failure, &Quirks) -> i32;

/// How a command ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what was asked; if it was the last of its line, `OK`.
    Ok,
    /// `ERROR`; the rest of the line is not executed.
    Error,
    /// This result in the place of `OK`; the rest of the line is not executed.
    Final(ResultCode),
    /// `CONNECT`, and back to data state.
    Online,
    /// No final result: what was printed stands in its place.
    Silent,
}

/// What a command does to the module as a whole, once its answer is out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// `AT+CFUN=0` or `4`: the radio goes off.
    RadioOff,
    /// `AT+CFUN=1`: it comes on.
    RadioOn,
    /// `AT+CFUN=1,1`: the module starts anew.
    Restart,
    /// `AT+QPOWD`.
    PowerDown,
    /// `AT&W`: this command line would bring the settings back.
    Keep(String),
    /// `AT+CPIN` has unlocked the SIM.
    Unlocked,
    /// `AT+CGATT=1`.
    Attach,
    /// `AT+CGATT=0`.
    Detach,
    /// `AT+QIDNSCFG`: these servers are to be asked from now on.
    AskServers(Vec<Ipv4Addr>),
    /// `AT+QIDNSGIP`: the addresses of this name are to be told.
    Resolve(Vec<u8>),
}

impl From<CmeError> for Outcome {
    fn from(error: CmeError) -> Self {
        Self::Final(ResultCode::Cme(error))
    }
}

/// What a handler may see and do.
///
/// The order of a reply is the handler's to state, because the manual is not uniform:
/// [`Ctx::info`] comes before the final result, [`Ctx::report`] in the same burst after it, and
/// what the service tells by itself comes late.
#[derive(Debug)]
pub struct Ctx<'a> {
    /// The line on which the command was typed.
    pub line: LineId,
    /// Whether that line has escaped from data state.
    pub escaped: bool,
    /// The settings of that line.
    pub settings: &'a mut Settings,
    /// The settings that `AT&W` keeps.
    pub stored: &'a mut Settings,
    /// The SIM.
    pub sim: &'a mut Sim,
    /// How much of the module is on.
    pub radio: &'a mut Radio,
    /// The time of the module's own, since power-on.
    pub now: SimTime,
    /// The time of the calendar.
    pub clock: &'a mut RealTimeClock,
    /// The network.
    pub network: &'a mut Network,
    /// The PDP contexts.
    pub contexts: &'a mut Contexts,
    /// The FTP service.
    pub service: &'a mut Service,
    /// The module's profile.
    pub profile: &'a Profile,
    /// The number that the host sees for a failure.
    pub ftp_error: FtpError,
    /// What the line's commands have produced so far.
    pub reply: &'a mut LineReply,
}

/// What the commands of one line produce.
#[derive(Debug, Default)]
pub struct LineReply {
    /// Information texts before the final result, each of one or more lines.
    pub before: Vec<Vec<Vec<u8>>>,
    /// Results in the same burst after the final result.
    pub after: Vec<Vec<u8>>,
    /// What the service wants done.
    pub effects: Vec<Effect>,
    /// What is done to the module when the answer is out.
    pub deeds: Vec<Deed>,
    /// Modelled time beyond that of a local command.
    pub takes: Duration,
}

impl Ctx<'_> {
    /// `NAME:text` before the final result, with a blank where the profile spells it so.
    pub fn info(&mut self, name: &str, text: impl AsRef<[u8]>) {
        let line = self.profile.spelling.result(name, text);
        self.reply.before.push(vec![line]);
    }

    /// Bare lines before the final result.
    pub fn text(&mut self, lines: &[String]) {
        self.reply.before.push(lines.iter().map(|line| line.clone().into_bytes()).collect());
    }

    /// Bare lines before the final result, if there are any.
    pub fn lines(&mut self, lines: Vec<Vec<u8>>) {
        if !lines.is_empty() {
            self.reply.before.push(lines);
        }
    }

    /// `NAME:text` right after the final result.
    pub fn report(&mut self, name: &str, text: impl AsRef<[u8]>) {
        self.reply.after.push(self.profile.spelling.result(name, text));
    }

    /// `NAME:0`, or its error, right after the final result.
    pub fn report_result(&mut self, name: &str, result: Result<(), Failure>) {
        let number = result.map_or_else(|failure| self.number(failure), |()| 0);
        self.report(name, number.to_string());
    }

    /// The number that the host sees for `failure`.
    pub fn number(&self, failure: Failure) -> i32 {
        (self.ftp_error)(failure, &self.profile.quirks)
    }

    /// Puts something to the FTP service; its answer comes late.
    pub fn ftp(&mut self, stimulus: Stimulus) -> Outcome {
        self.service.step(stimulus, &mut self.reply.effects);
        Outcome::Ok
    }

    /// Is done to the module when the answer is out.
    pub fn deed(&mut self, deed: Deed) -> Outcome {
        self.reply.deeds.push(deed);
        Outcome::Ok
    }

    /// The response is to take so much longer than that of a local command.
    pub fn takes(&mut self, span: Duration) {
        self.reply.takes += span;
    }
}

/// Runs one command by its row: binds its values, calls its handler.
pub fn run(cx: &mut Ctx<'_>, row: &CommandSpec, form: &Form<'_>) -> Outcome {
    match (form, row) {
        (Form::Exec, CommandSpec { exec: Some(exec), .. }) => exec(cx),
        (Form::Exec, CommandSpec { write: Some(write), .. }) if row.is_basic() => {
            run_write(cx, row.name, write, &[])
        }
        (Form::Read, CommandSpec { read: Some(read), .. }) => read(cx),
        (Form::Test, CommandSpec { test: Some(test), .. }) => {
            run_test(cx, row.name, *test);
            Outcome::Ok
        }
        (Form::Write(values), CommandSpec { write: Some(write), .. }) => {
            run_write(cx, row.name, write, values)
        }
        _ => Outcome::Error,
    }
}

fn run_write(cx: &mut Ctx<'_>, name: &str, write: &Write, values: &[Value<'_>]) -> Outcome {
    let (params, handler) = write;
    match bind(params, values, cx.profile.quirks.quoted_port) {
        Ok(args) => handler(cx, &args),
        Err(Unfit::TooLong) if cx.profile.quirks.overlong_is_late => {
            cx.report_result(name, Err(Failure::Parameter));
            Outcome::Ok
        }
        Err(Unfit::TooLong | Unfit::Format) => Outcome::Error,
    }
}

fn run_test(cx: &mut Ctx<'_>, name: &str, test: Test) {
    let profile = cx.profile;
    let range = |range| [profile.spelling.name(name) + ": " + range];
    match test {
        Test::Bare => {}
        Test::Range(text) => cx.text(&range(text)),
        Test::RangeOf(text) => cx.text(&range(text(profile))),
        Test::Lines(lines) => {
            cx.text(&lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>())
        }
    }
}
