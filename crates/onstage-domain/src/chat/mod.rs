//! Words and hearts.

mod events;
mod model;
mod rules;

pub use events::Event;
pub use model::{MessageKind, MessageView, Reaction};
pub use rules::{Command, REACTION_COUNT_MAX};
