//! Sockets and threads that drive the SFU, and LiveKit's signalling; no policy: orders are carried out, facts reported.

mod check;
mod clock;
mod cluster;
mod config;
mod directory;
mod doors;
mod either;
mod engine;
mod facts;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod ice;
mod livekit;
mod net;
mod orders;
mod pace;
mod places;
pub mod probe;
mod signals;
mod tasks;
mod whep;
mod whip;

pub use cluster::{Cluster, ClusterConfig};
pub use config::{Listening, MediaConfig, MediaError, TlsFiles};
pub use either::Engine;
pub use engine::{Media, MediaFigures, MediaHealth};
pub use livekit::knocks::CalledFrom;
pub use livekit::webhooks::WebhookConfig;
