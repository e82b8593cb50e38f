//! Sockets: how they are dialled, and how they end.
//!
//! A socket of ours that is dropped is reset, because a task that is cut short (`Drop`) has no
//! chance to do anything; a socket that ends well is disarmed first.

use std::io;
use std::net::SocketAddr;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// Our side of a data connection before it stands.
pub(super) enum DataEnd {
    /// Passive: the connection is there.
    Dialled(TcpStream),
    /// Active: the server will connect.
    Listening(TcpListener),
}

impl DataEnd {
    /// Gives the connection up in order, if there is one.
    pub(super) fn hang_up(self) {
        if let Self::Dialled(stream) = self {
            disarm(&stream);
        }
    }
}

/// Connects. suppaftp's own dialling would tell a dead data port from a dead server no better
/// than by the same error.
pub(super) async fn dial(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Before it connects: the server may have the connection before this task hears of it.
    let _ = socket.set_zero_linger();
    socket.connect(address).await
}

/// Accepts the connection of the server itself: a stranger at the listener is sent away.
pub(super) async fn accept(listener: &TcpListener, server: SocketAddr) -> io::Result<TcpStream> {
    loop {
        let (stream, from) = listener.accept().await?;
        if from.ip().to_canonical() == server.ip().to_canonical() {
            arm(&stream);
            return Ok(stream);
        }
        tracing::debug!(%from, "a stranger at the data port");
    }
}

/// Ends an upload: all that was written arrives, and then the end of the file.
pub(super) async fn finish(mut stream: TcpStream) {
    disarm(&stream);
    // A connection that cannot be shut down is already gone, and the server's reply will say so.
    let _ = stream.shutdown().await;
}

/// Dropping the socket resets the connection. Where that cannot be set, it is closed instead.
fn arm(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}

/// Dropping the socket closes the connection in order.
pub(super) fn disarm(stream: &TcpStream) {
    #[expect(deprecated, reason = "a linger time blocks when the socket is dropped; none does not")]
    let _ = stream.set_linger(None);
}
