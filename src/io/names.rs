//! Host names to addresses: the operator's routes first, then the system resolver.
//!
//! Knows nothing of FTP, and remembers no answer.

use std::net::SocketAddr;
use std::str::FromStr;

/// Finds the addresses of the hosts that the host of the module names.
#[derive(Clone, Debug, Default)]
pub struct Names {
    routes: Vec<Route>,
}

impl Names {
    /// Routes that state a port go before those that do not; among equals the first one counts.
    pub fn new(routes: impl IntoIterator<Item = Route>) -> Self {
        let mut routes: Vec<Route> = routes.into_iter().collect();
        routes.sort_by_key(|route| route.port.is_none());
        Self { routes }
    }

    /// All addresses of `host`, in the order to try them; none if the name has no address.
    pub async fn resolve(&self, host: &[u8], port: u16) -> Vec<SocketAddr> {
        // The resolver takes text; a name that is not text has no address.
        let Ok(host) = str::from_utf8(host) else {
            return Vec::new();
        };
        let (host, port) = match self.routes.iter().find(|route| route.matches(host, port)) {
            Some(route) => (route.target.as_str(), route.target_port),
            None => (host, port),
        };
        match tokio::net::lookup_host((host, port)).await {
            Ok(addresses) => addresses.collect(),
            Err(error) => {
                tracing::debug!(host, %error, "no address");
                Vec::new()
            }
        }
    }
}

/// One route, written `NAME[:PORT]=ADDR:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    name: String,
    port: Option<u16>,
    target: String,
    target_port: u16,
}

impl Route {
    fn matches(&self, host: &str, port: u16) -> bool {
        self.name.eq_ignore_ascii_case(host) && self.port.is_none_or(|own| own == port)
    }
}

impl FromStr for Route {
    type Err = RouteError;

    fn from_str(text: &str) -> Result<Self, RouteError> {
        let error = |reason| RouteError { route: text.to_owned(), reason };
        let (from, to) = text.split_once('=').ok_or(error("`=` is missing"))?;
        let (name, port) = split_port(from).ok_or(error("the port before `=` is not a port"))?;
        let (target, target_port) =
            split_port(to).ok_or(error("the port after `=` is not a port"))?;
        if name.is_empty() || target.is_empty() {
            return Err(error("a name or an address is missing"));
        }
        let target_port = target_port.ok_or(error("the port after `=` is missing"))?;
        Ok(Self { name: name.to_owned(), port, target: target.to_owned(), target_port })
    }
}

/// A route that is not written as it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the route `{route}` is not NAME[:PORT]=ADDR:PORT: {reason}")]
pub struct RouteError {
    route: String,
    reason: &'static str,
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`; `None` if what stands for a port is not 1 to 65535.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':')?)),
        None => match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let Some(port) = port else {
        return Some((host, None));
    };
    match port.parse() {
        Ok(0) | Err(_) => None,
        Ok(port) => Some((host, Some(port))),
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

    #[test]
    fn wrong_routes_say_in_one_sentence_what_is_wrong() {
        let reason = |text: &str| Route::from_str(text).unwrap_err().reason;
        assert_eq!(reason("host"), "`=` is missing");
        assert_eq!(reason("host:x=1.2.3.4:21"), "the port before `=` is not a port");
        assert_eq!(reason("host=1.2.3.4:0"), "the port after `=` is not a port");
        assert_eq!(reason("host=1.2.3.4"), "the port after `=` is missing");
        assert_eq!(reason("=1.2.3.4:21"), "a name or an address is missing");
        assert_eq!(
            Route::from_str("host").unwrap_err().to_string(),
            "the route `host` is not NAME[:PORT]=ADDR:PORT: `=` is missing"
        );
    }
}
