//! What S1's clients are answered.

use onstage_domain::chat::{About, Event as ChatEvent, Line, LineKind, MessageView, Reaction, line_of};
use onstage_domain::media::{IceServer, MediaAccess};
use onstage_domain::reply;
use onstage_domain::sessions::SessionView;
use onstage_domain::stage::ParticipantView;
use onstage_domain::{Envelope, Event, Reply, UserId};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::words::{LiveRoleWord, Standing, StandingWord};
use crate::time::Time;
use crate::v1::FromReply;
use crate::words::{MessageKindWord, ReactionWord, Vocabulary as _, Word};

/// One entry of `ice_servers`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveIceServer)]
pub struct IceServerBlock {
    /// `stun:` and `turn:` addresses.
    pub urls: Vec<String>,
    /// TURN user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// TURN password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl From<IceServer> for IceServerBlock {
    fn from(server: IceServer) -> Self {
        Self { urls: server.urls, username: server.username, credential: server.credential }
    }
}

/// What `room.connect(server_url, participant_token)` needs.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveWebrtcConfig)]
pub struct WebrtcConfig {
    /// Base address for LiveKit clients.
    pub server_url: String,
    /// The room.
    pub room_name: String,
    /// LiveKit token.
    pub participant_token: String,
    /// For the browser.
    pub ice_servers: Vec<IceServerBlock>,
}

impl From<MediaAccess> for WebrtcConfig {
    fn from(access: MediaAccess) -> Self {
        Self {
            server_url: access.url,
            room_name: access.room_name,
            participant_token: access.token,
            ice_servers: access.ice_servers.into_iter().map(IceServerBlock::from).collect(),
        }
    }
}

/// Answer of `POST /live/start`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveStarted)]
pub struct Started {
    /// The session.
    pub id: Uuid,
    /// The room.
    pub room_name: String,
    /// The same token as in `webrtc_config`; `null` when picture places are full.
    pub access_token: Option<String>,
    /// The host's unique name.
    pub host_username: String,
    /// Title.
    pub title: String,
    /// Present and not seated.
    pub viewer_count: u32,
    /// Seated except the host.
    pub guest_count: u8,
    /// How to connect; `null` when picture places are full.
    pub webrtc_config: Option<WebrtcConfig>,
}

impl FromReply for Started {
    /// From the owner's entry, which follows the creation at once.
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Joined(joined) = reply else { return None };
        let reply::Joined { session, media, .. } = *joined;
        let webrtc_config = media.ok().map(WebrtcConfig::from);
        Some(Self {
            id: session.id.uuid(),
            room_name: session.room_name,
            access_token: webrtc_config.as_ref().map(|config| config.participant_token.clone()),
            host_username: session.owner.handle,
            title: session.title,
            viewer_count: session.viewer_count,
            guest_count: session.guest_count,
            webrtc_config,
        })
    }
}

/// Answer of `POST /live/join`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveJoined)]
pub struct Joined {
    /// The session.
    pub session_id: Uuid,
    /// The room.
    pub room_name: String,
    /// The same token as in `webrtc_config`; `null` when picture places are full.
    pub access_token: Option<String>,
    /// How to connect; `null` when picture places are full.
    pub webrtc_config: Option<WebrtcConfig>,
    /// What the person is here.
    pub role: LiveRoleWord,
    /// Whether the person could ask to go up.
    pub can_request_guest: bool,
}

impl FromReply for Joined {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Joined(joined) = reply else { return None };
        let reply::Joined { session, role, media, can_request, .. } = *joined;
        let webrtc_config = media.ok().map(WebrtcConfig::from);
        Some(Self {
            session_id: session.id.uuid(),
            room_name: session.room_name,
            access_token: webrtc_config.as_ref().map(|config| config.participant_token.clone()),
            webrtc_config,
            role: role.into(),
            can_request_guest: can_request,
        })
    }
}

/// Answer of `POST /live/end/{session_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveEnded)]
pub struct Ended {
    /// For people.
    pub message: &'static str,
    /// The session.
    pub session_id: Uuid,
    /// How long it was.
    pub duration_seconds: i64,
}

impl FromReply for Ended {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Ended(session, summary) = reply else { return None };
        Some(Self {
            message: "Live session ended successfully",
            session_id: session.id.uuid(),
            duration_seconds: summary.duration_s,
        })
    }
}

/// An item of `GET /live/active`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveActiveSession)]
pub struct ActiveSession {
    /// The session.
    pub id: Uuid,
    /// The host's unique name.
    pub host_username: String,
    /// Title.
    pub title: String,
    /// Present and not seated.
    pub viewer_count: u32,
    /// Seated except the host.
    pub guest_count: u8,
    /// Guests allowed now.
    pub max_guests: u8,
    /// Viewers may ask to go up.
    pub allow_guests: bool,
    /// Began.
    pub started_at: Time,
}

