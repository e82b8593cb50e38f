//! The service's side of the port, as simple as it can be.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use quasimodem::ftp::{
    Account, DataConnection, Event, Failure, Job, Password, Representation, Request,
};
use quasimodem::io::ftp_client::FtpClient;
use quasimodem::io::names::Names;
use quasimodem::profile::PassiveAddress;

use crate::support::scripted_ftp::{Connection, End, ScriptedFtp};

/// No test waits longer for an event.
const PATIENCE: Duration = Duration::from_secs(20);

/// As much as is sent ahead of `Sent`.
const WINDOW: usize = 256 * 1024;

/// A session with a server that follows a script from the login on. Unless it is lost in the end,
/// both sides must be in step then: one more command has its own reply.
pub async fn session<T>(
    script: impl FnOnce(&mut Connection) + Send + 'static,
    dialogue: impl AsyncFnOnce(&mut User) -> T,
) -> T {
    let server = ScriptedFtp::start(|mut s| {
        s.login();
        script(&mut s);
        if let Some(command) = s.command() {
            assert_eq!(command.escape_ascii().to_string(), "CWD x");
            s.reply("250 there");
            assert_eq!(s.end(), End::Reset);
        }
    });
    let mut user = User::at(server.addr()).await;
    let result = dialogue(&mut user).await;
    if !user.is_lost {
        let event = user.answer(Request::ChangeDirectory(b"x".to_vec())).await;
        assert_eq!(event, Event::DirectoryChanged);
    }
    drop(user);
    server.finish().await;
    result
}

pub struct User {
    ftp: FtpClient,
    /// It was told that its session is.
    is_lost: bool,
}

impl User {
    pub fn new() -> Self {
        Self::of(FtpClient::new(Names::default(), PassiveAddress::default()))
    }

    pub fn of(ftp: FtpClient) -> Self {
        Self { ftp, is_lost: false }
    }

    /// A user whose session stands.
    pub async fn at(addr: SocketAddr) -> Self {
        let mut user = Self::new();
        user.ask(Request::Open(account(addr)));
        assert_eq!(user.outcome().await, Event::Opened);
        user
    }

    pub fn ask(&mut self, request: Request) {
        self.ftp.request(request);
    }

    /// The next event, whatever it is.
    pub async fn next(&mut self) -> Event {
        let event = poll_fn(|cx| self.ftp.poll_event(cx));
        let event = tokio::time::timeout(PATIENCE, event).await.expect("an event in time");
        self.is_lost |= matches!(event, Event::Lost(_));
        event
    }

    /// The next event that is not a mere reply.
    pub async fn outcome(&mut self) -> Event {
        loop {
            match self.next().await {
                Event::Reply(_) => {}
                event => return event,
            }
        }
    }

    /// All events up to and with the first that is not a mere reply.
    pub async fn events(&mut self) -> Vec<Event> {
        let mut events = vec![self.next().await];
        while let Some(Event::Reply(_)) = events.last() {
            events.push(self.next().await);
        }
        events
    }

    /// There is no event at the moment.
    pub fn is_silent(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        self.ftp.poll_event(&mut cx) == Poll::Pending
    }

    /// Asks, and waits for what is not a mere reply.
    pub async fn answer(&mut self, request: Request) -> Event {
        self.ask(request);
        self.outcome().await
    }

    /// Sends a whole file; the event after it.
    pub async fn store(&mut self, job: Job, file: &[u8]) -> Event {
        match self.answer(Request::Store(job)).await {
            Event::DataOpen => {}
            event => return event,
        }
        let (mut sent, mut acknowledged) = (0, 0);
        for chunk in file.chunks(WINDOW / 4) {
            self.ask(Request::Send(chunk.to_vec()));
            sent += chunk.len();
            while sent - acknowledged > WINDOW {
                match self.outcome().await {
                    Event::Sent(bytes) => acknowledged += bytes,
                    event => return event,
                }
            }
        }
        self.ask(Request::EndOfFile);
        loop {
            match self.outcome().await {
                Event::Sent(bytes) => acknowledged += bytes,
                event => {
                    if event == Event::Done {
                        assert_eq!(acknowledged, file.len());
                    }
                    return event;
                }
            }
        }
    }

    /// Gets a whole file, and the event after it.
    pub async fn retrieve(&mut self, job: Job) -> (Vec<u8>, Event) {
        let mut file = Vec::new();
        match self.answer(Request::Retrieve(job)).await {
            Event::DataOpen => self.ask(Request::Pull(WINDOW)),
            event => return (file, event),
        }
        loop {
            match self.outcome().await {
                Event::Data(bytes) => {
                    file.extend_from_slice(&bytes);
                    self.ask(Request::Pull(bytes.len()));
                }
                event => return (file, event),
            }
        }
    }

    /// Logs out.
    pub async fn close(mut self) {
        assert_eq!(self.answer(Request::Close).await, Event::Closed);
        assert!(self.is_silent());
    }
}

/// `u` with the password `p`.
pub fn account(addr: SocketAddr) -> Account {
    Account {
        host: addr.ip().to_string().into_bytes(),
        port: addr.port(),
        user: b"u".to_vec(),
        password: Password(b"p".to_vec()),
    }
}

/// A binary transfer over a passive connection.
pub fn job(path: &str) -> Job {
    Job {
        directory: None,
        path: path.as_bytes().to_vec(),
        restart: 0,
        representation: Representation::Image,
        data_connection: DataConnection::Passive,
    }
}

/// The same over an active connection.
pub fn active(path: &str) -> Job {
    Job { data_connection: DataConnection::Active, ..job(path) }
}

/// What a server may say of a transfer after its data, and what is made of it.
pub fn words_after_data() -> impl Iterator<Item = (String, Event)> {
    let refused = |code| Event::Failed(Failure::Reply(code));
    let codes = [421, 425, 426, 450, 451, 452, 500, 550, 551, 552, 553, 554];
    // pure-ftpd ends a transfer that broke off with a 150.
    let odd = [("150 what", refused(426)), ("200 what", Event::Failed(Failure::Unknown))];
    let odd = odd.map(|(line, event)| (line.to_owned(), event));
    codes.map(|code| (format!("{code} no"), refused(code))).into_iter().chain(odd)
}

/// Bytes that repeat late and contain every value.
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 11) as u8).collect()
}
