//! The stub resolver of RFC 1034 5.3.1, on hickory-resolver: A and AAAA, over UDP and TCP.
//!
//! Knows no routes and no ports of services. A resolver lives as long as its question, so that
//! neither answers nor a configuration that has changed are remembered.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use hickory_resolver::config::{
    LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::{Hosts, Resolver};
use tokio::time::timeout;

/// One server's time for one name; a datagram that is not answered is sent again within it.
const SERVER_LIMIT: Duration = Duration::from_secs(3);
/// All servers' time for a name with all search domains.
const LIMIT: Duration = Duration::from_secs(10);
/// DNS has a port of its own (RFC 1035 4.2).
const DNS_PORT: u16 = 53;
/// What the system says of names.
const SYSTEM: Files<'static> = Files { resolv_conf: "/etc/resolv.conf", hosts: "/etc/hosts" };

/// A server to ask, written `ADDR[:PORT]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DnsServer(SocketAddr);

impl From<SocketAddr> for DnsServer {
    fn from(address: SocketAddr) -> Self {
        Self(address)
    }
}

impl FromStr for DnsServer {
    type Err = DnsServerError;

    fn from_str(text: &str) -> Result<Self, DnsServerError> {
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        let address = match bare.parse::<IpAddr>() {
            Ok(ip) => Some(SocketAddr::new(ip, DNS_PORT)),
            Err(_) => text.parse().ok().filter(|address: &SocketAddr| address.port() != 0),
        };
        address.map(Self).ok_or_else(|| DnsServerError { server: text.to_owned() })
    }
}

/// A server that is not written as it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the DNS server `{server}` is not ADDR[:PORT], as 127.0.0.1:5353")]
pub struct DnsServerError {
    server: String,
}

/// Why a name has no address.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAddress {
    #[error("that is not a host name")]
    NotAName,
    #[error("there is no such name, or it has no address")]
    Unknown,
    #[error("{file} names no DNS server ({reason}); --dns ADDR names one", file = SYSTEM.resolv_conf)]
    NoServer { reason: String },
    #[error("no DNS server has answered in time")]
    Silence,
    #[error("the DNS server fails: {0}")]
    Failed(NetError),
}

/// The addresses of a name, IPv4 first: a GSM module has nothing else. Asks `servers`, or whom the
/// system asks if there are none.
pub(super) async fn look_up(host: &str, servers: &[DnsServer]) -> Result<Vec<IpAddr>, NoAddress> {
    let name = parse(host).ok_or(NoAddress::NotAName)?;
    let plan = if servers.is_empty() {
        let listed = SYSTEM.hosts_entries(&name);
        if !listed.is_empty() {
            return Ok(listed);
        }
        SYSTEM.plan()?
    } else {
        Plan { servers: servers.iter().map(|server| server.0).collect(), ..Plan::default() }
    };
    timeout(LIMIT, plan.ask(&name)).await.unwrap_or(Err(NoAddress::Silence))
}

/// A host name of RFC 1123 2.1, underscores allowed because they occur. What ends in a number is an
/// address that is mistyped, and none of DNS's business.
fn parse(host: &str) -> Option<Name> {
    let bare = host.strip_suffix('.').unwrap_or(host);
    let spelt = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let last = bare.rsplit('.').next().unwrap_or(bare);
    if bare.is_empty() || !bare.bytes().all(spelt) || last.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Name::from_ascii(host).ok()
}

/// Whom to ask for what.
#[derive(Debug, Default, PartialEq, Eq)]
struct Plan {
    servers: Vec<SocketAddr>,
    search: Vec<Name>,
    /// A name with fewer dots is tried with the search domains first.
    dots: usize,
}

impl Plan {
    /// Asks one server after the other until one knows: hickory's own ways with several servers
    /// leave to chance which of them counts.
    async fn ask(&self, name: &Name) -> Result<Vec<IpAddr>, NoAddress> {
        let mut reason = NoAddress::Silence;
        for &server in &self.servers {
            match self.ask_one(server, name).await {
                Ok(addresses) if addresses.is_empty() => return Err(NoAddress::Unknown),
                Ok(addresses) => return Ok(addresses),
                Err(NetError::Dns(DnsError::NoRecordsFound(_))) => return Err(NoAddress::Unknown),
                Err(NetError::Timeout) => {}
                Err(error) => reason = NoAddress::Failed(error),
            }
        }
        Err(reason)
    }

    async fn ask_one(&self, server: SocketAddr, name: &Name) -> Result<Vec<IpAddr>, NetError> {
        let mut config = NameServerConfig::udp_and_tcp(server.ip());
        for connection in &mut config.connections {
            connection.port = server.port();
        }
        let config = ResolverConfig::from_parts(None, self.search.clone(), vec![config]);
        let mut builder = Resolver::builder_with_config(config, TokioRuntimeProvider::default());
        *builder.options_mut() = options(self.dots);
        let found = builder.build()?.lookup_ip(name.clone()).await?;
        Ok(found.iter().collect())
    }
}

fn options(dots: usize) -> ResolverOpts {
    let mut options = ResolverOpts::default();
    options.ndots = dots;
    options.timeout = SERVER_LIMIT;
    options.attempts = 0;
    // Servers in a test bench may be simple. Long answers go over TCP.
    options.edns0 = false;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options
}

