//! What can be asked of the stage.

use crate::ids::{InvitationId, RequestId, SessionId, UserId};
use crate::media::Media;
use crate::stage::{PermissionsPatch, RequestedRole, Role};
use crate::text::Note;

/// Changes to the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Asks to go up (or, seated, to speak).
    Request {
        /// Where.
        session: SessionId,
        /// For what.
        role: RequestedRole,
        /// A few words.
        message: Note,
    },
    /// Takes the wish back.
    CancelRequest(RequestId),
    /// Says yes. `seat_at_once`: dialects whose clients do not know held seats.
    Accept {
        /// Which.
        request: RequestId,
        /// Skip the held state.
        seat_at_once: bool,
    },
    /// Says no.
    Decline(RequestId),
    /// Offers a seat.
    Invite {
        /// Where.
        session: SessionId,
        /// To whom.
        user: UserId,
    },
    /// Takes the offered seat.
    AcceptInvitation {
        /// Which.
        invitation: InvitationId,
        /// Skip the held state.
        seat_at_once: bool,
    },
    /// Does not take it.
    DeclineInvitation(InvitationId),
    /// Takes a held seat.
    GoOnStage(SessionId),
    /// Goes back to the audience.
    StepDown(SessionId),
    /// One's own microphone and camera.
    SetOwnMedia {
        /// Where.
        session: SessionId,
        /// Clears or sets the self mute.
        audio_enabled: Option<bool>,
        /// Clears or sets the self camera-off.
        video_enabled: Option<bool>,
    },
    /// A host's mute: sets both host and self mute; lifting leaves the self mute and prompts (K18).
    Mute {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// What.
        media: Media,
        /// On or off.
        muted: bool,
    },
    /// Asks somebody to unmute.
    AskUnmute {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// What.
        media: Media,
    },
    /// Mutes every guest.
    MuteAll {
        /// Where.
        session: SessionId,
        /// What.
        media: Media,
    },
    /// Out, and not back.
    Kick {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// Why.
        reason: Option<Note>,
    },
    /// Undoes the block.
    AllowBack {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
    },
    /// Promotes or demotes.
    SetRole {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// To what.
        role: Role,
    },
    /// Changes what somebody may do.
    SetPermissions {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// Changes.
        permissions: PermissionsPatch,
    },
    /// Moves somebody to another seat.
    MoveSeat {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// Where to, 1–49.
        seat: u8,
    },
}
