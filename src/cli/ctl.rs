//! `ctl`: the control API from a shell, in tables for people and in JSON for scripts.

mod create;
mod table;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use quasimodem::io::control::{Answer, Client, Server};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use self::create::CreateOptions;
use super::station::TOKEN;
use super::{Refusal, say};

/// Where the server is, if nobody says so.
const SERVER: &str = "QUASIMODEM_CONTROL";

/// Options of `ctl`.
#[derive(Debug, Args)]
pub(super) struct Ctl {
    /// Where the control API is; QUASIMODEM_CONTROL says so, too, and its token is
    /// QUASIMODEM_CONTROL_TOKEN.
    #[arg(long, value_name = "http://HOST:PORT|unix:PATH", global = true)]
    control: Option<Server>,
    /// Print what the server says, as it says it.
    #[arg(long, global = true)]
    json: bool,
    /// Which module, by its number.
    #[arg(short, long, value_name = "ID", default_value_t = 1, global = true)]
    module: u64,
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// List the modules.
    Modules,
    /// Make a module, and say where its lines are.
    Create(CreateOptions),
    /// End a module.
    Remove {
        /// Its number.
        id: u64,
    },
    /// Hold the power key: on, or in good order off.
    Power,
    /// Take the supply away for a moment.
    Reset,
    /// Show all of a module's state.
    Snapshot,
    /// List the lines of a module.
    Lines,
    /// Let something befall a module, such as bearer-lost or signal 3.
    World {
        /// The event, in the words of a transcript.
        #[arg(required = true, value_name = "EVENT")]
        event: Vec<String>,
    },
    /// Rules of what goes wrong.
    Faults {
        #[command(subcommand)]
        task: Faults,
    },
    /// Print what has happened so far, as a transcript.
    Transcript,
    /// Print what happens, as it happens, until the module ends or you interrupt.
    Events,
}

#[derive(Debug, Subcommand)]
enum Faults {
    /// List the rules, and how often each has taken hold.
    List,
    /// Add the rules of a file, of standard input (`-`), or one written as in a transcript.
    Add {
        /// A scenario's file, `-`, or `{ at = "line-out", do = { drop = 1 } }`.
        #[arg(value_name = "FILE|-|RULE")]
        what: String,
    },
    /// Take a rule away.
    Remove {
        /// Its name.
        name: String,
    },
}

/// What is to be asked, and how its answer is shown.
struct Question {
    method: &'static str,
    path: String,
    body: Option<(&'static str, String)>,
    show: fn(&Value) -> String,
}

impl Ctl {
    pub(super) fn run(self) -> Result<ExitCode, Refusal> {
        let server = match &self.control {
            Some(server) => server.clone(),
            None => named_by_environment()?,
        };
        let client = Client::new(server, std::env::var(TOKEN).ok());
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime =
            runtime.map_err(|error| Refusal::Unavailable(format!("no runtime: {error}")))?;
        let question = self.question()?;
        runtime.block_on(async {
            let Question { method, path, body, show } = question;
            let asked = client.ask(method, &path, body).await;
            let mut answer = asked.map_err(|error| Refusal::Unavailable(error.to_string()))?;
            if matches!(self.task, Task::Events) && answer.status() == 200 {
                return self.watch(&client, &mut answer).await;
            }
            let read = client.read(answer).await;
            let (status, text) = read.map_err(|error| Refusal::Unavailable(error.to_string()))?;
            let value = serde_json::from_str::<Value>(&text).unwrap_or(Value::Null);
            if status >= 300 {
                return Err(refusal(status, &value));
            }
            if self.json || value.is_null() {
                say(&text);
            } else {
                say(&show(&value));
            }
            Ok(())
        })?;
        Ok(ExitCode::SUCCESS)
    }

    fn question(&self) -> Result<Question, Refusal> {
        let module = format!("/v1/modules/{}", self.module);
        let ask = |method, path: String, show| Question { method, path, body: None, show };
        let under = |part: &str| format!("{module}/{part}");
        Ok(match &self.task {
            Task::Modules => ask("GET", "/v1/modules".to_owned(), table::modules),
            Task::Create(options) => Question {
                body: Some(("application/json", json!(options.wanted()?).to_string())),
                ..ask("POST", "/v1/modules".to_owned(), table::created)
            },
            Task::Remove { id } => ask("DELETE", format!("/v1/modules/{id}"), table::nothing),
            Task::Power => ask("POST", under("power-key"), table::nothing),
            Task::Reset => ask("POST", under("reset"), table::nothing),
            Task::Snapshot => ask("GET", module, table::snapshot),
            Task::Lines => ask("GET", under("lines"), table::lines),
            Task::World { event } => Question {
                body: Some(("application/json", json!({ "event": event.join(" ") }).to_string())),
                ..ask("POST", under("world"), table::nothing)
            },
            Task::Faults { task: Faults::List } => ask("GET", under("faults"), table::faults),
            Task::Faults { task: Faults::Add { what } } => Question {
                body: Some(("application/toml", rules(what)?)),
                ..ask("POST", under("faults"), table::faults)
            },
            Task::Faults { task: Faults::Remove { name } } => {
                ask("DELETE", under(&format!("faults/{}", in_path(name))), table::nothing)
            }
            Task::Transcript => ask("GET", under("transcript"), table::nothing),
            Task::Events => ask("GET", under("events"), table::nothing),
        })
    }

    /// Prints events as they come. Each is one line `data: {…}`, in pieces of any size.
    async fn watch(&self, client: &Client, answer: &mut Answer) -> Result<(), Refusal> {
        let mut waiting = Vec::new();
        loop {
            let piece = client.next(answer).await;
            let piece = piece.map_err(|error| Refusal::Unavailable(error.to_string()))?;
            let Some(piece) = piece else { return Ok(()) };
            waiting.extend_from_slice(&piece);
            while let Some(end) = waiting.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = waiting.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line);
                let Some(data) = line.trim_end().strip_prefix("data: ") else { continue };
                if self.json {
                    say(&format!("{data}\n"));
                } else if let Ok(entry) = serde_json::from_str(data) {
                    say(&table::entry(&entry));
                }
            }
        }
    }
}

fn rules(what: &str) -> Result<String, Refusal> {
    if what.trim_start().starts_with('{') {
        return Ok(format!("rule = [{what}]"));
    }
    let read = match what {
        "-" => std::io::read_to_string(std::io::stdin()),
        path => std::fs::read_to_string(path),
    };
    read.map_err(|error| unreadable(what, &error))
}

fn unreadable(name: &str, error: &std::io::Error) -> Refusal {
    Refusal::Asked(format!("{name} cannot be read: {error}"))
}

fn named_by_environment() -> Result<Server, Refusal> {
    let hint = "say where the control API is, with --control http://127.0.0.1:PORT or in QUASIMODEM_CONTROL";
    let text = std::env::var(SERVER).map_err(|_| Refusal::Asked(hint.to_owned()))?;
    text.parse().map_err(|mistake| Refusal::Asked(format!("{SERVER} is {text:?}: {mistake}")))
}

/// What is wrong with the request is the user's to know; anything else is the server's.
fn refusal(status: u16, problem: &Value) -> Refusal {
    let sentence = problem.get("detail").and_then(Value::as_str);
    let sentence = sentence.map_or_else(|| format!("the answer is {status}"), str::to_owned);
    match status {
        400 | 415 | 422 => Refusal::Asked(sentence),
        _ => Refusal::Unavailable(sentence),
    }
}

/// RFC 3986 2.3: what is not unreserved is escaped.
fn in_path(name: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(escape).collect()
}
