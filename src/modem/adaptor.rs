//! The terminal adaptor of one line: which state its bytes are in (V.250 5.1), what waits for it.
//!
//! Knows neither commands nor files. Only this file asks what state a line is in.

mod outgoing;

use std::collections::VecDeque;

use super::snapshot::Waiting;
use super::urc::{Late, UrcQueue};
use crate::at::{EscapeDetector, LineEditor, Reply, ResultCode, Settings, Typed};
use crate::profile::{Escape, Profile};
use crate::time::SimTime;
use outgoing::Outgoing;

/// Bytes that a line in command state takes at a time, and bytes typed ahead while a command
/// executes: one bound, for the first line of a piece may execute while the rest waits.
const TYPE_AHEAD: usize = 1024;

/// One line.
#[derive(Clone, Debug)]
pub struct TerminalAdaptor {
    /// What `E`, `V`, `Q` and the S-registers hold.
    pub settings: Settings,
    state: State,
    editor: LineEditor,
    escape: Escape,
    /// A command line has come since power-on: the speed is known to both sides.
    synchronised: bool,
    late: UrcQueue,
    /// Bytes that came while a command executed.
    typed_ahead: Vec<u8>,
    /// Bytes of a download that came while the line was not in online data state.
    held: VecDeque<Vec<u8>>,
    outgoing: Outgoing,
}

/// V.250 5.1, with the time that a command takes.
#[derive(Clone, Debug)]
enum State {
    Command,
    /// A command line is being executed; its reply and the state after it.
    Executing(Vec<u8>, After),
    OnlineData(EscapeDetector),
    OnlineCommand,
}

/// Where a line goes after a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Command state.
    Command,
    /// Online command state: escaped from data.
    OnlineCommand,
    /// Online data state.
    OnlineData,
}

/// What became of bytes from the host.
#[derive(Debug)]
pub enum Intake<'a> {
    /// Nothing to act on yet.
    Nothing,
    /// A command line.
    Typed(Typed),
    /// Data: plus signs that turned out to be no escape, and then these bytes. What exceeds the
    /// end of the file among them was typed.
    Data(&'static [u8], &'a [u8]),
}

/// What the end of a silence decided.
#[derive(Debug, PartialEq, Eq)]
pub enum Silence {
    /// The host has escaped.
    Escaped,
    /// These were data, and typed where they exceed the end of the file.
    Data(&'static [u8]),
}

impl TerminalAdaptor {
    /// A line at power-on.
    pub fn new(profile: &Profile) -> Self {
        Self {
            settings: Settings::factory(&profile.v250),
            state: State::Command,
            editor: LineEditor::new(profile.v250.clone()),
            escape: profile.escape.clone(),
            synchronised: true,
            late: UrcQueue::new(profile.timing.late_result_gap),
            typed_ahead: Vec::new(),
            held: VecDeque::new(),
            outgoing: Outgoing::default(),
        }
    }

    /// The state's name.
    pub const fn state_name(&self) -> &'static str {
        match self.state {
            State::Command => "command",
            State::Executing(..) => "executing",
            State::OnlineData(_) => "online data",
            State::OnlineCommand => "online command",
        }
    }

    /// What waits here.
    pub fn waiting(&self) -> Waiting {
        Waiting {
            late_results: self.late.len(),
            typed_ahead: self.typed_ahead.len(),
            unwritten: self.outgoing.waiting(),
        }
    }

    /// Whether the line has escaped from data.
    pub const fn is_escaped(&self) -> bool {
        matches!(self.state, State::OnlineCommand)
    }

    /// Whether there is a data link: in online data state, or escaped from it.
    pub const fn is_online(&self) -> bool {
        match &self.state {
            State::Command => false,
            State::Executing(_, after) => !matches!(after, After::Command),
            State::OnlineData(_) | State::OnlineCommand => true,
        }
    }

    /// Whether what the host sends is data.
    pub const fn is_in_data(&self) -> bool {
        matches!(self.state, State::OnlineData(_))
    }

    /// Escapes without an escape sequence. Plus signs held back are for
    /// [`Self::release_pluses`] before this. `false` unless the line was in online data state.
    pub fn escape(&mut self) -> bool {
        let was_in_data = self.is_in_data();
        if was_in_data {
            self.state = State::OnlineCommand;
        }
        was_in_data
    }

