//! The nouns of chat.

use serde::{Deserialize, Serialize};

use crate::ids::{MessageId, SessionId, UserId};
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
