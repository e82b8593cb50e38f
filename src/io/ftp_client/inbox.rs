//! The requests of the service as a session sees them: flow is taken in, calls are handed on.
//!
//! Knows no sockets.

use std::future;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::ftp::Request;

/// What calls off a running operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Abort,
    Close,
}

/// The requests, and the flow of the running transfer. Bounded by the service's window.
pub(super) struct Inbox {
    requests: UnboundedReceiver<Request>,
    /// Bytes of a download that may still be read.
    pub(super) credit: usize,
    /// Nothing comes after what is in `outgoing`.
    end_of_file: bool,
    /// Bytes of an upload. A terminal gives them up a page at a time, and pages that were read in
    /// one go leave in one go.
    outgoing: Vec<u8>,
    /// So much of that is already sent.
    sent: usize,
}

impl Inbox {
    pub(super) fn new(requests: UnboundedReceiver<Request>) -> Self {
        Self { requests, credit: 0, end_of_file: false, outgoing: Vec::new(), sent: 0 }
    }

    /// Forgets the flow of the transfer before.
    pub(super) fn begin(&mut self) {
        self.credit = 0;
        self.end_of_file = false;
        self.outgoing.clear();
        self.sent = 0;
    }

    /// The next request. May be cancelled.
    pub(super) async fn request(&mut self) -> Request {
        match self.requests.recv().await {
            Some(request) => request,
            // The client is gone, and this task is about to be.
            None => future::pending().await,
        }
    }

    /// Takes in the requests of a running operation that are there, at least one; a call is the
    /// caller's to obey. May be cancelled.
    pub(super) async fn flow(&mut self) -> Option<Call> {
        let mut request = self.request().await;
        loop {
            match request {
                Request::Send(chunk) => self.queue(chunk),
                Request::EndOfFile => self.end_of_file = true,
                Request::Pull(bytes) => self.credit = self.credit.saturating_add(bytes),
                Request::Abort => return Some(Call::Abort),
                Request::Close => return Some(Call::Close),
                // The contract allows one operation at a time.
                request => tracing::debug!(?request, "passed over: an operation is running"),
            }
            request = self.requests.try_recv().ok()?;
        }
    }

    fn queue(&mut self, chunk: Vec<u8>) {
        self.outgoing.drain(..std::mem::take(&mut self.sent));
        if self.outgoing.is_empty() {
            self.outgoing = chunk;
        } else {
            self.outgoing.extend(chunk);
        }
    }

    /// Waits until the running operation is called off. May be cancelled.
    pub(super) async fn call(&mut self) -> Call {
        loop {
            if let Some(call) = self.flow().await {
                return call;
            }
        }
    }

    /// The next bytes to send; empty if there are none yet.
    pub(super) fn outgoing(&self) -> &[u8] {
        &self.outgoing[self.sent..]
    }

    /// Takes the first `bytes` of [`Self::outgoing`] away.
    pub(super) fn took(&mut self, bytes: usize) {
        self.sent += bytes;
    }

    /// Whether the upload is complete and all of it sent.
    pub(super) fn is_drained(&self) -> bool {
        self.end_of_file && self.outgoing().is_empty()
    }
}
