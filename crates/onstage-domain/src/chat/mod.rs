//! Words and hearts.

mod events;
mod lines;
mod model;
mod rules;

pub use events::Event;
pub use lines::{About, Line, LineKind, line_of};
pub use model::{Chat, MessageKind, MessageView, Reaction, Recent, Written};
pub use rules::{
    CHAT_PER_WINDOW_MAX, CHAT_PER_WINDOW_MODERATOR_MAX, CHAT_WINDOW_MS, Command, REACTION_COUNT_MAX,
    REPEAT_MS, Refusal, Words,
};

#[cfg(test)]
mod tests;
