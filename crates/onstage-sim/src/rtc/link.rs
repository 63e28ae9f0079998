//! The way to the server: up, or being opened again with growing patience.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use livekit_protocol::{signal_request, signal_response};

use super::signal::Signal;
use crate::Fault;

/// Attempts to get back in before a bot gives up.
/// tidy: bounded by a_bot_gives_up_after_its_attempts
pub(super) const ATTEMPTS_MAX: u32 = 12;

/// Waiting times before each attempt, as LiveKit's clients have them; the last one repeats.
const DELAYS_MS: [u64; 6] = [0, 300, 1_200, 2_700, 4_800, 7_000];
/// Longest wait for a socket to open.
const OPEN_WITHIN: Duration = Duration::from_secs(10);

type Opening = Pin<Box<dyn Future<Output = Result<Signal, Fault>> + Send>>;

/// The state of the signalling socket.
pub(super) enum Link {
    /// Messages flow.
    Up(Box<Signal>),
    /// On the way.
    Opening { opening: Opening, resume: bool, attempt: u32 },
}

/// What happened on the link.
pub(super) enum LinkEvent {
    Message(Box<signal_response::Message>),
    Closed,
    Opened { resume: bool },
    Failed { fault: Fault, resume: bool, attempt: u32 },
}

impl Link {
    pub(super) fn open(address: String, resume: bool, attempt: u32) -> Self {
        let last = DELAYS_MS.len().saturating_sub(1);
        let place = usize::try_from(attempt).unwrap_or(last).min(last);
        let delay = Duration::from_millis(DELAYS_MS.get(place).copied().unwrap_or_default());
        let opening = Box::pin(async move {
            tokio::time::sleep(delay).await;
            let opened = tokio::time::timeout(OPEN_WITHIN, Signal::open(address)).await;
            opened.unwrap_or(Err(Fault::TimedOut("the signalling socket")))
        });
        Self::Opening { opening, resume, attempt }
    }

    /// The next thing that happens. Cancelling it loses nothing.
    pub(super) async fn next(&mut self) -> LinkEvent {
        match self {
            Self::Up(signal) => match signal.next().await {
                Some(message) => LinkEvent::Message(Box::new(message)),
                None => LinkEvent::Closed,
            },
            Self::Opening { opening, resume, attempt } => {
                let (resume, attempt) = (*resume, *attempt);
                match opening.await {
                    Ok(signal) => {
                        *self = Self::Up(Box::new(signal));
                        LinkEvent::Opened { resume }
                    }
                    Err(fault) => LinkEvent::Failed { fault, resume, attempt },
                }
            }
        }
    }

    /// Sends, if the link is up; a broken one is noticed by its reader.
    pub(super) async fn send(&mut self, message: signal_request::Message) {
        if let Self::Up(signal) = self
            && let Err(fault) = signal.send(message).await
        {
            tracing::debug!(%fault, "signalling is gone");
        }
    }

    pub(super) async fn close(self) {
        if let Self::Up(signal) = self {
            signal.close().await;
        }
    }
}
