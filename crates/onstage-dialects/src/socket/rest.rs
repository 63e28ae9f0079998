//! What stands beside the socket: numbers of a session.

use onstage_domain::Reply;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::v1::FromReply;
use crate::words::StatusWord;

/// `?token=`, for clients that set no header.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct TokenQuery {
    /// An access token or a ticket, where no `Authorization` header comes along.
    pub token: Option<String>,
}

/// Answer of `GET /ws/live/{session_id}/stats`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = SocketStats)]
pub struct SessionStats {
    /// Which.
    pub session_id: Uuid,
    /// On or over.
    pub status: StatusWord,
    /// Present and not seated.
    pub viewer_count: u32,
    /// Most viewers at once so far.
    pub peak_viewers: u32,
    /// Seated except the host.
    pub guest_count: u8,
    /// Everybody: the host, guests and viewers.
    pub participants: u32,
    /// Chat messages.
    pub messages: u32,
    /// Reactions.
    pub reactions: u64,
    /// How long it goes on, or was.
    pub duration_seconds: i64,
}

impl FromReply for SessionStats {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Stats(view, summary) = reply else { return None };
        let guests = u32::from(view.guest_count);
        Some(Self {
            session_id: view.id.uuid(),
            status: view.status.into(),
            viewer_count: view.viewer_count,
            peak_viewers: view.peak_viewers,
            guest_count: view.guest_count,
            participants: view.viewer_count.saturating_add(guests).saturating_add(1),
            messages: summary.messages,
            reactions: summary.reactions,
            duration_seconds: summary.duration_s,
        })
    }
}
