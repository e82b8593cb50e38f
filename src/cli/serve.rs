//! `run`, `demo` and `exec`: a module at work.

use std::future::Future;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::host::{exit_code, outlive, spawn};
use super::manual_server::{ACCOUNT, MANUAL_FILE, MANUAL_SERVER, built_in_routes, start_server};
use super::module::{Module, PowerKey};
use super::place::Place;
use super::settings::{Settings, TcpPort};
use super::signals::Signals;
use super::station::{ControlOptions, Station};
use super::{Refusal, runtime, say};

/// Options of `run`.
#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    control: ControlOptions,
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub(super) struct Demo {
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    control: ControlOptions,
    /// Serve this folder instead of a temporary one.
    #[arg(long, value_name = "DIR")]
    ftp_root: Option<PathBuf>,
}

/// Options of `exec`.
#[derive(Debug, Args)]
pub(super) struct Exec {
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    control: ControlOptions,
    /// Run the built-in FTP server too, with the account quectel / 123456.
    #[arg(long)]
    ftp_server: bool,
    /// Let it serve this folder instead of a temporary one.
    #[arg(long, value_name = "DIR", requires = "ftp_server")]
    ftp_root: Option<PathBuf>,
    /// What to run. It finds the lines in QUASIMODEM_PTY, QUASIMODEM_TCP and QUASIMODEM_RFC2217,
    /// the server in QUASIMODEM_FTP_ADDR and QUASIMODEM_FTP_ROOT, the control API in
    /// QUASIMODEM_CONTROL, and in QUASIMODEM_TIME_SCALE how many times as fast the module's time
    /// passes.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Run {
    pub(super) fn run(self) -> Result<ExitCode, Refusal> {
        let has_line = !self.settings.has_no_line();
        if !has_line && self.control.control.is_empty() {
            let hint = "name at least one line, as --pty ./ttyQ0 or --tcp 2000";
            return Err(Refusal::Asked(hint.to_owned()));
        }
        let runtime = runtime()?;
        let context = runtime.enter();
        let stop = stop_signal()?;
        let assemble =
            || Module::assemble(&self.settings, self.settings.rules()?, None, Vec::new());
        let module = has_line.then(assemble).transpose()?;
        let site = Site::new(module, self.control.open(&self.settings, &[])?)?;
        let place = site.place();
        announce(&self.settings, &place, "")?;
        drop(context);
        serve(runtime, site, stop)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Demo {
    pub(super) fn run(mut self) -> Result<ExitCode, Refusal> {
        if self.settings.has_no_line() {
            self.settings.pty.push(PathBuf::from("./ttyQ0"));
            self.settings.tcp.push(TcpPort::ANY);
        }
        let runtime = runtime()?;
        let context = runtime.enter();
        let stop = stop_signal()?;
        let server = start_server(self.ftp_root)?;
        let routes = built_in_routes(&server);
        let rules = self.settings.rules()?;
        let module = Module::assemble(&self.settings, rules, Some(&server), routes.clone())?;
        let station = self.control.open(&self.settings, &routes)?;
        let site = Site::new(Some(module), station)?;
        let place = site.place();
        announce(&self.settings, &place, &guide(&place))?;
        drop(context);
        serve(runtime, site, stop)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Exec {
    pub(super) fn run(mut self) -> Result<ExitCode, Refusal> {
        let runtime = runtime()?;
        let context = runtime.enter();
        let signals = Signals::listen()?;
        let own_folder = TempDir::with_prefix("quasimodem-")
            .map_err(|error| Refusal::Unavailable(format!("no temporary folder: {error}")))?;
        if self.settings.pty.is_empty() {
            self.settings.pty.push(own_folder.path().join("ttyQ0"));
        }
        if self.settings.tcp.is_empty() {
            self.settings.tcp.push(TcpPort::ANY);
        }
        let server = self.ftp_server.then(|| start_server(self.ftp_root.take())).transpose()?;
        let routes = server.as_ref().map(built_in_routes).unwrap_or_default();
        let rules = self.settings.rules()?;
        let module = Module::assemble(&self.settings, rules, server.as_ref(), routes.clone())?;
        let station = self.control.open(&self.settings, &routes)?;
        let site = Site::new(Some(module), station)?;
        let place = site.place();
        if let Some(path) = &self.settings.ready_file {
            place.write_ready_file(path)?;
        }
        let child = spawn(&self.command, &place, &self.settings, &self.control)?;
        drop(context);
        let status = serve(runtime, site, outlive(child, signals))?;
        let status = status.map_err(|error| Refusal::Unavailable(error.to_string()))?;
        Ok(exit_code(status))
    }
}

/// What runs: a module, a control API, or both.
struct Site {
    module: Option<Module>,
    station: Option<Station>,
    power_key: PowerKey,
}

impl Site {
    fn new(module: Option<Module>, station: Option<Station>) -> Result<Self, Refusal> {
        Ok(Self { module, station, power_key: PowerKey::listen()? })
    }

    /// Where everything is.
    fn place(&self) -> Place {
        let place = self.module.as_ref().map(|module| module.place.clone());
        let control = self.station.iter().flat_map(|station| station.control.addrs()).collect();
        Place { control, ..place.unwrap_or_default() }
    }
}

fn serve<T>(runtime: Runtime, site: Site, stop: impl Future<Output = T>) -> Result<T, Refusal> {
    let end = runtime.block_on(async {
        match site {
            Site { module, station: Some(station), power_key } => {
                station.serve(module, power_key, stop).await
            }
            Site { module: Some(module), station: None, power_key } => {
                power_key.of(module.shell).run(stop).await.map_err(|error| Refusal::broke(&error))
            }
            Site { module: None, station: None, .. } => Ok(stop.await),
        }
    });
    // A look-up that hangs must not hold up the end.
    runtime.shutdown_background();
    end
}

/// Ready when somebody wants the program to end.
fn stop_signal() -> Result<impl Future<Output = ()>, Refusal> {
    let mut signals = Signals::listen()?;
    Ok(async move { signals.asked_to_end().await })
}

fn announce(settings: &Settings, place: &Place, guide: &str) -> Result<(), Refusal> {
    // First: whoever sees a line may look for the file.
    if let Some(path) = &settings.ready_file {
        place.write_ready_file(path)?;
    }
    say(&(place.announce() + guide));
    Ok(())
}

/// How to attach, and what to type.
fn guide(place: &Place) -> String {
    let mut text = String::from("\nAttach, in another terminal, with one of\n");
    for (path, _) in &place.ptys {
        let path = path.display();
        text += &format!("  picocom {path}\n  screen {path} 115200\n");
    }
    for addr in &place.tcps {
        text += &format!("  nc -C {} {}\n", addr.ip(), addr.port());
    }
    let (user, password) = ACCOUNT;
    let (file, size) = MANUAL_FILE;
    let host = MANUAL_SERVER.trim_end_matches(":21");
    for addr in &place.rfc2217s {
        text += &format!("  python3 -m serial.tools.miniterm rfc2217://{addr}\n");
    }
    text += &format!(
        "and type, each line when the one before it has been answered:\n\
         \x20 AT+QIFGCNT=0\n\
         \x20 AT+QICSGP=1,\"CMNET\"\n\
         \x20 AT+QFTPUSER=\"{user}\"\n\
         \x20 AT+QFTPPASS=\"{password}\"\n\
         \x20 AT+QFTPOPEN=\"{host}\",21\n\
         \x20 AT+QFTPPATH=\"/\"\n\
         \x20 AT+QFTPGET=\"{file}\"\n\
         \x20 AT+QFTPPUT=\"hello.txt\",5,200\n\
         \x20 AT+QFTPCLOSE\n\
         \x20 AT+QIDEACT\n\
         {file} has {size} bytes. After the CONNECT of the upload type hello, and no Enter.\n\
         What you upload arrives in the folder named above. Ctrl-C here ends it all.\n"
    );
    text
}
