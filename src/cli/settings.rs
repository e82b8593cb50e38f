//! The options that every running module takes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use quasimodem::fault::{Rule, Scenario};
use quasimodem::io::names::{DnsServer, Route};
use quasimodem::io::serial::SerialSettings;
use quasimodem::profile::{BUILT_IN, BuiltIn, Profile, ProfileError};

use super::Refusal;
use super::scenario::load_scenario;

/// A module and its surroundings.
#[derive(Clone, Debug, Args)]
pub(super) struct Settings {
    /// Make a pseudo-terminal and a link to it at PATH; may be given several times.
    #[arg(long, value_name = "PATH")]
    pub(super) pty: Vec<PathBuf>,
    /// Listen on a TCP port, 0 for any free one; may be given several times. With `,rfc2217` the
    /// port has a UART's signals and speed, too. Lines are numbered with pseudo-terminals first, then plain TCP ports.
    /// They are virtual UARTs of one module.
    #[arg(long, value_name = "[ADDR:]PORT[,rfc2217]", value_parser = tcp_port)]
    pub(super) tcp: Vec<TcpPort>,
    /// Be at the other end of a serial port's cable, at 115200 baud if not said; with `rtscts` it
    /// has flow control. May be given several times.
    #[arg(long, value_name = "DEVICE[,BAUD][,rtscts]")]
    pub(super) serial: Vec<SerialSettings>,
    /// Which module: one that `profile list` names, or a file such as sim-config/m10.toml.
    #[arg(long, value_name = "NAME|FILE", default_value = "m10")]
    pub(super) profile: String,
    /// `instant` takes modelled delay away; guard times and the gap before late results stay.
    #[arg(long, value_enum, default_value_t = Timing::Faithful)]
    pub(super) timing: Timing,
    /// Take the host to be at the module's speed, whatever the wire tells of it.
    #[arg(long)]
    pub(super) no_speed_check: bool,
    /// Let module time pass N times as fast: with 100, a limit of 900 s ends after 9 s.
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = scale)]
    pub(super) time_scale: f64,
    /// Seed of modelled chance; the same seed gives the same delays. Printed at start.
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Where a name leads, before any resolver is asked; may be given several times.
    #[arg(long, value_name = "NAME[:PORT]=ADDR:PORT")]
    pub(super) route: Vec<Route>,
    /// Ask this DNS server instead of those of the profile and of the system; may be given several
    /// times, the first one first.
    #[arg(long, value_name = "ADDR[:PORT]")]
    pub(super) dns: Vec<DnsServer>,
    /// Start switched off. SIGUSR1 is the power key: on, and off in good order.
    #[arg(long)]
    pub(super) powered_off: bool,
    /// Keep what AT&W stores in this file, and come up with it; otherwise it lasts for this run.
    #[arg(long, value_name = "FILE")]
    pub(super) state: Option<PathBuf>,
    /// What goes wrong: a scenario that `scenario list` names, or a file; may be given several times.
    #[arg(long, value_name = "NAME|FILE")]
    pub(super) scenario: Vec<String>,
    /// Write a transcript of the session, which `replay` plays. It holds passwords as typed.
    #[arg(long, value_name = "FILE")]
    pub(super) record: Option<PathBuf>,
    /// Write where everything is, as JSON, once it is there.
    #[arg(long, value_name = "FILE")]
    pub(super) ready_file: Option<PathBuf>,
}

/// A TCP port, and what is spoken there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TcpPort {
    pub(super) addr: SocketAddr,
    /// Else the bytes are the line's.
    pub(super) rfc2217: bool,
}

impl TcpPort {
    /// Any free port of this machine's own address, with nothing but bytes.
    pub(super) const ANY: Self =
        Self { addr: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0), rfc2217: false };
}

/// Whether modelled delay applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Timing {
    /// Responses and the network take the time that the profile says.
    Faithful,
    /// They take none.
    Instant,
}

