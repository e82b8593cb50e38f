//! An FTP server that does what a script says, for all that a good server never does.
//!
//! The script is plain code on a thread of its own, with blocking calls:
//!
//! ```ignore
//! let server = ScriptedFtp::start(|mut s| {
//!     s.login();
//!     s.answer("TYPE I", "200 ok");
//!     let listener = s.passive();
//!     s.expect("STOR a.txt");
//!     let mut data = listener.accept();
//!     s.reply("150 go on");
//!     assert_eq!(data.receive(3), b"abc");
//!     data.reset();
//!     s.reply("426 broken").fin();
//! });
//! // ... a client works on server.addr() ...
//! server.finish().await; // passes on what the script asserts
//! ```

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

/// No script waits longer for a client.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct ScriptedFtp {
    addr: SocketAddr,
    thread: JoinHandle<()>,
}

impl ScriptedFtp {
    /// A server for one client.
    pub fn start(script: impl FnOnce(Connection) + Send + 'static) -> Self {
        Self::serve(|port| script(port.accept().into_control()))
    }

    /// A server for as many clients as the script accepts.
    pub fn serve(script: impl FnOnce(Port) + Send + 'static) -> Self {
        Self::serve_at(Ipv4Addr::LOCALHOST.into(), script)
    }

    /// The same on another address.
    pub fn serve_at(ip: IpAddr, script: impl FnOnce(Port) + Send + 'static) -> Self {
        let port = Port::listen_at(ip);
        let addr = port.addr();
        Self { addr, thread: std::thread::spawn(move || script(port)) }
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Waits for the end of the script, on a tokio runtime.
    pub async fn finish(self) {
        tokio::task::spawn_blocking(move || self.join()).await.unwrap();
    }

    /// Waits for the end of the script.
    pub fn join(self) {
        if let Err(panic) = self.thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

/// A listening port.
pub struct Port(TcpListener);

impl Port {
    pub fn listen() -> Self {
        Self::listen_at(Ipv4Addr::LOCALHOST.into())
    }

    pub fn listen_at(ip: IpAddr) -> Self {
        Self(TcpListener::bind((ip, 0)).unwrap())
    }

    pub fn addr(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub fn accept(&self) -> Data {
        Data::new(self.0.accept().unwrap().0)
    }
}

/// A port that is taken, and refuses all connections.
pub struct ClosedPort(tokio::net::TcpSocket);

impl ClosedPort {
    pub fn reserve() -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        Self(socket)
    }

    pub fn addr(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }
}

/// How the client left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Fin,
    Reset,
}

/// The server's end of a control connection.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    /// Sends a reply; CR LF is added.
    pub fn reply(&mut self, line: &str) -> &mut Self {
        self.raw(format!("{line}\r\n").as_bytes())
    }

    /// Sends bytes as they are, in a segment of their own.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        // A client that has left by now is for the script to notice when it reads.
        let _ = self.0.get_mut().write_all(bytes);
        self
    }

    /// The next command without CR LF; none when the client has left.
    pub fn command(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        match self.0.read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) => Some(line.strip_suffix(b"\r\n").expect("a whole line").to_vec()),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => None,
            Err(error) => panic!("no command came: {error}"),
        }
    }

    /// The next command must be this one.
    pub fn expect(&mut self, line: impl AsRef<[u8]>) -> &mut Self {
        let command = self.command().unwrap_or_default();
        assert_eq!(command.escape_ascii().to_string(), line.as_ref().escape_ascii().to_string());
        self
    }

    /// The next command must be this one, and has this reply.
    pub fn answer(&mut self, line: impl AsRef<[u8]>, reply: &str) -> &mut Self {
        self.expect(line).reply(reply)
    }

    /// Greets and lets `u` with the password `p` in.
    pub fn login(&mut self) -> &mut Self {
        self.reply("220 hello").answer("USER u", "331 and?").answer("PASS p", "230 in")
    }

    /// Answers PASV with a port.
    pub fn passive(&mut self) -> Port {
        let port = Port::listen();
        self.passive_at(port.addr());
        port
    }

    /// Answers PASV with any address.
    pub fn passive_at(&mut self, addr: SocketAddr) -> &mut Self {
        let (ip, port) = (addr.ip().to_string().replace('.', ","), addr.port());
        let reply = format!("227 Passive ({ip},{},{}).", port >> 8, port & 0xFF);
        self.answer("PASV", &reply)
    }

    /// Takes a PORT, and returns where the client listens.
    pub fn active(&mut self) -> SocketAddr {
        let command = self.command().expect("PORT");
        let numbers = command.strip_prefix(b"PORT 127,0,0,1,").expect("PORT 127,0,0,1");
        let (high, low) = str::from_utf8(numbers).unwrap().split_once(',').unwrap();
        let port = u16::from_be_bytes([high.parse().unwrap(), low.parse().unwrap()]);
        self.reply("200 noted");
        (Ipv4Addr::LOCALHOST, port).into()
    }

    /// TYPE I, PASV, the verb, and 150: from here on, data may flow.
    pub fn begin(&mut self, verb: &str) -> Data {
        self.answer("TYPE I", "200 ok");
        self.begin_again(verb)
    }

    /// The same where the type is already set.
    pub fn begin_again(&mut self, verb: &str) -> Data {
        let port = self.passive();
        self.expect(verb);
        let data = port.accept();
        self.reply("150 go on");
        data
    }

    /// Waits until the client leaves; it must say nothing more.
    pub fn end(self) -> End {
        Data(self.0.into_inner()).end()
    }

    pub fn fin(&mut self) {
        self.0.get_mut().shutdown(std::net::Shutdown::Write).unwrap();
    }

    pub fn reset(self) {
        Data(self.0.into_inner()).reset();
    }
}

