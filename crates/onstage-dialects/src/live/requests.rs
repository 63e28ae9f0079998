//! What S1's clients send.

use onstage_domain::chat::{Command as Chat, MessageKind, Reaction};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::{Before, Page};
use onstage_domain::sessions::{Command as Sessions, Mode, NewSession, SettingsPatch, Visibility};
use onstage_domain::text::{ChatText, Description, Title};
use onstage_domain::{At, Command, Query, SessionId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::words::known;
use crate::fields::{Field, Fields, Wrong, as_is, between, id, word};
use crate::time::parse_rfc3339;
use crate::v1::Body;
use crate::words::{MessageKindWord, ModeWord, ReactionWord};

/// S1 knows stages of 1–20 guests; larger wishes are clamped (K1).
const GUESTS_WISH_MAX: i64 = 20;
/// S1's slow mode knows no gaps between its numbers.
const SLOW_MODE_S_MAX: i64 = 600;
/// Real-time places where the client names none: the sample's value.
const PARTICIPANTS_DEFAULT: u32 = 100;
const ACTIVE_LIMIT_DEFAULT: u32 = 20;
const MESSAGES_LIMIT_DEFAULT: u32 = 50;
/// Most sessions or messages a page of S1 holds.
const LIVE_PAGE_MAX: u32 = 100;

/// `POST /live/start`. What is absent has the sample's value.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = LiveStart)]
pub struct StartRequest {
    /// 1–120 characters.
    #[schema(value_type = String)]
    title: Field<String>,
    /// At most 2,000 characters.
    #[schema(value_type = Option<String>)]
    description: Field<String>,
    /// `camera` when absent.
    #[schema(value_type = Option<ModeWord>)]
    session_type: Field<String>,
    /// Real-time places, 100 when absent.
    #[schema(value_type = Option<u32>, minimum = 1)]
    max_participants: Field<i64>,
    /// Viewers may ask to go up.
    #[schema(value_type = Option<bool>)]
    allow_guests: Field<bool>,
    /// Requests wait for an answer.
    #[schema(value_type = Option<bool>)]
    require_approval: Field<bool>,
    /// 1–20; 8 for voice, 10 for camera, 20 for studio when absent.
    #[schema(value_type = Option<u32>, minimum = 1)]
    max_guests: Field<i64>,
    /// Chat is on.
    #[schema(value_type = Option<bool>)]
    enable_chat: Field<bool>,
    /// Kept, and without effect until there are gifts.
    #[schema(value_type = Option<bool>)]
    enable_gifts: Field<bool>,
    /// Seconds between a person's messages, 0–600.
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 600)]
    chat_slow_mode: Field<i64>,
    /// Guests may speak when seated.
    #[schema(value_type = Option<bool>)]
    guest_audio_default: Field<bool>,
    /// Guests may show themselves when seated.
    #[schema(value_type = Option<bool>)]
    guest_video_default: Field<bool>,
    /// If present, the caller's own id.
    #[schema(value_type = Option<Uuid>)]
    user_id: Field<String>,
}

/// The seed's stages by what people send (S3-37).
const fn guests_default(mode: Mode) -> u8 {
    match mode {
        Mode::Voice => 8,
        Mode::Camera => 10,
        Mode::Studio => 20,
    }
}

fn guests_wish(number: i64) -> Result<u8, Wrong> {
    between(1, GUESTS_WISH_MAX)(number.min(GUESTS_WISH_MAX))
}

impl StartRequest {
    fn settings(self, fields: &mut Fields, mode: Mode) -> SettingsPatch {
        let places = between(1, i64::from(u32::MAX));
        SettingsPatch {
            max_guests: fields
                .optional("/max_guests", self.max_guests, guests_wish)
                .or(Some(guests_default(mode))),
            require_approval: fields.optional("/require_approval", self.require_approval, as_is),
            allow_requests: fields.optional("/allow_guests", self.allow_guests, as_is),
            enable_chat: fields.optional("/enable_chat", self.enable_chat, as_is),
            slow_mode_s: fields.optional("/chat_slow_mode", self.chat_slow_mode, between(0, SLOW_MODE_S_MAX)),
            guest_audio_default: fields.optional("/guest_audio_default", self.guest_audio_default, as_is),
            guest_video_default: fields.optional("/guest_video_default", self.guest_video_default, as_is),
            max_participants: fields
                .optional("/max_participants", self.max_participants, places)
                .or(Some(PARTICIPANTS_DEFAULT)),
            enable_gifts: fields.optional("/enable_gifts", self.enable_gifts, as_is),
            cohosts_manage_guests: None,
        }
    }
}

impl Body for StartRequest {
    type Target = ();

    fn command(mut self, (): ()) -> Result<Command, Problem> {
        known::<Mode>("session_type", &self.session_type)?;
        let mut fields = Fields::default();
        let title =
            fields.required("/title", std::mem::take(&mut self.title), |raw: String| Title::parse(&raw));
        let description = std::mem::take(&mut self.description);
        let description =
            fields.optional("/description", description, |raw: String| Description::parse(&raw));
        let mode = fields.optional("/session_type", std::mem::take(&mut self.session_type), word);
        let mode = mode.unwrap_or(Mode::Camera);
        let settings = self.settings(&mut fields, mode);
        fields.finish(|| {
            let (title, format, visibility) = (title?, None, Visibility::Public);
            let description = description.or_else(|| Description::parse("").ok())?;
            let new = NewSession { title, description, mode, format, visibility, settings };
            Some(Command::Sessions(Sessions::Create(Box::new(new))))
        })
    }

