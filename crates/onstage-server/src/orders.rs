//! What the media engine must make true after an event: a pure function of committed envelopes.

use onstage_domain::media::{MediaGrant, MediaOrder};
use onstage_domain::stage::ParticipantView;
use onstage_domain::{Envelope, Event, SessionId, UserId, sessions, stage};

/// The owner may do everything from the start.
const OWNER_GRANT: MediaGrant = MediaGrant {
    may_speak: true,
    may_show: true,
    may_share: true,
    host_muted_audio: false,
    host_muted_video: false,
    self_muted_audio: false,
    self_muted_video: false,
};

/// Nothing may be published.
const NO_GRANT: MediaGrant = MediaGrant {
    may_speak: false,
    may_show: false,
    may_share: false,
    host_muted_audio: false,
    host_muted_video: false,
    self_muted_audio: false,
    self_muted_video: false,
};

/// Desired state after this event.
pub(crate) fn of(envelope: &Envelope) -> Vec<MediaOrder> {
    match &envelope.data {
        Event::Session(event) => of_session(envelope.session, event),
        Event::Stage(event) => of_stage(envelope.session, event).into_iter().collect(),
        Event::Moderation(_) | Event::Chat(_) => Vec::new(),
    }
}

/// A person who may be in the room and do what their seat allows.
pub(crate) fn admitted(session: SessionId, participant: &ParticipantView) -> MediaOrder {
    MediaOrder::Person { session, user: participant.user_id, admitted: true, grant: participant.grant() }
}

/// A person whom the room refuses, or no longer refuses.
pub(crate) const fn without_seat(session: SessionId, user: UserId, admitted: bool) -> MediaOrder {
    MediaOrder::Person { session, user, admitted, grant: NO_GRANT }
}

/// A room that is open or over.
pub(crate) fn room(session: SessionId, room_name: &str, open: bool) -> MediaOrder {
    MediaOrder::Session { session, room_name: room_name.to_owned(), open }
}

fn of_session(session: SessionId, event: &sessions::Event) -> Vec<MediaOrder> {
    use sessions::Event::*;
    match event {
        Started { session: view } => vec![
            room(session, &view.room_name, true),
            MediaOrder::Person { session, user: view.owner.user_id, admitted: true, grant: OWNER_GRANT },
        ],
        Ended { .. } => vec![room(session, "", false)],
        Updated { .. }
        | HostLost { .. }
        | HostBack
        | ViewerJoined { .. }
        | ViewerLeft { .. }
        | ViewersChanged { .. } => Vec::new(),
    }
}

fn of_stage(session: SessionId, event: &stage::Event) -> Option<MediaOrder> {
    use stage::Event::*;
    match event {
        GuestApproved { participant, .. }
        | GuestJoined { participant }
        | WentOnStage { participant }
        | Reconnecting { participant }
        | CameBack { participant }
        | Muted { participant, .. }
        | MediaChanged { participant }
        | RoleChanged { participant, .. }
        | PermissionsChanged { participant, .. } => Some(admitted(session, participant)),
        GuestLeft { participant, reason } => match reason {
            stage::LeaveReason::Kicked => Some(without_seat(session, participant.user_id, false)),
            stage::LeaveReason::Left
            | stage::LeaveReason::Demoted
            | stage::LeaveReason::Dropped
            | stage::LeaveReason::Expired => Some(without_seat(session, participant.user_id, true)),
        },
        Kicked { user_id, .. } => Some(without_seat(session, *user_id, false)),
        AllowedBack { user_id, .. } => Some(without_seat(session, *user_id, true)),
        Requested { .. }
        | RequestClosed { .. }
        | Invited { .. }
        | InvitationClosed { .. }
        | UnmuteAsked { .. }
        | SeatChanged { .. }
        | Speaking { .. }
        | Quality { .. } => None,
    }
}
