//! Writes down what passes the loop, as a transcript that replays to the byte.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::fault::Rule;
use crate::modem::{Input, Output};
use crate::time::{SimTime, Span};
use crate::transcript::{Writer, rule_text};

/// A transcript in the making.
#[derive(Debug)]
pub struct Recorder {
    file: BufWriter<File>,
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

impl Recorder {
    /// Begins a recording at `path`; what was there is replaced.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path, heading: &Heading) -> io::Result<Self> {
        let mut writer = Writer::default();
        let timing = if heading.instant { "instant" } else { "faithful" };
        for line in [
            "# Recorded by quasimodem. It may hold passwords: they are what the host typed."
                .to_owned(),
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
        let file = BufWriter::new(File::create(path)?);
        Ok(Self { file, writer, later: Vec::new(), at: SimTime::ZERO, by_itself: false })
    }

    /// Something happens.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn input(&mut self, now: SimTime, input: &Input<'_>) -> io::Result<()> {
        // That time passes is not told before something happens in it.
        if matches!(input, Input::Timeout) {
            self.by_itself = true;
            return Ok(());
        }
        self.pass(now)?;
        match input {
            Input::Line(line, bytes) => self.writer.host(now, *line, bytes),
            Input::Signal(line, signal) => self.writer.signal(now, *line, *signal),
            Input::HostSpeed(line, speed) => self.writer.host_speed(now, *line, *speed),
            Input::Written(line, count) => self.writer.written(now, *line, *count),
            Input::Ftp(event) => self.writer.event(now, event),
            Input::LineOpened(line) => self.writer.input(now, &format!("! line-opened {line}")),
            Input::LineClosed(line) => self.writer.input(now, &format!("! line-closed {line}")),
            Input::World(world) => self.writer.input(now, &format!("! {world}")),
            Input::Resolved(addresses) => {
                let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
                self.writer.input(now, &format!("! resolved {}", addresses.join(" ")));
            }
            Input::AddRule(rule) => {
                self.writer.input(now, &format!("! rule {}", rule_text(rule)));
            }
            Input::RemoveRule(name) => self.writer.input(now, &format!("! no-rule {name}")),
            Input::Timeout => {}
        }
        Ok(())
    }

    /// The module does something; `goes_on` as [`Writer::output`] has it.
    pub fn output(&mut self, now: SimTime, output: &Output, goes_on: bool) {
        if now == self.at && !self.by_itself {
            self.writer.output(now, output, goes_on);
        } else {
            self.later.push((now, output.clone(), goes_on));
        }
    }

    /// Ends the recording.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self, now: SimTime) -> io::Result<()> {
        self.pass(now)?;
        self.file.flush()
    }

    /// Time has passed since the last input: a `~`, and behind it what came by itself.
    fn pass(&mut self, now: SimTime) -> io::Result<()> {
        let span = now.since(self.at);
        // Without time there must be a `~` all the same: only behind one does anything come by itself.
        if !span.is_zero() || !self.later.is_empty() {
            self.writer.pass(Span(span));
        }
        for (at, output, goes_on) in self.later.drain(..) {
            self.writer.output(at, &output, goes_on);
        }
        (self.at, self.by_itself) = (now, false);
        self.file.write_all(self.writer.take().as_bytes())
    }
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads a file, and may panic"
)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::line::LineId;
    use crate::modem::Modem;
    use crate::profile::Profile;
    use crate::transcript::{Load, play};
    use crate::world::World;

    /// Without modelled delays the interface is there the instant the key is held, and the line has
    /// been silent for long enough to say so: `RDY` comes by itself, and no time has passed.
    fn record(taken_after: Duration) -> String {
        let profile = Profile::default().with(&["v250.ipr = 115200".to_owned()]).unwrap().instant();
        let mut modem = Modem::new(&profile, 1, 0).powered_off();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.at");
        let heading = Heading {
            profile: "fixed".to_owned(),
            instant: true,
            seed: 0,
            lines: 1,
            powered_off: true,
            kept: None,
            rules: Vec::new(),
        };
        let mut recorder = Recorder::create(&path, &heading).unwrap();
        let pressed = SimTime::ZERO + Duration::from_secs(1);
        let taken = pressed + taken_after;
        for (at, input) in [
            (pressed, Input::World(World::PowerKey)),
            (pressed, Input::Timeout),
            (taken, Input::Written(LineId::FIRST, 7)),
        ] {
            recorder.input(at, &input).unwrap();
            modem.handle(at, input);
            while let Some(output) = modem.poll_output() {
                recorder.output(at, &output, false);
            }
        }
        recorder.finish(taken).unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn what_comes_by_itself_at_once_is_played_back_as_it_came() {
        for (taken_after, pass) in [(7, "~ 7ms\n"), (0, "")] {
            let recorded = record(Duration::from_millis(taken_after));
            let expected = format!("~ 1s\n! power-key\n< \\r\\nRDY\\r\\n\n{pass}= 7\n");
            let (_, entries) = recorded.split_once("\n\n").unwrap();
            assert_eq!(entries, expected);
            let profile = |_: &str| {
                Profile::default()
                    .with(&["v250.ipr = 115200".to_owned()])
                    .map_err(|error| error.to_string())
            };
            let scenario = |name: &str| Err(format!("no {name} here"));
            let load = Load { profile: &profile, scenario: &scenario };
            assert_eq!(play(&recorded, &load).unwrap(), recorded);
        }
    }
}