    /// How many bytes the line takes now; `upload_room` is how many the service does, and `missing`
    /// how many an upload on this line still wants.
    pub fn room(&self, upload_room: usize, missing: Option<u64>) -> usize {
        match &self.state {
            State::Command | State::OnlineCommand => TYPE_AHEAD,
            State::Executing(..) => TYPE_AHEAD.saturating_sub(self.typed_ahead.len()),
            State::OnlineData(escape) => {
                // While an escape is undecided the next byte matters, whatever the window says.
                let room = upload_room.max(usize::from(escape.held() > 0));
                // What follows the end of the file is typed; plus signs held back may, too.
                let missing = missing.and_then(|missing| usize::try_from(missing).ok());
                let to_end = missing.map(|missing| missing.saturating_add(TYPE_AHEAD));
                to_end.map_or(room, |to_end| room.min(to_end.saturating_sub(escape.held())))
            }
        }
    }

    /// Takes bytes from the host, up to where something must be done about them. Where data ends
    /// is not known here.
    pub fn receive<'a>(&mut self, now: SimTime, bytes: &'a [u8]) -> (usize, Intake<'a>) {
        match &mut self.state {
            State::Command | State::OnlineCommand => self.type_in(now, bytes),
            State::Executing(..) => {
                // The LF of a CR LF belongs to the line that is being executed.
                let lf = self.typed_ahead.is_empty() && self.editor.is_trailing_lf(bytes[0]);
                if lf {
                    self.editor.clear();
                    self.echo(now, &bytes[..1]);
                }
                let ahead = &bytes[usize::from(lf)..];
                let room = TYPE_AHEAD.saturating_sub(self.typed_ahead.len());
                self.typed_ahead.extend(&ahead[..ahead.len().min(room)]);
                (bytes.len(), Intake::Nothing)
            }
            State::OnlineData(escape) => {
                let (pluses, data) = escape.push(now, bytes);
                (bytes.len(), Intake::Data(pluses, data))
            }
        }
    }

    fn type_in<'a>(&mut self, now: SimTime, bytes: &'a [u8]) -> (usize, Intake<'a>) {
        // Its CR was answered before it came: an echo now would stand behind the answer.
        let late_lf = usize::from(self.editor.is_trailing_lf(bytes[0]));
        let (taken, typed) = self.editor.take(bytes, &self.settings);
        self.echo(now, &bytes[late_lf..taken]);
        (taken, typed.map_or(Intake::Nothing, Intake::Typed))
    }

    fn echo(&mut self, now: SimTime, bytes: &[u8]) {
        if self.settings.echo {
            self.outgoing.say(now, bytes);
        }
    }

    /// The supply is gone: what was on its way in and out is lost.
    pub fn power_off(&mut self, stored: Settings) {
        self.state = State::Command;
        self.settings = stored;
        self.synchronised = false;
        self.editor.forget();
        self.late.clear();
        self.typed_ahead.clear();
        self.held.clear();
        self.outgoing.end_file();
    }

    /// The supply is there.
    pub fn power_on(&mut self, stored: Settings) {
        self.settings = stored;
    }

    /// Whether the host can read what it is told: not before its first command, where the speed is
    /// to be found out (`AT+IPR=0`).
    pub const fn is_in_step(&self) -> bool {
        self.synchronised || self.settings.ipr != 0
    }

    /// A command line is executed and will be answered with `reply`.
    pub fn execute(&mut self, reply: Vec<u8>, after: After) {
        self.synchronised = true;
        self.state = State::Executing(reply, after);
    }

    /// The answer is due. Returns what was typed ahead of it.
    pub fn answer(&mut self, now: SimTime) -> Vec<u8> {
        match std::mem::replace(&mut self.state, State::Command) {
            State::Executing(reply, after) => {
                self.late.pass_over(now, self.outgoing.last());
                self.outgoing.say(now, &reply);
                match after {
                    After::Command => {}
                    After::OnlineCommand => self.state = State::OnlineCommand,
                    After::OnlineData => self.go_online(now),
                }
            }
            state => self.state = state,
        }
        std::mem::take(&mut self.typed_ahead)
    }

    /// Online data state; what was held for the host goes out at once. A half-typed line is gone:
    /// it must not become the beginning of the next command.
    fn go_online(&mut self, now: SimTime) {
        self.editor.clear();
        self.late.excuse();
        self.state = State::OnlineData(EscapeDetector::new(&self.escape, now));
        for bytes in std::mem::take(&mut self.held) {
            self.outgoing.carry(now, bytes);
        }
    }

    /// The transfer is over, and a `CONNECT` that waits for its turn is not told any more.
    pub fn leave_data(&mut self) {
        self.late.withdraw_connect();
        self.return_to_command();
    }

    /// Back to command state without a word; what was held for the host is dropped, and what is
    /// still leaving no longer counts as part of a file.
    fn return_to_command(&mut self) {
        match &mut self.state {
            State::OnlineData(_) | State::OnlineCommand => self.state = State::Command,
            State::Executing(_, after) => *after = After::Command,
            State::Command => {}
        }
        self.held.clear();
        self.outgoing.end_file();
    }

    /// The host has gone; its half-typed line goes with it. What it had typed in full is executed.
    pub fn hang_up(&mut self) {
        self.editor.clear();
        let ends_line = |&byte: &u8| byte == self.settings.s3 || byte == b'\n';
        let whole = self.typed_ahead.iter().rposition(ends_line).map_or(0, |last| last + 1);
        self.typed_ahead.truncate(whole);
    }

    /// When the escape sequence is decided without a further byte.
    pub fn escape_deadline(&self) -> Option<SimTime> {
        match &self.state {
            State::OnlineData(escape) => escape.deadline(),
            _ => None,
        }
    }

    /// That time has come.
    pub fn on_silence(&mut self) -> Silence {
        match &mut self.state {
            State::OnlineData(escape) if escape.is_escape() => {
                self.state = State::OnlineCommand;
                Silence::Escaped
            }
            State::OnlineData(escape) => Silence::Data(escape.release()),
            _ => Silence::Data(b""),
        }
    }

    /// Gives up plus signs held back: no more bytes will decide about them.
    pub fn release_pluses(&mut self) -> &'static [u8] {
        match &mut self.state {
            State::OnlineData(escape) => escape.release(),
            _ => b"",
        }
    }

    /// The module held this line's flow until now; the silence was not the host's.
    pub fn excuse_silence(&mut self, now: SimTime) {
        if let State::OnlineData(escape) = &mut self.state {
            escape.excuse_silence(now);
        }
    }

    /// Bytes of a download.
    pub fn deliver(&mut self, now: SimTime, bytes: Vec<u8>) {
        match self.state {
            State::OnlineData(_) => self.outgoing.carry(now, bytes),
            _ => self.held.push_back(bytes),
        }
    }

    /// A late result waits for its turn.
    pub fn queue(&mut self, late: Late) {
        self.late.push(late);
    }

    /// When the next late result may go out, as things stand.
    pub fn next_late(&self) -> Option<SimTime> {
        let late = self.late.front()?;
        let may_speak = match self.state {
            State::Command | State::OnlineCommand => true,
            State::OnlineData(_) => matches!(late, Late::Final(_)),
            State::Executing(..) => false,
        };
        let may_speak = may_speak && self.outgoing.has_left();
        self.late.due(self.outgoing.last()).filter(|_| may_speak)
    }

    /// Tells the next late result if its time has come; what was told.
    pub fn tell_late(&mut self, now: SimTime) -> Option<Late> {
        self.next_late().filter(|&due| due <= now)?;
        let late = self.late.pop()?;
        let reply = Reply::new(&self.settings);
        let burst = match &late {
            Late::Text(text) | Late::Announced(text) | Late::Final(text) => reply.unsolicited(text),
            Late::Connect => reply.result(&ResultCode::Connect),
        };
        let burst = burst.into_bytes();
        self.outgoing.say(now, &burst);
        match late {
            Late::Text(_) | Late::Announced(_) => {}
            Late::Connect => self.go_online(now),
            // A `CONNECT` that waits behind it is that of the next transfer.
            Late::Final(_) => self.return_to_command(),
        }
        Some(late)
    }

    /// A result code by itself, as the `OK` of an escape.
    pub fn say(&mut self, now: SimTime, code: &ResultCode) {
        let burst = Reply::new(&self.settings).result(code).into_bytes();
        self.outgoing.say(now, &burst);
    }

    /// The output of this instant, for the wire.
    pub fn take_burst(&mut self) -> Option<Vec<u8>> {
        self.outgoing.take_burst()
    }

    /// So many bytes have left; how many of them were of a file.
    pub fn written(&mut self, now: SimTime, count: usize) -> usize {
        if now > self.outgoing.last() {
            // It was the host that kept the line busy.
            self.late.excuse();
        }
        self.outgoing.written(now, count)
    }
}
