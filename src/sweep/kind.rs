//! What can pass at a point of a dialogue, and at which seam a rule finds it.
//!
//! Knows no point.

use std::fmt;

use crate::fault::Seam;

/// What passes at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A command line from a host.
    Command,
    /// The answer to it.
    Reply,
    /// A late result or an unsolicited one.
    Late,
    /// A file's bytes from a host.
    Upload,
    /// A file's bytes for a host.
    Download,
    /// What the module asks of the server.
    Request,
    /// A file's bytes for the server.
    Send,
    /// A reply of the server by the way, which changes nothing by itself.
    Progress,
    /// What comes of a request.
    Event,
    /// A file's bytes from the server.
    Receive,
    /// Nothing for a while.
    Idle,
}

impl Kind {
    /// Every kind with its word, in the order in which a byte meets them.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Command, "command"),
        (Self::Reply, "reply"),
        (Self::Late, "late"),
        (Self::Upload, "upload"),
        (Self::Download, "download"),
        (Self::Request, "request"),
        (Self::Send, "send"),
        (Self::Progress, "progress"),
        (Self::Event, "event"),
        (Self::Receive, "receive"),
        (Self::Idle, "idle"),
    ];

    /// Where rules find points of this kind.
    pub const fn seam(self) -> Seam {
        match self {
            Self::Command | Self::Upload => Seam::LineIn,
            Self::Reply | Self::Late | Self::Download => Seam::LineOut,
            Self::Request | Self::Send => Seam::FtpRequest,
            Self::Progress | Self::Event | Self::Receive => Seam::FtpEvent,
            Self::Idle => Seam::Clock,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::ALL.iter().find(|(kind, _)| kind == self).map_or("", |(_, word)| word);
        f.write_str(word)
    }
}
