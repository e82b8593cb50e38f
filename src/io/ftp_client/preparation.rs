//! What comes before the data: directory, TYPE, the data connection, REST, and the verb.
//!
//! Ends with a data connection that stands and a server that has said 125 or 150; moves no data.
//! suppaftp could do none of this with one hand on the replies: its active mode waits 60 s for a
//! connection that a 425 has long called off, and its streams hide an early reply until the end.

use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpListener, TcpStream};

use super::control::is_one_line;
use super::data::{self, DataEnd};
use super::reply::{Reply, Stop};
use super::session::Session;
use super::verdict::STATEMENT;
use super::{PassiveAddress, address};
use crate::ftp::{DataConnection, Event, Failure, Job, Representation};

/// No data connection came about: what a server says when it is the one that fails to make it.
const NO_DATA_CONNECTION: Stop = Stop::Failed(Failure::Reply(425));

impl Session {
    /// Prepares `job` for `verb`, STOR or RETR.
    pub(super) async fn prepare(&mut self, job: &Job, verb: &str) -> Result<TcpStream, Stop> {
        self.inbox.begin();
        self.completed = false;
        if !is_one_line(&job.path) {
            return Err(Stop::Failed(Failure::Parameter));
        }
        self.resynchronise().await?;
        if let Some(directory) = &job.directory {
            self.change_directory(directory).await?;
        }
        self.set_representation(job.representation).await?;
        // Each end of the data connection that an early return drops leaves the server in step:
        // the verb has not been sent.
        let end = match job.data_connection {
            DataConnection::Passive => DataEnd::Dialled(self.dial_passive().await?),
            DataConnection::Active => DataEnd::Listening(self.listen().await?),
        };
        if job.restart > 0 {
            self.ask_for(format!("REST {}", job.restart).as_bytes(), 350..351).await?;
        }
        let line = [verb.as_bytes(), b" ", &job.path].concat();
        self.control.send(&line, &line.escape_ascii().to_string()).await?;
        self.await_start(end).await
    }

    pub(super) async fn change_directory(&mut self, directory: &[u8]) -> Result<(), Stop> {
        self.ask_for(&[b"CWD ", directory].concat(), 200..300).await.map(drop)
    }

    /// suppaftp would say `TYPE A N`, which pyftpdlib refuses with 504. It is said the first time
    /// in any case, as not every server begins with the default of RFC 959.
    async fn set_representation(&mut self, representation: Representation) -> Result<(), Stop> {
        if self.representation != Some(representation) {
            let line: &[u8] = match representation {
                Representation::Image => b"TYPE I",
                Representation::Ascii => b"TYPE A",
            };
            self.ask_for(line, 200..300).await?;
            self.representation = Some(representation);
        }
        Ok(())
    }

    async fn dial_passive(&mut self) -> Result<TcpStream, Stop> {
        let server = self.control.peer.ip();
        let address = if server.to_canonical().is_ipv4() {
            let reply = self.ask_for(b"PASV", 227..228).await?;
            address::parse_pasv(&reply.text).map(|(given, port)| match self.passive_address {
                PassiveAddress::ControlPeer => SocketAddr::new(server, port),
                PassiveAddress::AsGiven => SocketAddr::new(IpAddr::V4(given), port),
            })
        } else {
            let reply = self.ask_for(b"EPSV", 229..230).await?;
            // The whole address, because a link-local one has a scope.
            address::parse_epsv(&reply.text).map(|port| {
                let mut address = self.control.peer;
                address.set_port(port);
                address
            })
        };
        let address = address.ok_or(NO_DATA_CONNECTION)?;
        tokio::select! {
            dialled = data::dial(address) => dialled.map_err(|error| {
                tracing::debug!(%address, %error, "no data connection");
                NO_DATA_CONNECTION
            }),
            call = self.inbox.call() => Err(Stop::Called(call)),
        }
    }

    async fn listen(&mut self) -> Result<TcpListener, Stop> {
        let mut address = self.control.local;
        address.set_port(0);
        let listener = TcpListener::bind(address).await.map_err(|_| NO_DATA_CONNECTION)?;
        let address = listener.local_addr().map_err(|_| NO_DATA_CONNECTION)?;
        self.ask_for(address::port_command(address).as_bytes(), 200..300).await?;
        Ok(listener)
    }

    /// Waits for both, in either order: the data connection, and 125 or 150. An active server may
    /// be through with a small file before we look; one that is through without ever connecting
    /// gets no more than the usual time to explain.
    async fn await_start(&mut self, mut end: DataEnd) -> Result<TcpStream, Stop> {
        let server = self.control.peer;
        let mut begun = false;
        loop {
            if let (true, DataEnd::Dialled(_)) = (begun, &end) {
                break;
            }
            tokio::select! {
                biased;
                reply = self.control.reply(), if !self.completed => match reply? {
                    reply if (100..200).contains(&reply.code) => {
                        begun = true;
                        self.emit(Event::Reply(reply.code));
                    }
                    // The server was faster than our ear at the listener. Without a beginning it
                    // is no completion.
                    Reply { code: 226 | 250, .. } if begun => self.completed = true,
                    reply => {
                        end.hang_up();
                        return Err(Stop::Failed(reply.refusal()));
                    }
                },
                call = self.inbox.call() => {
                    self.abort(Some(end)).await?;
                    return Err(Stop::Called(call));
                }
                () = tokio::time::sleep(STATEMENT), if self.completed => {
                    return Err(Stop::Failed(Failure::DataClosed));
                }
                stream = accepted(&end, server) => {
                    end = DataEnd::Dialled(stream.map_err(|_| Stop::Lost(Failure::Network))?);
                }
            }
        }
        match end {
            DataEnd::Dialled(stream) => Ok(stream),
            DataEnd::Listening(_) => unreachable!("the loop ends with a data connection"),
        }
    }
}

/// The server's connection, when it comes; never, where the data connection stands already.
async fn accepted(end: &DataEnd, server: SocketAddr) -> std::io::Result<TcpStream> {
    match end {
        DataEnd::Listening(listener) => data::accept(listener, server).await,
        DataEnd::Dialled(_) => std::future::pending().await,
    }
}
