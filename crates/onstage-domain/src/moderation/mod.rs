//! Sanctions: blocks, timeouts, and the log of who did what to whom.

mod events;
mod model;
mod rules;

pub use events::Event;
pub use model::AuditView;
pub use rules::{Command, TIMEOUT_S_MAX, TIMEOUT_S_MIN};
