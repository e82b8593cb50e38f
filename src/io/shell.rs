//! The loop that owns the modem: whatever happens passes it as an input, whatever is done as an output.
//!
//! Knows no command and no protocol. Recording and logging are taps on it.

use std::future::{Future, poll_fn};
use std::io;
use std::net::Ipv4Addr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tracing::{Level, debug, enabled, info, trace, warn};

use super::clock::Clock;
use super::ftp_client::FtpClient;
use super::line::WireEvent;
use super::lookup::Lookup;
use super::memory::Memory;
use super::record::Recorder;
use super::wire::Wire;
use crate::ftp::{Event, Request};
use crate::line::LineId;
use crate::modem::{Input, Modem, Output};
use crate::time::SimTime;
use crate::transcript::{event_text, request_text};
use crate::world::World;

/// Bytes read from a line at a time: four times what a terminal gives up at once. Measured: with a
/// whole window at a time the server waits for its first bytes until the last are read, and the
/// host of a terminal waits for the server.
const CHUNK: usize = 16_380;
/// Bytes that may leave within a burst before the module hears of it: a burst at the speed of a
/// UART leaves in many pieces, and each is neither news to the module nor to who reads a recording.
const NEWS: usize = 1024;
/// Longest wait at the end for hosts to read what the module has said.
const FAREWELL: Duration = Duration::from_millis(200);

/// A modem with its wires, its FTP client and its clock.
pub struct Shell {
    modem: Modem,
    wires: Vec<Wire>,
    ftp: FtpClient,
    lookup: Lookup,
    /// What befalls the module from outside, until nobody is left to say so.
    world: Option<Receiver<World>>,
    /// Where `AT&W` keeps settings beyond this run.
    memory: Option<Memory>,
    clock: Clock,
    /// The module time of the last input.
    reached: SimTime,
    recorder: Option<Recorder>,
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
    World(World),
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
            modem,
            wires,
            ftp,
            lookup,
            world: None,
            memory: None,
            clock,
            reached: SimTime::ZERO,
            recorder,
            turn: 0,
            chunk: vec![0; CHUNK],
        }
    }

    /// The same in a world that acts: what is sent here befalls the module, in its order.
    #[must_use]
    pub fn in_world(mut self, world: Receiver<World>) -> Self {
        self.world = Some(world);
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
                    log_event(&event);
                    self.feed(now, Input::Ftp(event))?;
                }
                Happening::Resolved(addresses) => {
                    debug!("dns < {addresses:?}");
                    self.feed(now, Input::Resolved(addresses))?;
                }
                Happening::World(world) => {
                    debug!("world: {world}");
                    self.feed(now, Input::World(world))?;
                }
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
        if let Some(world) = &mut self.world {
            match world.poll_recv(cx) {
                Poll::Ready(Some(world)) => return Poll::Ready(Ok(Happening::World(world))),
                Poll::Ready(None) => self.world = None,
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
                log_line(line, ">", &chunk[..count]);
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
        self.reached = at;
        self.modem.handle(at, input);
        while let Some(output) = self.modem.poll_output() {
            self.perform(at, output);
        }
        Ok(())
    }

    fn perform(&mut self, now: SimTime, output: Output) {
        if let Some(recorder) = &mut self.recorder {
            let goes_on = matches!(output, Output::Line(line, _) if self.modem.is_sending(line));
            recorder.output(now, &output, goes_on);
        }
        match output {
            Output::Ftp(request) => {
                log_request(&request);
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
                log_line(line, "<", &bytes);
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

fn log_line(line: LineId, sign: &str, bytes: &[u8]) {
    // The search for a password costs more than the way of a file's bytes through the module.
    if !enabled!(Level::DEBUG) {
        return;
    }
    let secret = bytes.windows(8).any(|window| window.eq_ignore_ascii_case(b"QFTPPASS"));
    if secret {
        debug!("line {line} {sign} (a password)");
    } else if bytes.len() <= 160 {
        debug!("line {line} {sign} {}", bytes.escape_ascii());
    } else {
        debug!("line {line} {sign} {} bytes", bytes.len());
    }
}

fn log_request(request: &Request) {
    match request {
        Request::Pull(count) => trace!("ftp > may read {count} bytes"),
        request => debug!("ftp > {}", request_text(request).unwrap_or_default()),
    }
}

fn log_event(event: &Event) {
    match event {
        Event::Sent(count) => trace!("ftp < {count} bytes sent"),
        Event::Data(bytes) => debug!("ftp < {} bytes", bytes.len()),
        event => debug!("ftp < {}", event_text(event).unwrap_or_default()),
    }
}
