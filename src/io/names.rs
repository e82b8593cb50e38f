//! Host names to addresses: the operator's routes first, then address literals, then the resolver.
//!
//! Knows nothing of FTP, reads nothing before the first look-up, and remembers no answer.

mod dns;
mod route;

use std::net::{IpAddr, SocketAddr};

use dns::NoAddress;
pub use dns::{DnsServer, DnsServerError};
pub use route::{Route, RouteError};

/// Finds the addresses of the hosts that the host of the module names.
#[derive(Clone, Debug, Default)]
pub struct Names {
    routes: Vec<Route>,
    servers: Vec<DnsServer>,
}

impl Names {
    /// Names behind these routes, for the rest the system's configuration. Routes that state a port
    /// go before those that do not; among equals the first one counts.
    pub fn new(routes: impl IntoIterator<Item = Route>) -> Self {
        let mut routes: Vec<Route> = routes.into_iter().collect();
        routes.sort_by_key(|route| !route.has_port());
        Self { routes, servers: Vec::new() }
    }

    /// The same, with servers as by [`Names::set_servers`].
    pub fn with_servers(mut self, servers: impl IntoIterator<Item = DnsServer>) -> Self {
        self.set_servers(servers);
        self
    }

    /// From the next look-up on these servers are asked, in this order, instead of all that the
    /// system is configured to ask, its file of hosts included; with none, the system's again.
    pub fn set_servers(&mut self, servers: impl IntoIterator<Item = DnsServer>) {
        self.servers = servers.into_iter().collect();
    }

    /// The servers that are asked; none for those of the system.
    pub fn servers(&self) -> &[DnsServer] {
        &self.servers
    }

    /// All addresses of `host`, in the order to try them; none if the name has no address.
    pub async fn resolve(&self, host: &[u8], port: u16) -> Vec<SocketAddr> {
        // The resolver takes text; a name that is not text has no address.
        let Ok(host) = str::from_utf8(host) else {
            return Vec::new();
        };
        let route = self.routes.iter().find(|route| route.matches(host, port));
        let (host, port) = route.map_or((host, port), Route::target);
        if let Ok(literal) = host.parse::<IpAddr>() {
            return vec![SocketAddr::new(literal, port)];
        }
        match dns::look_up(host, &self.servers).await {
            Ok(addresses) => addresses.into_iter().map(|ip| SocketAddr::new(ip, port)).collect(),
            Err(reason) => {
                tell(host, &reason);
                Vec::new()
            }
        }
    }
}

/// A name without an address is the host's mistake, and everyday; the rest is the operator's.
fn tell(host: &str, reason: &NoAddress) {
    let host = host.escape_debug();
    match reason {
        NoAddress::NotAName | NoAddress::Unknown => {
            tracing::debug!("no address for {host}: {reason}")
        }
        _ => tracing::warn!("no address for {host}: {reason}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(routes: &[&str]) -> Names {
        Names::new(routes.iter().map(|route| route.parse().unwrap()))
    }

    async fn first(names: &Names, host: &str, port: u16) -> Option<String> {
        names.resolve(host.as_bytes(), port).await.first().map(ToString::to_string)
    }

    #[tokio::test]
    async fn route_matches_its_name_in_any_case_and_its_port() {
        let names = names(&["ftp.example.com:21=127.0.0.1:2121"]);
        assert_eq!(first(&names, "FTP.Example.COM", 21).await.unwrap(), "127.0.0.1:2121");
        assert_eq!(first(&names, "ftp.example.com.", 21).await.unwrap(), "127.0.0.1:2121");
        assert_eq!(first(&names, "10.9.8.7", 21).await.unwrap(), "10.9.8.7:21");
    }

    #[tokio::test]
    async fn route_with_a_port_goes_before_one_without() {
        let names = names(&["h=127.0.0.1:1", "h:2121=127.0.0.1:2", "h=127.0.0.1:3"]);
        assert_eq!(first(&names, "h", 2121).await.unwrap(), "127.0.0.1:2");
        assert_eq!(first(&names, "h", 21).await.unwrap(), "127.0.0.1:1");
    }

    #[tokio::test]
    async fn route_may_lead_to_an_ipv6_address() {
        let names = names(&["h=[::1]:2121"]);
        assert_eq!(first(&names, "h", 21).await.unwrap(), "[::1]:2121");
    }

    #[tokio::test]
    async fn name_that_is_not_text_has_no_address() {
        assert_eq!(Names::default().resolve(b"\xFF", 21).await, []);
    }
}
