//! The sockets of the control API, and what it takes to open one.

use std::fs::Permissions;
use std::future::Future;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use tokio::net::{TcpListener, UnixListener};

use super::address::ControlAddr;
use super::api::router;
use super::fleet::Fleet;
use super::guard::Guard;

/// Why the control API cannot be had.
#[derive(Debug, Error)]
pub enum ControlError {
    /// Anybody could ask.
    #[error(
        "--control {0} can be reached from elsewhere; set a token with --control-token TOKEN or QUASIMODEM_CONTROL_TOKEN"
    )]
    Open(ControlAddr),
    /// The token cannot be sent in a header.
    #[error("the control token must be printable ASCII without blanks, and not empty")]
    Token,
    /// The socket cannot be opened.
    #[error("--control {0} cannot be had: {1}")]
    Unavailable(ControlAddr, io::Error),
}

/// The control API, listening and not yet answering.
pub struct Control {
    fleet: Arc<Fleet>,
    sockets: Vec<Socket>,
    token: Option<Arc<str>>,
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener, ControlAddr),
    Unix(UnixListener, OwnFile),
}

/// A socket in the file system, which goes with the program.
#[derive(Debug)]
struct OwnFile(PathBuf);

impl Control {
    /// Listens on these addresses for those who ask of that fleet; must be called on a tokio runtime.
    ///
    /// # Errors
    /// One is public and there is no token, or it cannot be listened on.
    pub fn bind(
        fleet: Fleet,
        addrs: &[ControlAddr],
        token: Option<&str>,
    ) -> Result<Self, ControlError> {
        let is_token =
            |token: &str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        if token.is_some_and(|token| !is_token(token)) {
            return Err(ControlError::Token);
        }
        let public = addrs.iter().find(|addr| addr.is_public());
        if let (Some(addr), None) = (public, token) {
            return Err(ControlError::Open(addr.clone()));
        }
        let sockets = addrs
            .iter()
            .map(|addr| open(addr).map_err(|error| ControlError::Unavailable(addr.clone(), error)));
        let sockets = sockets.collect::<Result<_, _>>()?;
        Ok(Self { fleet: Arc::new(fleet), sockets, token: token.map(Into::into) })
    }

    /// Its modules.
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// Where it listens, with the ports that were taken for port 0.
    pub fn addrs(&self) -> impl Iterator<Item = ControlAddr> {
        self.sockets.iter().map(|socket| match socket {
            Socket::Tcp(_, addr) => addr.clone(),
            Socket::Unix(_, OwnFile(path)) => ControlAddr::Unix(path.clone()),
        })
    }

    /// Answers as long as `meanwhile` runs, ends all modules, and returns what it came to.
    pub async fn serve<T>(self, meanwhile: impl Future<Output = T>) -> T {
        let mut files = Vec::new();
        let mut tasks = Vec::new();
        for socket in self.sockets {
            let is_tcp = matches!(socket, Socket::Tcp(..));
            let who = Guard { token: self.token.clone(), is_tcp };
            let router = router(Arc::clone(&self.fleet), who);
            // Neither ends by itself: what fails is a connection, and concerns that alone.
            tasks.push(match socket {
                Socket::Tcp(listener, _) => {
                    tokio::spawn(async move { axum::serve(listener, router).await })
                }
                Socket::Unix(listener, file) => {
                    files.push(file);
                    tokio::spawn(async move { axum::serve(listener, router).await })
                }
            });
        }
        let end = meanwhile.await;
        tasks.iter().for_each(tokio::task::JoinHandle::abort);
        self.fleet.close().await;
        end
    }
}

fn open(addr: &ControlAddr) -> io::Result<Socket> {
    match addr {
        ControlAddr::Tcp(addr) => {
            let listener = std::net::TcpListener::bind(addr)?;
            listener.set_nonblocking(true)?;
            let addr = ControlAddr::Tcp(listener.local_addr()?);
            Ok(Socket::Tcp(TcpListener::from_std(listener)?, addr))
        }
        ControlAddr::Unix(path) => {
            clear(path)?;
            let listener = UnixListener::bind(path)?;
            let file = OwnFile(path.clone());
            // The user's own, whatever the umask.
            std::fs::set_permissions(path, Permissions::from_mode(0o600))?;
            Ok(Socket::Unix(listener, file))
        }
    }
}

/// Takes away a socket that nobody listens on any more; anything else stays.
fn clear(path: &Path) -> io::Result<()> {
    let is_socket =
        std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    let is_stale = is_socket
        && UnixStream::connect(path)
            .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
    if is_stale { std::fs::remove_file(path) } else { Ok(()) }
}

impl Drop for OwnFile {
    fn drop(&mut self) {
        // Somebody else may have taken it away.
        let _ = std::fs::remove_file(&self.0);
    }
}
