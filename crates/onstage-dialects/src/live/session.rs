//! One session in detail.

use onstage_domain::sessions::{HostView, SessionView, Settings};
use onstage_domain::{Reply, SessionId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ActiveSession;
use crate::v1::FromReply;
use crate::words::{ModeWord, StatusWord};

/// Answer of `GET /live/session/{session_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveSession)]
pub struct SessionDetails {
    /// As in the list of active sessions.
    #[serde(flatten)]
    pub listed: ActiveSession,
    /// Description.
    pub description: String,
    /// What people send.
    pub session_type: ModeWord,
    /// On or over.
    pub status: StatusWord,
    /// The room.
    pub room_name: String,
    /// Most viewers at once so far.
    pub peak_viewers: u32,
    /// Switches.
    pub settings: SessionSwitches,
    /// The host.
    pub host: Host,
}

/// The host of a session.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveHost)]
pub struct Host {
    /// Who.
    pub user_id: Uuid,
    /// Unique name.
    pub username: String,
    /// Picture.
    pub avatar_url: Option<String>,
}

impl From<HostView> for Host {
    fn from(view: HostView) -> Self {
        Self { user_id: view.user_id.uuid(), username: view.handle, avatar_url: view.avatar_url }
    }
}

/// The seed's table of settings, column by column.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LiveSettings)]
#[expect(clippy::struct_excessive_bools, reason = "the seed's columns")]
pub struct SessionSwitches {
    /// Whose.
    pub session_id: Uuid,
    /// Viewers may ask to go up.
    pub allow_guests: bool,
    /// Requests wait for an answer.
    pub require_approval: bool,
    /// Guests allowed now, after the plan.
    pub max_guests: u8,
    /// Chat is on.
    pub enable_chat: bool,
    /// Gifts may be sent, once there are any.
    pub enable_gifts: bool,
    /// Seconds between a person's messages.
    pub chat_slow_mode: u32,
    /// Guests may speak when seated.
    pub guest_audio_default: bool,
    /// Guests may show themselves when seated.
    pub guest_video_default: bool,
}

impl SessionSwitches {
    fn of(session: SessionId, max_guests: u8, settings: &Settings) -> Self {
        Self {
            session_id: session.uuid(),
            allow_guests: settings.allow_requests,
            require_approval: settings.require_approval,
            max_guests,
            enable_chat: settings.enable_chat,
            enable_gifts: settings.enable_gifts,
            chat_slow_mode: settings.slow_mode_s,
            guest_audio_default: settings.guest_audio_default,
            guest_video_default: settings.guest_video_default,
        }
    }
}

impl From<SessionView> for SessionDetails {
    fn from(view: SessionView) -> Self {
        Self {
            description: view.description.clone(),
            session_type: view.mode.into(),
            status: view.status.into(),
            room_name: view.room_name.clone(),
            peak_viewers: view.peak_viewers,
            settings: SessionSwitches::of(view.id, view.effective_max_guests, &view.settings),
            host: view.owner.clone().into(),
            listed: view.into(),
        }
    }
}

impl FromReply for SessionDetails {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Session(view) = reply else { return None };
        Some((*view).into())
    }
}
