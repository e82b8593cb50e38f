//! What is due, and when: the agenda, late results, the wires, deadlines, rules of the clock.

use super::Modem;
use super::adaptor::TerminalAdaptor;
use super::boot::Stage;
use super::seams::Passage;
use super::timers::Timer;
use super::uart::Uart;
use crate::commands::Deed;
use crate::ftp::{Event, Request, Stimulus};
use crate::line::LineId;
use crate::time::SimTime;

/// What the agenda holds.
#[derive(Clone, Debug)]
pub(super) enum Delivery {
    /// The answer to a command line.
    Answer(LineId),
    /// What that command line asks of the FTP client.
    Ask(Request),
    /// The fall of RI.
    RingEnds(LineId),
    /// News from the FTP client, on its way over the air.
    Ftp(Event),
    /// What that command line does to the module.
    Deed(Deed),
    /// The module's way to service.
    Stage(Stage),
    /// What a rule has held up or brought about.
    Passage(Passage),
}

impl Modem {
    /// When the module wants to be woken with [`Input::Timeout`](super::Input::Timeout); `None` if
    /// nothing can happen without new input.
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let own = self.deliveries().into_iter().chain(self.timers.next_due()).min();
        // What befalls a module befalls one that hangs.
        own.and_then(|due| self.unless_hung(due)).into_iter().chain(self.next_fault()).min()
    }

    /// The part of [`Self::poll_timeout`] that is certain: what will happen unless the world or a
    /// host intervenes, deadlines and rules of the clock left out.
    pub fn next_delivery(&self) -> Option<SimTime> {
        self.unless_hung(self.deliveries()?)
    }

    fn deliveries(&self) -> Option<SimTime> {
        let late = self.lines.iter().filter_map(TerminalAdaptor::next_late);
        let wires = self.uarts.iter().filter_map(Uart::next_due);
        late.chain(wires).chain(self.agenda.next_due()).min()
    }

    /// All that is due by `now`, each at its own time.
    pub(super) fn catch_up(&mut self, now: SimTime) {
        while let Some(due) = self.poll_timeout().filter(|&due| due <= now) {
            self.now = self.now.max(due);
            self.fire();
            self.settle();
        }
    }

    /// What the agenda has for this instant, then one deadline.
    fn fire(&mut self) {
        self.consult_clock();
        if self.is_hung() {
            return;
        }
        self.run_agenda();
        match self.timers.pop_due(self.now) {
            // What comes just as a deadline ends comes behind it.
            None => self.receive(),
            Some(Timer::Escape(line)) => self.on_silence(line),
            Some(Timer::SilenceLimit) => self.step(Stimulus::SilenceLimit),
            Some(Timer::UploadLimit) => {
                for line in self.line_ids() {
                    let pluses = self.line(line).release_pluses();
                    self.upload(line, pluses.to_vec());
                }
                self.step(Stimulus::UploadLimit);
            }
        }
    }

    pub(super) fn run_agenda(&mut self) {
        if self.is_hung() {
            return;
        }
        while let Some(delivery) = self.agenda.pop_due(self.now) {
            match delivery {
                Delivery::Answer(line) => {
                    let now = self.now;
                    let typed_ahead = self.line(line).answer(now);
                    self.follow(line);
                    self.on_bytes(line, &typed_ahead);
                }
                Delivery::Ask(request) => self.ask(request),
                Delivery::RingEnds(line) => self.end_ring(line),
                Delivery::Ftp(event) => self.on_ftp(event),
                Delivery::Deed(deed) => self.carry_out(deed),
                Delivery::Stage(stage) => self.reach(stage),
                Delivery::Passage(passage) => self.go_on(passage),
            }
        }
    }
}
