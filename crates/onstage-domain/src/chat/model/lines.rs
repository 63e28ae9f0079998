//! What the server itself writes into the history: who came up, and who left the stage.

use serde::{Deserialize, Serialize};

use crate::chat::{MessageKind, MessageView};
use crate::event::{Envelope, Event};
use crate::ids::{MessageId, UserId};
use crate::person::{ParticipantView, Role};
use crate::stage::{self, LeaveReason};
use crate::words::words;

words!(
    /// What happened to somebody.
    LineKind {
        /// Got a seat.
        Joined = "joined",
        /// Gave it up or lost it.
        Left = "left",
        /// Was put out.
        Kicked = "kicked",
    }
);

/// Whom a line of the server is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// What happened.
    pub kind: LineKind,
    /// To whom.
    pub user_id: UserId,
    /// Their unique name.
    pub handle: String,
}

/// A line of the history: a message of a person, or of the server about somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The message.
    pub message: MessageView,
    /// Whom it is about, where the server wrote it.
    pub about: Option<About>,
}

/// The line that an event leaves in the history. Its id is the event's, so that an event told twice is one line.
#[must_use]
pub fn line_of(envelope: &Envelope) -> Option<Line> {
    let (kind, person) = happened(&envelope.data)?;
    let told = match kind {
        LineKind::Joined => "joined the stage",
        LineKind::Left => "left the stage",
        LineKind::Kicked => "was removed from the session",
    };
    let message = MessageView {
        id: MessageId::new(envelope.id.uuid()),
        session_id: envelope.session,
        user_id: None,
        handle: None,
        display_name: None,
        text: format!("{} {told}", person.display_name),
        kind: MessageKind::System,
        created_at: envelope.at,
    };
    let about = About { kind, user_id: person.user_id, handle: person.handle.clone() };
    Some(Line { message, about: Some(about) })
}

/// People without a seat come and go unwritten, and the owner's seat is there from the first moment.
fn happened(event: &Event) -> Option<(LineKind, &ParticipantView)> {
    use stage::Event as E;
    match event {
        Event::Stage(E::GuestJoined { participant }) if participant.role == Role::Owner => None,
        Event::Stage(E::GuestJoined { participant }) => Some((LineKind::Joined, participant)),
        Event::Stage(E::GuestLeft { participant, reason }) => Some((left(*reason), participant)),
        Event::Stage(
            E::Requested { .. }
            | E::RequestClosed { .. }
            | E::GuestApproved { .. }
            | E::Invited { .. }
            | E::InvitationClosed { .. }
            | E::WentOnStage { .. }
            | E::Reconnecting { .. }
            | E::CameBack { .. }
            | E::Muted { .. }
            | E::MediaChanged { .. }
            | E::UnmuteAsked { .. }
            | E::RoleChanged { .. }
            | E::PermissionsChanged { .. }
            | E::SeatChanged { .. }
            | E::Kicked { .. }
            | E::AllowedBack { .. }
            | E::Speaking { .. }
            | E::Quality { .. },
        )
        | Event::Session(_)
        | Event::Moderation(_)
        | Event::Chat(_) => None,
    }
}

const fn left(reason: LeaveReason) -> LineKind {
    match reason {
        LeaveReason::Kicked => LineKind::Kicked,
        LeaveReason::Left | LeaveReason::Demoted | LeaveReason::Dropped | LeaveReason::Expired => {
            LineKind::Left
        }
    }
}
