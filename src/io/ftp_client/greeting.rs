//! The greeting, as far as suppaftp takes none but 220.
//!
//! Works on the bare socket, and leaves in it all that it does not know how to read.

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::reply::{code_of, failure_of, refusal};
use crate::ftp::Failure;

/// A greeting longer than this is none.
const MAX_GREETING: usize = 64 * 1024;

/// Reads the greeting up to the one that suppaftp will take, which stays in the socket: the first
/// byte tells. RFC 959 5.4: 120 announces a later 220; other codes refuse us.
pub(super) async fn pass_over_preliminary(
    stream: &mut TcpStream,
    preliminary: impl Fn(u16),
) -> Result<(), Failure> {
    loop {
        let mut first = [0];
        match stream.peek(&mut first).await {
            Ok(1) if first == *b"2" => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(failure_of(&error)),
        }
        match read_greeting(stream).await? {
            code @ 100..=199 => preliminary(code),
            code => return Err(refusal(code)),
        }
    }
}

/// Reads one reply, byte by byte, because what follows it is suppaftp's to read.
async fn read_greeting(stream: &mut TcpStream) -> Result<u16, Failure> {
    let mut opening = None;
    let mut line = Vec::new();
    for _ in 0..MAX_GREETING {
        line.push(stream.read_u8().await.map_err(|error| failure_of(&error))?);
        if !line.ends_with(b"\n") {
            continue;
        }
        tracing::debug!("< {}", line.trim_ascii_end().escape_ascii());
        let code = code_of(&line);
        let last = code.is_some() && line.get(3) != Some(&b'-');
        match (opening.or(code), code) {
            (_, Some(code)) if last => return Ok(code),
            (Some(code), _) => opening = Some(code),
            (None, _) => return Err(Failure::Unknown),
        }
        line.clear();
    }
    Err(Failure::Unknown)
}
