//! The command line of V.250 5.2: from the bytes as typed to one line between prefix and terminator.
//!
//! Knows nothing of what a line means. Echo is the caller's: the bytes taken are the bytes to echo.

use super::Settings;
use crate::profile::V250;

/// What the host has finished typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A command line, without its prefix and its terminator.
    Line(Vec<u8>),
    /// `A/`: the last command line again (V.250 5.2.4).
    Repeat(Vec<u8>),
    /// A command line longer than the buffer; nothing of it may be executed.
    TooLong,
}

/// Collects one command line. What precedes a prefix is ignored, so neither garbage nor an empty
/// line is ever answered, and a flood without a prefix takes no memory.
#[derive(Clone, Debug)]
pub struct LineEditor {
    rules: V250,
    seen: Seen,
    body: Vec<u8>,
    last_line: Vec<u8>,
    terminated: bool,
}

/// How much of a command line has been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// Nothing but blanks and control characters.
    Nothing,
    /// Characters that are no prefix.
    Garbage,
    /// An `A` or `a`, the first character of the line or not.
    A { byte: u8, first: bool },
    /// The prefix; the body follows.
    Prefix,
    /// More than fits.
    Overflow,
}

impl LineEditor {
    /// An empty line under the rules of a profile (length, terminators, prefix).
    pub fn new(rules: V250) -> Self {
        Self {
            rules,
            seen: Seen::Nothing,
            body: Vec::new(),
            last_line: Vec::new(),
            terminated: false,
        }
    }

    /// Takes bytes up to the end of a line: how many, and the line if one ended.
    ///
    /// A line feed that directly follows the terminator belongs to the line that ended and is
    /// taken with it when it is at hand; see [`Self::is_trailing_lf`] for when it is not.
    pub fn take(&mut self, bytes: &[u8], settings: &Settings) -> (usize, Option<Typed>) {
        for (at, &byte) in bytes.iter().enumerate() {
            if let Some(typed) = self.push(byte, settings) {
                let lf = bytes.get(at + 1).is_some_and(|&next| self.is_trailing_lf(next));
                return (at + 1 + usize::from(lf), Some(typed));
            }
        }
        (bytes.len(), None)
    }

    /// Whether `byte` is the line feed of a CR LF whose CR has ended a line already.
    pub const fn is_trailing_lf(&self, byte: u8) -> bool {
        self.terminated && byte == b'\n'
    }

    /// Drops a half-typed line: its host has gone.
    pub fn clear(&mut self) {
        self.seen = Seen::Nothing;
        self.body.clear();
        self.terminated = false;
    }

    /// Drops the line that `A/` would repeat, too: the power was off.
    pub fn forget(&mut self) {
        self.clear();
        self.last_line.clear();
    }

    fn push(&mut self, byte: u8, settings: &Settings) -> Option<Typed> {
        let after_terminator = std::mem::replace(&mut self.terminated, false);
        if byte == settings.s3 {
            self.terminated = true;
            return self.end();
        }
        if byte == b'\n' {
            return if after_terminator || !self.rules.lf_ends_line { None } else { self.end() };
        }
        self.seen = match self.seen {
            Seen::Prefix if byte == settings.s5 => {
                self.body.pop();
                Seen::Prefix
            }
            Seen::Prefix if byte.is_ascii_control() => Seen::Prefix,
            Seen::Prefix if self.body.len() + "AT".len() >= self.rules.line_length => {
                Seen::Overflow
            }
            Seen::Prefix => {
                self.body.push(byte);
                Seen::Prefix
            }
            Seen::Overflow => Seen::Overflow,
            Seen::A { byte: a, .. } if self.is_prefix(a, byte) => Seen::Prefix,
            Seen::A { first: true, .. } if byte == b'/' => {
                self.clear();
                return Some(Typed::Repeat(self.last_line.clone()));
            }
            Seen::Nothing if byte == b' ' || byte.is_ascii_control() => Seen::Nothing,
            seen if byte.eq_ignore_ascii_case(&b'A') => {
                Seen::A { byte, first: seen == Seen::Nothing }
            }
            _ => Seen::Garbage,
        };
        None
    }

    fn is_prefix(&self, a: u8, t: u8) -> bool {
        t.eq_ignore_ascii_case(&b'T')
            && (self.rules.mixed_case_prefix || a.is_ascii_uppercase() == t.is_ascii_uppercase())
    }

