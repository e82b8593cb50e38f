//! `ftp-event`: what comes of what the module has asked of the server.

use super::server::{ACKNOWLEDGED, DOWN, Severed, corrupt, ends_session};
use super::{Modem, Part};
use crate::fault::{Cut, FtpVerdict, Seam, Verdict};
use crate::ftp::{Event, Failure};
use crate::time::SimTime;

impl Modem {
    /// Something comes of what was asked: what the module hears of it.
    pub(in super::super) fn pass_event(&mut self, event: Event) -> Option<Event> {
        if self.seams.faults.is_idle() {
            return Some(event);
        }
        let event = self.after_cut(event)?;
        self.consult_event(event)
    }

    /// The service hears an event.
    pub(in super::super) fn note_event(&mut self, event: &Event) {
        if is_final(event) {
            self.seams.dialogue.operation = "";
        }
        if matches!(event, Event::Lost(_) | Event::Closed) {
            self.seams.dialogue.severed = Severed::No;
            self.seams.dialogue.held_until = SimTime::ZERO;
            self.forget_requests();
        }
    }

    /// What the client says of a transfer that was cut is not heard.
    fn after_cut(&mut self, event: Event) -> Option<Event> {
        match (std::mem::replace(&mut self.seams.dialogue.severed, Severed::No), event) {
            (Severed::No, event) => Some(event),
            (Severed::Until(heard), Event::Aborted) => Some(heard),
            (Severed::Unheard, Event::Aborted) => None,
            (Severed::Over, _) => {
                self.seams.dialogue.severed = Severed::Over;
                None
            }
            (_, event @ (Event::Lost(_) | Event::Closed)) => Some(event),
            (severed, _) => {
                self.seams.dialogue.severed = severed;
                None
            }
        }
    }

    fn consult_event(&mut self, mut event: Event) -> Option<Event> {
        if let Event::Data(bytes) = &mut event {
            let work = &mut self.seams.dialogue.corrupt[DOWN];
            corrupt(work, bytes, &mut self.seams.faults.dice);
        }
        let name = event_name(&event);
        let line = self.seams.last;
        let alone = self.seams.next_message();
        loop {
            let (message, passed, length) = match &event {
                Event::Data(bytes) => {
                    let (message, passed) = self.seams.dialogue.data[DOWN];
                    (message, passed, bytes.len())
                }
                Event::Sent(count) => {
                    let (message, passed) = self.seams.dialogue.data[ACKNOWLEDGED];
                    (message, passed, *count)
                }
                _ => (alone, 0, 0),
            };
            let operation = Some(name);
            let part = Part { operation, message, passed, length, ..Part::default() };
            let Some(hit) = self.consult(Seam::FtpEvent, line, part) else { break };
            self.tell(hit.fired);
            match hit.verdict {
                Verdict::World { world } => {
                    if let Event::Data(bytes) = &mut event {
                        let rest = bytes.split_off(hit.offset);
                        let before = Event::Data(std::mem::replace(bytes, rest));
                        self.weigh(&before);
                        self.plan_event(before);
                    }
                    // Behind what is on its way, as if it came from the server too.
                    let due = self.bearer.due(self.now, &Event::Done);
                    self.bring_about(due, world);
                }
                Verdict::Ftp(FtpVerdict::Delay(span)) => self.bearer.hold(self.now + span),
                Verdict::Ftp(FtpVerdict::Silence) => return None,
                Verdict::Ftp(FtpVerdict::Fail(cause)) => return self.fail_event(&event, cause),
                Verdict::Ftp(FtpVerdict::Cut(cut)) => {
                    self.sever(match cut {
                        Cut::Fin => Event::Done,
                        Cut::Rst => Event::Failed(Failure::DataClosed),
                    });
                    let Event::Data(mut bytes) = event else { return None };
                    bytes.truncate(hit.offset);
                    event = Event::Data(bytes);
                    break;
                }
                Verdict::Ftp(FtpVerdict::Throttle(rate)) => {
                    self.seams.dialogue.throttle = Some(rate)
                }
                Verdict::Ftp(FtpVerdict::Corrupt(amount)) => {
                    if let Event::Data(bytes) = &mut event {
                        let mut work = Some((amount, amount.bytes()));
                        corrupt(&mut work, &mut bytes[hit.offset..], &mut self.seams.faults.dice);
                        self.seams.dialogue.corrupt[DOWN] = work;
                    }
                    break;
                }
                Verdict::Ftp(FtpVerdict::ShortWrite(_)) | Verdict::Line(_) => {
                    unreachable!("no scenario with it loads")
                }
            }
        }
        self.weigh(&event);
        Some(event)
    }

    /// The server leaves, or says something, though nothing was asked of it. Amid a transfer that is
    /// its end; amid anything else nobody hears what does not end the session.
    pub(super) fn fail_unasked(&mut self, cause: Failure) {
        if !self.service.has_session() || self.seams.dialogue.severed != Severed::No {
            return;
        }
        if ends_session(cause) {
            self.end_session();
            self.plan_event(Event::Lost(cause));
        } else if self.service.state_name() == "TRANSFER" {
            self.sever(Event::Failed(cause));
        } else {
            self.plan_event(Event::Warned(cause));
        }
    }

    /// Counts a file's bytes, and slows them down where a rule says so.
    fn weigh(&mut self, event: &Event) {
        let (now, dialogue) = (self.now, &mut self.seams.dialogue);
        let count = match event {
            Event::Data(bytes) => {
                dialogue.data[DOWN].1 += bytes.len() as u64;
                bytes.len()
            }
            Event::Sent(count) => {
                dialogue.data[ACKNOWLEDGED].1 += *count as u64;
                *count
            }
            _ => return,
        };
        if let Some(rate) = dialogue.throttle {
            self.bearer.slow(now, count, rate);
        }
    }

    /// The module hears of a failure instead of `event`.
    fn fail_event(&mut self, event: &Event, cause: Failure) -> Option<Event> {
        match event {
            Event::Reply(_) | Event::Warned(_) => {
                Some(Event::Warned(cause)).filter(|_| matches!(event, Event::Warned(_)))
            }
            Event::Closed => Some(Event::Closed),
            Event::Lost(_) => Some(Event::Lost(cause)),
            Event::Opened => {
                self.end_session();
                Some(Event::Lost(cause))
            }
            _ if ends_session(cause) => {
                self.end_session();
                Some(Event::Lost(cause))
            }
            Event::DataOpen | Event::Data(_) | Event::Sent(_) => {
                self.sever(Event::Failed(cause));
                None
            }
            Event::DirectoryChanged | Event::Done | Event::Aborted | Event::Failed(_) => {
                Some(Event::Failed(cause))
            }
        }
    }
}

const fn is_final(event: &Event) -> bool {
    !matches!(
        event,
        Event::Reply(_) | Event::DataOpen | Event::Sent(_) | Event::Data(_) | Event::Warned(_)
    )
}

const fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Reply(_) => "reply",
        Event::Opened => "opened",
        Event::DirectoryChanged => "directory-changed",
        Event::DataOpen => "data-open",
        Event::Sent(_) => "sent",
        Event::Data(_) => "data",
        Event::Done => "done",
        Event::Aborted => "aborted",
        Event::Closed => "closed",
        Event::Failed(_) => "failed",
        Event::Warned(_) => "warned",
        Event::Lost(_) => "lost",
    }
}
