//! What the log tells of what passes the loop: the dialogue with the host and with the server.
//!
//! Knows no more of a line than where a secret may stand in it.

use tracing::{Level, debug, enabled, trace};

use crate::ftp::{Event, Request};
use crate::line::LineId;
use crate::transcript::{Mask, event_text, request_text};

/// Longest piece of a line that is shown byte for byte.
const SHOWN: usize = 160;

/// The log of one module.
#[derive(Debug)]
pub struct Log {
    /// Of each line.
    masks: Vec<Mask>,
}

impl Log {
    /// Of a module with so many lines.
    pub fn new(lines: usize) -> Self {
        Self { masks: vec![Mask::default(); lines] }
    }

    /// Bytes from the host of a line.
    pub fn received(&mut self, line: LineId, bytes: &[u8]) {
        // To look for a secret costs more than the way of a file's bytes through the module.
        if enabled!(Level::DEBUG) {
            show(line, ">", &self.masks[line.index()].from_host(bytes));
        }
    }

    /// Bytes for the host of a line.
    pub fn said(&mut self, line: LineId, bytes: &[u8]) {
        if enabled!(Level::DEBUG) {
            show(line, "<", &self.masks[line.index()].to_host(bytes));
        }
    }
}

fn show(line: LineId, sign: &str, bytes: &[u8]) {
    if bytes.len() <= SHOWN {
        debug!("line {line} {sign} {}", bytes.escape_ascii());
    } else {
        debug!("line {line} {sign} {} bytes", bytes.len());
    }
}

/// What is asked of the FTP client.
pub fn request(request: &Request) {
    match request {
        Request::Pull(count) => trace!("ftp > may read {count} bytes"),
        request => debug!("ftp > {}", request_text(request).unwrap_or_default()),
    }
}

/// What it reports.
pub fn event(event: &Event) {
    match event {
        Event::Sent(count) => trace!("ftp < {count} bytes sent"),
        Event::Data(bytes) => debug!("ftp < {} bytes", bytes.len()),
        event => debug!("ftp < {}", event_text(event).unwrap_or_default()),
    }
}
