//! `commands`: the command table, from the rows that drive the module.

use std::process::ExitCode;

use clap::Args;
use quasimodem::commands::CommandSpec;
use quasimodem::dialect::Dialect;
use quasimodem::profile::DialectName;

use super::{Refusal, say};

/// Options of `commands`.
#[derive(Debug, Args)]
pub(super) struct Commands {
    /// As a Markdown table, as it stands in the README.
    #[arg(long)]
    markdown: bool,
}

impl Commands {
    #[allow(clippy::unnecessary_wraps, reason = "every task may refuse")]
    pub(super) fn run(&self) -> Result<ExitCode, Refusal> {
        let dialect = Dialect::of(DialectName::default());
        if self.markdown {
            say("| Command | Forms | Source | What it does |\n|---|---|---|---|\n");
        }
        for command in dialect.commands() {
            let CommandSpec { name, section, summary, .. } = command;
            let forms = forms(command);
            if self.markdown {
                say(&format!("| `AT{name}` | `{forms}` | {section} | {summary} |\n"));
            } else {
                let name = format!("AT{name}");
                say(&format!("{name:<13} {forms:<40} {section:<14} {summary}\n"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// `=? ? =…`, each form that there is; `-` for the bare name.
fn forms(command: &CommandSpec) -> String {
    let write = command.write.map(|(params, _)| {
        let names: Vec<_> = params.iter().map(|param| format!("<{}>", param.name)).collect();
        if command.is_basic() && !command.name.starts_with('S') {
            names.concat()
        } else {
            format!("={}", names.join(","))
        }
    });
    let forms = [
        command.exec.map(|_| "-".to_owned()),
        command.test.map(|_| "=?".to_owned()),
        command.read.map(|_| "?".to_owned()),
        write,
    ];
    forms.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