/// The server's end of a data connection.
pub struct Data(TcpStream);

impl Data {
    pub fn connect(addr: SocketAddr) -> Self {
        Self::new(TcpStream::connect(addr).unwrap())
    }

    /// Connects from an address of the caller's choice.
    pub fn connect_from(from: SocketAddr, addr: SocketAddr) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        let stream = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind(from).unwrap();
            socket.connect(addr).await.unwrap().into_std().unwrap()
        });
        stream.set_nonblocking(false).unwrap();
        Self::new(stream)
    }

    fn new(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// The connection as one for commands.
    pub fn into_control(self) -> Connection {
        Connection(BufReader::new(self.0))
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Sends until it is done, or until the client takes nothing for so long; returns how much went.
    pub fn send_until_stuck(&mut self, bytes: &[u8], patience: Duration) -> usize {
        // The system must not take more off our hands than that (it doubles the number).
        rustix::net::sockopt::set_socket_send_buffer_size(&self.0, 32_768).unwrap();
        self.0.set_write_timeout(Some(patience)).unwrap();
        let mut sent = 0;
        while sent < bytes.len() {
            match self.0.write(&bytes[sent..]) {
                Ok(length) => sent += length,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::WouldBlock);
                    break;
                }
            }
        }
        self.0.set_write_timeout(Some(PATIENCE)).unwrap();
        sent
    }

    /// Sends as much as the client takes before it leaves; returns how much.
    pub fn send_until_refused(&mut self, bytes: &[u8]) -> usize {
        let mut sent = 0;
        while sent < bytes.len() {
            match self.0.write(&bytes[sent..]) {
                Ok(length) => sent += length,
                Err(_) => break,
            }
        }
        sent
    }

    pub fn receive(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// What is there next, up to `most` bytes; nothing once the client closes or resets.
    pub fn receive_some(&mut self, most: usize) -> Vec<u8> {
        let mut bytes = vec![0; most];
        let length = self.0.read(&mut bytes).unwrap_or(0);
        bytes.truncate(length);
        bytes
    }

    /// Everything until the client closes in order.
    pub fn receive_all(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// Everything until the client closes or resets.
    pub fn receive_what_comes(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // What came before an error is in the vector.
        let _ = self.0.read_to_end(&mut bytes);
        bytes
    }

    /// Takes what still comes and waits for the end.
    pub fn drain(&mut self) -> End {
        let mut scrap = [0; 65536];
        loop {
            match self.0.read(&mut scrap) {
                Ok(0) => return End::Fin,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return End::Reset,
                Err(error) => panic!("the client stays: {error}"),
            }
        }
    }

    /// Waits until the client leaves; nothing more may come.
    pub fn end(mut self) -> End {
        match self.0.read(&mut [0; 64]) {
            Ok(0) => End::Fin,
            Ok(length) => panic!("{length} bytes too many"),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
            Err(error) => panic!("the client stays: {error}"),
        }
    }

    /// Sends the end of the file and stays.
    pub fn half_close(self) -> Self {
        self.0.shutdown(std::net::Shutdown::Write).unwrap();
        self
    }

    /// Sends the end of the file and leaves.
    pub fn fin(self) {}

    pub fn reset(self) {
        // The standard library cannot set a linger time of zero yet.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        let _context = runtime.enter();
        self.0.set_nonblocking(true).unwrap();
        tokio::net::TcpStream::from_std(self.0).unwrap().set_zero_linger().unwrap();
    }
}
