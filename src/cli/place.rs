//! Where everything is, for people and for programs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use quasimodem::io::control::{ControlAddr, LinePlace};
use quasimodem::io::serial::SerialSettings;
use serde_json::{Value, json};
use tempfile::TempPath;

use super::Refusal;
use super::manual_server::ACCOUNT;

/// Where everything is.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) ptys: Vec<(PathBuf, PathBuf)>,
    pub(super) tcps: Vec<std::net::SocketAddr>,
    pub(super) rfc2217s: Vec<std::net::SocketAddr>,
    pub(super) serials: Vec<SerialSettings>,
    pub(super) ftp: Option<(std::net::SocketAddr, PathBuf)>,
    pub(super) control: Vec<ControlAddr>,
    pub(super) seed: Option<u64>,
}

impl Place {
    /// One line for each line, and one for the server.
    pub(super) fn announce(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        for (path, device) in &self.ptys {
            let _ = writeln!(text, "ready pty {} -> {}", path.display(), device.display());
        }
        for addr in &self.tcps {
            let _ = writeln!(text, "ready tcp {addr}");
        }
        for addr in &self.rfc2217s {
            let _ = writeln!(text, "ready rfc2217 {addr}");
        }
        for serial in &self.serials {
            let _ = writeln!(text, "ready serial {} {}", serial.device.display(), serial.baud);
        }
        if let Some((addr, root)) = &self.ftp {
            let _ = writeln!(text, "ready ftp {addr} root {}", root.display());
        }
        for addr in &self.control {
            let _ = writeln!(text, "ready control {addr}");
        }
        text
    }

    /// The lines, from 1 on.
    pub(super) fn lines(&self) -> Vec<LinePlace> {
        let ptys = self.ptys.iter().cloned().map(|(path, device)| LinePlace::Pty { path, device });
        let tcps = self.tcps.iter().map(|&addr| LinePlace::Tcp { addr });
        let rfc2217s = self.rfc2217s.iter().map(|&addr| LinePlace::Rfc2217 { addr });
        let serials = self.serials.iter().map(|serial| LinePlace::Serial {
            device: serial.device.clone(),
            baud: serial.baud.get(),
        });
        ptys.chain(tcps).chain(rfc2217s).chain(serials).collect()
    }

    /// The same as JSON.
    fn json(&self) -> Value {
        let (user, password) = ACCOUNT;
        json!({
            "lines": self.lines(),
            "ftp": self.ftp.as_ref().map(|(addr, root)| json!({
                "addr": addr.to_string(), "root": root, "user": user, "password": password,
            })),
            "control": self.control.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "seed": self.seed,
            "pid": std::process::id(),
        })
    }

    /// Writes the JSON so that whoever sees the file sees all of it.
    pub(super) fn write_ready_file(&self, path: &Path) -> Result<(), Refusal> {
        let draft = path.with_extension(format!("{}.draft", std::process::id()));
        let write = || {
            let draft = TempPath::try_from_path(draft)?;
            std::fs::write(&draft, format!("{}\n", self.json()))?;
            draft.persist(path).map_err(|error| error.error)
        };
        write().map_err(|error| {
            Refusal::Unavailable(format!("{} cannot be written: {error}", path.display()))
        })
    }
}
