//! `AT+QIDNSGIP` and `AT+QIDNSCFG`: the module's own look-ups, and whom it asks.
//!
//! Knows no names: [`Names`] does, and the FTP client asks the same.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::names::{DnsServer, Names};

/// The port of DNS.
const DNS: u16 = 53;

/// At most one look-up at a time, as the module makes them.
pub(super) struct Lookup {
    /// Those of the profile or of the options; the module may name others.
    configured: Vec<DnsServer>,
    pending: Option<Pin<Box<dyn Future<Output = Vec<SocketAddr>> + Send>>>,
}

impl Lookup {
    /// None under way; `names` are as configured.
    pub(super) fn new(names: &Names) -> Self {
        Self { configured: names.servers().to_vec(), pending: None }
    }

    /// Whom to ask from now on; with none, those that were configured.
    pub(super) fn choose(&self, names: &mut Names, servers: &[Ipv4Addr]) {
        if servers.is_empty() {
            names.set_servers(self.configured.iter().cloned());
            return;
        }
        let servers = servers.iter().map(|&server| SocketAddr::from((server, DNS)).into());
        names.set_servers(servers);
    }

    /// Begins one, in the place of one that is under way.
    pub(super) fn begin(&mut self, names: Names, host: Vec<u8>) {
        self.pending = Some(Box::pin(async move { names.resolve(&host, 0).await }));
    }

    /// The addresses, as far as the module can use them; pending while none are looked for.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Vec<Ipv4Addr>> {
        let Some(pending) = &mut self.pending else { return Poll::Pending };
        let addresses = ready!(pending.as_mut().poll(cx));
        self.pending = None;
        let v4 = addresses.iter().filter_map(|address| match address.ip() {
            IpAddr::V4(address) => Some(address),
            IpAddr::V6(_) => None,
        });
        Poll::Ready(v4.collect())
    }
}
