//! The nouns of the stage.

mod aggregate;

pub(in crate::stage) use crate::person::shows_pictures;
pub use crate::person::{newcomer, owner};
pub(in crate::stage) use aggregate::is_guest;
pub use aggregate::{House, Person, Stage};

use serde::{Deserialize, Serialize};

use crate::ids::{InvitationId, RequestId, SessionId, UserId};
pub use crate::person::{ParticipantView, Permissions, PermissionsPatch, Presence, Role};
use crate::time::At;
use crate::words::words;

words!(
    /// Life of a request (K16).
    RequestState {
        /// Waits.
        Pending = "pending",
        /// Said yes.
        Accepted = "accepted",
        /// Said no.
        Declined = "declined",
        /// Taken back.
        Cancelled = "cancelled",
        /// The session ended, or the person left.
        Expired = "expired",
    }
);
words!(
    /// Life of an invitation (K16).
    InvitationState {
        /// Waits.
        Pending = "pending",
        /// Said yes.
        Accepted = "accepted",
        /// Said no.
        Declined = "declined",
        /// Taken back.
        Cancelled = "cancelled",
        /// Ran out.
        Expired = "expired",
    }
);
words!(
    /// What a request asks for.
    RequestedRole {
        /// A seat.
        Guest = "guest",
        /// A cohost's seat.
        Cohost = "cohost",
        /// Seated already: permission to speak.
        Speak = "speak",
    }
);

/// A wish to come up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestView {
    /// Id.
    pub id: RequestId,
    /// Where.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// Unique name.
    pub handle: String,
    /// Shown name.
    pub display_name: String,
    /// Picture.
    pub avatar_url: Option<String>,
    /// For what.
    pub requested_role: RequestedRole,
    /// A few words.
    pub message: String,
    /// Where in its life.
    pub state: RequestState,
    /// Place in the queue from 1; `None` once answered.
    pub position: Option<u32>,
    /// Asked.
    pub created_at: At,
    /// Answered.
    pub answered_at: Option<At>,
    /// By whom.
    pub answered_by: Option<UserId>,
}

/// An offer of a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// Id.
    pub id: InvitationId,
    /// Where.
    pub session_id: SessionId,
    /// To whom.
    pub user_id: UserId,
    /// By whom.
    pub invited_by: UserId,
    /// Where in its life.
    pub state: InvitationState,
    /// Offered.
    pub created_at: At,
    /// Runs out.
    pub expires_at: At,
}