/// Where the system says what it knows of names.
struct Files<'a> {
    resolv_conf: &'a str,
    hosts: &'a str,
}

impl Files<'_> {
    /// A name that is listed is not asked for, not even in the other family.
    fn hosts_entries(&self, name: &Name) -> Vec<IpAddr> {
        let mut hosts = Hosts::default();
        // Without the file, or with one that breaks off, there is nothing more to know.
        let text = std::fs::read(self.hosts).unwrap_or_default();
        let _ = hosts.read_hosts_conf(String::from_utf8_lossy(&text).as_bytes());
        [RecordType::A, RecordType::AAAA]
            .into_iter()
            .filter_map(|family| hosts.lookup_static_host(&Query::query(name.clone(), family)))
            .flat_map(|found| {
                found.answers().iter().filter_map(|r| r.data.ip_addr()).collect::<Vec<_>>()
            })
            .collect()
    }

    fn plan(&self) -> Result<Plan, NoAddress> {
        let no_server = |reason: String| NoAddress::NoServer { reason };
        let text = std::fs::read(self.resolv_conf).map_err(|error| no_server(error.to_string()))?;
        // What the parser does not know is not for us either.
        let (config, _) = resolv_conf::Config::parse_with_errors(&text);
        let servers: Vec<SocketAddr> =
            config.nameservers.iter().map(|ip| SocketAddr::new(ip.into(), DNS_PORT)).collect();
        if servers.is_empty() {
            return Err(no_server("no line `nameserver`".to_owned()));
        }
        let domains = config.get_last_search_or_domain();
        let search = domains.filter_map(|domain| Name::from_ascii(domain).ok()).collect();
        Ok(Plan { servers, search, dots: config.ndots as usize })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files of a system, of which there is what is not empty.
    fn system<T>(resolv_conf: &str, hosts: &str, look: impl FnOnce(&Files<'_>) -> T) -> T {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            if !text.is_empty() {
                std::fs::write(&path, text.as_bytes()).unwrap();
            }
            path.to_str().unwrap().to_owned()
        };
        let (resolv_conf, hosts) = (put("resolv.conf", resolv_conf), put("hosts", hosts));
        look(&Files { resolv_conf: &resolv_conf, hosts: &hosts })
    }

    #[test]
    fn server_is_an_address_with_or_without_a_port() {
        let address = |text: &str| text.parse::<DnsServer>().map(|server| server.0.to_string());
        assert_eq!(address("192.0.2.1").unwrap(), "192.0.2.1:53");
        assert_eq!(address("192.0.2.1:5353").unwrap(), "192.0.2.1:5353");
        assert_eq!(address("::1").unwrap(), "[::1]:53");
        assert_eq!(address("[::1]").unwrap(), "[::1]:53");
        assert_eq!(address("[::1]:5353").unwrap(), "[::1]:5353");
        for text in [
            "",
            "dns.example",
            "5353",
            ":53",
            "192.0.2.1:",
            "192.0.2.1:0",
            "192.0.2.1:65536",
            "[::1",
            "::1]",
        ] {
            assert_eq!(
                address(text).unwrap_err().to_string(),
                format!("the DNS server `{text}` is not ADDR[:PORT], as 127.0.0.1:5353")
            );
        }
    }

    #[test]
    fn system_says_whom_to_ask_and_where_to_search() {
        let text = "# here\nsearch a.test b.test\nnameserver 192.0.2.1\nnameserver ::1\noptions ndots:2 what:9\nwhat\n";
        let plan = system(text, "", |files| files.plan()).unwrap();
        assert_eq!(
            plan,
            Plan {
                servers: vec!["192.0.2.1:53".parse().unwrap(), "[::1]:53".parse().unwrap()],
                search: vec![
                    Name::from_ascii("a.test").unwrap(),
                    Name::from_ascii("b.test").unwrap()
                ],
                dots: 2,
            }
        );
    }

    #[test]
    fn system_without_a_server_says_so_in_one_sentence() {
        let sentence = |text: &str| system(text, "", |files| files.plan()).unwrap_err().to_string();
        assert_eq!(
            sentence(""),
            "/etc/resolv.conf names no DNS server (No such file or directory (os error 2)); --dns ADDR names one"
        );
        assert_eq!(
            sentence("search a.test\n"),
            "/etc/resolv.conf names no DNS server (no line `nameserver`); --dns ADDR names one"
        );
    }

    #[test]
    fn hosts_file_lists_names_in_any_case_and_both_families() {
        let text = "192.0.2.1 ftp.test FTP # the server\n::1 ftp.test\nwhat\n192.0.2.2 ftp\n";
        let found =
            |host: &str| system("", text, |files| files.hosts_entries(&parse(host).unwrap()));
        let ips = |ips: &[&str]| ips.iter().map(|ip| ip.parse().unwrap()).collect::<Vec<IpAddr>>();
        assert_eq!(found("ftp.test"), ips(&["192.0.2.1", "::1"]));
        assert_eq!(found("Ftp."), ips(&["192.0.2.1", "192.0.2.2"]));
        assert_eq!(found("test"), ips(&[]));
        let nothing = system("", "", |files| files.hosts_entries(&parse("ftp").unwrap()));
        assert_eq!(nothing, ips(&[]));
    }
}
