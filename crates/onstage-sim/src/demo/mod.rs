//! The show that `onstage demo` plays: a host, seven guests with faces and voices, an audience, chat and reactions.
//!
//! It reaches the server only from outside. `limits.enabled` should be off there: nine people sign up from one address.

mod audience;
mod guest;
mod lines;
mod show;
#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio_util::sync::CancellationToken;

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
            viewers: 12,
            turn: Duration::from_secs(6),
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
    /// Packets of media that the people on stage received from each other.
    pub packets_received: u64,
}

/// Opens the show and plays it to its end.
pub async fn run(config: DemoConfig) -> Result<Played, Fault> {
    Demo::open(config).await?.play().await
}
