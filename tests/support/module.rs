//! A module with two lines, a pseudo-terminal and a TCP port, in a process of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::host::Host;
use super::program::{Ended, Program};

pub struct Module {
    pub program: Program,
    folder: TempDir,
    tcp: SocketAddr,
    ftp: Option<(SocketAddr, PathBuf)>,
}

/// A kind of line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Pty,
    Tcp,
}

impl Line {
    /// The other line of the module.
    pub fn other(self) -> Self {
        match self {
            Self::Pty => Self::Tcp,
            Self::Tcp => Self::Pty,
        }
    }
}

impl Module {
    /// `demo`: with the built-in server.
    #[track_caller]
    pub fn demo(options: &[&str]) -> Self {
        Self::announced("demo", options)
    }

    /// `run`: with no server.
    #[track_caller]
    pub fn run(options: &[&str]) -> Self {
        Self::announced("run", options)
    }

    /// `run` with the name `ftp.example` leading to a server.
    #[track_caller]
    pub fn routed(server: SocketAddr, options: &[&str]) -> Self {
        let route = format!("ftp.example:21={server}");
        Self::run(&[&["--route", &route], options].concat())
    }

    /// `exec`: with the built-in server, for a command that waits for the end of its input.
    #[track_caller]
    pub fn exec(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ready_file = folder.path().join("ready.json");
        let ready_file = ready_file.to_str().unwrap();
        let mut args = arguments("exec", folder.path(), options);
        args.extend(["--ftp-server", "--ready-file", ready_file, "--"].map(str::to_owned));
        args.extend(["sh", "-c", "cat \"$0\" && exec cat", ready_file].map(str::to_owned));
        let program = Program::start(args);
        let ready: serde_json::Value = serde_json::from_str(&program.line()).unwrap();
        let text = |pointer: &str| ready.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        let tcp = text("/lines/1/addr").parse().unwrap();
        let ftp = Some((text("/ftp/addr").parse().unwrap(), text("/ftp/root").into()));
        Self { program, folder, tcp, ftp }
    }

    #[track_caller]
    fn announced(task: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::start(arguments(task, folder.path(), options));
        assert!(program.line().starts_with("ready pty "));
        let line = program.line();
        let tcp = line.strip_prefix("ready tcp ").unwrap().parse().unwrap();
        let ftp = (task == "demo").then(|| {
            let line = program.line();
            let (addr, root) =
                line.strip_prefix("ready ftp ").unwrap().split_once(" root ").unwrap();
            (addr.parse().unwrap(), root.into())
        });
        Self { program, folder, tcp, ftp }
    }

    /// A host at one of the lines, echo off.
    #[track_caller]
    pub fn host(&self, line: Line) -> Host {
        let mut host = self.attach(line);
        host.command("ATE0", "ATE0\r\r\nOK\r\n");
        host
    }

    /// A host at one of the lines as that is.
    #[track_caller]
    pub fn attach(&self, line: Line) -> Host {
        match line {
            Line::Pty => Host::open(&self.pty()),
            Line::Tcp => Host::connect(self.tcp),
        }
    }

    /// Waits for the end of the program; the folder of its line is still there.
    #[track_caller]
    pub fn finish(mut self) -> (Ended, TempDir) {
        self.program.close_stdin();
        (self.program.finish(), self.folder)
    }

    pub fn pty(&self) -> PathBuf {
        self.folder.path().join("ttyQ0")
    }

    /// The built-in server.
    pub fn server(&self) -> SocketAddr {
        self.ftp.as_ref().unwrap().0
    }

    /// The folder of the built-in server.
    pub fn root(&self) -> &Path {
        &self.ftp.as_ref().unwrap().1
    }
}

fn arguments(task: &str, folder: &Path, options: &[&str]) -> Vec<String> {
    let pty = folder.join("ttyQ0");
    let mut args = vec!["-v", task, "--pty", pty.to_str().unwrap(), "--tcp", "0"];
    args.extend(options);
    if !options.contains(&"--timing") {
        args.extend(["--timing", "instant"]);
    }
    args.into_iter().map(str::to_owned).collect()
}
