//! A virtual Quectel GSM module: a host program types AT commands on a pseudo-terminal or a TCP
//! port, and a real FTP client behind them talks to a real FTP server.
//!
//! The crate is a core and a shell. The core is pure: bytes and time in, bytes out. The shell
//! (feature `io`) opens, waits and sends, and decides nothing that a host could see.
//!
//! # Where each byte goes
//!
//! ```text
//!                HOST SOFTWARE (TE)                                   FTP SERVER
//!                    |          ^                                       ^      |
//!              bytes |          | bytes                                 | RFC 959
//! == io, the shell ==+==========+=======================================+======+====
//!  io::pty, io::tcp… |          |   io::clock                     io::ftp_client
//!  io::shell owns the Modem     |       |                               ^      |
//!                Input::Line  Output::Line  Input::Timeout      Output::Ftp  Input::Ftp
//! == the core =======+==========+=======+===============================+======+====
//!  fault seams    [line-in]  [line-out]  |                      [ftp-request] [ftp-event]
//!                    v          |       v                               |      v
//!  modem::adaptor    Command, Executing, OnlineData, OnlineCommand      |  modem::bearer
//!                    v          ^       |                               |   (how long)
//!  at::line          command line       at::escape                      |      |
//!                    v          |       v file bytes                    |      |
//!  at::syntax        Command    |    +----------------------------------------------+
//!                    v          |    | ftp::service                                 |
//!  commands, dialect a row      |    | IDLE OPENING OPENED WORKING TRANSFER         |
//!                    v          |    | CLOSING CLOSED                               |
//!                    handler -------->                                              |
//!                    | result   |    +----------------------------------------------+
//!                    v          |         | effects
//!  modem::timers: agenda (what will happen), deadlines (what may be called off)
//!  modem::urc: late results wait for silence
//!  at::result: <CR><LF>text<CR><LF>
//! ```
//!
//! What is not a byte on its way stands beside that: [`sim`], [`network`], [`context`] and [`radio`]
//! are states of the module as a whole, which commands show and set, and which the world changes
//! ([`world`]: power key, SIM, network, bearer; `modem::befall` has what follows). A line's signals
//! beside its bytes are in [`mod@line`] and `modem::signals`. What goes wrong on purpose is data
//! ([`fault`]), and takes hold at the four seams and nowhere else (`modem::seams`).
//!
//! An operator stands beside the loop: `io::operator` is the one channel of what is asked of a running
//! module (the power key, a rule, a look at its state), `io::tap` what it is seen to do, and
//! `io::control` both over HTTP.
//!
//! # The contract of the core
//!
//! [`modem::Modem`] is plain data with one owner. The owner calls [`handle`](modem::Modem::handle)
//! with the time and an [`Input`](modem::Input), then drains
//! [`poll_output`](modem::Modem::poll_output), and calls again with
//! [`Input::Timeout`](modem::Input::Timeout) when
//! [`poll_timeout`](modem::Modem::poll_timeout) has come.
//!
//! * Time never runs backward; to hand in an earlier time is a fault of the caller, and panics.
//! * No input panics, whatever bytes a host or a server sends and in whatever order.
//! * The same profile, number of lines, seed and inputs give the same outputs, byte for byte.
//! * `poll_timeout` is `None` only when nothing can happen without new input.
//! * Everything is bounded: the command line, what is typed ahead, late results, what waits for a
//!   host that does not read, and the window of a file, each way. [`room`](modem::Modem::room) says
//!   how much of a line's input is welcome; the shell leaves the rest on the wire.
//!
//! A fault of the table, the profile or a file is a value with a sentence. A panic is a fault of
//! this crate.
//!
//! # Vocabulary
//!
//! The *host* is the TE of 3GPP 27.007, the DTE of V.250; a *line* is one virtual UART of the
//! module, whatever carries it. Command state, online data state and online command state are
//! V.250's; user-PI and user-DTP are RFC 959's; the seven states of the service are the manual's
//! (2.2.9). *The manual* is Quectel's "GSM FTP AT Commands" V1.01, and bare section numbers are
//! its own. A *late result* is one that follows `OK` after a silence.
//!
//! # Reading order
//!
//! [`commands::qftp`] reads like the manual. [`ftp`] has the state table. `modem::adaptor` is one
//! line, [`modem`] routes between them. [`transcript`] is how all of it is tested.

pub mod at;
pub mod commands;
pub mod context;
pub mod dialect;
pub mod fault;
pub mod ftp;
#[cfg(feature = "io")]
pub mod io;
pub mod line;
pub mod modem;
mod near;
pub mod network;
pub mod profile;
pub mod radio;
pub mod real_time;
pub mod sim;
#[cfg(feature = "io")]
pub mod sweep;
pub mod time;
pub mod transcript;
pub mod world;
