//! The signals that ask for an end.

use tokio::signal::unix::{self, SignalKind};

use super::Refusal;

/// SIGINT and SIGTERM. From the moment they are listened to, none is lost, and none
/// ends the program before it has tidied up.
pub(super) struct Signals {
    pub(super) interrupt: unix::Signal,
    pub(super) terminate: unix::Signal,
}

impl Signals {
    pub(super) fn listen() -> Result<Self, Refusal> {
        let listen = |kind| {
            unix::signal(kind).map_err(|error| Refusal::Unavailable(format!("no signals: {error}")))
        };
        let interrupt = listen(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: listen(SignalKind::terminate())? })
    }

    /// Ready when one comes.
    pub(super) async fn asked_to_end(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
