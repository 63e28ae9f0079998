//! Chat and reactions in `/v1`.

use onstage_domain::chat::{Command as Chat, MessageKind, MessageView, REACTION_COUNT_MAX};
use onstage_domain::problem::Problem;
use onstage_domain::text::ChatText;
use onstage_domain::{Command, Reply, SessionId, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, FromReply};
use crate::fields::{Field, Fields, between, word};
use crate::time::Time;
use crate::words::{MessageKindWord, ReactionWord};

/// A chat message.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, JsonSchema)]
pub struct MessageBody {
    /// Id.
    pub id: Uuid,
    /// Where.
    pub session_id: Uuid,
    /// Author; `null`: the system.
    pub user_id: Option<Uuid>,
    /// Author's unique name.
    pub handle: Option<String>,
    /// Author's shown name.
    pub display_name: Option<String>,
    /// Words.
    pub text: String,
    /// Kind.
    pub kind: MessageKindWord,
    /// When.
    pub created_at: Time,
}

impl From<MessageView> for MessageBody {
    fn from(view: MessageView) -> Self {
        Self {
            id: view.id.uuid(),
            session_id: view.session_id.uuid(),
            user_id: view.user_id.map(UserId::uuid),
            handle: view.handle,
            display_name: view.display_name,
            text: view.text,
            kind: view.kind.into(),
            created_at: view.created_at.into(),
        }
    }
}

impl FromReply for MessageBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Message(view) = reply else { return None };
        Some(view.into())
    }
}

/// A message to send.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SendMessage {
    /// 1–500 characters.
    #[schema(value_type = String)]
    pub text: Field<String>,
    /// `text` (when absent) or `sticker`.
    #[schema(value_type = Option<MessageKindWord>)]
    pub kind: Field<String>,
    /// If present, the caller's own id.
    #[schema(value_type = Option<Uuid>)]
    pub user_id: Field<String>,
}

impl Body for SendMessage {
    type Target = SessionId;

    fn command(self, session: SessionId) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let text = fields.required("/text", self.text, |raw: String| ChatText::parse(&raw));
        let kind = fields.optional("/kind", self.kind, word).unwrap_or(MessageKind::Text);
        fields.finish(|| Some(Command::Chat(Chat::Send { session, text: text?, kind })))
    }

    fn claimed(&self) -> Option<&str> {
        self.user_id.claim()
    }
}

/// A reaction.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct React {
    /// With what.
    #[schema(value_type = ReactionWord)]
    pub kind: Field<String>,
    /// How often at once, 1 when absent.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 20)]
    pub count: Field<i64>,
    /// If present, the caller's own id.
    #[schema(value_type = Option<Uuid>)]
    pub user_id: Field<String>,
}

impl Body for React {
    type Target = SessionId;

    fn command(self, session: SessionId) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let kind = fields.required("/kind", self.kind, word);
        let count =
            fields.optional("/count", self.count, between(1, i64::from(REACTION_COUNT_MAX))).unwrap_or(1);
        fields.finish(|| Some(Command::Chat(Chat::React { session, kind: kind?, count })))
    }

    fn claimed(&self) -> Option<&str> {
        self.user_id.claim()
    }
}
