//! Responses as bytes (V.250 5.7): framing by S3 and S4, result codes in words or digits.

use super::{CmeError, Settings};

/// A final or intermediate result code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultCode {
    /// `OK`, 0.
    Ok,
    /// `CONNECT`, 1.
    Connect,
    /// `NO CARRIER`, 3.
    NoCarrier,
    /// `ERROR`, 4.
    Error,
    /// `+CME ERROR: …` in the place of `ERROR`, as far as `AT+CMEE` has it (27.007 9.2).
    Cme(CmeError),
    /// A text of the module's own in the place of `OK`, as `DEACT OK`; it has no digit.
    Text(String),
}

impl ResultCode {
    fn verbose(&self) -> &str {
        match self {
            Self::Ok => "OK",
            Self::Connect => "CONNECT",
            Self::NoCarrier => "NO CARRIER",
            Self::Error | Self::Cme(_) => "ERROR",
            Self::Text(text) => text,
        }
    }

    const fn digit(&self) -> Option<u8> {
        match self {
            Self::Ok => Some(b'0'),
            Self::Connect => Some(b'1'),
            Self::NoCarrier => Some(b'3'),
            Self::Error | Self::Cme(_) => Some(b'4'),
            Self::Text(_) => None,
        }
    }

    /// What stands in the place of the word and of the digit under `AT+CMEE`, if anything.
    fn reason(&self, error_reports: u8) -> Option<String> {
        match (self, error_reports) {
            (Self::Cme(error), 1) => Some(format!("+CME ERROR: {}", error.code)),
            (Self::Cme(error), 2) => Some(format!("+CME ERROR: {}", error.text)),
            _ => None,
        }
    }
}

/// The bytes of one burst towards the host, written under its line's settings.
#[derive(Debug)]
pub struct Reply<'a> {
    settings: &'a Settings,
    bytes: Vec<u8>,
}

impl<'a> Reply<'a> {
    /// An empty burst.
    pub const fn new(settings: &'a Settings) -> Self {
        Self { settings, bytes: Vec::new() }
    }

    /// Information text of one or more lines (V.250 5.7.1).
    pub fn information<T: AsRef<[u8]>>(mut self, lines: &[T]) -> Self {
        let (s3, s4) = (self.settings.s3, self.settings.s4);
        if self.settings.verbose {
            self.bytes.extend([s3, s4]);
        }
        for line in lines {
            self.bytes.extend(line.as_ref());
            self.bytes.extend([s3, s4]);
        }
        self
    }

    /// An unsolicited result or a late one. Framed in full whatever `V` says, so that a host can
    /// find its beginning; `Q` does not suppress it, being no result code of a command line.
    pub fn unsolicited(mut self, text: impl AsRef<[u8]>) -> Self {
        let (s3, s4) = (self.settings.s3, self.settings.s4);
        self.bytes.extend([s3, s4]);
        self.bytes.extend(text.as_ref());
        self.bytes.extend([s3, s4]);
        self
    }

    /// A result code, if `Q` lets it through (V.250 6.2.5, 6.2.6).
    pub fn result(mut self, code: &ResultCode) -> Self {
        let Settings { s3, s4, verbose, quiet, error_reports, .. } = *self.settings;
        let reason = code.reason(error_reports);
        match code.digit() {
            _ if quiet => self,
            Some(digit) if !verbose && reason.is_none() => {
                self.bytes.extend([digit, s3]);
                self
            }
            _ => {
                self.bytes.extend([s3, s4]);
                self.bytes.extend(reason.as_deref().unwrap_or(code.verbose()).as_bytes());
                self.bytes.extend([s3, s4]);
                self
            }
        }
    }

    /// The burst.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::V250;

    fn settings(verbose: bool, quiet: bool) -> Settings {
        Settings { verbose, quiet, ..Settings::factory(&V250::default()) }
    }

    fn burst(settings: &Settings, code: &ResultCode) -> String {
        let reply = Reply::new(settings).information(&["one", "two"]).result(code);
        reply.unsolicited("+URC").into_bytes().escape_ascii().to_string()
    }

    #[test]
    fn bursts_follow_v_and_q() {
        let ok = ResultCode::Ok;
        for (verbose, quiet, bytes) in [
            (true, false, r"\r\none\r\ntwo\r\n\r\nOK\r\n\r\n+URC\r\n"),
            (true, true, r"\r\none\r\ntwo\r\n\r\n+URC\r\n"),
            (false, false, r"one\r\ntwo\r\n0\r\r\n+URC\r\n"),
            (false, true, r"one\r\ntwo\r\n\r\n+URC\r\n"),
        ] {
            assert_eq!(burst(&settings(verbose, quiet), &ok), bytes);
        }
    }

    #[test]
    fn the_frame_is_made_of_s3_and_s4() {
        let framed = Settings { s3: b'!', s4: b'?', ..settings(true, false) };
        assert_eq!(burst(&framed, &ResultCode::NoCarrier), "!?one!?two!?!?NO CARRIER!?!?+URC!?");
    }

    #[test]
    fn every_code_has_its_word_and_its_digit() {
        for (code, word, digit) in [
            (ResultCode::Ok, r"\r\nOK\r\n", r"0\r"),
            (ResultCode::Connect, r"\r\nCONNECT\r\n", r"1\r"),
            (ResultCode::NoCarrier, r"\r\nNO CARRIER\r\n", r"3\r"),
            (ResultCode::Error, r"\r\nERROR\r\n", r"4\r"),
            (ResultCode::Text("DEACT OK".into()), r"\r\nDEACT OK\r\n", r"\r\nDEACT OK\r\n"),
        ] {
            for (verbose, bytes) in [(true, word), (false, digit)] {
                let settings = settings(verbose, false);
                let reply = Reply::new(&settings).result(&code).into_bytes();
                assert_eq!(reply.escape_ascii().to_string(), bytes);
            }
        }
    }
}
