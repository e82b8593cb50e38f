//! The control API of a program that runs modules: who may ask, and how a module is made for them.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use quasimodem::fault::{Rule, Scenario};
use quasimodem::io::control::{
    Control, ControlAddr, ControlError, Create, Fleet, LineWanted, Made, NotMade, Timing,
};
use quasimodem::io::names::Route;
use tempfile::TempDir;

use super::Refusal;
use super::module::{Module, PowerKey};
use super::settings::{self, Settings, TcpPort};

/// Where a client finds the token, and the server.
pub(super) const TOKEN: &str = "QUASIMODEM_CONTROL_TOKEN";

/// Options of the control API.
#[derive(Debug, Args)]
pub(super) struct ControlOptions {
    /// Let modules be made, watched and disturbed over HTTP there; `ctl` does so from a shell. May
    /// be given several times.
    #[arg(long, value_name = "[ADDR:]PORT|unix:PATH")]
    pub(super) control: Vec<ControlAddr>,
    /// Who asks must know this; needed where others than this machine can ask. The variable
    /// QUASIMODEM_CONTROL_TOKEN does the same, and nobody sees it in a list of processes.
    #[arg(long, value_name = "TOKEN", requires = "control")]
    control_token: Option<String>,
    /// Show passwords and PINs to who asks, as hosts have typed them.
    #[arg(long, requires = "control")]
    show_secrets: bool,
}

/// The control API and its modules, about to begin.
pub(super) struct Station {
    pub(super) control: Control,
}

impl ControlOptions {
    /// What who asks must know, if anything.
    pub(super) fn token(&self) -> Option<String> {
        self.control_token.clone().or_else(|| std::env::var(TOKEN).ok())
    }

    /// Listens; `settings` are those of modules that name no others. `None` if nobody wants that.
    pub(super) fn open(
        &self,
        settings: &Settings,
        routes: &[Route],
    ) -> Result<Option<Station>, Refusal> {
        if self.control.is_empty() {
            return Ok(None);
        }
        let folder = TempDir::with_prefix("quasimodem-")
            .map_err(|error| Refusal::Unavailable(format!("no temporary folder: {error}")))?;
        let yard = Yard {
            settings: settings.as_template(),
            routes: routes.to_vec(),
            folder,
            ptys: AtomicU64::new(0),
        };
        let fleet = Fleet::new(Box::new(move |wanted| yard.make(wanted)), self.show_secrets);
        let control = Control::bind(fleet, &self.control, self.token().as_deref());
        let control = control.map_err(|error| {
            let sentence = error.to_string();
            match error {
                ControlError::Open(_) | ControlError::Token => Refusal::Asked(sentence),
                ControlError::Unavailable(..) => Refusal::Unavailable(sentence),
            }
        })?;
        Ok(Some(Station { control }))
    }
}

impl Station {
    /// Runs the module, if there is one, and answers whoever asks, until `stop` is ready.
    pub(super) async fn serve<T>(
        self,
        module: Option<Module>,
        power_key: PowerKey,
        stop: impl Future<Output = T>,
    ) -> Result<T, Refusal> {
        let Self { control } = self;
        let breaks = match module {
            None => None,
            Some(module) => {
                let (berth, breaks) = control.fleet().adopt(module.into(), true);
                power_key.connect(berth.orders());
                Some(breaks)
            }
        };
        // That it was removed is no reason to end; that it broke is.
        let broken = async {
            match breaks {
                Some(breaks) => match breaks.await {
                    Ok(error) => error,
                    Err(_) => std::future::pending().await,
                },
                None => std::future::pending().await,
            }
        };
        let meanwhile = async {
            tokio::select! {
                end = stop => Ok(end),
                error = broken => Err(Refusal::broke(&error)),
            }
        };
        control.serve(meanwhile).await
    }
}

/// Where modules are made for those who ask.
struct Yard {
    settings: Settings,
    routes: Vec<Route>,
    /// Of pseudo-terminals for which nobody has named a place.
    folder: TempDir,
    ptys: AtomicU64,
}

impl Yard {
    fn make(&self, wanted: &Create) -> Result<Made, NotMade> {
        let mut settings = self.settings.clone();
        if let Some(profile) = &wanted.profile {
            settings.profile.clone_from(profile);
        }
        if let Some(timing) = wanted.timing {
            settings.timing = match timing {
                Timing::Faithful => settings::Timing::Faithful,
                Timing::Instant => settings::Timing::Instant,
            };
        }
        if let Some(scale) = wanted.time_scale {
            let scale = settings::in_scale(scale);
            settings.time_scale =
                scale.map_err(|mistake| NotMade::Asked(format!("time_scale: {mistake}")))?;
        }
        settings.seed = wanted.seed;
        settings.powered_off = wanted.powered_off;
        for line in &wanted.lines {
            self.add_line(&mut settings, line);
        }
        if wanted.lines.is_empty() {
            settings.tcp.push(TcpPort::ANY);
        }
        let rules = match &wanted.scenarios {
            None => settings.rules()?,
            Some(scenarios) => rules(scenarios)?,
        };
        Ok(Module::assemble(&settings, rules, None, self.routes.clone())?.into())
    }

    fn add_line(&self, settings: &mut Settings, line: &LineWanted) {
        let port = |addr: &Option<SocketAddr>, rfc2217| TcpPort {
            addr: addr.unwrap_or(TcpPort::ANY.addr),
            rfc2217,
        };
        match line {
            LineWanted::Tcp { addr } => settings.tcp.push(port(addr, false)),
            LineWanted::Rfc2217 { addr } => settings.tcp.push(port(addr, true)),
            LineWanted::Pty { path } => settings.pty.push(path.clone().unwrap_or_else(|| {
                let number = self.ptys.fetch_add(1, Ordering::Relaxed);
                self.folder.path().join(format!("ttyQ{number}"))
            })),
        }
    }
}

fn rules(scenarios: &[String]) -> Result<Vec<Rule>, NotMade> {
    let load = |(index, text): (usize, &String)| {
        let source = format!("scenarios[{index}]");
        Scenario::built_in(text).map_or_else(
            || {
                Scenario::parse(text, &source)
                    .map_err(|error| NotMade::Asked(format!("{source}: {error}")))
            },
            Ok,
        )
    };
    let scenarios = scenarios.iter().enumerate().map(load).collect::<Result<_, _>>()?;
    Ok(settings::rules_of(scenarios))
}

impl Settings {
    /// The same for modules of which each has lines and a fate of its own.
    fn as_template(&self) -> Self {
        Self {
            pty: Vec::new(),
            tcp: Vec::new(),
            serial: Vec::new(),
            seed: None,
            powered_off: false,
            state: None,
            record: None,
            ready_file: None,
            ..self.clone()
        }
    }
}

impl From<Module> for Made {
    fn from(module: Module) -> Self {
        let lines = module.place.lines();
        Self { shell: module.shell, heading: module.heading, lines }
    }
}

impl From<Refusal> for NotMade {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::Asked(_) | Refusal::Mistaken => Self::Asked(sentence),
            Refusal::Unavailable(_) | Refusal::Differs => Self::Unavailable(sentence),
        }
    }
}
