//! The symbolic link under which hosts find the device, and the claim to its name.
//!
//! Knows nothing of the device but its path.

use std::fs;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::{Path, PathBuf};

use crate::io::line::LineError;

/// A link that stands as long as this value lives.
#[derive(Debug)]
pub(super) struct Link {
    /// As the user wrote it.
    asked: PathBuf,
    /// The same from the root, because the working directory may change.
    path: PathBuf,
    device: PathBuf,
    /// Outlives the removal of the link: fields are dropped after [`Link::drop`] has run.
    _claim: UnixDatagram,
}

impl Link {
    /// Makes `asked` a link to `device`, in the place of a link that was left over, of nothing else.
    pub(super) fn publish(asked: &Path, device: &Path) -> Result<Self, LineError> {
        let Some(name) = asked.file_name() else {
            return Err(LineError::Nameless { path: asked.to_owned() });
        };
        let directory = match asked.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let path = directory
            .canonicalize()
            .map_err(|source| LineError::Directory { path: asked.to_owned(), source })?
            .join(name);
        let claim = claim(asked, &path)?;
        // symlink(2) is atomic and never replaces anything, which a rename would.
        let mut made = symlink(device, &path);
        if made.as_ref().is_err_and(is_taken) {
            remove_leftover(asked, &path, device)?;
            made = symlink(device, &path);
        }
        made.map_err(system(asked, "making the link failed"))?;
        Ok(Self { asked: asked.to_owned(), path, device: device.to_owned(), _claim: claim })
    }

    pub(super) fn asked(&self) -> &Path {
        &self.asked
    }

    pub(super) fn device(&self) -> &Path {
        &self.device
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if fs::read_link(&self.path).is_ok_and(|target| target == self.device) {
            // Nobody is left to tell if this fails; the next start takes the link for a leftover.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Says to every other quasimodem that this path is served.
///
/// An abstract socket leaves no file behind and goes with the process, even by SIGKILL. A lock on
/// the device would be in the way of hosts that lock it themselves, as pyserial does. The name is
/// made from the directory's inode as well as from the path, so that containers that share a
/// network, but not their files, do not share their claims.
///
/// A child that another thread is just forking holds the claim, too, until it calls exec.
fn claim(asked: &Path, path: &Path) -> Result<UnixDatagram, LineError> {
    let directory = path.parent().unwrap_or(path);
    let place = fs::metadata(directory)
        .map_err(|source| LineError::Directory { path: asked.to_owned(), source })?;
    let mut identity = Vec::new();
    identity.extend(place.dev().to_be_bytes());
    identity.extend(place.ino().to_be_bytes());
    identity.extend(path.as_os_str().as_bytes());
    SocketAddr::from_abstract_name(format!("quasimodem-line-{:016x}", fnv1a(&identity)))
        .and_then(|address| UnixDatagram::bind_addr(&address))
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => LineError::Served { path: asked.to_owned() },
            _ => system(asked, "claiming the path failed")(error),
        })
}

/// Removes what stands at `path` if it is a link that leads nowhere or to a terminal of later days.
///
/// The numbers of terminals are used again, so a link that a killed program left may lead to a
/// terminal that is alive. But no such terminal was there when the link was made, and it shows:
/// the node is younger than the link. Since the path is claimed, none of ours is in question.
fn remove_leftover(asked: &Path, path: &Path, device: &Path) -> Result<(), LineError> {
    let inspect = system(asked, "looking at what stands there failed");
    let standing = fs::symlink_metadata(path).map_err(&inspect)?;
    let occupied = |what| LineError::Occupied { path: asked.to_owned(), what };
    if standing.is_dir() {
        return Err(occupied("a directory"));
    } else if standing.is_file() {
        return Err(occupied("a file"));
    } else if !standing.is_symlink() {
        return Err(occupied("something that is no link"));
    }
    let target = fs::read_link(path).map_err(&inspect)?;
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(inspect(error)),
        Ok(_) if target == device => {}
        Ok(_) if !target.starts_with("/dev/pts") => {
            return Err(occupied("a link to something that is no pseudo-terminal"));
        }
        Ok(node) if changed(&node) > changed(&standing) => {}
        Ok(_) => {
            return Err(LineError::Foreign { path: asked.to_owned(), device: target });
        }
    }
    fs::remove_file(path).map_err(system(asked, "removing a stale link failed"))
}

fn changed(node: &fs::Metadata) -> (i64, i64) {
    (node.ctime(), node.ctime_nsec())
}

fn is_taken(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AlreadyExists
}

fn system(asked: &Path, step: &'static str) -> impl Fn(io::Error) -> LineError {
    move |source| LineError::System { path: asked.to_owned(), step, source }
}

/// The 64-bit FNV-1a hash, which unlike the standard library's is the same in every build.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
