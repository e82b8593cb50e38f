//! Who may ask: the token, and the headers by which a browser shows that a page of another site asks.
//!
//! Knows no path but those of health, which tell nothing.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;

/// What a request must show.
#[derive(Clone)]
pub struct Guard {
    /// Behind `Authorization: Bearer`.
    pub token: Option<Arc<str>>,
    /// The listener is a TCP port, which a browser reaches.
    pub is_tcp: bool,
}

/// Lets a request in, or says why not.
pub async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if let Err(problem) = guard.admit(request.headers(), request.uri().path()) {
        let is_unauthorized = problem.status == StatusCode::UNAUTHORIZED.as_u16();
        let mut response = problem.into_response();
        if is_unauthorized {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
        }
        return response;
    }
    next.run(request).await
}

impl Guard {
    fn admit(&self, headers: &HeaderMap, path: &str) -> Result<(), Problem> {
        let header = |name| headers.get(name).map(|value: &HeaderValue| value.to_str());
        let forbidden = |detail: String| Err(Problem::new(StatusCode::FORBIDDEN, detail));
        let host = match header(HOST) {
            Some(Ok(host)) => host,
            _ => "",
        };
        if let Some(origin) = header(ORIGIN) {
            let origin = origin.unwrap_or_default();
            if origin.split_once("://").is_none_or(|(_, authority)| authority != host) {
                return forbidden(format!("a page of {origin:?} may not ask"));
            }
        }
        if let Some(token) = &self.token {
            if matches!(path, "/healthz" | "/readyz") {
                return Ok(());
            }
            let given = header(AUTHORIZATION).and_then(Result::ok).unwrap_or_default();
            let given =
                given.split_once(' ').filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
            return match given {
                Some((_, given)) if is_same(given.trim().as_bytes(), token.as_bytes()) => Ok(()),
                _ => {
                    let detail = "send the token of --control-token as Authorization: Bearer TOKEN";
                    Err(Problem::new(StatusCode::UNAUTHORIZED, detail))
                }
            };
        }
        // Who is asked under a name of another site is asked by a page of that site, whose name
        // server has just said that this machine is it.
        if self.is_tcp && !is_own(host) {
            return forbidden(format!(
                "the Host header is {host:?}; it must be an address or localhost"
            ));
        }
        Ok(())
    }
}

fn is_own(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

/// Takes the same time wherever they differ.
fn is_same(given: &[u8], token: &[u8]) -> bool {
    let differs = given.iter().zip(token).fold(0, |differs, (a, b)| differs | (a ^ b));
    given.len() == token.len() && differs == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_localhost_are_own_names_and_no_other_is() {
        for host in ["127.0.0.1:80", "localhost", "LOCALHOST:1", "[::1]:80", "192.0.2.1:80"] {
            assert!(is_own(host), "{host}");
        }
        for host in ["", "example.com", "example.com:80", "localhost.example.com", "[", ":80"] {
            assert!(!is_own(host), "{host}");
        }
    }

    #[test]
    fn a_token_is_the_same_only_in_full() {
        assert!(is_same(b"secret", b"secret"));
        for given in [&b""[..], b"secre", b"secrets", b"Secret"] {
            assert!(!is_same(given, b"secret"));
        }
    }
}
