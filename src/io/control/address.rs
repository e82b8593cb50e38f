//! Where the control API listens, and where a client finds it.
//!
//! Opens nothing.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// Where to listen: `ADDR:PORT`, `PORT` on loopback, or `unix:PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlAddr {
    /// A TCP port; 0 for any free one.
    Tcp(SocketAddr),
    /// A socket in the file system.
    Unix(PathBuf),
}

/// Where a client finds it: `http://HOST:PORT`, or `unix:PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// Host and port.
    Http(String),
    /// A socket in the file system.
    Unix(PathBuf),
}

impl ControlAddr {
    /// Whether others than this machine reach it.
    pub const fn is_public(&self) -> bool {
        match self {
            Self::Tcp(addr) => !addr.ip().is_loopback(),
            Self::Unix(_) => false,
        }
    }
}

impl FromStr for ControlAddr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return socket_path(path).map(Self::Unix);
        }
        let port = text.strip_prefix(':').unwrap_or(text).parse::<u16>();
        port.map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
            .or_else(|_| text.parse())
            .map(Self::Tcp)
            .map_err(|_| "write ADDR:PORT, as 127.0.0.1:8080, PORT alone or unix:PATH".to_owned())
    }
}

impl fmt::Display for ControlAddr {
    /// As [`Server`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(addr) => write!(f, "http://{addr}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl FromStr for Server {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return socket_path(path).map(Self::Unix);
        }
        let authority = text.strip_prefix("http://").unwrap_or(text).trim_end_matches('/');
        let (host, port) = authority.rsplit_once(':').unwrap_or(("", authority));
        let host = if host.is_empty() { "127.0.0.1" } else { host };
        let is_host = !host.contains(['/', ' ', '?', '#', '@']);
        match port.parse::<u16>() {
            Ok(port) if is_host => Ok(Self::Http(format!("{host}:{port}"))),
            _ => Err("write http://HOST:PORT or unix:PATH".to_owned()),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(authority) => write!(f, "http://{authority}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

fn socket_path(path: &str) -> Result<PathBuf, String> {
    if path.is_empty() { Err("a path must follow unix:".to_owned()) } else { Ok(path.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_it_listens_is_where_a_client_looks() {
        for (asked, shown) in [
            ("8080", "http://127.0.0.1:8080"),
            (":0", "http://127.0.0.1:0"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("unix:/run/q.sock", "unix:/run/q.sock"),
        ] {
            let addr: ControlAddr = asked.parse().unwrap();
            assert_eq!(addr.to_string(), shown);
            assert_eq!(shown.parse::<Server>().unwrap().to_string(), shown);
        }
        assert_eq!("ci-box:80/".parse::<Server>().unwrap().to_string(), "http://ci-box:80");
        for text in ["", "unix:", "https://a:1", "a/b:1", "a:b", "65536"] {
            assert!(text.parse::<Server>().is_err(), "{text:?}");
        }
    }
}
