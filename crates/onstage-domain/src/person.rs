//! A person in a session, in the words that every slice shares: role, presence, permissions, and the three mute facts.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::ids::UserId;
use crate::media::MediaGrant;
use crate::sessions::Mode;
use crate::time::At;
use crate::words::words;

words!(
    /// What a person is in a session (K3).
    Role {
        /// Seat 0, untouchable.
        Owner = "owner",
        /// Seated, helps to run the show.
        Cohost = "cohost",
        /// Seated.
        Guest = "guest",
        /// Watches.
        Viewer = "viewer",
    }
);
words!(
    /// Where a person is.
    Presence {
        /// Has a seat and sixty seconds to take it.
        Held = "held",
        /// Up.
        OnStage = "on_stage",
        /// Dropped; the seat is kept for a while.
        Reconnecting = "reconnecting",
        /// In the audience.
        Watching = "watching",
    }
);
/// What a person may do beyond their role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "four independent permissions")]
pub struct Permissions {
    /// May speak.
    pub may_speak: bool,
    /// May show themselves.
    pub may_show: bool,
    /// May share a screen.
    pub may_share: bool,
    /// May moderate chat.
    pub is_moderator: bool,
}

/// Changes to permissions; what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionsPatch {
    /// See [`Permissions`].
    pub may_speak: Option<bool>,
    /// See [`Permissions`].
    pub may_show: Option<bool>,
    /// See [`Permissions`].
    pub may_share: Option<bool>,
    /// See [`Permissions`].
    pub is_moderator: Option<bool>,
}

/// A person in a session, as everybody sees them (`shapes.md` §8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the shape of the contract: independent facts")]
pub struct ParticipantView {
    /// Who.
    pub user_id: UserId,
    /// Unique name.
    pub handle: String,
    /// Shown name.
    pub display_name: String,
    /// Picture.
    pub avatar_url: Option<String>,
    /// Role.
    pub role: Role,
    /// 0–49; `None` in the audience.
    pub seat: Option<u8>,
    /// Where.
    pub presence: Presence,
    /// While held or reconnecting: when the seat is lost.
    pub seat_until: Option<At>,
    /// May speak.
    pub may_speak: bool,
    /// May show themselves.
    pub may_show: bool,
    /// May share a screen.
    pub may_share: bool,
    /// May moderate chat.
    pub is_moderator: bool,
    /// Muted by a host.
    pub host_muted_audio: bool,
    /// Camera off by a host.
    pub host_muted_video: bool,
    /// Muted by the person.
    pub self_muted_audio: bool,
    /// Camera off by the person.
    pub self_muted_video: bool,
    /// A screen is being shared.
    pub screen_sharing: bool,
    /// Has a pending request.
    pub hand_raised: bool,
    /// First came in.
    pub joined_at: At,
}

impl ParticipantView {
    /// Forwarded iff may ∧ not muted by host ∧ not muted by self.
    #[must_use]
    pub const fn audio_enabled(&self) -> bool {
        self.may_speak && !self.host_muted_audio && !self.self_muted_audio
    }

    /// The same for the camera.
    #[must_use]
    pub const fn video_enabled(&self) -> bool {
        self.may_show && !self.host_muted_video && !self.self_muted_video
    }

    /// Has a seat.
    #[must_use]
    pub const fn is_staged(&self) -> bool {
        self.seat.is_some()
    }

    /// What the media engine is told about this person.
    #[must_use]
    pub const fn grant(&self) -> MediaGrant {
        let staged = self.seat.is_some();
        MediaGrant {
            may_speak: staged && self.may_speak,
            may_show: staged && self.may_show,
            may_share: staged && self.may_share,
            host_muted_audio: self.host_muted_audio,
            host_muted_video: self.host_muted_video,
            self_muted_audio: self.self_muted_audio,
            self_muted_video: self.self_muted_video,
        }
    }
}

/// A person who just came in, without a seat.
#[must_use]
pub fn newcomer(now: At, actor: &Actor) -> ParticipantView {
    ParticipantView {
        user_id: actor.user_id,
        handle: actor.handle.clone(),
        display_name: actor.display_name.clone(),
        avatar_url: actor.avatar_url.clone(),
        role: Role::Viewer,
        seat: None,
        presence: Presence::Watching,
        seat_until: None,
        may_speak: false,
        may_show: false,
        may_share: false,
        is_moderator: false,
        host_muted_audio: false,
        host_muted_video: false,
        self_muted_audio: false,
        self_muted_video: false,
        screen_sharing: false,
        hand_raised: false,
        joined_at: now,
    }
}

/// The owner on seat 0, as they are from the first moment of a session.
#[must_use]
pub fn owner(now: At, actor: &Actor, mode: Mode) -> ParticipantView {
    let shows = shows_pictures(mode);
    ParticipantView {
        role: Role::Owner,
        seat: Some(0),
        presence: Presence::OnStage,
        may_speak: true,
        may_show: shows,
        may_share: shows,
        ..newcomer(now, actor)
    }
}

/// A voice session has no pictures to permit.
#[must_use]
pub const fn shows_pictures(mode: Mode) -> bool {
    match mode {
        Mode::Voice => false,
        Mode::Camera | Mode::Studio => true,
    }
}
