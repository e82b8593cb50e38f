//! Why an FTP operation failed, before any dialect gives it a number.

/// A cause of failure (manual chapter 3). A dialect turns it into the number that the host sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// Nothing else fits.
    Unknown,
    /// The service is opening, working, or in the hands of another virtual UART.
    Busy,
    /// The host name has no address.
    Dns,
    /// The context did not come up, no TCP connection was to be had, or a command could not be sent.
    Network,
    /// The server closed the control connection.
    ControlClosed,
    /// The server closed the data connection before the transfer was complete.
    DataClosed,
    /// The GPRS context went down.
    ContextDeactivated,
    /// Nothing came within the limit.
    Timeout,
    /// A parameter has the right form and an illegal value.
    Parameter,
    /// The server refused with this RFC 959 reply code (400 to 599, or 332).
    Reply(u16),
}
