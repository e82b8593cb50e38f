//! A module put together from settings.

use std::path::Path;

use quasimodem::fault::Rule;
use quasimodem::io::clock::Clock;
use quasimodem::io::ftp_client::FtpClient;
use quasimodem::io::ftp_server::FtpServer;
use quasimodem::io::line::raise_fd_limit;
use quasimodem::io::memory::Memory;
use quasimodem::io::names::{Names, Route};
use quasimodem::io::operator::Order;
use quasimodem::io::pty::Pty;
use quasimodem::io::record::Recorder;
use quasimodem::io::rfc2217::Rfc2217Line;
use quasimodem::io::serial::SerialLine;
use quasimodem::io::shell::Shell;
use quasimodem::io::tcp::TcpLine;
use quasimodem::io::wire::Wire;
use quasimodem::modem::Modem;
use quasimodem::transcript::Heading;
use quasimodem::world::World;
use tokio::signal::unix::{self, SignalKind};
use tokio::sync::mpsc::{self, Sender};
use tracing::{info, warn};

use super::Refusal;
use super::place::Place;
use super::settings::{Settings, Timing};

/// A module that is ready to run, and its surroundings.
pub(super) struct Module {
    pub(super) shell: Shell,
    pub(super) heading: Heading,
    pub(super) place: Place,
}

impl Module {
    /// Makes the lines and the module, with rules of what goes wrong; must be called on a runtime.
    pub(super) fn assemble(
        settings: &Settings,
        rules: Vec<Rule>,
        server: Option<&FtpServer>,
        built_in: Vec<Route>,
    ) -> Result<Self, Refusal> {
        let profile = settings.load_profile()?;
        let mut routes = settings.routes(&profile)?;
        routes.extend(built_in);
        let names = Names::new(routes).with_servers(settings.dns(&profile)?);
        let count = settings.pty.len() + settings.tcp.len() + settings.serial.len();
        let lines = u8::try_from(count).map_err(|_| {
            Refusal::Asked(format!("{count} lines are too many; a module has at most 255"))
        })?;
        if let Err(error) = raise_fd_limit() {
            warn!("the limit of open files stays as it is: {error}");
        }
        let seed = settings.seed.unwrap_or_else(rand_seed);
        let mut place = Place { seed: Some(seed), ..Place::default() };
        place.ftp = server.map(|server| (server.addr(), server.root().to_owned()));
        let wires = wires(settings, &mut place)?;
        let instant = settings.timing == Timing::Instant;
        let memory = settings.state.as_deref().map(Memory::at);
        let kept = match &memory {
            None => None,
            Some(memory) => memory.read().map_err(|error| unreadable(settings, &error))?,
        };
        let heading = Heading {
            profile: settings.profile.clone(),
            instant,
            seed,
            lines,
            powered_off: settings.powered_off,
            kept: kept.clone(),
            rules: rules.clone(),
        };
        let recorder = match &settings.record {
            None => None,
            Some(path) => Some(Recorder::create(path, &heading).map_err(|error| {
                Refusal::Unavailable(format!("{} cannot be written: {error}", path.display()))
            })?),
        };
        let ftp = FtpClient::new(names, profile.ftp.passive_address);
        let mut modem = Modem::new(&profile, lines, seed).with_rules(rules);
        if let Some(line) = kept {
            modem = modem.with_kept(&line).map_err(|error| unreadable(settings, &error))?;
        }
        if settings.powered_off {
            modem = modem.powered_off();
        }
        let timing = if instant { "instant" } else { "faithful" };
        info!("module {}, timing {timing}, seed {seed}", profile.name);
        let clock = Clock::start(settings.time_scale);
        let shell = Shell::new(modem, wires, ftp, clock, recorder).with_memory(memory);
        Ok(Self { shell, heading, place })
    }
}

fn unreadable(settings: &Settings, error: &dyn std::error::Error) -> Refusal {
    let path = settings.state.as_deref().unwrap_or(Path::new(""));
    Refusal::Asked(format!("{} cannot be the state of a module: {error}", path.display()))
}

/// The power key of a module, which the operator holds by a signal. From the moment it is there,
/// the signal does not end the program.
pub(super) struct PowerKey(unix::Signal);

impl PowerKey {
    pub(super) fn listen() -> Result<Self, Refusal> {
        let signals = unix::signal(SignalKind::user_defined1());
        signals.map(Self).map_err(|error| Refusal::Unavailable(format!("no signals: {error}")))
    }

    /// The same module, which from now on obeys it and nobody else.
    pub(super) fn of(self, shell: Shell) -> Shell {
        let (orders, inbox) = mpsc::channel(1);
        self.connect(orders);
        shell.operated(inbox)
    }

    /// From now on it is that of the module behind `orders`.
    pub(super) fn connect(mut self, orders: Sender<Order>) {
        tokio::spawn(async move {
            while self.0.recv().await.is_some() {
                if orders.send(Order::World(World::PowerKey)).await.is_err() {
                    return;
                }
            }
        });
    }
}

fn wires(settings: &Settings, place: &mut Place) -> Result<Vec<Wire>, Refusal> {
    let unavailable =
        |error: quasimodem::io::line::LineError| Refusal::Unavailable(error.to_string());
    let mut wires = Vec::new();
    for path in &settings.pty {
        let pty = Pty::create(path).map_err(unavailable)?;
        place.ptys.push((pty.path().to_owned(), pty.device().to_owned()));
        wires.push(Wire::Pty(pty));
    }
    for port in settings.tcp.iter().filter(|port| !port.rfc2217) {
        let tcp = TcpLine::bind(port.addr).map_err(unavailable)?;
        place.tcps.push(tcp.local_addr());
        wires.push(Wire::Tcp(tcp));
    }
    for port in settings.tcp.iter().filter(|port| port.rfc2217) {
        let line = Rfc2217Line::bind(port.addr).map_err(unavailable)?;
        place.rfc2217s.push(line.local_addr());
        wires.push(Wire::Rfc2217(Box::new(line)));
    }
    for serial in &settings.serial {
        wires.push(Wire::Serial(SerialLine::open(serial.clone()).map_err(unavailable)?));
        place.serials.push(serial.clone());
    }
    Ok(wires)
}

/// A seed that nobody chose. The hasher's keys are the standard library's only source of chance.
pub(super) fn rand_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    // Short enough to be typed again.
    RandomState::new().hash_one(std::process::id()) % 1_000_000
}
