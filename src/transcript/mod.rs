//! Transcripts: dialogues between host, module and server as text, to read, to replay, to record.
//!
//! # Format
//!
//! One entry a line, UTF-8. Header entries come before all others.
//!
//! ```text
//! # a comment; blank lines and comments are kept
//! :profile m10                  a built-in profile, or a file beside the transcript
//! :timing instant               or `faithful`; instant if not said
//! :seed 7                       of modelled chance; 0 if not said
//! :lines 2                      virtual UARTs, 1 to 255; 1 if not said
//! :set escape.spacing = "20ms"  one key of the profile, as TOML
//! :scenario no-carrier.toml     rules of what goes wrong: built in, or a file beside the transcript
//! :rule { at = "clock", … }     one such rule
//! :flow recorded                every `=` below is written out, and time passes by `~` alone
//! > AT+QFTPSTAT                 the host types this and CR
//! >> "bytes"                    the host sends exactly this; `"a"*1587` repeats it
//! < \r\nOK\r\n  @+20ms          the module sends this, so long after the entry before
//! ftp> RETR "sscom.ini" at 0    the module asks this of its FTP client
//! ftp< data-open                the FTP client reports this
//! ~ 901s                        time passes: us, ms or s
//! ! bearer-lost                 the world acts; also line-opened N, line-closed N
//! ! rule { … }                  a rule is given; `! no-rule NAME` takes it away
//! fault> NAME: { drop = 1 }     one of the rules takes hold
//! !> dtr off                    the host moves a signal: dtr, rts; or `break`, `speed 9600 7E1`
//! !< dcd on                     the module moves one: dcd, ri, dsr, cts; told from the first `!>` on
//! = 9                           9 bytes of output have left on the wire
//! ftp= 4096                     4096 bytes of an upload have left for the server
//! 2> AT                         a number before `>`, `>>`, `<`, `!>`, `!<`, `=` names another line than 1
//! ```
//!
//! In quotes and after `<`: `\r \n \t \\ \"` and `\xNN`; other printable ASCII as it is.
//!
//! Requests: `OPEN "host":21 USER "name"`, `CWD "dir"`, `STOR "name" at 0` and `RETR "name" at 0`
//! with ` active`, ` ascii`, ` in "dir"` behind them where these apply, `DATA 5`, `EOF`, `ABOR`,
//! `QUIT`, `DROP`. Passwords are never written.
//! Events: `opened`, `cwd-done`, `data-open`, `data "bytes"`, `done`, `aborted`, `closed`,
//! `reply 220`, `failed CAUSE`, `warned CAUSE`, `lost CAUSE`, where `CAUSE` is a reply code or
//! one of `unknown dns network control-closed data-closed context-deactivated timeout parameter`.
//!
//! # Time
//!
//! Where a line's bytes take the time of their bits, what the host types is received over that time
//! from its entry on, and what the module sends without a gap is one entry, at the time at which its
//! last byte has left.
//!
//! Entries that the host, the client or the world make are obeyed; the rest is computed. After
//! each of the former, what is certain to come comes (answers, late results after their gap),
//! unless the next such entry is a `~`: then just that much time passes. Deadlines that can be
//! called off (escape, upload limit, silence of the server) therefore end only within a `~`, and rules
//! of the clock take hold only there.

mod entry;
mod mask;
mod player;
mod recording;
mod text;
mod writer;

pub use entry::{Entry, MistakeAt, Transcript};
pub use mask::Mask;
pub use player::{Load, play};
pub use recording::{Heading, Recording};
pub use text::{event as event_text, request as request_text, rule as rule_text};
#[cfg(feature = "io")]
pub(crate) use text::{read_plain, read_quoted};
pub use writer::Writer;
