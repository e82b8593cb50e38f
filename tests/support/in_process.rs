//! A module in the test's own process: its lines are TCP ports, its clock and its world the test's.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use quasimodem::io::clock::Clock;
use quasimodem::io::ftp_client::FtpClient;
use quasimodem::io::names::Names;
use quasimodem::io::operator::Order;
use quasimodem::io::shell::Shell;
use quasimodem::io::tcp::TcpLine;
use quasimodem::io::wire::Wire;
use quasimodem::modem::Modem;
use quasimodem::profile::{PassiveAddress, Profile};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::timeout;

/// Far above anything that a test waits for; only a failure takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct InProcess {
    shell: Shell,
    /// Where its lines are.
    pub lines: Vec<SocketAddr>,
    /// What befalls it.
    pub world: Sender<Order>,
}

impl InProcess {
    /// With the name `ftp.example` leading to a server. To be called within a tokio runtime.
    pub fn new(profile: &Profile, lines: u8, server: SocketAddr, clock: Clock) -> Self {
        let bound: Vec<TcpLine> =
            (0..lines).map(|_| TcpLine::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap()).collect();
        let lines = bound.iter().map(TcpLine::local_addr).collect::<Vec<_>>();
        let route = format!("ftp.example={server}").parse().unwrap();
        let ftp = FtpClient::new(Names::new([route]), PassiveAddress::ControlPeer);
        let modem = Modem::new(profile, u8::try_from(lines.len()).unwrap(), 0);
        let wires = bound.into_iter().map(Wire::Tcp).collect();
        let (world, acts) = channel(1);
        let shell = Shell::new(modem, wires, ftp, clock, None).operated(acts);
        Self { shell, lines, world }
    }

    /// Runs as long as the dialogue does.
    pub async fn run<T>(self, dialogue: impl Future<Output = T>) -> T {
        self.shell.run(dialogue).await.unwrap()
    }
}

/// A host at one of its lines.
pub struct AsyncHost {
    stream: BufReader<TcpStream>,
}

impl AsyncHost {
    /// Attaches, and turns echo off.
    pub async fn attach(line: SocketAddr) -> Self {
        let stream = TcpStream::connect(line).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut host = Self { stream: BufReader::new(stream) };
        host.send("ATE0\r").await;
        host.expect("ATE0\r\r\nOK\r\n").await;
        host
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// The next bytes are these.
    pub async fn expect(&mut self, bytes: impl AsRef<[u8]>) {
        let expected = bytes.as_ref();
        let mut came = vec![0; expected.len()];
        let read = timeout(PATIENCE, self.stream.read_exact(&mut came)).await;
        let shown = expected.escape_ascii();
        read.unwrap_or_else(|_| panic!("{shown} does not come, but {}", came.escape_ascii()))
            .unwrap();
        assert_eq!(came.escape_ascii().to_string(), expected.escape_ascii().to_string());
    }

    /// Types a command line, and hears this.
    pub async fn command(&mut self, line: &str, answer: &str) {
        self.send(format!("{line}\r")).await;
        self.expect(answer).await;
    }

    /// The next line that is not empty.
    pub async fn line(&mut self) -> String {
        loop {
            let mut line = String::new();
            timeout(PATIENCE, self.stream.read_line(&mut line)).await.unwrap().unwrap();
            assert!(line.ends_with('\n'), "the module hangs up after {line:?}");
            if !line.trim_end().is_empty() {
                return line.trim_end().to_owned();
            }
        }
    }
}
