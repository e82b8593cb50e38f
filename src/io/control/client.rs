//! A client of the control API, over TCP or a socket in the file system; one connection a request.
//!
//! Knows no path and no shape of an answer.

use std::io;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::handshake;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use super::address::Server;

/// Asks one server.
#[derive(Clone, Debug)]
pub struct Client {
    server: Server,
    token: Option<String>,
}

/// An answer, of which the body has yet to come.
#[derive(Debug)]
pub struct Answer {
    status: u16,
    body: Incoming,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum ClientError {
    /// Nobody is there.
    #[error("nobody answers at {0}: {1}")]
    Absent(Server, io::Error),
    /// Somebody is, who does not speak HTTP or has left.
    #[error("{0} does not answer as it should: {1}")]
    Broken(Server, hyper::Error),
    /// What was asked cannot be sent.
    #[error("this cannot be asked: {0}")]
    Unsaid(#[from] hyper::http::Error),
}

impl Client {
    /// Of that server, with its token where it has one.
    pub const fn new(server: Server, token: Option<String>) -> Self {
        Self { server, token }
    }

    /// Asks for `path`; the body, if any, with its media type.
    ///
    /// # Errors
    /// Nobody is there, or no answer comes.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        body: Option<(&str, String)>,
    ) -> Result<Answer, ClientError> {
        let host = match &self.server {
            Server::Http(authority) => authority,
            Server::Unix(_) => "localhost",
        };
        let method = Method::from_bytes(method.as_bytes()).map_err(hyper::http::Error::from)?;
        let request = Request::builder().method(method).uri(path).header(HOST, host);
        let mut request = request.header(ACCEPT, "application/json, text/plain, text/event-stream");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some((kind, _)) = &body {
            request = request.header(CONTENT_TYPE, *kind);
        }
        let body = body.map_or_else(String::new, |(_, body)| body);
        let request = request.body(Full::new(Bytes::from(body)))?;
        let absent = |error| ClientError::Absent(self.server.clone(), error);
        let response = match &self.server {
            Server::Http(authority) => {
                send(TcpStream::connect(authority).await.map_err(absent)?, request).await
            }
            Server::Unix(path) => {
                send(UnixStream::connect(path).await.map_err(absent)?, request).await
            }
        };
        let response = response.map_err(|error| self.broken(error))?;
        Ok(Answer { status: response.status().as_u16(), body: response.into_body() })
    }

    /// All of an answer.
    ///
    /// # Errors
    /// It breaks off.
    pub async fn read(&self, answer: Answer) -> Result<(u16, String), ClientError> {
        let body = answer.body.collect().await.map_err(|error| self.broken(error))?;
        let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
        Ok((answer.status, text))
    }

    /// The next piece of an answer; `None` behind the last.
    ///
    /// # Errors
    /// It breaks off.
    pub async fn next(&self, answer: &mut Answer) -> Result<Option<Bytes>, ClientError> {
        while let Some(frame) = answer.body.frame().await {
            let frame = frame.map_err(|error| self.broken(error))?;
            // Trailers are no news.
            if let Ok(bytes) = frame.into_data() {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    fn broken(&self, error: hyper::Error) -> ClientError {
        ClientError::Broken(self.server.clone(), error)
    }
}

impl Answer {
    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        self.status
    }
}

async fn send(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Response<Incoming>, hyper::Error> {
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    // Moves the bytes of both directions; its trouble is told by the request, too.
    tokio::spawn(connection);
    sender.send_request(request).await
}
