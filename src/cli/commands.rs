//! `commands`: the command table, from the rows that drive the module.

use std::process::ExitCode;

use clap::Args;
use quasimodem::at::{Need, Param};
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
            say("| Command | Source | What it does | |\n|---|---|---|---|\n");
        }
        for command in dialect.commands() {
            let CommandSpec { section, summary, fidelity, .. } = command;
            let fidelity = fidelity.word();
            if self.markdown {
                let forms = forms(command).map(|form| format!("`{form}`")).collect::<Vec<_>>();
                say(&format!("| {} | {section} | {summary} | {fidelity} |\n", forms.join(" ")));
            } else {
                let forms = forms(command).collect::<Vec<_>>().join("  ");
                say(&format!("{forms}\n    {summary} ({section}; {fidelity})\n"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The forms of a command, as a host types them.
fn forms(command: &CommandSpec) -> impl Iterator<Item = String> {
    let name = command.name;
    let exec = command.exec.map(|_| format!("AT{name}"));
    let test = command.test.map(|_| format!("AT{name}=?"));
    let read = command.read.map(|_| format!("AT{name}?"));
    let write = command.write.map(|(params, _)| {
        let is_parameter = !command.is_basic() || name.starts_with('S');
        format!("AT{name}{}{}", if is_parameter { "=" } else { "" }, parameters(params))
    });
    [test, read, write, exec].into_iter().flatten()
}

/// `<fileName>,<fileSz>[,<time>]`
fn parameters(params: &[Param]) -> String {
    let mut text = String::new();
    for (index, param) in params.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let name = param.name;
        text += &match param.need {
            Need::Required => format!("{comma}<{name}>"),
            Need::Optional | Need::Default(_) => format!("[{comma}<{name}>]"),
        };
    }
    text
}
