//! Flow control within the stream (`AT+IFC=1,1`, V.250 6.2.12), and how the M10 keeps data free of
//! its characters.
//!
//! The M10 sends 0x77 as 77 88, 0x11 as 77 EE and 0x13 as 77 EC, and takes them so, in commands and
//! data alike (its hosts' libraries do the same; no document says so). Each second byte is the
//! complement of what is meant, but 0x88 is that of 0x77 itself.

/// The host may send on, or the module may.
pub const XON: u8 = 0x11;
/// It may not.
pub const XOFF: u8 = 0x13;
/// Begins two bytes that mean one.
const ESCAPE: u8 = 0x77;

/// What has been seen of the host's side of the stream.
#[derive(Clone, Debug, Default)]
pub struct Inbound {
    /// The host has stopped the module.
    pub is_stopped: bool,
    /// The byte before was the first of two.
    is_escaped: bool,
}

impl Inbound {
    /// What the host means, without what steers the flow.
    ///
    /// A second byte that does not belong to the first leaves both as they are: a host that does
    /// not escape gets its `w` through. A filler of 0xFF while the module is stopped is nothing.
    pub fn read(&mut self, bytes: &[u8], escapes: bool) -> Vec<u8> {
        let mut meant = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            match byte {
                XON => self.is_stopped = false,
                XOFF => self.is_stopped = true,
                0xff if self.is_stopped => {}
                _ if std::mem::take(&mut self.is_escaped) => match !byte {
                    original @ (ESCAPE | XON | XOFF) => meant.push(original),
                    _ => {
                        meant.push(ESCAPE);
                        if byte == ESCAPE {
                            self.is_escaped = true;
                        } else {
                            meant.push(byte);
                        }
                    }
                },
                ESCAPE if escapes => self.is_escaped = true,
                _ => meant.push(byte),
            }
        }
        meant
    }
}

/// What stands for `bytes` on the wire.
pub fn escaped(bytes: Vec<u8>) -> Vec<u8> {
    let is_special = |byte: &u8| matches!(*byte, ESCAPE | XON | XOFF);
    if !bytes.iter().any(is_special) {
        return bytes;
    }
    let pairs = bytes.into_iter().map(|byte| match byte {
        special if is_special(&special) => [Some(ESCAPE), Some(!special)],
        byte => [Some(byte), None],
    });
    pairs.flatten().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_reads_as_it_was() {
        let every: Vec<u8> = (0..=255).chain([0x77, 0x77, 0x11, 0x88]).collect();
        let wire = escaped(every.clone());
        assert_eq!(escaped(b"w\x11\x13x".to_vec()), b"\x77\x88\x77\xee\x77\xecx");
        assert!(!wire.contains(&XON) && !wire.contains(&XOFF));
        assert_eq!(Inbound::default().read(&wire, true), every);
        let mut bytewise = Inbound::default();
        let read: Vec<u8> = wire.iter().flat_map(|byte| bytewise.read(&[*byte], true)).collect();
        assert_eq!(read, every);
    }

    #[test]
    fn the_flow_is_eaten_and_a_filler_only_while_stopped() {
        let mut inbound = Inbound::default();
        assert_eq!(inbound.read(b"a\x11\xffb\x13\xffc", false), b"a\xffbc");
        assert!(inbound.is_stopped);
        assert_eq!(inbound.read(b"w\x11\xff", false), b"w\xff");
        assert!(!inbound.is_stopped);
    }

    #[test]
    fn who_does_not_escape_is_read_as_well() {
        let mut inbound = Inbound::default();
        assert_eq!(inbound.read(b"wwx w", true), b"wwx ");
        assert_eq!(inbound.read(b"\r", true), b"w\r");
    }
}
