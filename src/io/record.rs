//! Writes down what passes the loop, as a transcript that replays to the byte.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::modem::{Input, Output, WORLD};
use crate::time::{SimTime, Span};
use crate::transcript::Writer;

/// A transcript in the making.
#[derive(Debug)]
pub struct Recorder {
    file: BufWriter<File>,
    writer: Writer,
    /// What came by itself since the last input: it stands behind the `~` that is yet to be
    /// written, because only the next input tells how much time passed.
    later: Vec<(SimTime, Output)>,
    /// When the last input came.
    at: SimTime,
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
        writer.line("");
        let file = BufWriter::new(File::create(path)?);
        Ok(Self { file, writer, later: Vec::new(), at: SimTime::ZERO })
    }

    /// Something happens.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn input(&mut self, now: SimTime, input: &Input<'_>) -> io::Result<()> {
        // That time passes is not told before something happens in it.
        if matches!(input, Input::Timeout) {
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
            Input::World(world) => {
                let word = WORLD.iter().find(|(deed, _)| deed == world);
                let word = word.map_or("", |(_, word)| *word);
                self.writer.input(now, &format!("! {word}"));
            }
            Input::Resolved(addresses) => {
                let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
                self.writer.input(now, &format!("! resolved {}", addresses.join(" ")));
            }
            Input::Timeout => {}
        }
        Ok(())
    }

    /// The module does something.
    pub fn output(&mut self, now: SimTime, output: &Output) {
        if now == self.at {
            self.writer.output(now, output);
        } else {
            self.later.push((now, output.clone()));
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
        if !span.is_zero() {
            self.writer.pass(Span(span));
        }
        for (at, output) in self.later.drain(..) {
            self.writer.output(at, &output);
        }
        self.at = now;
        self.file.write_all(self.writer.take().as_bytes())
    }
}
