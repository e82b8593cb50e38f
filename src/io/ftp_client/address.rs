//! Host-port arguments and replies: PORT and PASV of RFC 959, EPRT and EPSV of RFC 2428.
//!
//! Pure text; connects nothing.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The command that tells the server where we listen.
pub(super) fn port_command(listener: SocketAddr) -> String {
    let port = listener.port();
    match listener.ip().to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            format!("PORT {a},{b},{c},{d},{},{}", port >> 8, port & 0xFF)
        }
        IpAddr::V6(ip) => format!("EPRT |2|{ip}|{port}|"),
    }
}

/// The address in a 227 reply. RFC 959 leaves the text around the six numbers open, so they are
/// looked for anywhere behind the code.
pub(super) fn parse_pasv(reply: &[u8]) -> Option<(Ipv4Addr, u16)> {
    let text = reply.get(3..)?;
    let starts = (0..text.len())
        .filter(|&at| text[at].is_ascii_digit() && (at == 0 || !text[at - 1].is_ascii_digit()));
    let [a, b, c, d, high, low] = starts.filter_map(|at| six_numbers(&text[at..])).next()?;
    let port = u16::from_be_bytes([high, low]);
    (port != 0).then(|| (Ipv4Addr::new(a, b, c, d), port))
}

/// The port in a 229 reply: `(<d><d><d>port<d>)`.
pub(super) fn parse_epsv(reply: &[u8]) -> Option<u16> {
    let open = reply.iter().position(|&byte| byte == b'(')?;
    let inner = reply[open + 1..].split(|&byte| byte == b')').next()?;
    let delimiter = *inner.first()?;
    let mut fields = inner.split(|&byte| byte == delimiter).skip(3);
    let port = str::from_utf8(fields.next()?).ok()?.parse().ok()?;
    (port != 0).then_some(port)
}

fn six_numbers(text: &[u8]) -> Option<[u8; 6]> {
    let mut numbers = [0; 6];
    let mut rest = text;
    for (index, number) in numbers.iter_mut().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix(b",")?;
        }
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        *number = str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
        rest = &rest[digits..];
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_and_eprt_name_the_listener() {
        assert_eq!(port_command("127.0.0.1:2050".parse().unwrap()), "PORT 127,0,0,1,8,2");
        assert_eq!(port_command("[::ffff:10.0.0.1]:256".parse().unwrap()), "PORT 10,0,0,1,1,0");
        assert_eq!(port_command("[::1]:2050".parse().unwrap()), "EPRT |2|::1|2050|");
    }

    #[test]
    fn pasv_numbers_are_found_wherever_they_stand() {
        let found = Some((Ipv4Addr::new(192, 168, 1, 2), 4 * 256 + 5));
        assert_eq!(parse_pasv(b"227 Entering Passive Mode (192,168,1,2,4,5).\r\n"), found);
        assert_eq!(parse_pasv(b"227 =192,168,1,2,4,5\r\n"), found);
        assert_eq!(parse_pasv(b"227 2 ways: 192,168,1,2,4,5\r\n"), found);
    }

    #[test]
    fn pasv_without_an_address_is_none() {
        assert_eq!(parse_pasv(b"227 Entering Passive Mode\r\n"), None);
        assert_eq!(parse_pasv(b"227 (192,168,1,256,4,5)\r\n"), None);
        assert_eq!(parse_pasv(b"227 (192,168,1,2,0,0)\r\n"), None);
        assert_eq!(parse_pasv(b"227 (192,168,1,2,4)\r\n"), None);
    }

    #[test]
    fn epsv_port_is_between_its_delimiters() {
        assert_eq!(parse_epsv(b"229 Entering Extended Passive Mode (|||6446|)\r\n"), Some(6446));
        assert_eq!(parse_epsv(b"229 ok (!!!80!)\r\n"), Some(80));
        assert_eq!(parse_epsv(b"229 ok\r\n"), None);
        assert_eq!(parse_epsv(b"229 ok (|||x|)\r\n"), None);
    }
}
