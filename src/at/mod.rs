//! V.250: bytes to commands, replies to bytes. Knows no command by name.

mod cme;
mod escape;
mod line;
mod param;
mod result;
mod settings;
mod syntax;

pub use cme::CmeError;
pub use escape::EscapeDetector;
pub use line::{LineEditor, Typed};
pub use param::{Args, Kind, Need, Param, Unfit, bind};
pub use result::{Reply, ResultCode};
pub use settings::{CHARACTER_SETS, CallRegisters, Settings};
pub use syntax::{Command, CommandLine, Form, SyntaxError, Value};
