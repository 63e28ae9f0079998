//! What can be asked of chat.

use crate::chat::{MessageKind, Reaction};
use crate::ids::{MessageId, SessionId};
use crate::text::ChatText;

/// Most reactions one call may carry.
pub const REACTION_COUNT_MAX: u32 = 20;

/// Words and hearts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Says something.
    Send {
        /// Where.
        session: SessionId,
        /// What.
        text: ChatText,
        /// Text or sticker.
        kind: MessageKind,
    },
    /// Takes a message away (author or moderator).
    Delete {
        /// Where.
        session: SessionId,
        /// Which.
        message: MessageId,
    },
    /// Reacts.
    React {
        /// Where.
        session: SessionId,
        /// With what.
        kind: Reaction,
        /// How often at once, 1–[`REACTION_COUNT_MAX`].
        count: u32,
    },
}
