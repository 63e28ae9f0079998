//! Words and hearts.

mod events;
mod model;
mod rules;

pub use events::Event;
pub use model::{About, Chat, Line, LineKind, MessageKind, MessageView, Reaction, Recent, Written, line_of};
pub use rules::{
    CHAT_PER_WINDOW_MAX, CHAT_PER_WINDOW_MODERATOR_MAX, CHAT_WINDOW_MS, Command, REACTION_COUNT_MAX,
    REPEAT_MS, Refusal, Words,
};

#[cfg(test)]
mod tests;
