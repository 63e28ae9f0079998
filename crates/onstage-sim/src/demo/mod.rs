//! The show that `onstage demo` plays: eight drawn people with voices, an audience, chat and reactions, and a host's chair
//! that a visitor may take.
//!
//! It reaches the server only from outside. `limits.enabled` should be off there: everybody signs up from one address.

mod account;
mod audience;
mod face;
mod lines;
mod script;
mod show;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

pub use account::Credentials;
pub use show::Demo;

use crate::Fault;

/// Viewers that a demo lets in; the show is for looking at, not for measuring.
pub const VIEWERS_MAX: usize = 500;

/// What to play, and where.
#[derive(Debug, Clone)]
pub struct DemoConfig {
    /// `http://host:port`.
    pub base_url: String,
    /// Where the first account of an installation needs one.
    pub setup_code: Option<String>,
    /// A session of a visitor: everybody asks to go up there, and the visitor lets them in. Without it a bot hosts.
    pub session: Option<String>,
    /// A visitor sits in the host's chair: the bot answers and mutes nobody any more.
    pub visited: Arc<AtomicBool>,
    /// People who watch, write and react.
    pub viewers: usize,
    /// How long one person speaks.
    pub turn: Duration,
    /// Turns until the show ends by itself; `None`: when it is stopped.
    pub turns: Option<u32>,
    /// Ends the show: everybody says goodbye, the host ends the session.
    pub stop: CancellationToken,
}

impl DemoConfig {
    /// A show that goes on until it is stopped.
    #[must_use]
    pub fn new(base_url: &str, stop: CancellationToken) -> Self {
        Self {
            base_url: base_url.to_owned(),
            setup_code: None,
            session: None,
            visited: Arc::default(),
            viewers: 50,
            turn: Duration::from_secs(7),
            turns: None,
            stop,
        }
    }
}

/// What was played.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Played {
    /// Turns.
    pub turns: u32,
    /// Chat messages.
    pub messages: u32,
    /// Reactions.
    pub reactions: u32,
}

/// Opens the show and plays it to its end.
pub async fn run(config: DemoConfig) -> Result<Played, Fault> {
    Demo::open(config).await?.play().await
}

/// Some number below this one; 0 when there is none.
fn below(end: usize) -> usize {
    rand::random::<u32>().try_into().unwrap_or(0_usize).checked_rem(end).unwrap_or_default()
}

/// This moment and so much time.
fn after(now: Instant, time: Duration) -> Instant {
    now.checked_add(time).unwrap_or(now)
}