impl From<SessionView> for ActiveSession {
    fn from(view: SessionView) -> Self {
        Self {
            id: view.id.uuid(),
            host_username: view.owner.handle,
            title: view.title,
            viewer_count: view.viewer_count,
            guest_count: view.guest_count,
            max_guests: view.effective_max_guests,
            allow_guests: view.settings.allow_requests,
            started_at: view.started_at.into(),
        }
    }
}

impl FromReply for Vec<ActiveSession> {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Sessions(listed) = reply else { return None };
        Some(listed.items.into_iter().map(ActiveSession::from).collect())
    }
}

/// An item of `GET /live/participants/{session_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveParticipant)]
pub struct Participant {
    /// Who.
    pub user_id: Uuid,
    /// Unique name.
    pub username: String,
    /// Picture.
    pub avatar_url: Option<String>,
    /// What the person is here.
    pub role: LiveRoleWord,
    /// Lists show `active` and `muted`; `kicked` is the answer to a kick.
    pub status: StandingWord,
    /// What is heard, after permission and all mutes.
    pub audio_enabled: bool,
    /// What is seen, after permission and all mutes.
    pub video_enabled: bool,
    /// A screen is being shared.
    pub screen_sharing: bool,
    /// First came in.
    pub joined_at: Time,
}

impl From<ParticipantView> for Participant {
    fn from(view: ParticipantView) -> Self {
        let silenced = view.is_staged() && !view.audio_enabled();
        Self {
            user_id: view.user_id.uuid(),
            audio_enabled: view.audio_enabled(),
            video_enabled: view.video_enabled(),
            username: view.handle,
            avatar_url: view.avatar_url,
            role: view.role.into(),
            status: Word(if silenced { Standing::Muted } else { Standing::Active }),
            screen_sharing: view.screen_sharing,
            joined_at: view.joined_at.into(),
        }
    }
}

impl FromReply for Vec<Participant> {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::People(listed) = reply else { return None };
        Some(listed.items.into_iter().map(Participant::from).collect())
    }
}

/// A chat message.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveMessage)]
pub struct ChatLine {
    /// Id.
    pub id: Uuid,
    /// Where.
    pub session_id: Uuid,
    /// Author; `null`: the system.
    pub user_id: Option<Uuid>,
    /// Author's unique name.
    pub username: Option<String>,
    /// Words.
    pub message: String,
    /// `text`, `sticker`, `system` or `gift`.
    pub message_type: MessageKindWord,
    /// Empty for what people write; of a system message: `event`, `status`, `user_id` and `username`.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    /// When.
    pub created_at: Time,
}

impl From<MessageView> for ChatLine {
    fn from(view: MessageView) -> Self {
        Self {
            id: view.id.uuid(),
            session_id: view.session_id.uuid(),
            user_id: view.user_id.map(UserId::uuid),
            username: view.handle,
            message: view.text,
            message_type: view.kind.into(),
            metadata: Map::new(),
            created_at: view.created_at.into(),
        }
    }
}

impl FromReply for ChatLine {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Message(view) = reply else { return None };
        Some(view.into())
    }
}

/// What a system message says for programs: the seed's join and leave, and how the person stands after it.
fn metadata(about: About) -> Map<String, Value> {
    let (event, standing) = match about.kind {
        LineKind::Joined => ("joined", Standing::Active),
        LineKind::Left => ("left", Standing::Left),
        LineKind::Kicked => ("left", Standing::Kicked),
    };
    let pairs = [
        ("event", json!(event)),
        ("status", json!(standing.spelled())),
        ("user_id", json!(about.user_id)),
        ("username", json!(about.handle)),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

impl From<Line> for ChatLine {
    fn from(line: Line) -> Self {
        Self { metadata: line.about.map(metadata).unwrap_or_default(), ..line.message.into() }
    }
}

impl FromReply for Vec<ChatLine> {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::History(listed) = reply else { return None };
        Some(listed.items.into_iter().map(ChatLine::from).collect())
    }
}

/// Answer of `POST /live/react`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveReacted)]
pub struct Reacted {
    /// For people.
    pub message: &'static str,
    /// With what.
    pub reaction_type: ReactionWord,
}

impl From<Reaction> for Reacted {
    fn from(kind: Reaction) -> Self {
        Self { message: "Reaction sent", reaction_type: kind.into() }
    }
}

/// What of an event an S1 client finds in its history; the language has no socket, so most events have no word.
#[must_use]
pub fn chat_line(envelope: &Envelope) -> Option<ChatLine> {
    match &envelope.data {
        Event::Chat(ChatEvent::Sent { message }) => Some(message.clone().into()),
        Event::Stage(_) => line_of(envelope).map(ChatLine::from),
        Event::Chat(ChatEvent::Deleted { .. } | ChatEvent::Reacted { .. } | ChatEvent::Reactions { .. })
        | Event::Session(_)
        | Event::Moderation(_) => None,
    }
}