    fn claimed(&self) -> Option<&str> {
        self.user_id.value().map(String::as_str)
    }
}

/// `POST /live/join`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = LiveJoin)]
pub struct JoinRequest {
    /// Which.
    #[schema(value_type = Uuid)]
    session_id: Field<String>,
    /// If present, the caller's own id.
    #[schema(value_type = Option<Uuid>)]
    user_id: Field<String>,
}

impl Body for JoinRequest {
    type Target = ();

    fn command(self, (): ()) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let session = fields.required("/session_id", self.session_id, id);
        fields.finish(|| Some(Command::Sessions(Sessions::Join(session?))))
    }

    fn claimed(&self) -> Option<&str> {
        self.user_id.value().map(String::as_str)
    }
}

/// `POST /live/send-message`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = LiveSendMessage)]
pub struct SendMessageRequest {
    /// Where.
    #[schema(value_type = Uuid)]
    session_id: Field<String>,
    /// 1–500 characters.
    #[schema(value_type = String)]
    message: Field<String>,
    /// `text` (when absent) or `sticker`; the others are made by the server.
    #[schema(value_type = Option<MessageKindWord>)]
    message_type: Field<String>,
    /// If present, the caller's own id.
    #[schema(value_type = Option<Uuid>)]
    user_id: Field<String>,
}

impl Body for SendMessageRequest {
    type Target = ();

    fn command(self, (): ()) -> Result<Command, Problem> {
        // The words that only the server makes are refused inside.
        known::<MessageKind>("message_type", &self.message_type)?;
        let mut fields = Fields::default();
        let session = fields.required("/session_id", self.session_id, id);
        let text = fields.required("/message", self.message, |raw: String| ChatText::parse(&raw));
        let kind = fields.optional("/message_type", self.message_type, word).unwrap_or(MessageKind::Text);
        fields.finish(|| Some(Command::Chat(Chat::Send { session: session?, text: text?, kind })))
    }

    fn claimed(&self) -> Option<&str> {
        self.user_id.value().map(String::as_str)
    }
}

/// `POST /live/react`.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = LiveReact)]
pub struct ReactRequest {
    /// Where.
    #[schema(value_type = Uuid)]
    session_id: Field<String>,
    /// With what.
    #[schema(value_type = ReactionWord)]
    reaction_type: Field<String>,
    /// If present, the caller's own id.
    #[schema(value_type = Option<Uuid>)]
    user_id: Field<String>,
}

impl Body for ReactRequest {
    type Target = ();

    fn command(self, (): ()) -> Result<Command, Problem> {
        known::<Reaction>("reaction_type", &self.reaction_type)?;
        let mut fields = Fields::default();
        let session = fields.required("/session_id", self.session_id, id);
        let kind = fields.required("/reaction_type", self.reaction_type, word);
        fields.finish(|| Some(Command::Chat(Chat::React { session: session?, kind: kind?, count: 1 })))
    }

    fn claimed(&self) -> Option<&str> {
        self.user_id.value().map(String::as_str)
    }
}

impl ReactRequest {
    /// The word of the reaction, where it can be read.
    #[must_use]
    pub fn kind(&self) -> Option<Reaction> {
        self.reaction_type.value().and_then(|kind| Reaction::from_word(kind))
    }
}

fn limit(text: Option<&str>, default: u32) -> u32 {
    let wish = text.and_then(|text| text.parse::<i64>().ok());
    let bounded = wish.map(|wish| wish.clamp(1, i64::from(LIVE_PAGE_MAX)));
    bounded.and_then(|wish| u32::try_from(wish).ok()).unwrap_or(default)
}

/// `GET /live/active`.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ActiveQuery {
    /// At most 100, 20 when absent.
    #[param(value_type = Option<u32>)]
    pub limit: Option<String>,
}

impl ActiveQuery {
    /// As the core is asked.
    #[must_use]
    pub fn query(&self) -> Query {
        let limit = limit(self.limit.as_deref(), ACTIVE_LIMIT_DEFAULT);
        Query::LiveSessions(Page { cursor: None, limit })
    }
}

/// `GET /live/messages/{session_id}`.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct MessagesQuery {
    /// At most 100, 50 when absent.
    #[param(value_type = Option<u32>)]
    pub limit: Option<String>,
    /// Older than this: RFC 3339, Unix milliseconds, or a message's id.
    pub before: Option<String>,
}

impl MessagesQuery {
    /// As the core is asked.
    pub fn query(&self, session: SessionId) -> Result<Query, Problem> {
        let page = Page { cursor: None, limit: limit(self.limit.as_deref(), MESSAGES_LIMIT_DEFAULT) };
        let before = self.before.as_deref().filter(|text| !text.is_empty()).map(before).transpose()?;
        Ok(Query::History(session, before, page))
    }
}

fn before(text: &str) -> Result<Before, Problem> {
    let moment = || text.parse::<i64>().ok().map(At).or_else(|| parse_rfc3339(text)).map(Before::Moment);
    let message = || text.parse().ok().map(Before::Message);
    // In a query `+` stands for a space, also in the offset of a moment.
    let with_offset = || parse_rfc3339(&text.replace(' ', "+")).map(Before::Moment);
    moment().or_else(message).or_else(with_offset).ok_or_else(|| {
        Problem::because(Code::Unreadable, "before is an RFC 3339 time, Unix milliseconds, or a message id")
    })
}
