//! What the core asks of a media engine (orders: desired state) and what the engine saw (facts).

use serde::{Deserialize, Serialize};

use crate::ids::{FactId, SessionId, UserId};
use crate::time::At;

/// The two kinds of media that can be muted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// Microphone.
    Audio,
    /// Camera.
    Video,
}

/// What a person may send and what of it is forwarded, after all three mute facts (`shapes.md` §3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "five independent permissions, each enforced by itself")]
pub struct MediaGrant {
    /// May publish a microphone.
    pub may_speak: bool,
    /// May publish a camera.
    pub may_show: bool,
    /// May publish a screen.
    pub may_share: bool,
    /// Muted by a host: nothing of the microphone is forwarded whatever the client says.
    pub host_muted_audio: bool,
    /// Camera switched off by a host.
    pub host_muted_video: bool,
    /// Muted by the person.
    pub self_muted_audio: bool,
    /// Camera switched off by the person.
    pub self_muted_video: bool,
}

impl MediaGrant {
    /// May watch, and nothing else.
    pub const NOTHING: Self = Self {
        may_speak: false,
        may_show: false,
        may_share: false,
        host_muted_audio: false,
        host_muted_video: false,
        self_muted_audio: false,
        self_muted_video: false,
    };
}

/// Desired state. Coalesced by its key (session, or session and person), never dropped, replayed after a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaOrder {
    /// A session has (or no longer has) a room.
    Session {
        /// Which.
        session: SessionId,
        /// `room` in LiveKit tokens.
        room_name: String,
        /// False ends the room and disconnects everybody in it.
        open: bool,
    },
    /// What one person may do in a room. People without an order may subscribe and nothing else.
    Person {
        /// Which session.
        session: SessionId,
        /// LiveKit identity.
        user: UserId,
        /// False: this identity is refused whatever token it holds, and put out if it is in.
        admitted: bool,
        /// What is forwarded.
        grant: MediaGrant,
    },
}

/// Something the engine saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFact {
    /// The same id twice is the same fact.
    pub id: FactId,
    /// Which session.
    pub session: SessionId,
    /// Whose.
    pub user: UserId,
    /// When.
    pub at: At,
    /// What.
    pub seen: Seen,
}

/// The facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// A media session became active. A later one of the same person replaces the earlier one.
    Connected,
    /// The last media session of the person is gone.
    Lost,
    /// A track is there.
    Published {
        /// Its source.
        source: Source,
    },
    /// A track went.
    Unpublished {
        /// Its source.
        source: Source,
    },
    /// The person's own mute signal: the only thing besides the API that clears a self mute.
    SelfMuted {
        /// Which media.
        media: Media,
        /// On or off.
        muted: bool,
    },
    /// Loudness in eighths, 0 = silent; ephemeral.
    Speaking {
        /// Eighths.
        level_eighths: u8,
    },
    /// Connection quality; ephemeral.
    Quality {
        /// 0 poor, 1 good, 2 excellent, 3 lost.
        score: u8,
    },
}

/// Where a track comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Camera.
    Camera,
    /// Microphone.
    Microphone,
    /// Screen picture.
    Screen,
    /// Screen sound.
    ScreenAudio,
}

/// How a person reaches a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaAccess {
    /// `ws://` or `wss://` base address for LiveKit clients.
    pub url: String,
    /// LiveKit token (HS256, ten minutes, refreshed in band).
    pub token: String,
    /// The room.
    pub room_name: String,
    /// STUN and TURN servers as the browser wants them.
    pub ice_servers: Vec<IceServer>,
}

/// One entry of an `RTCConfiguration`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// `stun:` and `turn:` addresses.
    pub urls: Vec<String>,
    /// TURN user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// TURN password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}
