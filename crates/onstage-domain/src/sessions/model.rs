//! The nouns of sessions.

mod attendance;
mod course;
mod session;
mod timeline;

pub use attendance::{Attendance, Beginning, Change, Contact, PLACE_KEPT_MS, REST_PRESENCE_MS};
pub use course::{SAMPLE_MS, SAMPLES_WAITING_MAX, Sample};
pub use session::{
    HOST_GRACE_MS, NEVER_CONNECTED_MS, Opening, STAGE_GUESTS_MAX, Session, Tally, effective_max_guests,
    room_name,
};
pub use timeline::{Attended, Timeline, average_milli};

use serde::{Deserialize, Serialize};

use crate::ids::{SessionId, UserId};
use crate::time::At;
use crate::words::words;

words!(
    /// What people send (K13).
    Mode {
        /// Sound only.
        Voice = "voice",
        /// Cameras.
        Camera = "camera",
        /// Several sources a host.
        Studio = "studio",
    }
);
words!(
    /// What kind of show it is (K13).
    Format {
        /// Making something together.
        Collaboration = "collaboration",
        /// Questions and answers.
        Interview = "interview",
        /// Several voices.
        Panel = "panel",
        /// Games.
        Gaming = "gaming",
        /// A podcast.
        Podcast = "podcast",
        /// Teaching.
        Workshop = "workshop",
    }
);
words!(
    /// Who finds the session.
    Visibility {
        /// Listed.
        Public = "public",
        /// Whoever has the link.
        Unlisted = "unlisted",
    }
);
words!(
    /// Where a session is in its life.
    Status {
        /// On.
        Live = "live",
        /// Over.
        Ended = "ended",
    }
);
words!(
    /// How tiles are arranged (K14).
    Layout {
        /// Largest equal tiles.
        Grid = "grid",
        /// One large.
        Spotlight = "spotlight",
        /// Weighted, host pinned.
        Gallery = "gallery",
        /// One large, a column beside.
        Sidebar = "sidebar",
        /// One full, one inside.
        Pip = "pip",
        /// Two halves.
        SideBySide = "side_by_side",
    }
);

/// What the owner can switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of the owner")]
pub struct Settings {
    /// Wish; the effective number also knows the plan. `None`: the plan's.
    pub max_guests: Option<u8>,
    /// Requests wait for an answer.
    pub require_approval: bool,
    /// Viewers may ask to go up.
    pub allow_requests: bool,
    /// Chat is on.
    pub enable_chat: bool,
    /// Seconds between a person's messages.
    pub slow_mode_s: u32,
    /// Guests may speak when seated.
    pub guest_audio_default: bool,
    /// Guests may show themselves when seated.
    pub guest_video_default: bool,
    /// Gifts may be sent, once there are any.
    #[serde(default = "switched_on")]
    pub enable_gifts: bool,
    /// Real-time places; `None`: no limit.
    pub max_participants: Option<u32>,
    /// Cohosts answer requests, invite, mute, kick (K4).
    pub cohosts_manage_guests: bool,
    /// No new guests.
    pub locked: bool,
    /// Arrangement of tiles.
    pub layout: Layout,
}

/// What events of before the switch mean.
const fn switched_on() -> bool {
    true
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_guests: None,
            require_approval: true,
            allow_requests: true,
            enable_chat: true,
            slow_mode_s: 0,
            guest_audio_default: true,
            guest_video_default: true,
            enable_gifts: true,
            max_participants: None,
            cohosts_manage_guests: true,
            locked: false,
            layout: Layout::Grid,
        }
    }
}

/// Changes to settings; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsPatch {
    /// See [`Settings`].
    pub max_guests: Option<u8>,
    /// See [`Settings`].
    pub require_approval: Option<bool>,
    /// See [`Settings`].
    pub allow_requests: Option<bool>,
    /// See [`Settings`].
    pub enable_chat: Option<bool>,
    /// See [`Settings`].
    pub slow_mode_s: Option<u32>,
    /// See [`Settings`].
    pub guest_audio_default: Option<bool>,
    /// See [`Settings`].
    pub guest_video_default: Option<bool>,
    /// See [`Settings`].
    pub enable_gifts: Option<bool>,
    /// See [`Settings`].
    pub max_participants: Option<u32>,
    /// See [`Settings`].
    pub cohosts_manage_guests: Option<bool>,
}

/// The owner as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostView {
    /// Id.
    pub user_id: UserId,
    /// Unique name.
    pub handle: String,
    /// Shown name.
    pub display_name: String,
    /// Picture.
    pub avatar_url: Option<String>,
}

/// A session as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Id.
    pub id: SessionId,
    /// Title.
    pub title: String,
    /// Description.
    pub description: String,
    /// On or over.
    pub status: Status,
    /// What people send.
    pub mode: Mode,
    /// Kind of show.
    pub format: Option<Format>,
    /// Who finds it.
    pub visibility: Visibility,
    /// The owner.
    pub owner: HostView,
    /// LiveKit's room.
    pub room_name: String,
    /// Guests allowed now: `min(49, plan, settings)`.
    pub effective_max_guests: u8,
    /// Present and not seated.
    pub viewer_count: u32,
    /// Most at once so far.
    pub peak_viewers: u32,
    /// Seated except the owner, held included.
    pub guest_count: u8,
    /// Began.
    pub started_at: At,
    /// Over.
    pub ended_at: Option<At>,
    /// While the host is lost: when the session ends unless they come back.
    pub host_grace_until: Option<At>,
    /// Switches.
    pub settings: Settings,
}

/// What remains of a show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryView {
    /// Seconds.
    pub duration_s: i64,
    /// Most viewers at once.
    pub peak_viewers: u32,
    /// Distinct people who were on stage, owner excluded.
    pub guests: u32,
    /// Chat messages.
    pub messages: u32,
    /// Reactions.
    pub reactions: u64,
}

/// Most moments in the timeline of a show.
pub const TIMELINE_BUCKETS_MAX: u32 = 120;

/// How a show went (S1-36).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnalyticsView {
    /// Which.
    pub session_id: SessionId,
    /// Began.
    pub started_at: At,
    /// Over.
    pub ended_at: Option<At>,
    /// Seconds, so far or in all.
    pub duration_s: i64,
    /// Most viewers at once.
    pub viewers_peak: u32,
    /// Viewers, averaged over the time of the show, in thousandths.
    pub viewers_average_milli: u64,
    /// Distinct people with an account who came in, owner excluded.
    pub people: u32,
    /// Distinct people who were on stage, owner excluded.
    pub guests: u32,
    /// Requests to come up.
    pub requests: u32,
    /// Chat messages.
    pub messages: u32,
    /// Reactions.
    pub reactions: u64,
    /// Word of the reaction → count.
    pub reactions_by_kind: std::collections::BTreeMap<String, u64>,
    /// Shows of this host that ended, this one included once it has.
    pub host_sessions: u32,
    /// Their average length, seconds.
    pub host_average_duration_s: i64,
    /// Seconds of a moment in the timeline.
    pub bucket_s: u32,
    /// At most [`TIMELINE_BUCKETS_MAX`], oldest first.
    pub timeline: Vec<MomentView>,
}

/// One moment of a show's timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MomentView {
    /// Begins.
    pub at: At,
    /// Viewers, averaged, in thousandths.
    pub viewers_milli: u64,
    /// Most guests on stage at once.
    pub guests: u32,
    /// Chat messages.
    pub messages: u32,
    /// Reactions.
    pub reactions: u64,
}
