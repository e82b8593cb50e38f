//! The built-in FTP server as the manual's examples know it: its name, account and file.

use std::io;
use std::path::{Path, PathBuf};

use quasimodem::io::ftp_server::{FtpAccount, FtpRoot, FtpServer};
use quasimodem::io::names::Route;

use super::Refusal;

/// User and password.
pub(super) const ACCOUNT: (&str, &str) = ("quectel", "123456");
/// The server of the manual's examples.
pub(super) const MANUAL_SERVER: &str = "quectel.3322.org:21";
/// The file of the manual's examples, and its size there.
pub(super) const MANUAL_FILE: (&str, usize) = ("sscom.ini", 1587);

/// Starts it, with a folder of the user's or one of its own.
pub(super) fn start_server(root: Option<PathBuf>) -> Result<FtpServer, Refusal> {
    let root = root.map_or(FtpRoot::Temporary, FtpRoot::Given);
    let account = FtpAccount { user: ACCOUNT.0.to_owned(), password: ACCOUNT.1.to_owned() };
    let server =
        FtpServer::start(root, account).map_err(|error| Refusal::Unavailable(error.to_string()))?;
    put_manual_file(server.root()).map_err(|error| {
        let root = server.root().display();
        Refusal::Unavailable(format!("{} cannot be put into {root}: {error}", MANUAL_FILE.0))
    })?;
    Ok(server)
}

/// Lines of text, so that a person who downloads it sees whether it is whole. A file of that name
/// in a folder of the user's is left as it is.
fn put_manual_file(root: &Path) -> io::Result<()> {
    let path = root.join(MANUAL_FILE.0);
    if path.exists() {
        return Ok(());
    }
    let mut text = String::from("; sscom.ini, served by quasimodem\r\n");
    for number in 1.. {
        if text.len() >= MANUAL_FILE.1 {
            break;
        }
        text += &format!("N{number}=AT+QFTPGET line {number} of the example\r\n");
    }
    text.truncate(MANUAL_FILE.1 - 2);
    std::fs::write(path, text + "\r\n")
}

/// Its name leads to it.
pub(super) fn built_in_routes(server: &FtpServer) -> Vec<Route> {
    let route = format!("{MANUAL_SERVER}={}", server.addr());
    route.parse().into_iter().collect()
}
