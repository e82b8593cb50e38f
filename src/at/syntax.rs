//! The inside of a command line (V.250 5.2.3 to 5.4.4): which commands, in which forms.
//!
//! Knows which shapes are well-formed, not which commands exist.

use thiserror::Error;

/// A command line, read one command at a time, so that an error in a later command leaves the
/// earlier ones executed (V.250 5.2.3).
#[derive(Clone, Debug)]
pub struct CommandLine<'a> {
    rest: &'a [u8],
}

/// One command of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command<'a> {
    /// In capitals: `E`, `&F`, `S3`, `+QFTPPUT`.
    pub name: String,
    /// What is asked of it.
    pub form: Form<'a>,
}

/// The forms of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form<'a> {
    /// The name alone.
    Exec,
    /// `NAME?`
    Read,
    /// `NAME=?`
    Test,
    /// `NAME=value,value`; for a basic command the number behind it, as in `E0`.
    Write(Vec<Value<'a>>),
}

/// One value of a write command, not yet bound to a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// `"…"`, without the quotes; its blanks kept.
    Quoted(&'a [u8]),
    /// Anything else between two commas; never empty.
    Bare(&'a [u8]),
    /// Nothing between two commas.
    Omitted,
}

/// The line cannot be read on from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a command")]
pub struct SyntaxError;

impl<'a> CommandLine<'a> {
    /// Reads `body`, the line without prefix and terminator.
    pub const fn new(body: &'a [u8]) -> Self {
        Self { rest: body }
    }

    /// The next command; `None` at the end of the line.
    pub fn next_command(&mut self) -> Option<Result<Command<'a>, SyntaxError>> {
        while let Some(b' ' | b';') = self.peek() {
            self.rest = &self.rest[1..];
        }
        let command = match self.peek()? {
            b'+' | b'*' | b'%' | b'#' | b'$' | b'^' => self.extended(),
            b'&' => {
                self.rest = &self.rest[1..];
                self.basic("&")
            }
            b'S' | b's' => self.s_register(),
            _ => self.basic(""),
        };
        if command.is_err() {
            self.rest = &[];
        }
        Some(command)
    }

    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.skip_blanks();
        let found = self.peek() == Some(byte);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    fn take_while(&mut self, of: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|&b| !of(b)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// V.250 5.3.1: a letter, perhaps `&` before it, perhaps a decimal number behind it.
    fn basic(&mut self, mark: &str) -> Result<Command<'a>, SyntaxError> {
        let letter = self.peek().filter(u8::is_ascii_alphabetic).ok_or(SyntaxError)?;
        self.rest = &self.rest[1..];
        self.skip_blanks();
        if mark.is_empty() && letter.eq_ignore_ascii_case(&b'D') {
            // V.250 6.3.1: the number to dial is all up to a semicolon, which is part of it.
            let number = self.take_while(|byte| byte != b';');
            let call = Value::Quoted(number);
            return Ok(Command { name: "D".to_owned(), form: Form::Write(vec![call]) });
        }
        let number = self.number()?;
        let name = format!("{mark}{}", char::from(letter.to_ascii_uppercase()));
        let form = match number {
            [] => Form::Exec,
            digits => Form::Write(vec![Value::Bare(digits)]),
        };
        Ok(Command { name, form })
    }

    /// V.250 5.3.2: `S3?` or `S3=13`; behind the number of the register one of them "shall appear".
    fn s_register(&mut self) -> Result<Command<'a>, SyntaxError> {
        self.rest = &self.rest[1..];
        let number = self.take_while(|b| b.is_ascii_digit());
        let number: u8 =
            str::from_utf8(number).ok().and_then(|n| n.parse().ok()).ok_or(SyntaxError)?;
        let name = format!("S{number}");
        let form = if self.eat(b'?') {
            Form::Read
        } else if self.eat(b'=') {
            if self.eat(b'?') {
                Form::Test
            } else {
                match self.number()? {
                    [] => Form::Write(vec![Value::Omitted]),
                    digits => Form::Write(vec![Value::Bare(digits)]),
                }
            }
        } else {
            return Err(SyntaxError);
        };
        Ok(Command { name, form })
    }

    /// The number of a basic command or a register, perhaps none. What can only be meant as a
    /// value of another kind, as in `V?` or `V-1`, is not taken for none: `V` would turn words off.
    fn number(&mut self) -> Result<&'a [u8], SyntaxError> {
        let digits = self.take_while(|b| b.is_ascii_digit());
        match self.peek() {
            Some(b'?' | b'=' | b',' | b'"' | b'-') => Err(SyntaxError),
            _ => Ok(digits),
        }
    }

    /// V.250 5.4: a name, a form, and then the end, `;`, or a basic command with its `&`.
    fn extended(&mut self) -> Result<Command<'a>, SyntaxError> {
        let (mark, rest) = self.rest.split_at(1);
        self.rest = rest;
        let name = self.take_while(|b| b.is_ascii_alphanumeric() || b"!%-./:_".contains(&b));
        if !name.first().is_some_and(u8::is_ascii_alphabetic) {
            return Err(SyntaxError);
        }
        let name = [mark, name].concat().to_ascii_uppercase();
        let name = String::from_utf8(name).map_err(|_| SyntaxError)?;
        let form = if self.eat(b'?') {
            Form::Read
        } else if self.eat(b'=') {
            if self.eat(b'?') { Form::Test } else { Form::Write(self.values()?) }
        } else {
            Form::Exec
        };
        self.skip_blanks();
        match self.peek() {
            None | Some(b';' | b'&') => Ok(Command { name, form }),
            Some(_) => Err(SyntaxError),
        }
    }

    /// V.250 5.4.2: values between commas, quoted or bare.
    fn values(&mut self) -> Result<Vec<Value<'a>>, SyntaxError> {
        let mut values = Vec::new();
        loop {
            values.push(if self.eat(b'"') {
                let text = self.take_while(|b| b != b'"');
                if !self.eat(b'"') {
                    return Err(SyntaxError);
                }
                Value::Quoted(text)
            } else {
                match self.take_while(|b| !b"\",;&".contains(&b)).trim_ascii() {
                    [] => Value::Omitted,
                    word => Value::Bare(word),
                }
            });
            if !self.eat(b',') {
                return Ok(values);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands of a line in one text, `!` where it cannot be read on.
    fn read(body: &str) -> String {
        let mut line = CommandLine::new(body.as_bytes());
        let mut out = Vec::new();
        while let Some(command) = line.next_command() {
            out.push(match command {
                Err(SyntaxError) => "!".to_owned(),
                Ok(Command { name, form }) => match form {
                    Form::Exec => name,
                    Form::Read => name + "?",
                    Form::Test => name + "=?",
                    Form::Write(values) => {
                        let values: Vec<_> = values
                            .iter()
                            .map(|v| match v {
                                Value::Quoted(s) => format!("\"{}\"", s.escape_ascii()),
                                Value::Bare(s) => s.escape_ascii().to_string(),
                                Value::Omitted => "-".to_owned(),
                            })
                            .collect();
                        format!("{name}={}", values.join(","))
                    }
                },
            });
        }
        out.join(" ")
    }

    #[test]
    fn lines_are_read_as_v250_writes_them() {
        for (body, commands) in [
            ("", ""),
            (";", ""),
            ("E0V1", "E=0 V=1"),
            ("&FZE0", "&F Z E=0"),
            ("e1 q0", "E=1 Q=0"),
            ("S3=13S4?", "S3=13 S4?"),
            ("S3=?", "S3=?"),
            ("+QFTPSTAT", "+QFTPSTAT"),
            ("+qftpstat", "+QFTPSTAT"),
            ("+QFTPOPEN =?", "+QFTPOPEN=?"),
            ("+QFTPOPEN ?", "+QFTPOPEN?"),
            ("+QFTPOPEN = \"h\", 21", "+QFTPOPEN=\"h\",21"),
            ("+QFTPOPEN=\"h\",\"21\"", "+QFTPOPEN=\"h\",\"21\""),
            ("+QFTPPATH=\"a b;c,d&e\"", "+QFTPPATH=\"a b;c,d&e\""),
            ("+QFTPPATH=\"\"", "+QFTPPATH=\"\""),
            ("+QFTPCFG=3,", "+QFTPCFG=3,-"),
            ("+A=,1,,", "+A=-,1,-,-"),
            ("+A=", "+A=-"),
            ("+CMEE=1;+CREG=2", "+CMEE=1 +CREG=2"),
            ("+IPR=115200&W", "+IPR=115200 &W"),
            ("+IPR=115200;&W", "+IPR=115200 &W"),
            ("+A?;+B=?;E0", "+A? +B=? E=0"),
            ("E0;+A", "E=0 +A"),
            ("E0+A", "E=0 +A"),
        ] {
            assert_eq!(read(body), commands, "{body:?}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_on_keeps_what_came_before() {
        for (body, commands) in [
            ("+", "!"),
            ("+1", "!"),
            ("=1", "!"),
            ("\"", "!"),
            ("S=1", "!"),
            ("S256=1", "!"),
            ("S3", "!"),
            ("S3E0", "!"),
            ("S3=\"13\"", "!"),
            ("S3=-1", "!"),
            ("S3=13,1", "!"),
            ("V?", "!"),
            ("V=?", "!"),
            ("E0V=1", "E=0 !"),
            ("V-1", "!"),
            ("V\"0\"", "!"),
            ("V0,1", "!"),
            ("E0+A=\"x", "E=0 !"),
            ("+A=\"x\"y;E0", "!"),
            ("+A=1\"x\"", "!"),
            ("+A?x", "!"),
            ("+A=?1", "!"),
            ("+A B", "!"),
        ] {
            assert_eq!(read(body), commands, "{body:?}");
        }
    }
}
