//! A tap on the loop that owns a modem: the transcript so far, and a live view for who listens.
//!
//! Decides nothing. Secrets are covered here, once, for all that read from it.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use super::operator::Entry;
use crate::modem::{Input, Output};
use crate::time::SimTime;
use crate::transcript::{Heading, Mask, Recording, Writer};

/// Bytes of a transcript that are kept in memory.
const KEPT: usize = 16 << 20;

/// Bytes and events that passed, of all modules that count here.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Bytes from hosts.
    pub from_hosts: Counter<u64, AtomicU64>,
    /// Bytes for hosts.
    pub to_hosts: Counter<u64, AtomicU64>,
    /// World events.
    pub world: Counter<u64, AtomicU64>,
    /// Verdicts of rules that fired.
    pub faults: Counter<u64, AtomicU64>,
}

/// What a tap keeps.
#[derive(Clone, Debug)]
pub struct TapSettings {
    /// Passwords and PINs are shown as they were typed.
    pub show_secrets: bool,
    /// The transcript so far is kept, with this heading.
    pub transcript: Option<Heading>,
    /// Where what passes is counted.
    pub traffic: Traffic,
}

/// The tap.
#[derive(Debug)]
pub struct Tap {
    /// Of each line; none where secrets are shown.
    masks: Vec<Mask>,
    journal: Option<Journal>,
    live: Writer,
    listeners: Vec<Sender<Arc<Entry>>>,
    entries: u64,
    traffic: Traffic,
}

/// The transcript so far.
#[derive(Debug)]
struct Journal {
    text: String,
    recording: Recording,
    is_full: bool,
}

impl Tap {
    /// On a module with so many lines that is about to be powered.
    pub fn new(settings: &TapSettings, lines: usize) -> Self {
        let masked = if settings.show_secrets { 0 } else { lines };
        let comment = if settings.show_secrets {
            "Recorded by quasimodem. It may hold passwords: they are what the host typed."
        } else {
            "Recorded by quasimodem. Passwords and PINs are covered by asterisks."
        };
        Self {
            masks: vec![Mask::default(); masked],
            journal: settings.transcript.as_ref().map(|heading| Journal {
                text: String::new(),
                recording: Recording::begin(comment, heading),
                is_full: false,
            }),
            live: Writer::default(),
            listeners: Vec::new(),
            entries: 0,
            traffic: settings.traffic.clone(),
        }
    }

    /// Somebody wants to hear of everything from now on.
    pub fn listen(&mut self, listener: Sender<Arc<Entry>>) {
        self.listeners.push(listener);
    }

    /// Something happens.
    pub fn input(&mut self, now: SimTime, input: &Input<'_>) {
        match input {
            Input::Line(line, bytes) => {
                self.traffic.from_hosts.inc_by(bytes.len() as u64);
                match self.masks.get_mut(line.index()) {
                    None => self.write_input(now, input),
                    Some(mask) => {
                        let seen = mask.from_host(bytes);
                        self.write_input(now, &Input::Line(*line, &seen));
                    }
                }
            }
            Input::World(_) => {
                self.traffic.world.inc();
                self.write_input(now, input);
            }
            input => self.write_input(now, input),
        }
    }

    /// The module does something; `goes_on` as [`Recording::output`] has it.
    pub fn output(&mut self, now: SimTime, output: &Output, goes_on: bool) {
        if matches!(output, Output::Fired(_)) {
            self.traffic.faults.inc();
        }
        let Output::Line(line, bytes) = output else {
            self.write_output(now, output, goes_on);
            return;
        };
        self.traffic.to_hosts.inc_by(bytes.len() as u64);
        match self.masks.get_mut(line.index()) {
            None => self.write_output(now, output, goes_on),
            Some(mask) => {
                let seen = Output::Line(*line, mask.to_host(bytes));
                self.write_output(now, &seen, goes_on);
            }
        }
    }

    /// All that follows from an input has been told.
    pub fn settle(&mut self, now: SimTime) {
        if self.listeners.is_empty() {
            return;
        }
        for line in self.live.take_settled().lines() {
            self.entries += 1;
            let (number, time_us) = (self.entries, now.as_micros());
            let entry = Arc::new(Entry { number, time_us, entry: line.to_owned() });
            self.listeners.retain(|listener| {
                !matches!(listener.try_send(Arc::clone(&entry)), Err(TrySendError::Closed(_)))
            });
        }
    }

    /// The transcript so far, of a module whose time is `now`; `None` if none is kept.
    pub fn transcript(&self, now: SimTime) -> Option<String> {
        let journal = self.journal.as_ref()?;
        let mut text = journal.text.clone();
        if journal.is_full {
            text +=
                "# More than fits in memory has happened since; run --record keeps all of it.\n";
        } else {
            let mut rest = journal.recording.clone();
            rest.pass(now);
            text += &rest.take();
        }
        Some(text)
    }

    fn write_input(&mut self, now: SimTime, input: &Input<'_>) {
        if let Some(journal) = self.journal.as_mut().filter(|journal| !journal.is_full) {
            journal.recording.input(now, input);
            if !matches!(input, Input::Timeout) {
                journal.text += &journal.recording.take();
                journal.is_full = journal.text.len() > KEPT;
            }
        }
        if !self.listeners.is_empty() {
            self.live.reach(now);
            self.live.happening(now, input);
        }
    }

    fn write_output(&mut self, now: SimTime, output: &Output, goes_on: bool) {
        if let Some(journal) = self.journal.as_mut().filter(|journal| !journal.is_full) {
            journal.recording.output(now, output, goes_on);
        }
        if !self.listeners.is_empty() {
            self.live.reach(now);
            self.live.output(now, output, goes_on);
        }
    }
}
