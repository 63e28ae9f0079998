//! What happens in chat.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::chat::{MessageView, Reaction};
use crate::event::{Audience, Keep};
use crate::ids::{MessageId, UserId};

/// Facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A message.
    Sent {
        /// The message.
        message: MessageView,
    },
    /// A message was taken away.
    Deleted {
        /// Which.
        message_id: MessageId,
        /// By whom.
        by: UserId,
    },
    /// One person's reaction (few people).
    Reacted {
        /// Whose.
        user_id: UserId,
        /// Their unique name.
        handle: String,
        /// Which.
        kind: Reaction,
        /// How many.
        count: u32,
    },
    /// Counted reactions of one window (many people).
    Reactions {
        /// Word of the reaction → count.
        counts: BTreeMap<String, u32>,
    },
}

impl Event {
    /// `chat.…`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sent { .. } => "chat.sent",
            Self::Deleted { .. } => "chat.deleted",
            Self::Reacted { .. } => "chat.reacted",
            Self::Reactions { .. } => "chat.reactions",
        }
    }

    /// Everybody.
    #[must_use]
    #[expect(clippy::unused_self, reason = "the same question for every slice")]
    pub const fn audience(&self) -> Audience {
        Audience::Session
    }

    /// Reactions are ephemeral.
    #[must_use]
    pub const fn keep(&self) -> Keep {
        match self {
            Self::Sent { .. } | Self::Deleted { .. } => Keep::Kept,
            Self::Reacted { .. } | Self::Reactions { .. } => Keep::Ephemeral,
        }
    }
}
