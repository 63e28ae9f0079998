//! What the media engine is told: a pure function of committed envelopes, and of the state after a restart.

use crate::event::{Envelope, Event};
use crate::ids::{SessionId, UserId};
use crate::media::{MediaGrant, MediaOrder};
use crate::person::{ParticipantView, shows_pictures};
use crate::sessions::{self, SessionView, room_name};
use crate::stage::{self, LeaveReason};

/// The desired states that follow from one envelope; none for most.
#[must_use]
pub fn orders(envelope: &Envelope) -> Vec<MediaOrder> {
    let session = envelope.session;
    match &envelope.data {
        Event::Session(event) => of_session(session, event),
        Event::Stage(event) => of_stage(session, event).into_iter().collect(),
        Event::Moderation(_) | Event::Chat(_) => Vec::new(),
    }
}

fn of_session(session: SessionId, event: &sessions::Event) -> Vec<MediaOrder> {
    match event {
        sessions::Event::Started { session: view } => vec![room(session, true), owner(session, view)],
        sessions::Event::Ended { .. } => vec![room(session, false)],
        sessions::Event::Updated { .. }
        | sessions::Event::HostLost { .. }
        | sessions::Event::HostBack
        | sessions::Event::ViewerJoined { .. }
        | sessions::Event::ViewerLeft { .. }
        | sessions::Event::ViewersChanged { .. } => Vec::new(),
    }
}

/// The owner has seat 0 and every permission from the first moment.
fn owner(session: SessionId, view: &SessionView) -> MediaOrder {
    let shows = shows_pictures(view.mode);
    let grant = MediaGrant { may_speak: true, may_show: shows, may_share: shows, ..MediaGrant::NOTHING };
    MediaOrder::Person { session, user: view.owner.user_id, admitted: true, grant }
}

fn of_stage(session: SessionId, event: &stage::Event) -> Option<MediaOrder> {
    match event {
        stage::Event::GuestLeft { participant, reason: LeaveReason::Kicked } => {
            Some(denied(session, participant.user_id))
        }
        stage::Event::GuestLeft {
            participant,
            reason: LeaveReason::Left | LeaveReason::Demoted | LeaveReason::Dropped | LeaveReason::Expired,
        }
        | stage::Event::GuestJoined { participant }
        | stage::Event::WentOnStage { participant }
        | stage::Event::Reconnecting { participant }
        | stage::Event::CameBack { participant }
        | stage::Event::Muted { participant, .. }
        | stage::Event::MediaChanged { participant }
        | stage::Event::RoleChanged { participant, .. }
        | stage::Event::PermissionsChanged { participant, .. } => Some(admitted(session, participant)),
        stage::Event::Kicked { user_id, .. } => Some(denied(session, *user_id)),
        stage::Event::AllowedBack { user_id, .. } => Some(allowed_back(session, *user_id)),
        stage::Event::Requested { .. }
        | stage::Event::RequestClosed { .. }
        | stage::Event::GuestApproved { .. }
        | stage::Event::Invited { .. }
        | stage::Event::InvitationClosed { .. }
        | stage::Event::UnmuteAsked { .. }
        | stage::Event::SeatChanged { .. }
        | stage::Event::Speaking { .. }
        | stage::Event::Quality { .. } => None,
    }
}

fn room(session: SessionId, open: bool) -> MediaOrder {
    MediaOrder::Session { session, room_name: room_name(session), open }
}

fn admitted(session: SessionId, participant: &ParticipantView) -> MediaOrder {
    MediaOrder::Person { session, user: participant.user_id, admitted: true, grant: participant.grant() }
}

const fn denied(session: SessionId, user: UserId) -> MediaOrder {
    MediaOrder::Person { session, user, admitted: false, grant: MediaGrant::NOTHING }
}

const fn allowed_back(session: SessionId, user: UserId) -> MediaOrder {
    MediaOrder::Person { session, user, admitted: true, grant: MediaGrant::NOTHING }
}

/// A live session as the database knows it when the server starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub session: SessionId,
    /// Everybody who has a seat, or carries a host mute.
    pub people: Vec<ParticipantView>,
    /// The blocked.
    pub denied: Vec<UserId>,
}

/// Everything an engine must be told after a restart: rooms, then the blocked, then who may send.
#[must_use]
pub fn desired(standing: &[Standing]) -> Vec<MediaOrder> {
    standing.iter().flat_map(of_standing).collect()
}

fn of_standing(standing: &Standing) -> Vec<MediaOrder> {
    let session = standing.session;
    let out = standing.denied.iter().map(|user| denied(session, *user));
    let people = standing.people.iter().filter(|person| !standing.denied.contains(&person.user_id));
    std::iter::once(room(session, true))
        .chain(out)
        .chain(people.map(|person| admitted(session, person)))
        .collect()
}

#[cfg(test)]
mod tests;
