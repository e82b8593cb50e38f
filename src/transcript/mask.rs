//! Covers secrets in what passes a line, byte by byte, in whatever pieces they come.
//!
//! Knows no states of a line: in a file, too, what looks like a secret is covered.

/// What a secret follows, blanks aside. The read form of the password's command has a colon.
const BEFORE: [&[u8]; 3] = [b"PASS=", b"PASS:", b"CPIN="];
/// What names the password's command.
const NAMES: &[u8] = b"PASS";
/// Ends of lines within which a module has answered a command line.
const ANSWER: u8 = 8;
/// Characters of a line that are remembered, at least; more than twice what [`BEFORE`] needs, for a
/// host may have gone back over some.
const REMEMBERED: usize = 32;

/// Both directions of one line. A secret becomes as many asterisks; its quotes stay.
#[derive(Clone, Debug, Default)]
pub struct Mask {
    host: Direction,
    module: Direction,
}

#[derive(Clone, Debug, Default)]
struct Direction {
    /// The end of the line so far, in capitals and without blanks.
    typed: Vec<u8>,
    stance: Stance,
    /// The password's command has been named in this line.
    is_named: bool,
    /// For so many ends of lines a value is a secret, by whatever it is called: a fault may have
    /// eaten its name.
    wary: u8,
}

/// What is thought of the next byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stance {
    #[default]
    Open,
    /// A secret begins here, unless a question does.
    Alert,
    /// To the end of the line: what follows a secret may correct it.
    Covering,
}

impl Mask {
    /// Bytes from the host, as others may see them.
    pub fn from_host(&mut self, bytes: &[u8]) -> Vec<u8> {
        let cover = |&byte: &u8| {
            if self.host.is_at_start() {
                self.module.wary = 0;
            }
            let seen = self.host.cover(byte);
            if self.host.is_named {
                self.module.wary = ANSWER;
            }
            seen
        };
        bytes.iter().map(cover).collect()
    }

    /// Bytes for the host, as others may see them.
    pub fn to_host(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.iter().map(|&byte| self.module.cover(byte)).collect()
    }
}

impl Direction {
    const fn is_at_start(&self) -> bool {
        self.typed.is_empty() && matches!(self.stance, Stance::Open)
    }

    fn cover(&mut self, byte: u8) -> u8 {
        match byte {
            b'\r' | b'\n' => {
                self.typed.clear();
                self.stance = Stance::Open;
                self.is_named = false;
                self.wary = self.wary.saturating_sub(1);
                return byte;
            }
            b' ' | b'"' if self.stance != Stance::Open => return byte,
            _ => {}
        }
        match self.stance {
            Stance::Open => {
                self.remember(byte);
                byte
            }
            // The test form asks for the range of the value.
            Stance::Alert if byte == b'?' => {
                self.stance = Stance::Open;
                byte
            }
            Stance::Alert | Stance::Covering => {
                self.stance = Stance::Covering;
                b'*'
            }
        }
    }

    fn remember(&mut self, byte: u8) {
        match byte {
            b' ' => {}
            // Backspace and delete: S5 is one of them, in all likelihood.
            8 | 127 => {
                self.typed.pop();
            }
            _ => {
                if self.typed.len() >= 2 * REMEMBERED {
                    self.typed.drain(..REMEMBERED);
                }
                self.typed.push(byte.to_ascii_uppercase());
                self.is_named |= self.typed.ends_with(NAMES);
                let ends_word = matches!(byte, b'=' | b':');
                if self.wary > 0 && (ends_word || byte == b'"') {
                    self.stance = Stance::Alert;
                }
                if ends_word && BEFORE.iter().any(|before| self.typed.ends_with(before)) {
                    self.stance = Stance::Alert;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_secret_is_covered_in_whatever_pieces_it_comes() {
        for (typed, seen) in [
            ("AT+QFTPPASS=\"secret\"\rAT\r", "AT+QFTPPASS=\"******\"\rAT\r"),
            ("at+qftppass = secret\r\nOK", "at+qftppass = ******\r\nOK"),
            ("ATE0+QFTPPASS=\"a\";+QFTPSTAT\r", "ATE0+QFTPPASS=\"*\"**********\r"),
            ("AT+QFTPPAX\x08SS=\"ab\"\r", "AT+QFTPPAX\x08SS=\"**\"\r"),
            ("AT+QFTPPASS=\"ab\"\x08c\"\r", "AT+QFTPPASS=\"**\"**\"\r"),
            ("\r\n+QFTPPASS: \"secret\"\r\n", "\r\n+QFTPPASS: \"******\"\r\n"),
            ("AT+CPIN=\"1234\"\r\n+CPIN: READY\r", "AT+CPIN=\"****\"\r\n+CPIN: READY\r"),
            ("AT+QFTPPASS=?\rAT+QFTPPASS?\r", "AT+QFTPPASS=?\rAT+QFTPPASS?\r"),
            ("AT+QFTPUSER=\"me\"\r", "AT+QFTPUSER=\"me\"\r"),
        ] {
            let bytes = typed.as_bytes();
            assert_eq!(text(Mask::default().from_host(bytes)), seen);
            assert_eq!(text(Mask::default().to_host(bytes)), seen);
            let mut mask = Mask::default();
            let pieces = bytes.chunks(1).flat_map(|byte| mask.from_host(byte));
            assert_eq!(text(pieces.collect()), seen);
            let pieces = bytes.chunks(1).flat_map(|byte| mask.to_host(byte));
            assert_eq!(text(pieces.collect()), seen);
        }
    }

    /// A fault has eaten bytes of an echo and of an answer.
    #[test]
    fn a_secret_whose_name_a_fault_has_eaten_is_covered_until_the_host_goes_on() {
        let mut mask = Mask::default();
        mask.from_host(b"AT+QFTPPASS=\"secret\"\r");
        let heard = mask.to_host(b"ATQFPSS=\"secret\"\r\r\nOK\r\n");
        assert_eq!(text(heard), "ATQFPSS=\"******\"\r\r\nOK\r\n");
        mask.from_host(b"AT+QFTPPASS?\r");
        let heard = mask.to_host(b"AT+QFTPPASS?\r\r\nQFASS\"secret\"\r\n\r\nOK\r\n");
        assert_eq!(text(heard), "AT+QFTPPASS?\r\r\nQFASS\"******\"\r\n\r\nOK\r\n");
        mask.from_host(b"AT+QFTPUSER?\r");
        assert_eq!(text(mask.to_host(b"+QFTPUSER:\"me\"\r\n")), "+QFTPUSER:\"me\"\r\n");
    }

    #[test]
    fn what_is_remembered_of_a_long_line_is_bounded() {
        let mut mask = Mask::default();
        let line = [&b"x".repeat(100_000)[..], b"+QFTPPASS=\"ab\""].concat();
        assert!(mask.from_host(&line).ends_with(b"+QFTPPASS=\"**\""));
        assert!(mask.host.typed.len() <= 2 * REMEMBERED);
    }
}
