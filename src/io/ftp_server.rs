//! The built-in FTP server: libunftp on the loopback, for a modem without a server at hand.
//!
//! Written by others, and so a judge of our client too. Two of its ways differ from RFC 959: ASCII
//! is sent like Image, and an idle client is sent away with 221 instead of 421.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use libunftp::ServerBuilder;
use libunftp::options::ActivePassiveMode;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use unftp_core::auth::{AuthenticationError, Authenticator, Credentials, DefaultUser, Principal};
use unftp_sbe_fs::Filesystem;

/// libunftp's clock of idleness runs during transfers too, and a transfer at the speed of a serial
/// line may take long: a week, so that it never ends a session of ours.
const IDLE_SECONDS: u64 = 7 * 24 * 3600;

/// A running server; dropping it stops it.
pub struct FtpServer {
    addr: SocketAddr,
    folder: Folder,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The folder that a server serves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FtpRoot {
    /// A folder of the caller's.
    Given(PathBuf),
    /// An empty folder that goes with the server.
    #[default]
    Temporary,
}

/// The one account of a server.
#[derive(Clone, PartialEq, Eq)]
pub struct FtpAccount {
    /// Argument of USER.
    pub user: String,
    /// Argument of PASS.
    pub password: String,
}

/// The built-in server could not start.
#[derive(Debug, thiserror::Error)]
pub enum FtpServerError {
    /// The folder is not there, or not ours to use.
    #[error("the FTP server cannot serve the folder `{path}`: {error}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// No port, no thread or no runtime was to be had.
    #[error("the FTP server cannot start: {0}")]
    Start(#[from] io::Error),
}

impl FtpServer {
    /// Starts a server on a free port of 127.0.0.1, on a thread and a runtime of its own: its work
    /// must not hold up the modem's loop.
    pub fn start(root: FtpRoot, account: FtpAccount) -> Result<Self, FtpServerError> {
        let folder = Folder::open(root)?;
        let path = folder.path().to_owned();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("ftp-server".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, path, Arc::new(Only(account))) => {}
                    // Also when the sender is dropped.
                    _ = stopped => {}
                }
            });
            // A file operation that hangs must not hold up the end of the program.
            runtime.shutdown_background();
        })?;
        Ok(Self { addr, folder, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The folder it serves.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for FtpServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the server is not ours to pass on from here.
            let _ = thread.join();
        }
    }
}

enum Folder {
    Given(PathBuf),
    Temporary(TempDir),
}

impl Folder {
    fn open(root: FtpRoot) -> Result<Self, FtpServerError> {
        match root {
            FtpRoot::Temporary => Ok(Self::Temporary(TempDir::with_prefix("quasimodem-ftp-")?)),
            FtpRoot::Given(path) => match std::fs::read_dir(&path) {
                Ok(_) => Ok(Self::Given(path)),
                Err(error) => Err(FtpServerError::Folder { path, error }),
            },
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

/// libunftp's `listen` does not tell which port it got, so each connection is accepted here.
async fn serve(listener: TcpListener, root: PathBuf, only: Arc<Only>) {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::debug!(%error, "the FTP server accepts nothing for a moment");
                // Out of file descriptors, perhaps: some may be free soon.
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            }
        };
        let filesystem = match Filesystem::new(root.clone()) {
            Ok(filesystem) => filesystem,
            Err(error) => {
                tracing::debug!(%error, "the folder of the FTP server is gone");
                continue;
            }
        };
        match builder(filesystem, only.clone()).build() {
            Ok(server) => {
                tokio::spawn(async move {
                    // It serves until the client leaves; how that went is the client's to tell.
                    let _ = server.service(stream).await;
                });
            }
            Err(error) => tracing::debug!(%error, "the FTP server serves nobody"),
        }
    }
}

/// A server for one connection.
fn builder(filesystem: Filesystem, only: Arc<Only>) -> ServerBuilder<Filesystem, DefaultUser> {
    let filesystem = Mutex::new(Some(filesystem));
    let storage = move || {
        let filesystem = filesystem.lock().unwrap_or_else(PoisonError::into_inner).take();
        // `Server::service` asks for the storage once, and this server serves once.
        filesystem.unwrap_or_else(|| unreachable!("one connection has one storage"))
    };
    ServerBuilder::with_authenticator(Box::new(storage), only)
        .active_passive_mode(ActivePassiveMode::ActiveAndPassive)
        .greeting("quasimodem FTP server")
        .idle_session_timeout(IDLE_SECONDS)
        .passive_ports(49152..=65535)
}

/// Lets the one account in.
struct Only(FtpAccount);

impl std::fmt::Debug for Only {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Only").field("user", &self.0.user).finish_non_exhaustive()
    }
}

impl Authenticator for Only {
    // The form that the async_trait macro gives to
    // `async fn authenticate(&self, username: &str, creds: &Credentials)`.
    fn authenticate<'life0, 'life1, 'life2, 'async_trait>(
        &'life0 self,
        username: &'life1 str,
        creds: &'life2 Credentials,
    ) -> Pin<Box<dyn Future<Output = Result<Principal, AuthenticationError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        'life2: 'async_trait,
        Self: 'async_trait,
    {
        let verdict = if username != self.0.user {
            Err(AuthenticationError::BadUser)
        } else if creds.password.as_deref() != Some(&self.0.password) {
            Err(AuthenticationError::BadPassword)
        } else {
            Ok(Principal { username: username.to_owned() })
        };
        Box::pin(std::future::ready(verdict))
    }
}
