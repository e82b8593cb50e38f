//! A host program that runs beside a module: what it finds in its environment, and its end.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus};

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use super::Refusal;
use super::place::Place;
use super::settings::Settings;
use super::signals::Signals;
use super::station::{ControlOptions, TOKEN};

/// Starts the host program of `exec`.
pub(super) fn spawn(
    command: &[String],
    place: &Place,
    settings: &Settings,
    control: &ControlOptions,
) -> Result<Child, Refusal> {
    let program = command.first().map_or("", String::as_str);
    let mut command = host_command(command, place, settings.time_scale)?;
    if let Some(addr) = place.control.first() {
        command.env("QUASIMODEM_CONTROL", addr.to_string());
        command.envs(control.token().map(|token| (TOKEN, token)));
    }
    command
        .spawn()
        .map_err(|error| Refusal::Unavailable(format!("{program} cannot be run: {error}")))
}

/// A host program with the environment in which it finds the module.
pub(super) fn host_command(
    command: &[String],
    place: &Place,
    time_scale: f64,
) -> Result<Command, Refusal> {
    let (program, arguments) = match command {
        [program, arguments @ ..] => (program, arguments),
        [] => return Err(Refusal::Asked("name a command to run, behind --".to_owned())),
    };
    let mut command = Command::new(program);
    command.args(arguments);
    // The variables of another module around this one are not ours.
    for variable in [
        "QUASIMODEM_TCP",
        "QUASIMODEM_RFC2217",
        "QUASIMODEM_FTP_ADDR",
        "QUASIMODEM_FTP_ROOT",
        "QUASIMODEM_CONTROL",
    ] {
        command.env_remove(variable);
    }
    if let Some((path, _)) = place.ptys.first() {
        // The command may change its directory. An absolute path cannot be had only of nothing.
        command.env("QUASIMODEM_PTY", std::path::absolute(path).unwrap_or_else(|_| path.clone()));
    }
    if let Some(addr) = place.tcps.first() {
        command.env("QUASIMODEM_TCP", addr.to_string());
    }
    if let Some(addr) = place.rfc2217s.first() {
        command.env("QUASIMODEM_RFC2217", format!("rfc2217://{addr}"));
    }
    if let Some((addr, root)) = &place.ftp {
        command.env("QUASIMODEM_FTP_ADDR", addr.to_string());
        command.env("QUASIMODEM_FTP_ROOT", root);
    }
    // A host with limits of its own can keep step.
    command.env("QUASIMODEM_TIME_SCALE", time_scale.to_string());
    Ok(command)
}

/// Waits for the command. A terminal's Ctrl-C reaches it without us; a SIGTERM that is meant for
/// us is passed on, and we end when it ends.
pub(super) async fn outlive(mut child: Child, mut signals: Signals) -> io::Result<ExitStatus> {
    loop {
        tokio::select! {
            status = child.wait() => return status,
            _ = signals.interrupt.recv() => {}
            _ = signals.terminate.recv() => {
                let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
                if let Some(pid) = pid {
                    // It may have ended just now; then its status says so.
                    let _ = kill_process(pid, Signal::TERM);
                }
            }
        }
    }
}

/// The command's own status; 128 and the number of the signal that ended it, as shells have it.
pub(super) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
