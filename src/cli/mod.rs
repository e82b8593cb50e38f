//! The command line: what a user asks for, and in one sentence why it cannot be.

mod check;
mod commands;
mod ctl;
mod host;
mod manual_server;
mod module;
mod place;
mod profile;
mod replay;
mod scenario;
mod serve;
mod settings;
mod signals;
mod station;
mod sweep;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgAction, Parser, Subcommand};
use thiserror::Error;
use tokio::runtime::{Builder, Runtime};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

/// A virtual Quectel GSM module: AT commands in front, a real FTP client behind.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    /// Say more on standard error: the dialogue with the host and with the server; twice: data too.
    /// The variable RUST_LOG, where set, decides instead.
    #[arg(short, long, action = ArgAction::Count, global = true)]
    verbose: u8,
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run a module on the lines that you name, until Ctrl-C.
    Run(serve::Run),
    /// Run a module and an FTP server together, ready for the manual's examples.
    Demo(serve::Demo),
    /// Run a module for as long as a command of yours runs; exit with its status.
    Exec(serve::Exec),
    /// Run a command of yours once for every fault at every point of its dialogue; say what it does
    /// about each.
    Sweep(Box<sweep::Sweep>),
    /// Make, watch and disturb modules of a program that runs with --control.
    Ctl(ctl::Ctl),
    /// Play transcripts against the core in virtual time; show where they differ.
    Replay(replay::Replay),
    /// List the commands that the module knows.
    Commands(commands::Commands),
    /// Show which modules there are, and every key of one.
    Profile(profile::Profiles),
    /// Show which scenarios are built in, and one of them.
    Scenario(scenario::Scenarios),
    /// Say what is wrong with profiles, scenarios and transcripts, and where.
    Check(check::Check),
}

/// Why the program ends without having done its work.
#[derive(Debug, Error)]
pub(crate) enum Refusal {
    /// A bad option or a bad file: exit status 2.
    #[error("{0}")]
    Asked(String),
    /// What was asked for cannot be had here and now: exit status 1.
    #[error("{0}")]
    Unavailable(String),
    /// All has been said already: exit status 1.
    #[error("")]
    Differs,
    /// All has been said already: exit status 2.
    #[error("")]
    Mistaken,
}

impl Refusal {
    /// Why a module ends by itself.
    fn broke(error: &io::Error) -> Self {
        Self::Unavailable(format!("a line or the recording broke: {error}"))
    }
}

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return explain(&error),
    };
    let quiet = matches!(cli.task, Task::Exec(_) | Task::Sweep(_));
    start_log(cli.verbose, quiet);
    let result = match cli.task {
        Task::Run(run) => run.run(),
        Task::Demo(demo) => demo.run(),
        Task::Exec(exec) => exec.run(),
        Task::Sweep(sweep) => sweep.run(),
        Task::Ctl(ctl) => ctl.run(),
        Task::Replay(replay) => replay.run(),
        Task::Commands(commands) => commands.run(),
        Task::Profile(profiles) => profiles.run(),
        Task::Scenario(scenarios) => scenarios.run(),
        Task::Check(check) => check.run(),
    };
    let refusal = match result {
        Ok(code) => return code,
        Err(refusal) => refusal,
    };
    let text = refusal.to_string();
    if !text.is_empty() {
        eprintln!("quasimodem: {text}");
    }
    match refusal {
        Refusal::Asked(_) | Refusal::Mistaken => ExitCode::from(2),
        Refusal::Unavailable(_) | Refusal::Differs => ExitCode::from(1),
    }
}

/// Help goes to standard output in full; a mistake becomes one sentence.
fn explain(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed standard output is nobody's concern here.
            let _ = error.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            eprintln!(
                "quasimodem: say what to do: run, demo, exec, sweep, ctl, replay, commands, profile, scenario or check; --help tells more"
            );
            ExitCode::from(2)
        }
        _ => {
            let text = error.to_string();
            let sentence = text.split("\n\n").next().unwrap_or(&text);
            let sentence = sentence.trim_start_matches("error: ");
            let words: Vec<&str> = sentence.split_whitespace().collect();
            eprintln!("quasimodem: {}", words.join(" "));
            ExitCode::from(2)
        }
    }
}

fn start_log(verbose: u8, quiet: bool) {
    let level = match verbose {
        0 if quiet => "quasimodem=warn",
        0 => "quasimodem=info",
        1 => "quasimodem=debug",
        _ => "quasimodem=trace",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    // The FTP library's log shows passwords, whatever RUST_LOG says; the built-in server is no
    // part of the module.
    let discreet =
        ["suppaftp=info", "libunftp=off"].map(|directive| directive.parse::<Directive>());
    let filter = discreet.into_iter().flatten().fold(filter, EnvFilter::add_directive);
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
}

/// One thread: the loop, and the FTP client beside it.
fn runtime() -> Result<Runtime, Refusal> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Refusal::Unavailable(format!("no runtime: {error}")))
}

/// Says something on standard output. Whoever closed it does not want to know.
fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
