//! What passes the loop that owns a modem, as a transcript that replays to the byte.
//!
//! Knows no file: whoever keeps the text takes it.

use super::{Writer, rule_text};
use crate::fault::Rule;
use crate::modem::{Input, Output};
use crate::time::{SimTime, Span};

/// A recording in the making.
#[derive(Clone, Debug)]
pub struct Recording {
    writer: Writer,
    /// What came by itself since the last input: it stands behind the `~` that is yet to be
    /// written, because only the next input tells how much time passed.
    later: Vec<(SimTime, Output, bool)>,
    /// When the last input came.
    at: SimTime,
    /// Something has come by itself since then, if only at the same instant.
    by_itself: bool,
}

/// What the header of a recording says.
#[derive(Clone, Debug)]
pub struct Heading {
    /// `:profile`.
    pub profile: String,
    /// `:timing instant`, else `faithful`.
    pub instant: bool,
    /// `:seed`.
    pub seed: u64,
    /// `:lines`.
    pub lines: u8,
    /// `:power off`.
    pub powered_off: bool,
    /// `:kept`.
    pub kept: Option<String>,
    /// `:rule`, one each.
    pub rules: Vec<Rule>,
}

impl Recording {
    /// The header; `comment` is its first line.
    pub fn begin(comment: &str, heading: &Heading) -> Self {
        let mut writer = Writer::default();
        let timing = if heading.instant { "instant" } else { "faithful" };
        for line in [
            format!("# {comment}"),
            format!(":profile {}", heading.profile),
            format!(":timing {timing}"),
            format!(":seed {}", heading.seed),
            format!(":lines {}", heading.lines),
            ":flow recorded".to_owned(),
        ] {
            writer.line(&line);
        }
        if heading.powered_off {
            writer.line(":power off");
        }
        if let Some(line) = &heading.kept {
            writer.line(&format!(":kept {line}"));
        }
        for rule in &heading.rules {
            writer.line(&format!(":rule {}", rule_text(rule)));
        }
        writer.line("");
        Self { writer, later: Vec::new(), at: SimTime::ZERO, by_itself: false }
    }

    /// Something happens.
    pub fn input(&mut self, now: SimTime, input: &Input<'_>) {
        // That time passes is not told before something happens in it.
        if matches!(input, Input::Timeout) {
            self.by_itself = true;
            return;
        }
        self.pass(now);
        self.writer.happening(now, input);
    }

    /// The module does something; `goes_on` as [`Writer::output`] has it.
    pub fn output(&mut self, now: SimTime, output: &Output, goes_on: bool) {
        if now == self.at && !self.by_itself {
            self.writer.output(now, output, goes_on);
        } else {
            self.later.push((now, output.clone(), goes_on));
        }
    }

    /// Time has passed since the last input: a `~`, and behind it what came by itself.
    pub fn pass(&mut self, now: SimTime) {
        let span = now.since(self.at);
        // Without time there must be a `~` all the same: only behind one does anything come by itself.
        if !span.is_zero() || !self.later.is_empty() {
            self.writer.pass(Span(span));
        }
        for (at, output, goes_on) in self.later.drain(..) {
            self.writer.output(at, &output, goes_on);
        }
        (self.at, self.by_itself) = (now, false);
    }

    /// The text so far, which is then the reader's. To be called behind an input or
    /// [`Self::pass`], or a burst becomes two.
    pub fn take(&mut self) -> String {
        self.writer.take()
    }
}
