//! Where a listener stands, kept up to date by the events that move people.

use onstage_domain::stage::{ParticipantView, Role};
use onstage_domain::{Event, Place, UserId, sessions, stage};

/// The person an event moves, after the move.
pub(crate) const fn moved(event: &Event) -> Option<&ParticipantView> {
    match event {
        Event::Stage(event) => moved_on_stage(event),
        Event::Session(_) | Event::Moderation(_) | Event::Chat(_) => None,
    }
}

const fn moved_on_stage(event: &stage::Event) -> Option<&ParticipantView> {
    use stage::Event as E;
    match event {
        E::GuestApproved { participant, .. }
        | E::GuestJoined { participant }
        | E::WentOnStage { participant }
        | E::Reconnecting { participant }
        | E::CameBack { participant }
        | E::GuestLeft { participant, .. }
        | E::Muted { participant, .. }
        | E::MediaChanged { participant }
        | E::RoleChanged { participant, .. }
        | E::PermissionsChanged { participant, .. }
        | E::SeatChanged { participant } => Some(participant),
        E::Requested { .. }
        | E::RequestClosed { .. }
        | E::Invited { .. }
        | E::InvitationClosed { .. }
        | E::UnmuteAsked { .. }
        | E::Kicked { .. }
        | E::AllowedBack { .. }
        | E::Speaking { .. }
        | E::Quality { .. } => None,
    }
}

/// Who is put out by an event.
pub(crate) const fn put_out(event: &Event) -> Option<UserId> {
    match event {
        Event::Stage(stage::Event::Kicked { user_id, .. }) => Some(*user_id),
        Event::Stage(_) | Event::Session(_) | Event::Moderation(_) | Event::Chat(_) => None,
    }
}

/// The switch `cohosts_manage_guests`, where an event carries it.
pub(crate) const fn switch(event: &Event) -> Option<bool> {
    match event {
        Event::Session(sessions::Event::Started { session } | sessions::Event::Updated { session }) => {
            Some(session.settings.cohosts_manage_guests)
        }
        Event::Session(_) | Event::Stage(_) | Event::Moderation(_) | Event::Chat(_) => None,
    }
}

/// How many watch by then, where an event says so.
pub(crate) const fn viewer_count(event: &Event) -> Option<u32> {
    use sessions::Event as E;
    match event {
        Event::Session(
            E::ViewerJoined { viewer_count, .. }
            | E::ViewerLeft { viewer_count, .. }
            | E::ViewersChanged { viewer_count, .. },
        ) => Some(*viewer_count),
        Event::Session(E::Started { session } | E::Updated { session }) => Some(session.viewer_count),
        Event::Session(E::HostLost { .. } | E::HostBack | E::Ended { .. })
        | Event::Stage(_)
        | Event::Moderation(_)
        | Event::Chat(_) => None,
    }
}

/// Who came to the audience (true) or went, where it is told one by one.
pub(crate) const fn arrival(event: &Event) -> Option<(UserId, bool)> {
    match event {
        Event::Session(sessions::Event::ViewerJoined { participant, .. }) => {
            Some((participant.user_id, true))
        }
        Event::Session(sessions::Event::ViewerLeft { participant, .. }) => Some((participant.user_id, false)),
        Event::Session(_) | Event::Stage(_) | Event::Moderation(_) | Event::Chat(_) => None,
    }
}

/// Whether it is the end of the session.
pub(crate) const fn is_end(event: &Event) -> bool {
    matches!(event, Event::Session(sessions::Event::Ended { .. }))
}

/// Whether somebody of this role manages guests.
pub(crate) const fn manages(role: Role, cohosts_manage: bool) -> bool {
    match role {
        Role::Owner => true,
        Role::Cohost => cohosts_manage,
        Role::Guest | Role::Viewer => false,
    }
}

/// The place after an event that was told while the switch stood like this.
pub(crate) fn after(place: Place, event: &Event, cohosts_manage: bool) -> Place {
    let role = role_after(place.role, place.user_id, event);
    Place { role, manages: manages(role, cohosts_manage), ..place }
}

fn role_after(role: Role, user: UserId, event: &Event) -> Role {
    match moved(event) {
        Some(person) if person.user_id == user => person.role,
        Some(_) | None => role,
    }
}
