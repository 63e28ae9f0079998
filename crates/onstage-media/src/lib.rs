//! Sockets and threads that drive the SFU, and LiveKit's signalling; no policy: orders are carried out, facts reported.

mod clock;
mod config;
mod directory;
mod engine;
mod facts;
mod livekit;
mod net;
mod orders;
mod pace;
mod tasks;

pub use config::{MediaConfig, MediaError};
pub use engine::{Media, MediaFigures, MediaHealth};
