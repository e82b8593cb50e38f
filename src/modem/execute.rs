//! A command line is executed (V.250 5.2.3): its commands in turn, one final result, one burst.

use thiserror::Error;

use super::adaptor::After;
use super::{Delivery, Modem};
use crate::at::{CommandLine, Reply, ResultCode, Typed};
use crate::commands::{self, Ctx, LineReply, Outcome};
use crate::ftp::{Effect, Request};
use crate::line::LineId;

/// These settings are none that this module keeps.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} sets nothing that a module keeps")]
pub struct NotKept(String);

impl Modem {
    /// The same module with settings that `AT&W` kept in an earlier run, as [`Output::Kept`] told them:
    /// those with which it comes up.
    ///
    /// # Errors
    /// A command in it is none that sets something.
    ///
    /// [`Output::Kept`]: super::Output::Kept
    pub fn with_kept(mut self, line: &str) -> Result<Self, NotKept> {
        let mut reply = LineReply::default();
        let outcome = self.run(LineId::FIRST, line.trim().as_bytes(), &mut reply);
        let says = !reply.before.is_empty() || !reply.after.is_empty();
        let does = !reply.effects.is_empty() || !reply.deeds.is_empty();
        if outcome != Outcome::Ok || says || does {
            return Err(NotKept(line.to_owned()));
        }
        self.stored = self.line(LineId::FIRST).settings.clone();
        for line in self.line_ids() {
            self.line(line).settings = self.stored.clone();
            self.follow(line);
        }
        Ok(self)
    }

    /// Executes what was typed on `line`. Settings and states change at once; the answer, and
    /// what is asked of the server, follow when the response time is over. A session is dropped at
    /// once, too: another line may open the next one before `DEACT OK`.
    pub(super) fn execute(&mut self, line: LineId, typed: Typed) {
        let mut reply = LineReply::default();
        let escaped = self.line(line).is_escaped();
        let outcome = match typed {
            Typed::TooLong => Outcome::Error,
            Typed::Line(body) | Typed::Repeat(body) => {
                self.note_command(line, &body);
                self.run(line, &body, &mut reply)
            }
        };
        let silent = outcome == Outcome::Silent;
        let (code, after) = match outcome {
            Outcome::Ok | Outcome::Silent => (ResultCode::Ok, escaped),
            Outcome::Error => (ResultCode::Error, escaped),
            Outcome::Final(code) => (code, escaped),
            Outcome::Online => (ResultCode::Connect, false),
        };
        let after = match (after, code == ResultCode::Connect) {
            (_, true) => After::OnlineData,
            (true, _) => After::OnlineCommand,
            (false, _) => After::Command,
        };
        let span = self.bearer.spread(self.profile.timing.local_response)
            + self.bearer.spread(reply.takes);
        let mut burst = Reply::new(&self.line(line).settings);
        for lines in &reply.before {
            burst = burst.information(lines);
        }
        if !silent {
            burst = burst.result(&code);
        }
        for text in &reply.after {
            burst = burst.unsolicited(text);
        }
        let burst = burst.into_bytes();
        self.line(line).execute(burst, after);
        self.agenda.plan(self.now + span, Delivery::Answer(line));
        for deed in reply.deeds {
            self.agenda.plan(self.now + span, Delivery::Deed(deed));
        }
        for effect in reply.effects {
            match effect {
                Effect::Ask(request) if request != Request::Drop => {
                    self.agenda.plan(self.now + span, Delivery::Ask(request));
                }
                effect => self.apply(vec![effect]),
            }
        }
        self.run_agenda();
    }

    /// Runs the commands of a line until one of them ends it.
    fn run(&mut self, line: LineId, body: &[u8], reply: &mut LineReply) -> Outcome {
        let adaptor = &mut self.lines[line.index()];
        let escaped = adaptor.is_escaped();
        let mut cx = Ctx {
            line,
            escaped,
            settings: &mut adaptor.settings,
            stored: &mut self.stored,
            radio: &mut self.radio,
            sim: &mut self.sim,
            now: self.now,
            clock: &mut self.clock,
            network: &mut self.network,
            contexts: &mut self.contexts,
            service: &mut self.service,
            profile: &self.profile,
            ftp_error: self.dialect.ftp_error,
            reply,
        };
        let mut commands = CommandLine::new(body);
        while let Some(command) = commands.next_command() {
            let row = command.as_ref().ok().and_then(|command| self.dialect.command(&command.name));
            let outcome = match (command, row) {
                (Ok(command), Some(row)) => commands::run(&mut cx, row, &command.form),
                _ => Outcome::Error,
            };
            if outcome != Outcome::Ok {
                return outcome;
            }
        }
        Outcome::Ok
    }
}
