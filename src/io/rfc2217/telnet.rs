//! Telnet (RFC 854) as bytes: what is data and what is command, and back. Waits for nothing.
//!
//! Knows no option.

/// Interpret as command (RFC 854).
pub(super) const IAC: u8 = 255;
pub(super) const DONT: u8 = 254;
pub(super) const DO: u8 = 253;
pub(super) const WONT: u8 = 252;
pub(super) const WILL: u8 = 251;
const SB: u8 = 250;
const BRK: u8 = 243;
const SE: u8 = 240;

/// Longest parameters of an option that are read; what is longer is none that is understood here.
const LONGEST: usize = 64;

/// One thing that the other end has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A byte of data.
    Data(u8),
    /// It will do an option, or not; it wants us to do it, or not.
    Negotiation(Verb, u8),
    /// An option's parameters.
    Parameters(u8, Vec<u8>),
    /// The break key.
    Break,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Will,
    Wont,
    Do,
    Dont,
}

/// Takes a stream of bytes apart, wherever it was split.
#[derive(Clone, Debug, Default)]
pub(super) struct Decoder {
    state: State,
    parameters: Vec<u8>,
    /// The other end sends eight bits: a NUL behind a CR is its own.
    pub(super) binary: bool,
    after_cr: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Data,
    Command,
    Negotiation(Verb),
    Parameters,
    ParametersCommand,
}

impl Decoder {
    /// Takes one byte.
    pub(super) fn push(&mut self, byte: u8) -> Option<Item> {
        match (self.state, byte) {
            (State::Data, IAC) => self.state = State::Command,
            (State::Data, _) => return self.data(byte),
            (State::Command, IAC) => {
                self.state = State::Data;
                return self.data(byte);
            }
            (State::Command, WILL) => self.state = State::Negotiation(Verb::Will),
            (State::Command, WONT) => self.state = State::Negotiation(Verb::Wont),
            (State::Command, DO) => self.state = State::Negotiation(Verb::Do),
            (State::Command, DONT) => self.state = State::Negotiation(Verb::Dont),
            (State::Command, SB) => {
                self.parameters.clear();
                self.state = State::Parameters;
            }
            (State::Command, _) => {
                self.state = State::Data;
                return (byte == BRK).then_some(Item::Break);
            }
            (State::Negotiation(verb), option) => {
                self.state = State::Data;
                return Some(Item::Negotiation(verb, option));
            }
            (State::Parameters, IAC) => self.state = State::ParametersCommand,
            (State::Parameters, _) => self.keep(byte),
            (State::ParametersCommand, IAC) => {
                self.state = State::Parameters;
                self.keep(byte);
            }
            (State::ParametersCommand, _) => {
                self.state = State::Data;
                let (&option, values) = self.parameters.split_first()?;
                // Anything but SE is no end of parameters, and they are not whole.
                let whole = byte == SE && values.len() <= LONGEST;
                return whole.then(|| Item::Parameters(option, values.to_vec()));
            }
        }
        None
    }

    /// An end of line is CR LF, and a CR by itself is CR NUL, unless eight bits were agreed upon.
    fn data(&mut self, byte: u8) -> Option<Item> {
        let padding = byte == 0 && self.after_cr && !self.binary;
        self.after_cr = byte == b'\r';
        (!padding).then_some(Item::Data(byte))
    }

    fn keep(&mut self, byte: u8) {
        // One too many tells that there were too many.
        if self.parameters.len() <= LONGEST + 1 {
            self.parameters.push(byte);
        }
    }
}

/// Bytes of data as they are sent.
pub(super) fn data(bytes: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(bytes.len());
    double(bytes, &mut sent);
    sent
}

/// Parameters of an option as they are sent.
pub(super) fn parameters(option: u8, values: &[u8]) -> Vec<u8> {
    let mut sent = vec![IAC, SB, option];
    double(values, &mut sent);
    sent.extend([IAC, SE]);
    sent
}

fn double(bytes: &[u8], sent: &mut Vec<u8>) {
    for piece in bytes.split_inclusive(|&byte| byte == IAC) {
        sent.extend(piece);
        if piece.ends_with(&[IAC]) {
            sent.push(IAC);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(decoder: &mut Decoder, bytes: &[u8]) -> Vec<Item> {
        bytes.iter().filter_map(|&byte| decoder.push(byte)).collect()
    }

    #[test]
    fn every_byte_is_data_and_comes_back() {
        let every: Vec<u8> = (0..=255).collect();
        let sent = data(&every);
        assert_eq!((sent.len(), &sent[254..]), (257, &[254, 255, 255][..]));
        let items = decode(&mut Decoder::default(), &sent);
        assert_eq!(items, every.iter().map(|&byte| Item::Data(byte)).collect::<Vec<_>>());
    }

    #[test]
    fn commands_are_told_from_data_wherever_they_are_split() {
        let stream =
            b"a\xff\xfb\x2c\xff\xff\xff\xfa\x2c\x01\x00\xff\xff\x00\xff\xf0b\xff\xf3\xff\xf1c";
        let whole = decode(&mut Decoder::default(), stream);
        assert_eq!(
            whole,
            [
                Item::Data(b'a'),
                Item::Negotiation(Verb::Will, 44),
                Item::Data(255),
                Item::Parameters(44, vec![1, 0, 255, 0]),
                Item::Data(b'b'),
                Item::Break,
                Item::Data(b'c'),
            ]
        );
        for at in 0..stream.len() {
            let mut decoder = Decoder::default();
            let (first, second) = stream.split_at(at);
            let both = [decode(&mut decoder, first), decode(&mut decoder, second)].concat();
            assert_eq!(both, whole, "split at {at}");
        }
    }

    #[test]
    fn parameters_without_end_or_option_or_measure_are_none() {
        let long = [&b"\xff\xfa\x2c"[..], &[7; LONGEST], b"\xff\xf0"].concat();
        let longer = [&b"\xff\xfa\x2c"[..], &[7; LONGEST + 1], b"\xff\xf0x"].concat();
        let endless = [&b"\xff\xfa\x2c"[..], &[7; 100_000], b"\xff\xf0x"].concat();
        let mut decoder = Decoder::default();
        assert_eq!(decode(&mut decoder, &long), [Item::Parameters(44, vec![7; LONGEST])]);
        for stream in [&longer[..], &endless, b"\xff\xfa\xff\xf0x", b"\xff\xfa\x2c\x01\xff\xf1x"] {
            assert_eq!(decode(&mut decoder, stream), [Item::Data(b'x')]);
        }
    }

    #[test]
    fn a_nul_behind_a_cr_is_padding_unless_eight_bits_were_agreed_upon() {
        let mut decoder = Decoder::default();
        assert_eq!(decode(&mut decoder, b"\r\0\0"), [Item::Data(b'\r'), Item::Data(0)]);
        decoder.binary = true;
        assert_eq!(decode(&mut decoder, b"\r\0"), [Item::Data(b'\r'), Item::Data(0)]);
    }
}
