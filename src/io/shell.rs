//! The loop that owns the modem: whatever happens passes it as an input, whatever is done as an output.
//!
//! Knows no command and no protocol. Recording and logging are taps on it.

mod orders;

use std::future::{Future, poll_fn};
use std::io;
use std::net::Ipv4Addr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tracing::{debug, info, warn};

use super::clock::Clock;
use super::ftp_client::FtpClient;
use super::line::WireEvent;
use super::log::{self, Log};
use super::lookup::Lookup;
use super::memory::Memory;
use super::operator::Order;
use super::record::Recorder;
use super::tap::Tap;
use super::wire::Wire;
use crate::ftp::{Event, Request};
use crate::line::LineId;
use crate::modem::{Input, Modem, Output};
use crate::time::SimTime;

/// Bytes read from a line at a time: four times what a terminal gives up at once. Measured: with a
/// whole window at a time the server waits for its first bytes until the last are read, and the
/// host of a terminal waits for the server.
const CHUNK: usize = 16_380;
/// Bytes that may leave within a burst before the module hears of it: a burst at the speed of a
/// UART leaves in many pieces, and each is neither news to the module nor to who reads a recording.
const NEWS: usize = 1024;
/// How late the loop may wake: timers have a grain of a millisecond, and the machine has more to do.
const LATE: Duration = Duration::from_millis(10);
/// Longest wait at the end for hosts to read what the module has said.
const FAREWELL: Duration = Duration::from_millis(200);

/// A modem with its wires, its FTP client and its clock.
pub struct Shell {
    modem: Modem,
    wires: Vec<Wire>,
    ftp: FtpClient,
    lookup: Lookup,
    /// What the operator asks, until there is none any more.
    operator: Option<Receiver<Order>>,
    /// Where `AT&W` keeps settings beyond this run.
    memory: Option<Memory>,
    clock: Clock,
    /// The module time of the last input.
    reached: SimTime,
    recorder: Option<Recorder>,
    tap: Option<Tap>,
    log: Log,
    /// Of each line, bytes that have left and of which the module has not heard.
    left: Vec<usize>,
    /// Who is asked first next time, so that a busy source does not starve the others.
    turn: usize,
    chunk: Vec<u8>,
}

/// What the loop was woken by.
enum Happening<T> {
    Wire(LineId, WireEvent),
    Ftp(Event),
    Resolved(Vec<Ipv4Addr>),
    Order(Order),
    Timeout,
    Stop(T),
}

impl Shell {
    /// A powered-on module; `wires` are its lines from 1 on.
    pub fn new(
        modem: Modem,
        wires: Vec<Wire>,
        mut ftp: FtpClient,
        clock: Clock,
        recorder: Option<Recorder>,
    ) -> Self {
        let lookup = Lookup::new(ftp.names_mut());
        Self {
            left: vec![0; wires.len()],
            log: Log::new(wires.len()),
            modem: modem.with_slack(clock.passes(LATE)),
            wires,
            ftp,
            lookup,
            operator: None,
            memory: None,
            clock,
            reached: SimTime::ZERO,
            recorder,
            tap: None,
            turn: 0,
            chunk: vec![0; CHUNK],
        }
    }

    /// The same with an operator: what is sent here is done, in its order.
    #[must_use]
    pub fn operated(mut self, operator: Receiver<Order>) -> Self {
        self.operator = Some(operator);
        self
    }

    /// The same with a tap.
    #[must_use]
    pub fn tapped(mut self, tap: Tap) -> Self {
        self.tap = Some(tap);
        self
    }

    /// The same with a memory that outlives it.
    #[must_use]
    pub fn with_memory(mut self, memory: Option<Memory>) -> Self {
        self.memory = memory;
        self
    }

