//! Writes a transcript entry by entry, as a player computes it or a recorder sees it happen.

use std::fmt::Write as _;

use super::text;
use crate::fault::Fired;
use crate::ftp::{Event, Request};
use crate::line::{HostSignal, LineId, LineSpeed};
use crate::modem::{Input, Output};
use crate::time::{SimTime, Span};

/// A transcript in the making.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    text: String,
    last_event: SimTime,
    burst: Option<Burst>,
}

/// Output that is still to be written down.
#[derive(Clone, Debug)]
struct Burst {
    line: LineId,
    /// When its last byte left.
    at: SimTime,
    bytes: Vec<u8>,
    /// More of it is on the wire.
    goes_on: bool,
}

impl Writer {
    /// A line as it is: a comment, a header entry, a `~`.
    pub fn line(&mut self, line: &str) {
        self.end_burst();
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// An entry that is obeyed, at its time.
    pub fn input(&mut self, now: SimTime, line: &str) {
        self.line(line);
        self.last_event = now;
    }

    /// Whatever happens, if it is anything but that time passes.
    pub fn happening(&mut self, now: SimTime, input: &Input<'_>) {
        match input {
            Input::Line(line, bytes) => self.host(now, *line, bytes),
            Input::Signal(line, signal) => self.signal(now, *line, *signal),
            Input::HostSpeed(line, speed) => self.host_speed(now, *line, *speed),
            Input::Written(line, count) => self.written(now, *line, *count),
            Input::Ftp(event) => self.event(now, event),
            Input::LineOpened(line) => self.input(now, &format!("! line-opened {line}")),
            Input::LineClosed(line) => self.input(now, &format!("! line-closed {line}")),
            Input::World(world) => self.input(now, &format!("! {world}")),
            Input::Resolved(addresses) => {
                let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
                self.input(now, &format!("! resolved {}", addresses.join(" ")));
            }
            Input::AddRule(rule) => self.input(now, &format!("! rule {}", text::rule(rule))),
            Input::RemoveRule(name) => self.input(now, &format!("! no-rule {name}")),
            Input::Timeout => {}
        }
    }

    /// Bytes from a host.
    pub fn host(&mut self, now: SimTime, line: LineId, bytes: &[u8]) {
        let typed = bytes.strip_suffix(b"\r").filter(|typed| {
            // A blank at the end of a line would not be read back.
            typed.iter().all(|b| (b' '..=b'~').contains(b)) && !typed.ends_with(b" ")
        });
        let entry = match typed.and_then(|typed| str::from_utf8(typed).ok()) {
            // No blank at the end of a line: an editor may strip it, and the reader does.
            Some("") => format!("{}>", prefix(line)),
            Some(typed) => format!("{}> {typed}", prefix(line)),
            None => format!("{}>> {}", prefix(line), text::quoted(bytes)),
        };
        self.input(now, &entry);
    }

    /// Bytes of output have left.
    pub fn written(&mut self, now: SimTime, line: LineId, count: usize) {
        self.input(now, &format!("{}= {count}", prefix(line)));
    }

    /// A host moves a signal.
    pub fn signal(&mut self, now: SimTime, line: LineId, signal: HostSignal) {
        self.input(now, &format!("{}!> {signal}", prefix(line)));
    }

    /// A host sets its UART.
    pub fn host_speed(&mut self, now: SimTime, line: LineId, speed: LineSpeed) {
        self.input(now, &format!("{}!> speed {speed}", prefix(line)));
    }

    /// The FTP client reports.
    pub fn event(&mut self, now: SimTime, event: &Event) {
        match (text::event(event), event) {
            (Some(text), _) => self.input(now, &format!("ftp< {text}")),
            (None, Event::Sent(count)) => self.input(now, &format!("ftp= {count}")),
            (None, _) => {}
        }
    }

    /// Time passes, in an entry of its own.
    pub fn pass(&mut self, span: Span) {
        self.line(&format!("~ {span}"));
    }

    /// The module does something. Bytes for one line at one instant make one entry, and so do those
    /// that leave it without a gap, at the time of the last: `goes_on` says that more are on the
    /// wire ([`Modem::is_sending`](crate::modem::Modem::is_sending)).
    pub fn output(&mut self, now: SimTime, output: &Output, goes_on: bool) {
        match output {
            Output::Ftp(request) => self.request(now, request),
            Output::Resolve(name) => {
                self.end_burst();
                self.computed(now, &format!("dns> {}", text::quoted(name)));
            }
            Output::Kept(line) => {
                self.end_burst();
                self.computed(now, &format!("kept> {line}"));
            }
            Output::Fired(Fired { rule, place, line, verdict }) => {
                self.end_burst();
                let line = line.map_or_else(String::new, |line| match prefix(line).as_str() {
                    "" => String::new(),
                    number => format!("{number}: "),
                });
                let place = place.as_ref().map_or_else(String::new, |place| format!(" ({place})"));
                self.computed(now, &format!("fault> {line}{rule}{place}: {verdict}"));
            }
            Output::NameServers(servers) => {
                self.end_burst();
                let servers: Vec<_> = servers.iter().map(ToString::to_string).collect();
                self.computed(now, &format!("dns> ask {}", servers.join(" ")));
            }
            Output::Signal(line, signal) => {
                self.end_burst();
                self.computed(now, &format!("{}!< {signal}", prefix(*line)));
            }
            Output::Line(line, bytes) => match &mut self.burst {
                Some(burst) if burst.line == *line && (burst.goes_on || burst.at == now) => {
                    burst.bytes.extend(bytes);
                    burst.at = now;
                    burst.goes_on = goes_on;
                }
                _ => {
                    self.end_burst();
                    let (line, bytes) = (*line, bytes.clone());
                    self.burst = Some(Burst { line, at: now, bytes, goes_on });
                }
            },
        }
    }

    fn request(&mut self, now: SimTime, request: &Request) {
        if let Some(text) = text::request(request) {
            self.end_burst();
            self.computed(now, &format!("ftp> {text}"));
        }
    }

    fn end_burst(&mut self) {
        if let Some(Burst { line, at, bytes, .. }) = self.burst.take() {
            self.computed(at, &format!("{}< {}", prefix(line), text::plain(&bytes)));
        }
    }

    fn computed(&mut self, at: SimTime, line: &str) {
        self.text.push_str(line);
        let after = at.since(self.last_event);
        if !after.is_zero() {
            // Writing to a string cannot fail.
            let _ = write!(self.text, "  @+{}", Span(after));
        }
        self.text.push('\n');
        self.last_event = at;
    }

    /// It is `now`: what comes at this instant is told without the time since the entry before.
    pub const fn reach(&mut self, now: SimTime) {
        self.last_event = now;
    }

    /// The text so far, but for a burst that is still on the wire.
    pub fn take_settled(&mut self) -> String {
        if self.burst.as_ref().is_some_and(|burst| burst.goes_on) {
            return std::mem::take(&mut self.text);
        }
        self.take()
    }

    /// The text so far, which is then the reader's; what follows goes on from here.
    pub fn take(&mut self) -> String {
        self.end_burst();
        std::mem::take(&mut self.text)
    }
}

fn prefix(line: LineId) -> String {
    if line == LineId::FIRST { String::new() } else { line.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;
    use crate::transcript::{Load, play};

    /// As a host types that sends a command and its CR in two writes.
    #[test]
    fn what_a_host_types_in_pieces_is_replayed_as_it_was_recorded() {
        let mut recorded = Writer::default();
        let mut type_in = |bytes: &[u8], echo: &[u8]| {
            recorded.host(SimTime::ZERO, LineId::FIRST, bytes);
            recorded.output(SimTime::ZERO, &Output::Line(LineId::FIRST, echo.to_vec()), false);
        };
        type_in(b"AT", b"AT");
        type_in(b"\r", b"\r\r\nOK\r\n");
        let recorded = recorded.take();
        assert_eq!(recorded, ">> \"AT\"\n< AT\n>\n< \\r\\r\\nOK\\r\\n\n");
        let load = Load {
            profile: &|_| Ok(Profile::default()),
            scenario: &|name| Err(format!("no {name} here")),
        };
        assert_eq!(play(&recorded, &load).unwrap(), recorded);
    }
}
