//! `ftp-request` and `ftp-event`: what the module asks of the server, and what comes of it.
//!
//! The port's contract (`ftp::port`) holds on both sides whatever a rule does: the client is asked
//! for one thing at a time, and the service hears one final event for each.

use super::super::{Delivery, Output};
use super::{Modem, Part, Passage};
use crate::fault::{Amount, Cut, Dice, FtpVerdict, Seam, Verdict};
use crate::ftp::{Event, Failure, Request};
use crate::time::SimTime;

/// The dialogue with the server, as far as rules change it.
#[derive(Clone, Debug)]
pub(super) struct Dialogue {
    /// What runs, in the words of a rule; empty when nothing does.
    pub(super) operation: &'static str,
    /// The data of the running transfer as messages: up, down, acknowledged.
    data: [(u64, u64); 3],
    /// Requests wait for one before them until then.
    held_until: SimTime,
    severed: Severed,
    /// What befalls the module at this instant, before requests go on.
    pub(super) befalling: usize,
    /// Bytes a second.
    throttle: Option<u64>,
    corrupt: [Option<(Amount, usize)>; 2],
}

/// Whether the data connection was cut on purpose.
#[derive(Clone, Debug, PartialEq)]
enum Severed {
    No,
    /// The client has been told to give the transfer up; when it has, the service hears this.
    Until(Event),
    /// The same, and the service has ended the session meanwhile.
    Unheard,
}

impl Default for Dialogue {
    fn default() -> Self {
        Self {
            operation: "",
            data: [(0, 0); 3],
            held_until: SimTime::ZERO,
            severed: Severed::No,
            befalling: 0,
            throttle: None,
            corrupt: [None; 2],
        }
    }
}

const UP: usize = 0;
const DOWN: usize = 1;
const ACKNOWLEDGED: usize = 2;

impl Modem {
    /// The service asks something of the server.
    pub(in super::super) fn pass_request(&mut self, request: Request) {
        if self.seams.faults.is_idle() {
            self.give(request);
            return;
        }
        let dialogue = &mut self.seams.dialogue;
        match (&request, &dialogue.severed) {
            (Request::Drop, _) => {
                let befalling = dialogue.befalling;
                *dialogue = Dialogue { befalling, ..Dialogue::default() };
                self.agenda.retain(|d| !matches!(d, Delivery::Passage(Passage::Request(_))));
                self.give(request);
                return;
            }
            (
                Request::Send(_) | Request::EndOfFile | Request::Pull(_),
                Severed::Until(_) | Severed::Unheard,
            ) => return,
            (Request::Abort, Severed::Until(_)) => {
                dialogue.severed = Severed::Until(Event::Aborted);
                return;
            }
            (Request::Close, Severed::Until(_)) => dialogue.severed = Severed::Unheard,
            _ => {}
        }
        self.begin(&request);
        self.consult_request(request);
    }

    fn begin(&mut self, request: &Request) {
        let name = request_name(request);
        if !matches!(
            request,
            Request::Send(_) | Request::Pull(_) | Request::EndOfFile | Request::Abort
        ) {
            self.seams.dialogue.operation = name;
        }
        if matches!(request, Request::Store(_) | Request::Retrieve(_)) {
            let numbers = [UP, DOWN, ACKNOWLEDGED].map(|_| (self.seams.next_message(), 0));
            let dialogue = &mut self.seams.dialogue;
            dialogue.data = numbers;
            (dialogue.throttle, dialogue.corrupt) = (None, [None; 2]);
        }
    }

    fn consult_request(&mut self, mut request: Request) {
        let name = request_name(&request);
        let line = self.seams.last;
        let alone = self.seams.next_message();
        loop {
            let (message, passed, length) = match &request {
                Request::Send(bytes) => {
                    let (message, passed) = self.seams.dialogue.data[UP];
                    (message, passed, bytes.len())
                }
                _ => (alone, 0, 0),
            };
            let operation = Some(name);
            let part = Part { operation, message, passed, length, ..Part::default() };
            let Some(hit) = self.consult(Seam::FtpRequest, line, part) else { break };
            if let Request::Send(bytes) = &mut request {
                let rest = bytes.split_off(hit.offset);
                let before = std::mem::replace(bytes, rest);
                self.send_on(before);
            }
            match hit.verdict {
                Verdict::World { world } => {
                    self.bring_about(world);
                }
                Verdict::Ftp(FtpVerdict::Delay(span)) => {
                    self.seams.dialogue.held_until = self.now + span;
                }
                Verdict::Ftp(FtpVerdict::Silence) => return,
                Verdict::Ftp(FtpVerdict::Fail(cause)) => return self.fail(&request, cause),
                Verdict::Ftp(FtpVerdict::Cut(Cut::Fin)) => {
                    return self.sever(Event::Failed(Failure::Reply(426)));
                }
                Verdict::Ftp(FtpVerdict::Cut(Cut::Rst)) => {
                    return self.sever(Event::Failed(Failure::DataClosed));
                }
                Verdict::Ftp(FtpVerdict::ShortWrite(count)) => {
                    if let Request::Send(bytes) = &mut request {
                        let lost = bytes.split_off(count.min(bytes.len())).len();
                        self.agenda.plan(self.now, Delivery::Ftp(Event::Sent(lost)));
                    }
                }
                Verdict::Ftp(FtpVerdict::Throttle(rate)) => {
                    self.seams.dialogue.throttle = Some(rate)
                }
                Verdict::Ftp(FtpVerdict::Corrupt(amount)) => {
                    self.seams.dialogue.corrupt[UP] = Some((amount, amount.bytes()));
                }
                Verdict::Line(_) => unreachable!("no scenario with it loads"),
            }
        }
        match request {
            Request::Send(bytes) => self.send_on(bytes),
            request => self.go_or_wait(request),
        }
    }

