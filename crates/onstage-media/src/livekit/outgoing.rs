//! The way of messages to one socket: bounded, never waited for; a socket too slow for it is closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Bytes;
use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;
use prost::Message as _;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Messages that wait for one socket; one more and it is closed with 1013.
pub(crate) const SIGNALS_WAITING_MAX: usize = 1_024;
/// Bytes that wait for one socket; more and it is closed with 1013.
pub(crate) const SIGNAL_BYTES_WAITING_MAX: usize = 8 * 1024 * 1024;

/// What the socket's task is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    /// One encoded `SignalResponse`.
    Message(Bytes),
    /// Close after everything before it.
    Close,
}

impl Frame {
    fn len(&self) -> usize {
        match self {
            Self::Message(bytes) => bytes.len(),
            Self::Close => 0,
        }
    }
}

/// The near end of a socket.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    frames: mpsc::Sender<Frame>,
    bytes: Arc<AtomicUsize>,
    slow: CancellationToken,
}

/// The far end: what the socket's task reads.
#[derive(Debug)]
pub(crate) struct Waiting {
    frames: mpsc::Receiver<Frame>,
    bytes: Arc<AtomicUsize>,
    slow: CancellationToken,
}

impl Outgoing {
    /// Both ends.
    pub(crate) fn new() -> (Self, Waiting) {
        let (frames, waiting) = mpsc::channel(SIGNALS_WAITING_MAX);
        let (bytes, slow) = (Arc::new(AtomicUsize::new(0)), CancellationToken::new());
        let far = Waiting { frames: waiting, bytes: Arc::clone(&bytes), slow: slow.clone() };
        (Self { frames, bytes, slow }, far)
    }

    /// Never waits.
    pub(crate) fn send(&self, message: Message) {
        self.send_encoded(encode(message));
    }

    /// The same bytes may go to many.
    pub(crate) fn send_encoded(&self, message: Bytes) {
        self.push(Frame::Message(message));
    }

    /// Ends the socket after what was sent.
    pub(crate) fn close(&self) {
        self.push(Frame::Close);
    }

    fn push(&self, frame: Frame) {
        let length = frame.len();
        let before = self.bytes.fetch_add(length, Ordering::AcqRel);
        let too_much = before.saturating_add(length) > SIGNAL_BYTES_WAITING_MAX;
        if too_much || matches!(self.frames.try_send(frame), Err(mpsc::error::TrySendError::Full(_))) {
            self.slow.cancel();
        }
    }
}

impl Waiting {
    /// The next frame; `None` once nobody can send any more.
    pub(crate) async fn recv(&mut self) -> Option<Frame> {
        let frame = self.frames.recv().await?;
        self.bytes.fetch_sub(frame.len(), Ordering::AcqRel);
        Some(frame)
    }

    /// The next frame that is there already.
    #[cfg(test)]
    pub(crate) fn try_recv(&mut self) -> Option<Frame> {
        let frame = self.frames.try_recv().ok()?;
        self.bytes.fetch_sub(frame.len(), Ordering::AcqRel);
        Some(frame)
    }

    /// Fires when the socket has fallen too far behind.
    pub(crate) fn slow(&self) -> CancellationToken {
        self.slow.clone()
    }
}

/// The bytes of one response.
pub(crate) fn encode(message: Message) -> Bytes {
    proto::SignalResponse { message: Some(message) }.encode_to_vec().into()
}

#[cfg(test)]
mod tests;