    /// Its clock, which runs.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Runs until `stop` is ready, and returns what it came to.
    ///
    /// # Errors
    /// A line or the recording is beyond repair.
    pub async fn run<T>(mut self, stop: impl Future<Output = T>) -> io::Result<T> {
        let mut stop = pin!(stop);
        let mut sleep = pin!(sleep_until(Instant::now()));
        loop {
            let happening = poll_fn(|cx| self.poll(cx, stop.as_mut(), sleep.as_mut())).await?;
            let now = self.clock.now();
            match happening {
                Happening::Stop(end) => {
                    self.farewell().await;
                    if let Some(recorder) = self.recorder {
                        recorder.finish(now)?;
                    }
                    return Ok(end);
                }
                Happening::Timeout => self.feed(now, Input::Timeout)?,
                Happening::Ftp(event) => {
                    log::event(&event);
                    self.feed(now, Input::Ftp(event))?;
                }
                Happening::Resolved(addresses) => {
                    debug!("dns < {addresses:?}");
                    self.feed(now, Input::Resolved(addresses))?;
                }
                Happening::Order(order) => self.obey(now, order)?,
                Happening::Wire(line, event) => self.on_wire(now, line, event)?,
            }
        }
    }

    fn poll<T>(
        &mut self,
        cx: &mut Context<'_>,
        stop: Pin<&mut impl Future<Output = T>>,
        mut sleep: Pin<&mut Sleep>,
    ) -> Poll<io::Result<Happening<T>>> {
        if let Poll::Ready(end) = stop.poll(cx) {
            return Poll::Ready(Ok(Happening::Stop(end)));
        }
        if let Some(operator) = &mut self.operator {
            match operator.poll_recv(cx) {
                Poll::Ready(Some(order)) => return Poll::Ready(Ok(Happening::Order(order))),
                Poll::Ready(None) => self.operator = None,
                Poll::Pending => {}
            }
        }
        let sources = self.wires.len() + 1;
        for offset in 0..sources {
            let source = (self.turn + offset) % sources;
            let (Some(line), Some(wire)) = (LineId::from_index(source), self.wires.get_mut(source))
            else {
                if let Poll::Ready(event) = self.ftp.poll_event(cx) {
                    self.turn = source + 1;
                    return Poll::Ready(Ok(Happening::Ftp(event)));
                }
                continue;
            };
            let room = self.modem.room(line);
            if let Poll::Ready(event) = wire.poll_event(cx, &mut self.chunk, room) {
                self.turn = source + 1;
                return Poll::Ready(event.map(|event| Happening::Wire(line, event)));
            }
        }
        if let Poll::Ready(addresses) = self.lookup.poll(cx) {
            return Poll::Ready(Ok(Happening::Resolved(addresses)));
        }
        if let Some(due) = self.modem.poll_timeout() {
            let due = self.clock.instant(due);
            if sleep.deadline() != due {
                sleep.as_mut().reset(due);
            }
            if sleep.poll(cx).is_ready() {
                return Poll::Ready(Ok(Happening::Timeout));
            }
        }
        Poll::Pending
    }

    fn on_wire(&mut self, now: SimTime, line: LineId, event: WireEvent) -> io::Result<()> {
        match event {
            WireEvent::Opened => {
                debug!("line {line}: a host has come");
                self.feed(now, Input::LineOpened(line))
            }
            WireEvent::Closed => {
                debug!("line {line}: the host has gone");
                self.feed(now, Input::LineClosed(line))
            }
            WireEvent::Signal(signal) => {
                debug!("line {line} > {signal}");
                self.feed(now, Input::Signal(line, signal))
            }
            WireEvent::Speed(speed) => {
                debug!("line {line} > {speed}");
                self.feed(now, Input::HostSpeed(line, speed))
            }
            WireEvent::Written(count) => {
                self.left[line.index()] += count;
                self.catch_up(now)?;
                self.report_left(now)
            }
            WireEvent::Received(count) => {
                let chunk = std::mem::take(&mut self.chunk);
                self.log.received(line, &chunk[..count]);
                let fed = self.feed(now, Input::Line(line, &chunk[..count]));
                self.chunk = chunk;
                fed
            }
        }
    }