    fn end(&mut self) -> Option<Typed> {
        let body = std::mem::take(&mut self.body);
        match std::mem::replace(&mut self.seen, Seen::Nothing) {
            Seen::Prefix => {
                self.last_line.clone_from(&body);
                Some(Typed::Line(body))
            }
            Seen::Overflow => Some(Typed::TooLong),
            Seen::Nothing | Seen::Garbage | Seen::A { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    /// All lines typed by `bytes`, fed whole and again byte by byte.
    fn typed(bytes: &[u8]) -> Vec<Typed> {
        let v250 = Profile::default().v250;
        let settings = Settings::factory(&v250);
        let run = |chunk: usize| {
            let mut editor = LineEditor::new(v250.clone());
            let mut lines = Vec::new();
            for mut piece in bytes.chunks(chunk) {
                while !piece.is_empty() {
                    let (taken, line) = editor.take(piece, &settings);
                    piece = &piece[taken..];
                    lines.extend(line);
                }
            }
            lines
        };
        let whole = run(bytes.len());
        assert_eq!(whole, run(1), "{:?}", bytes.escape_ascii().to_string());
        whole
    }

    fn line(body: &str) -> Typed {
        Typed::Line(body.into())
    }

    #[test]
    fn a_line_ends_with_cr_with_lf_or_with_both() {
        for bytes in ["ATI\r", "ATI\n", "ATI\r\n", "ATI\n\r\n", "\r\nATI\r\n", "\n\rATI\r"] {
            assert_eq!(typed(bytes.as_bytes()), [line("I")], "{bytes:?}");
        }
    }

    #[test]
    fn what_precedes_the_prefix_is_ignored() {
        for bytes in [
            "  ATI\r",
            "+++ATI\r",
            "\x1bATI\r",
            "\x1b\rATI\r",
            "\x1aATI\r",
            "AAATI\r",
            "x\rATI\r",
            "\0ATI\r",
        ] {
            assert_eq!(typed(bytes.as_bytes()), [line("I")], "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_command_line_is_never_answered() {
        for bytes in ["\r", "\r\n\r\n", "+++\r", "hello\r\n", "A\r", "\n", "A\rT\r"] {
            assert_eq!(typed(bytes.as_bytes()), [], "{bytes:?}");
        }
    }

    #[test]
    fn prefixes_come_in_every_case() {
        for bytes in ["ATI\r", "atI\r", "AtI\r", "aTI\r"] {
            assert_eq!(typed(bytes.as_bytes()), [line("I")], "{bytes:?}");
        }
    }

    #[test]
    fn a_mixed_prefix_is_none_where_the_profile_says_so() {
        let v250 = V250 { mixed_case_prefix: false, ..V250::default() };
        let settings = Settings::factory(&v250);
        for (bytes, line) in [("ATI\r", true), ("atI\r", true), ("AtI\r", false), ("aTI\r", false)]
        {
            let (_, typed) = LineEditor::new(v250.clone()).take(bytes.as_bytes(), &settings);
            assert_eq!(typed.is_some(), line, "{bytes:?}");
        }
    }

    #[test]
    fn s5_takes_back_a_character_but_never_the_prefix() {
        assert_eq!(typed(b"ATX\x08I\r"), [line("I")]);
        assert_eq!(typed(b"AT\x08\x08\x08I\r"), [line("I")]);
    }

    #[test]
    fn a_slash_repeats_the_last_line_at_once() {
        assert_eq!(typed(b"ATI\rA/"), [line("I"), Typed::Repeat(b"I".to_vec())]);
        assert_eq!(typed(b"A/"), [Typed::Repeat(Vec::new())]);
        assert_eq!(typed(b"ATI\rxA/\r"), [line("I")], "only at the start of a line");
    }

    #[test]
    fn the_buffer_holds_256_characters_and_not_one_more() {
        let long = |n: usize| format!("AT{}\r", "x".repeat(n - 2)).into_bytes();
        assert_eq!(typed(&long(256)), [line(&"x".repeat(254))]);
        assert_eq!(typed(&long(257)), [Typed::TooLong]);
        assert_eq!(typed(&long(100_000)), [Typed::TooLong]);
        assert_eq!(typed(&[long(257), b"ATI\r".to_vec()].concat()), [Typed::TooLong, line("I")]);
    }

    #[test]
    fn the_terminator_is_the_one_in_s3() {
        let v250 = V250 { s3: b'!', ..V250::default() };
        let settings = Settings::factory(&v250);
        let typed = LineEditor::new(v250).take(b"ATI\r!ATI", &settings);
        assert_eq!(typed, (5, Some(line("I"))));
    }
}
