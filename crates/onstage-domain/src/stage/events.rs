//! What happens on stage. An event that changes a person carries the whole person after the change.

use serde::{Deserialize, Serialize};

use crate::event::{Audience, Keep};
use crate::ids::UserId;
use crate::media::Media;
use crate::stage::{InvitationView, ParticipantView, RequestView};

/// Why a seat was freed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// Stepped down or left.
    Left,
    /// Demoted to viewer.
    Demoted,
    /// Kicked.
    Kicked,
    /// Did not come back within a minute.
    Dropped,
    /// Did not take the held seat.
    Expired,
}

/// Facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Somebody asks to go up, or to speak.
    Requested {
        /// The wish.
        request: RequestView,
    },
    /// A request was answered, taken back or ran out.
    RequestClosed {
        /// After the change.
        request: RequestView,
        /// Unique name of who answered, where somebody did.
        #[serde(default)]
        by_handle: Option<String>,
    },
    /// The private half of an approval: permission is there, the seat is held or taken.
    GuestApproved {
        /// The wish.
        request: RequestView,
        /// The person with the seat.
        participant: ParticipantView,
        /// Unique name of who approved, where somebody did.
        #[serde(default)]
        by_handle: Option<String>,
    },
    /// A seat was offered.
    Invited {
        /// The offer.
        invitation: InvitationView,
        /// Shown name of who invites.
        inviter_name: String,
    },
    /// An invitation was answered, taken back or ran out.
    InvitationClosed {
        /// After the change.
        invitation: InvitationView,
    },
    /// A seat was given (held or taken).
    GuestJoined {
        /// The person.
        participant: ParticipantView,
    },
    /// A held seat was taken.
    WentOnStage {
        /// The person.
        participant: ParticipantView,
    },
    /// A staged person dropped; the seat is kept until `seat_until`.
    Reconnecting {
        /// The person.
        participant: ParticipantView,
    },
    /// A dropped person is back.
    CameBack {
        /// The person.
        participant: ParticipantView,
    },
    /// A seat was freed.
    GuestLeft {
        /// The person, now in the audience (or gone).
        participant: ParticipantView,
        /// Why.
        reason: LeaveReason,
    },
    /// A host muted, or lifted a mute.
    Muted {
        /// The person.
        participant: ParticipantView,
        /// What.
        media: Media,
        /// On or off.
        muted: bool,
        /// By whom.
        by: UserId,
        /// Their unique name.
        #[serde(default)]
        by_handle: String,
    },
    /// A person changed their own microphone or camera.
    MediaChanged {
        /// The person.
        participant: ParticipantView,
    },
    /// Somebody is asked to unmute.
    UnmuteAsked {
        /// Whom.
        user_id: UserId,
        /// What.
        media: Media,
        /// By whom.
        by: UserId,
        /// Their unique name.
        #[serde(default)]
        by_handle: String,
    },
    /// Promoted or demoted (still seated).
    RoleChanged {
        /// The person.
        participant: ParticipantView,
        /// By whom.
        by: UserId,
        /// Their unique name.
        #[serde(default)]
        by_handle: String,
    },
    /// Permissions changed.
    PermissionsChanged {
        /// The person.
        participant: ParticipantView,
        /// By whom.
        by: UserId,
        /// Their unique name.
        #[serde(default)]
        by_handle: String,
    },
    /// Moved to another seat.
    SeatChanged {
        /// The person.
        participant: ParticipantView,
    },
    /// Out, and blocked.
    Kicked {
        /// Whom.
        user_id: UserId,
        /// Unique name.
        handle: String,
        /// By whom.
        by: UserId,
        /// Their unique name.
        #[serde(default)]
        by_handle: String,
        /// Why.
        reason: Option<String>,
    },
    /// The block was undone.
    AllowedBack {
        /// Whom.
        user_id: UserId,
        /// By whom.
        by: UserId,
        /// Their unique name.
        #[serde(default)]
        by_handle: String,
    },
    /// Who speaks now, loudest first; ephemeral.
    Speaking {
        /// Person and loudness in eighths.
        speakers: Vec<(UserId, u8)>,
    },
    /// Connection quality; ephemeral.
    Quality {
        /// Whose.
        user_id: UserId,
        /// 0 poor, 1 good, 2 excellent, 3 lost.
        score: u8,
    },
}

impl Event {
    /// `stage.…`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "stage.requested",
            Self::RequestClosed { .. } => "stage.request_closed",
            Self::GuestApproved { .. } => "stage.guest_approved",
            Self::Invited { .. } => "stage.invited",
            Self::InvitationClosed { .. } => "stage.invitation_closed",
            Self::GuestJoined { .. } => "stage.guest_joined",
            Self::WentOnStage { .. } => "stage.went_on_stage",
            Self::Reconnecting { .. } => "stage.reconnecting",
            Self::CameBack { .. } => "stage.came_back",
            Self::GuestLeft { .. } => "stage.guest_left",
            Self::Muted { .. } => "stage.muted",
            Self::MediaChanged { .. } => "stage.media_changed",
            Self::UnmuteAsked { .. } => "stage.unmute_asked",
            Self::RoleChanged { .. } => "stage.role_changed",
            Self::PermissionsChanged { .. } => "stage.permissions_changed",
            Self::SeatChanged { .. } => "stage.seat_changed",
            Self::Kicked { .. } => "stage.kicked",
            Self::AllowedBack { .. } => "stage.allowed_back",
            Self::Speaking { .. } => "stage.speaking",
            Self::Quality { .. } => "stage.quality",
        }
    }

    /// Requests and invitations are between the person and those who manage guests.
    #[must_use]
    pub const fn audience(&self) -> Audience {
        match self {
            Self::Requested { request }
            | Self::RequestClosed { request, .. }
            | Self::GuestApproved { request, .. } => Audience::ManagersAnd(request.user_id),
            Self::Invited { invitation, .. } | Self::InvitationClosed { invitation } => {
                Audience::ManagersAnd(invitation.user_id)
            }
            Self::UnmuteAsked { user_id, .. } => Audience::User(*user_id),
            Self::AllowedBack { .. } => Audience::Managers,
            Self::GuestJoined { .. }
            | Self::WentOnStage { .. }
            | Self::Reconnecting { .. }
            | Self::CameBack { .. }
            | Self::GuestLeft { .. }
            | Self::Muted { .. }
            | Self::MediaChanged { .. }
            | Self::RoleChanged { .. }
            | Self::PermissionsChanged { .. }
            | Self::SeatChanged { .. }
            | Self::Kicked { .. }
            | Self::Speaking { .. }
            | Self::Quality { .. } => Audience::Session,
        }
    }

    /// Speaking and quality are ephemeral.
    #[must_use]
    pub const fn keep(&self) -> Keep {
        match self {
            Self::Speaking { .. } | Self::Quality { .. } => Keep::Ephemeral,
            Self::Requested { .. }
            | Self::RequestClosed { .. }
            | Self::GuestApproved { .. }
            | Self::Invited { .. }
            | Self::InvitationClosed { .. }
            | Self::GuestJoined { .. }
            | Self::WentOnStage { .. }
            | Self::Reconnecting { .. }
            | Self::CameBack { .. }
            | Self::GuestLeft { .. }
            | Self::Muted { .. }
            | Self::MediaChanged { .. }
            | Self::UnmuteAsked { .. }
            | Self::RoleChanged { .. }
            | Self::PermissionsChanged { .. }
            | Self::SeatChanged { .. }
            | Self::Kicked { .. }
            | Self::AllowedBack { .. } => Keep::Kept,
        }
    }
}