    /// One input at `now`, and all that follows from it.
    fn feed(&mut self, now: SimTime, input: Input<'_>) -> io::Result<()> {
        self.catch_up(now)?;
        self.handle(now, input)?;
        self.report_left(now)
    }

    /// What was due by `now` takes place, at its own time, so that a loop that woke late says
    /// nothing else than one that woke at once.
    fn catch_up(&mut self, now: SimTime) -> io::Result<()> {
        while let Some(due) = self.modem.poll_timeout().filter(|&due| due <= now) {
            self.handle(due.max(self.reached), Input::Timeout)?;
        }
        Ok(())
    }

    /// What the kernel took at once has left at `now`, however late the loop woke: silence on the
    /// line is counted from when the host could hear it. In the midst of a burst there is none, and
    /// the module need not hear of every piece.
    fn report_left(&mut self, now: SimTime) -> io::Result<()> {
        loop {
            for (left, wire) in self.left.iter_mut().zip(&mut self.wires) {
                *left += wire.take_written().unwrap_or(0);
            }
            let lines = (0..self.left.len()).filter_map(LineId::from_index);
            let news = lines
                .map(|line| (line, self.left[line.index()]))
                .find(|&(line, left)| left >= NEWS || (left > 0 && !self.modem.is_sending(line)));
            let Some((line, count)) = news else { return Ok(()) };
            self.left[line.index()] = 0;
            self.handle(now, Input::Written(line, count))?;
        }
    }

    /// One input at module time `at`, and what the module does about it.
    fn handle(&mut self, at: SimTime, input: Input<'_>) -> io::Result<()> {
        if let Some(recorder) = &mut self.recorder {
            recorder.input(at, &input)?;
        }
        if let Some(tap) = &mut self.tap {
            tap.input(at, &input);
        }
        self.reached = at;
        self.modem.handle(at, input);
        while let Some(output) = self.modem.poll_output() {
            self.perform(at, output);
        }
        if let Some(tap) = &mut self.tap {
            tap.settle(at);
        }
        Ok(())
    }

    fn perform(&mut self, now: SimTime, output: Output) {
        let goes_on = matches!(output, Output::Line(line, _) if self.modem.is_sending(line));
        if let Some(recorder) = &mut self.recorder {
            recorder.output(now, &output, goes_on);
        }
        if let Some(tap) = &mut self.tap {
            tap.output(now, &output, goes_on);
        }
        match output {
            Output::Ftp(request) => {
                log::request(&request);
                self.ftp.request(request);
            }
            Output::Resolve(name) => {
                debug!("dns > {}", name.escape_ascii());
                self.lookup.begin(self.ftp.names_mut().clone(), name);
            }
            Output::Kept(line) => {
                if let Some(memory) = &self.memory
                    && let Err(error) = memory.write(&line)
                {
                    warn!("settings are kept for this run only: {error}");
                }
            }
            Output::Fired(fired) => {
                let place = fired.place.as_deref().unwrap_or("no file");
                info!("fault: {} ({place}): {}", fired.rule, fired.verdict);
            }
            Output::NameServers(servers) => {
                debug!("dns > ask {servers:?}");
                self.lookup.choose(self.ftp.names_mut(), &servers);
            }
            Output::Signal(line, signal) => {
                debug!("line {line} < {signal}");
                self.wires[line.index()].signal(signal);
            }
            Output::Line(line, bytes) => {
                self.log.said(line, &bytes);
                self.wires[line.index()].write(bytes);
            }
        }
    }

    /// Lets hosts read what was said; the server's sockets are dropped.
    async fn farewell(&mut self) {
        self.ftp.request(Request::Drop);
        for wire in &mut self.wires {
            // A host that does not read in that time does not want to know.
            let _ = timeout(FAREWELL, poll_fn(|cx| wire.poll_drained(cx))).await;
        }
    }
}
