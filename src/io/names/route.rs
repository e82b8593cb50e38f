//! One route of the operator's: a name, perhaps with a port, and where it leads.
//!
//! Knows no resolver.

use std::str::FromStr;

/// One route, written `NAME[:PORT]=ADDR:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    name: String,
    port: Option<u16>,
    target: String,
    target_port: u16,
}

impl Route {
    /// A name with a trailing dot is the same name.
    pub(super) fn matches(&self, host: &str, port: u16) -> bool {
        let bare = |name: &'_ str| name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        bare(&self.name) == bare(host) && self.port.is_none_or(|own| own == port)
    }

    /// States a port.
    pub(super) fn has_port(&self) -> bool {
        self.port.is_some()
    }

    /// Where it leads.
    pub(super) fn target(&self) -> (&str, u16) {
        (&self.target, self.target_port)
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
