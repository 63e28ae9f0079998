//! The way of messages to one socket: bounded, never waited for; a socket too slow for it is closed.

use axum::body::Bytes;
use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;
use prost::Message as _;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Messages that wait for one socket; one more and it is closed with 1013.
pub(crate) const SIGNALS_WAITING_MAX: usize = 1_024;

/// What the socket's task is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    /// One encoded `SignalResponse`.
    Message(Bytes),
    /// Close after everything before it.
    Close,
}

/// The near end of a socket.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    frames: mpsc::Sender<Frame>,
    slow: CancellationToken,
}

impl Outgoing {
    /// The near end, what the socket's task reads, and how it learns that the socket is too slow.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Frame>, CancellationToken) {
        let (frames, waiting) = mpsc::channel(SIGNALS_WAITING_MAX);
        let slow = CancellationToken::new();
        (Self { frames, slow: slow.clone() }, waiting, slow)
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
        if let Err(mpsc::error::TrySendError::Full(_)) = self.frames.try_send(frame) {
            self.slow.cancel();
        }
    }
}

/// The bytes of one response.
pub(crate) fn encode(message: Message) -> Bytes {
    proto::SignalResponse { message: Some(message) }.encode_to_vec().into()
}

#[cfg(test)]
mod tests;