    fn send_on(&mut self, mut bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let (dialogue, dice) = (&mut self.seams.dialogue, &mut self.seams.faults.dice);
        dialogue.data[UP].1 += bytes.len() as u64;
        corrupt(&mut dialogue.corrupt[UP], &mut bytes, dice);
        self.go_or_wait(Request::Send(bytes));
    }

    fn go_or_wait(&mut self, request: Request) {
        let due = self.seams.dialogue.held_until;
        if due > self.now || self.seams.dialogue.befalling > 0 {
            self.pass(due.max(self.now), Passage::Request(request));
        } else {
            self.give(request);
        }
    }

    pub(super) fn give(&mut self, request: Request) {
        self.outputs.push_back(Output::Ftp(request));
    }

    /// `request` fails without the server's doing.
    fn fail(&mut self, request: &Request, cause: Failure) {
        let is_over = ends_session(cause);
        match request {
            Request::Drop => {}
            Request::Close => {
                self.give(Request::Drop);
                self.agenda.plan(self.now, Delivery::Ftp(Event::Closed));
            }
            Request::Open(_) => self.agenda.plan(self.now, Delivery::Ftp(Event::Lost(cause))),
            _ if is_over => {
                self.give(Request::Drop);
                self.agenda.plan(self.now, Delivery::Ftp(Event::Lost(cause)));
            }
            Request::ChangeDirectory(_) | Request::Store(_) | Request::Retrieve(_) => {
                self.agenda.plan(self.now, Delivery::Ftp(Event::Failed(cause)));
            }
            Request::Send(_) | Request::EndOfFile | Request::Pull(_) | Request::Abort => {
                self.sever(Event::Failed(cause));
            }
        }
    }

    /// The data connection ends here; the service hears `event` of it when the client has ended it.
    fn sever(&mut self, event: Event) {
        self.seams.dialogue.severed = Severed::Until(event);
        self.go_or_wait(Request::Abort);
    }

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
    }

    /// What the client says of a transfer that was cut is not heard.
    fn after_cut(&mut self, event: Event) -> Option<Event> {
        match (std::mem::replace(&mut self.seams.dialogue.severed, Severed::No), event) {
            (Severed::No, event) => Some(event),
            (Severed::Until(heard), Event::Aborted) => Some(heard),
            (Severed::Unheard, Event::Aborted) => None,
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
            match hit.verdict {
                Verdict::World { world } => {
                    self.bring_about(world);
                    if let Event::Data(bytes) = &mut event {
                        let rest = Event::Data(bytes.split_off(hit.offset));
                        self.agenda.plan(self.now, Delivery::Ftp(rest));
                        break;
                    }
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
        self.weigh(&mut event);
        Some(event)
    }

    /// Counts a file's bytes, and slows them down where a rule says so.
    fn weigh(&mut self, event: &mut Event) {
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
                self.give(Request::Drop);
                Some(Event::Lost(cause))
            }
            _ if ends_session(cause) => {
                self.give(Request::Drop);
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

/// Changes as many of `bytes` as are still to be changed.
fn corrupt(work: &mut Option<(Amount, usize)>, bytes: &mut [u8], dice: &mut Dice) {
    let Some((amount, left)) = work else { return };
    let count = bytes.len().min(*left);
    for byte in &mut bytes[..count] {
        *byte = dice.corrupt(*byte, *amount);
    }
    *left -= count;
    if *left == 0 {
        *work = None;
    }
}

/// Whether the session does not outlive it.
const fn ends_session(cause: Failure) -> bool {
    matches!(
        cause,
        Failure::Dns
            | Failure::Network
            | Failure::ControlClosed
            | Failure::ContextDeactivated
            | Failure::Timeout
            | Failure::Reply(421)
    )
}

const fn is_final(event: &Event) -> bool {
    !matches!(
        event,
        Event::Reply(_) | Event::DataOpen | Event::Sent(_) | Event::Data(_) | Event::Warned(_)
    )
}

const fn request_name(request: &Request) -> &'static str {
    match request {
        Request::Open(_) => "open",
        Request::ChangeDirectory(_) => "change-directory",
        Request::Store(_) => "store",
        Request::Retrieve(_) => "retrieve",
        Request::Send(_) => "send",
        Request::EndOfFile => "end-of-file",
        Request::Pull(_) => "pull",
        Request::Abort => "abort",
        Request::Close => "close",
        Request::Drop => "drop",
    }
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