/// The built-in profile of that name, or the file; a path is taken from `folder` on.
pub(super) fn load_profile(name: &str, folder: &Path) -> Result<Profile, String> {
    if let Some(built_in) = BuiltIn::named(name) {
        return Ok(built_in.profile());
    }
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        let names: Vec<_> = BUILT_IN.iter().map(|built_in| built_in.name).collect();
        let names = names.join(", ");
        format!(
            "profile {name:?} is neither built in ({names}) nor a file that can be read: {error}"
        )
    })?;
    parse(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// A profile, and in it what the core leaves to the shell.
fn parse(text: &str) -> Result<Profile, ProfileError> {
    let profile = Profile::parse(text)?;
    for (index, route) in profile.routes.iter().enumerate() {
        if let Err(error) = route.parse::<Route>() {
            return Err(ProfileError::of_key(text, &format!("routes.{index}"), error.to_string()));
        }
    }
    for (index, server) in profile.dns.iter().enumerate() {
        if let Err(error) = server.parse::<DnsServer>() {
            return Err(ProfileError::of_key(text, &format!("dns.{index}"), error.to_string()));
        }
    }
    Ok(profile)
}

impl Settings {
    /// Whether no line is asked for.
    pub(super) fn has_no_line(&self) -> bool {
        self.pty.is_empty() && self.tcp.is_empty() && self.serial.is_empty()
    }

    /// The profile, with timing applied.
    pub(super) fn load_profile(&self) -> Result<Profile, Refusal> {
        let profile = load_profile(&self.profile, Path::new("")).map_err(Refusal::Asked)?;
        let mut profile = if self.timing == Timing::Instant { profile.instant() } else { profile };
        profile.timing.check_speed &= !self.no_speed_check;
        Ok(profile)
    }

    /// The rules of all scenarios, in their order.
    pub(super) fn rules(&self) -> Result<Vec<Rule>, Refusal> {
        let scenarios = self.scenario.iter().map(|name| load_scenario(name, Path::new("")));
        let scenarios = scenarios.collect::<Result<Vec<_>, _>>().map_err(Refusal::Asked)?;
        Ok(rules_of(scenarios))
    }

    /// The routes of the command line, before those of the profile.
    pub(super) fn routes(&self, profile: &Profile) -> Result<Vec<Route>, Refusal> {
        let mut routes = self.route.clone();
        for route in &profile.routes {
            let route = route.parse::<Route>();
            routes.push(route.map_err(|error| Refusal::Asked(error.to_string()))?);
        }
        Ok(routes)
    }

    /// The DNS servers of the command line, or else those of the profile.
    pub(super) fn dns(&self, profile: &Profile) -> Result<Vec<DnsServer>, Refusal> {
        if !self.dns.is_empty() {
            return Ok(self.dns.clone());
        }
        let servers = profile.dns.iter().map(|server| server.parse::<DnsServer>());
        servers.collect::<Result<_, _>>().map_err(|error| Refusal::Asked(error.to_string()))
    }
}

/// The rules of scenarios, in their order; of one name there is one.
pub(super) fn rules_of(scenarios: Vec<Scenario>) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for scenario in scenarios {
        for mut rule in scenario.rules {
            if rules.iter().any(|other| other.name == rule.name) {
                rule.name = format!("{}: {}", scenario.name, rule.name);
            }
            rules.push(rule);
        }
    }
    rules
}

/// What [`address`] reads, with `,rfc2217` behind it or not.
fn tcp_port(text: &str) -> Result<TcpPort, String> {
    match text.split_once(',') {
        None => Ok(TcpPort { addr: address(text)?, rfc2217: false }),
        Some((text, "rfc2217")) => Ok(TcpPort { addr: address(text)?, rfc2217: true }),
        Some((_, other)) => Err(format!("{other:?} is nothing a TCP port can do; write rfc2217")),
    }
}

/// `ADDR:PORT`, `:PORT` or `PORT`; loopback where no address is named.
fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix(':').unwrap_or(text).parse::<u16>();
    port.map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
        .or_else(|_| text.parse())
        .map_err(|_| "write ADDR:PORT, as 127.0.0.1:2000, or PORT alone".to_owned())
}

fn scale(text: &str) -> Result<f64, String> {
    in_scale(text.parse().unwrap_or(f64::NAN))
}

/// The same, if module time can pass so many times as fast.
pub(super) fn in_scale(scale: f64) -> Result<f64, String> {
    let fits = (0.001..=1_000_000.0).contains(&scale);
    if fits { Ok(scale) } else { Err("write a number from 0.001 to 1000000".to_owned()) }
}
