//! Writes down what passes the loop, in a file of the user's.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::modem::{Input, Output};
use crate::time::SimTime;
use crate::transcript::{Heading, Recording};

/// A transcript in the making.
#[derive(Debug)]
pub struct Recorder {
    file: BufWriter<File>,
    recording: Recording,
}

impl Recorder {
    /// Begins a recording at `path`; what was there is replaced.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path, heading: &Heading) -> io::Result<Self> {
        let comment =
            "Recorded by quasimodem. It may hold passwords: they are what the host typed.";
        let file = BufWriter::new(File::create(path)?);
        Ok(Self { file, recording: Recording::begin(comment, heading) })
    }

    /// Something happens.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn input(&mut self, now: SimTime, input: &Input<'_>) -> io::Result<()> {
        self.recording.input(now, input);
        // That time passes may be in the midst of a burst.
        if matches!(input, Input::Timeout) {
            return Ok(());
        }
        self.file.write_all(self.recording.take().as_bytes())
    }

    /// The module does something; `goes_on` as [`Recording::output`] has it.
    pub fn output(&mut self, now: SimTime, output: &Output, goes_on: bool) {
        self.recording.output(now, output, goes_on);
    }

    /// Ends the recording.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self, now: SimTime) -> io::Result<()> {
        self.recording.pass(now);
        self.file.write_all(self.recording.take().as_bytes())?;
        self.file.flush()
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
