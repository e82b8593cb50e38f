//! `ftp-request`: what the module asks of the server.

use super::super::{Delivery, Output};
use super::server::{ACKNOWLEDGED, DOWN, Dialogue, Severed, UP, corrupt, ends_session};
use super::{Modem, Part, Passage};
use crate::fault::{Cut, FtpVerdict, Seam, Verdict};
use crate::ftp::{Event, Failure, Request};

impl Modem {
    /// The service asks something of the server.
    pub(in super::super) fn pass_request(&mut self, request: Request) {
        if self.seams.faults.is_idle() {
            self.give(request);
            return;
        }
        let dialogue = &mut self.seams.dialogue;
        match (&request, &dialogue.severed) {
            (Request::Drop, severed) => {
                let is_over = *severed == Severed::Over;
                let befalling = dialogue.befalling;
                *dialogue = Dialogue { befalling, ..Dialogue::default() };
                self.forget_requests();
                if !is_over {
                    self.give(request);
                }
                return;
            }
            (
                Request::Send(_) | Request::EndOfFile | Request::Pull(_),
                Severed::Until(_) | Severed::Unheard,
            ) => return,
            (Request::Open(_), _) => dialogue.severed = Severed::No,
            (_, Severed::No) => {}
            (_, Severed::Over) => return,
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
            self.tell(hit.fired);
            match hit.verdict {
                Verdict::World { world } => {
                    self.bring_about(self.now, world);
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
                        self.plan_event(Event::Sent(lost));
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
        match request {
            Request::Drop => {}
            Request::Open(_) => {
                // The client knows of no session, and there will be none.
                self.seams.dialogue.severed = Severed::Over;
                self.plan_event(Event::Lost(cause));
            }
            Request::Close => {
                self.end_session();
                self.plan_event(Event::Closed);
            }
            _ if ends_session(cause) => {
                self.end_session();
                self.plan_event(Event::Lost(cause));
            }
            Request::ChangeDirectory(_) | Request::Store(_) | Request::Retrieve(_) => {
                self.plan_event(Event::Failed(cause));
            }
            Request::Send(_) | Request::EndOfFile | Request::Pull(_) | Request::Abort => {
                self.sever(Event::Failed(cause));
            }
        }
    }

    /// The service hears `event` behind all that is on its way from the server.
    pub(super) fn plan_event(&mut self, event: Event) {
        let due = self.bearer.due(self.now, &event);
        self.agenda.plan(due, Delivery::Ftp(event));
    }

    /// The session ends here, and the service is about to hear of it.
    pub(super) fn end_session(&mut self) {
        self.seams.dialogue.severed = Severed::Over;
        self.forget_requests();
        self.give(Request::Drop);
    }

    /// What waits for one of the session before it is asked of nobody.
    pub(super) fn forget_requests(&mut self) {
        self.agenda.retain(|d| !matches!(d, Delivery::Passage(Passage::Request(_))));
    }

    /// The data connection ends here; the service hears `event` of it when the client has ended it.
    pub(super) fn sever(&mut self, event: Event) {
        self.seams.dialogue.severed = Severed::Until(event);
        self.go_or_wait(Request::Abort);
    }
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
