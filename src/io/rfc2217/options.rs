//! The options of Telnet that this end agrees to, and the negotiation of them. Knows nothing of
//! what they mean.

use super::telnet::{DO, DONT, IAC, Verb, WILL, WONT};

/// Eight bits pass unchanged (RFC 856).
pub(super) const BINARY: u8 = 0;
/// The module echoes, by `ATE` (RFC 857).
pub(super) const ECHO: u8 = 1;
/// Nobody waits for a go-ahead (RFC 858).
pub(super) const SUPPRESS_GO_AHEAD: u8 = 3;
/// RFC 2217.
pub(super) const COM_PORT: u8 = 44;

/// What both ends have agreed upon.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    agreed: Vec<(Side, u8, Stand)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Ours,
    Theirs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Asked,
    Agreed,
}

impl Options {
    /// Asks for what is wanted, from a client that has just come.
    pub(super) fn begin() -> (Self, Vec<u8>) {
        let mut options = Self::default();
        let mut bytes = Vec::new();
        for (side, verb, option) in [
            (Side::Ours, WILL, BINARY),
            (Side::Theirs, DO, BINARY),
            (Side::Ours, WILL, SUPPRESS_GO_AHEAD),
            (Side::Theirs, DO, SUPPRESS_GO_AHEAD),
            (Side::Ours, WILL, ECHO),
            (Side::Theirs, DO, COM_PORT),
        ] {
            options.agreed.push((side, option, Stand::Asked));
            bytes.extend([IAC, verb, option]);
        }
        (options, bytes)
    }

    /// The other end has said so much; what is to be answered, if anything. Never an answer to an
    /// answer (RFC 1143).
    pub(super) fn negotiate(&mut self, verb: Verb, option: u8) -> Option<[u8; 3]> {
        let (side, yes, no) = match verb {
            Verb::Do | Verb::Dont => (Side::Ours, WILL, WONT),
            Verb::Will | Verb::Wont => (Side::Theirs, DO, DONT),
        };
        let known = match side {
            Side::Ours => [BINARY, ECHO, SUPPRESS_GO_AHEAD, COM_PORT].contains(&option),
            Side::Theirs => [BINARY, SUPPRESS_GO_AHEAD, COM_PORT].contains(&option),
        };
        let place = self.agreed.iter().position(|entry| (entry.0, entry.1) == (side, option));
        let stand = place.map(|place| self.agreed[place].2);
        match (verb, stand) {
            (Verb::Do | Verb::Will, _) if !known => return Some([IAC, no, option]),
            (Verb::Do | Verb::Will, None) => {
                self.agreed.push((side, option, Stand::Agreed));
                return Some([IAC, yes, option]);
            }
            (Verb::Do | Verb::Will, Some(_)) => {
                self.agreed.iter_mut().skip(place?).take(1).for_each(|entry| {
                    entry.2 = Stand::Agreed;
                });
            }
            (Verb::Dont | Verb::Wont, Some(stand)) => {
                self.agreed.remove(place?);
                return (stand == Stand::Agreed).then_some([IAC, no, option]);
            }
            (Verb::Dont | Verb::Wont, None) => {}
        }
        None
    }

    /// Whether the other end does this option.
    pub(super) fn theirs(&self, option: u8) -> bool {
        self.agreed.contains(&(Side::Theirs, option, Stand::Agreed))
    }

    /// Whether either end does.
    pub(super) fn either(&self, option: u8) -> bool {
        self.theirs(option) || self.agreed.contains(&(Side::Ours, option, Stand::Agreed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_agreed_upon_is_not_answered_again() {
        let (mut options, greeting) = Options::begin();
        assert_eq!(
            greeting,
            b"\xff\xfb\x00\xff\xfd\x00\xff\xfb\x03\xff\xfd\x03\xff\xfb\x01\xff\xfd\x2c"
        );
        assert!(!options.either(COM_PORT));
        for (verb, option, answer) in [
            // To what was asked there is an answer, and none to that.
            (Verb::Will, COM_PORT, None),
            (Verb::Will, COM_PORT, None),
            (Verb::Do, BINARY, None),
            // Of itself.
            (Verb::Do, COM_PORT, Some([IAC, WILL, COM_PORT])),
            (Verb::Do, COM_PORT, None),
            (Verb::Dont, COM_PORT, Some([IAC, WONT, COM_PORT])),
            (Verb::Dont, COM_PORT, None),
            // Never heard of.
            (Verb::Do, 24, Some([IAC, WONT, 24])),
            (Verb::Will, 24, Some([IAC, DONT, 24])),
            (Verb::Wont, 24, None),
            // Two that echo would never end.
            (Verb::Will, ECHO, Some([IAC, DONT, ECHO])),
            (Verb::Dont, ECHO, None),
        ] {
            assert_eq!(options.negotiate(verb, option), answer, "{verb:?} {option}");
        }
        assert!(options.either(COM_PORT) && options.theirs(COM_PORT) && !options.theirs(BINARY));
    }
}
