//! The nouns of chat.

mod lines;

pub use lines::{About, Line, LineKind, line_of};

use serde::{Deserialize, Serialize};

use crate::ids::{MessageId, SessionId, UserId};
use crate::moderation::Target;
use crate::sessions::Session;
use crate::time::At;
use crate::words::words;

words!(
    /// What a message is. Clients may send the first two (K20).
    MessageKind {
        /// Words.
        Text = "text",
        /// A sticker.
        Sticker = "sticker",
        /// Made by the server.
        System = "system",
        /// Made by the server.
        Gift = "gift",
    }
);
words!(
    /// The catalogue of reactions (K19).
    Reaction {
        /// ❤️
        Heart = "heart",
        /// 🔥
        Fire = "fire",
        /// 👏
        Clap = "clap",
        /// 😮
        Wow = "wow",
        /// 😢
        Sad = "sad",
        /// 👍
        ThumbsUp = "thumbs_up",
    }
);

impl Reaction {
    /// As S3's clients send and show it (K19).
    #[must_use]
    pub const fn emoji(self) -> &'static str {
        match self {
            Self::Heart => "❤️",
            Self::Fire => "🔥",
            Self::Clap => "👏",
            Self::Wow => "😮",
            Self::Sad => "😢",
            Self::ThumbsUp => "👍",
        }
    }
}

/// A chat message as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// Id.
    pub id: MessageId,
    /// Where.
    pub session_id: SessionId,
    /// Author; `None`: the system.
    pub user_id: Option<UserId>,
    /// Author's unique name.
    pub handle: Option<String>,
    /// Author's shown name.
    pub display_name: Option<String>,
    /// Words.
    pub text: String,
    /// Kind.
    pub kind: MessageKind,
    /// When.
    pub created_at: At,
}

/// Something a person wrote a moment ago, deleted or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recent {
    /// When.
    pub at: At,
    /// What.
    pub text: String,
}

/// A message somebody wants to take away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Which.
    pub id: MessageId,
    /// Who wrote it, as they stand in the session now.
    pub author: Target,
}

/// Chat of one session as one person meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    pub(in crate::chat) session: SessionId,
    pub(in crate::chat) live: bool,
    pub(in crate::chat) enabled: bool,
    pub(in crate::chat) slow_mode_s: u32,
    pub(in crate::chat) limits: bool,
    pub(in crate::chat) recent: Vec<Recent>,
}

impl Chat {
    /// Of this session, with what the person wrote lately (as far back as slow mode and the window look).
    /// `limits`: off in load tests only; slow mode and repetition hold all the same.
    #[must_use]
    pub fn of(session: &Session, limits: bool, recent: Vec<Recent>) -> Self {
        let settings = &session.view().settings;
        Self {
            session: session.id(),
            live: session.is_live(),
            enabled: settings.enable_chat,
            slow_mode_s: settings.slow_mode_s,
            limits,
            recent,
        }
    }
}
