//! One sample of every event, in a chain of matches without wildcard: a new variant does not compile until it has one.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::actor::{Actor, Identity};
use crate::chat::{MessageKind, MessageView, Reaction};
use crate::event::{EVENT_VERSION, Envelope, Event, Keep};
use crate::ids::{EventId, InvitationId, MessageId, RequestId, Seq, SessionId, UserId};
use crate::media::Media;
use crate::person::{ParticipantView, Presence, Role};
use crate::sessions::{
    EndReason, Format, HostView, Mode, Session, SessionView, Settings, Status, SummaryView, Tally,
    Visibility, room_name,
};
use crate::stage::{
    InvitationState, InvitationView, LeaveReason, RequestState, RequestView, RequestedRole, newcomer,
};
use crate::time::At;
use crate::{chat, moderation, sessions, stage};

/// The moment of every sample: 2026-11-21T08:00:00Z.
pub const SAMPLE_AT: At = At(1_795_248_000_000);

/// Every event there is, in the order of the enum.
#[must_use]
pub fn samples() -> Vec<Event> {
    std::iter::successors(Some(first()), after).collect()
}

/// Every event in an envelope; kept ones count from `seq` 1.
#[must_use]
pub fn envelopes() -> Vec<Envelope> {
    let mut seq = 0_i64;
    let mut wrap = |event: Event| {
        let kept = event.keep() == Keep::Kept;
        seq = if kept { seq.saturating_add(1) } else { seq };
        Envelope {
            id: EventId::new(Uuid::from_u128(0xE0E0_0000)),
            version: EVENT_VERSION,
            session: session_id(),
            seq: kept.then_some(Seq(seq)),
            at: SAMPLE_AT,
            data: event,
        }
    };
    samples().into_iter().map(&mut wrap).collect()
}

/// The session of every sample.
#[must_use]
pub const fn session_id() -> SessionId {
    SessionId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001))
}

/// The n-th person.
#[must_use]
pub fn actor(n: u8) -> Actor {
    let names = ["Ada", "Bela", "Chidi", "Dara"];
    let name =
        names.get(usize::from(n).checked_rem(names.len()).unwrap_or_default()).copied().unwrap_or_default();
    Actor {
        user_id: user(n),
        handle: format!("{}_{n}", name.to_lowercase()),
        display_name: name.to_owned(),
        avatar_url: None,
        identity: Identity::Account { operator: false },
        family: None,
    }
}

/// The n-th person's id.
#[must_use]
pub fn user(n: u8) -> UserId {
    UserId::new(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0100_u128.wrapping_add(u128::from(n))))
}

/// A live session of person 0.
#[must_use]
pub fn session_view() -> SessionView {
    let owner = actor(0);
    SessionView {
        id: session_id(),
        title: "Friday night".to_owned(),
        description: "Come up and sing".to_owned(),
        status: Status::Live,
        mode: Mode::Camera,
        format: Some(Format::Panel),
        visibility: Visibility::Public,
        owner: HostView {
            user_id: owner.user_id,
            handle: owner.handle,
            display_name: owner.display_name,
            avatar_url: owner.avatar_url,
        },
        room_name: room_name(session_id()),
        effective_max_guests: 49,
        viewer_count: 3,
        peak_viewers: 5,
        guest_count: 1,
        started_at: SAMPLE_AT,
        ended_at: None,
        host_grace_until: None,
        settings: Settings::default(),
    }
}

/// The session of the samples with other settings.
#[must_use]
pub fn session_with(change: impl FnOnce(&mut Settings)) -> Session {
    let mut view = session_view();
    change(&mut view.settings);
    Session::restore(view, 49, true, Tally::default())
}

/// Person 1 as a guest on seat 1.
#[must_use]
pub fn guest() -> ParticipantView {
    ParticipantView {
        role: Role::Guest,
        seat: Some(1),
        presence: Presence::OnStage,
        may_speak: true,
        may_show: true,
        may_share: true,
        ..newcomer(SAMPLE_AT, &actor(1))
    }
}

/// Person 1 in the audience.
#[must_use]
pub fn viewer() -> ParticipantView {
    newcomer(SAMPLE_AT, &actor(1))
}

/// A request of person 1; answered by person 0 unless it waits.
#[must_use]
pub fn request(state: RequestState) -> RequestView {
    let asker = actor(1);
    let pending = state == RequestState::Pending;
    RequestView {
        id: RequestId::new(Uuid::from_u128(0x5E90)),
        session_id: session_id(),
        user_id: asker.user_id,
        handle: asker.handle,
        display_name: asker.display_name,
        avatar_url: None,
        requested_role: RequestedRole::Guest,
        message: "I know this one".to_owned(),
        state,
        position: pending.then_some(1),
        created_at: SAMPLE_AT,
        answered_at: (!pending).then_some(SAMPLE_AT.plus_ms(5_000)),
        answered_by: (!pending).then(|| user(0)),
    }
}

fn invitation(state: InvitationState) -> InvitationView {
    InvitationView {
        id: InvitationId::new(Uuid::from_u128(0x1471)),
        session_id: session_id(),
        user_id: user(1),
        invited_by: user(0),
        state,
        created_at: SAMPLE_AT,
        expires_at: SAMPLE_AT.plus_ms(20_000),
    }
}

fn summary() -> SummaryView {
    SummaryView { duration_s: 3_600, peak_viewers: 5, guests: 2, messages: 40, reactions: 300 }
}

fn message() -> MessageView {
    MessageView {
        id: MessageId::new(Uuid::from_u128(0x3355)),
        session_id: session_id(),
        user_id: Some(user(1)),
        handle: Some(actor(1).handle),
        display_name: Some(actor(1).display_name),
        text: "Hello from the front row".to_owned(),
        kind: MessageKind::Text,
        created_at: SAMPLE_AT,
    }
}

fn first() -> Event {
    Event::Session(sessions::Event::Started { session: session_view() })
}

/// The sample that comes after this one.
fn after(event: &Event) -> Option<Event> {
    match event {
        Event::Session(event) => Some(after_session(event).map_or_else(first_of_stage, Event::Session)),
        Event::Stage(event) => Some(after_stage(event).map_or_else(first_of_moderation, Event::Stage)),
        Event::Moderation(event) => {
            Some(after_moderation(event).map_or_else(first_of_chat, Event::Moderation))
        }
        Event::Chat(event) => after_chat(event).map(Event::Chat),
    }
}

fn after_session(event: &sessions::Event) -> Option<sessions::Event> {
    use sessions::Event::*;
    match event {
        Started { .. } => Some(Updated { session: session_view() }),
        Updated { .. } => Some(HostLost { ends_at: SAMPLE_AT.plus_ms(60_000) }),
        HostLost { .. } => Some(HostBack),
        HostBack => Some(Ended { reason: EndReason::Owner, summary: summary() }),
        Ended { .. } => Some(ViewerJoined { participant: viewer(), viewer_count: 3 }),
        ViewerJoined { .. } => Some(ViewerLeft { participant: viewer(), viewer_count: 2 }),
        ViewerLeft { .. } => Some(ViewersChanged { joined: 120, left: 7, viewer_count: 1_113 }),
        ViewersChanged { .. } => None,
    }
}

fn first_of_stage() -> Event {
    Event::Stage(stage::Event::Requested { request: request(RequestState::Pending) })
}

fn after_stage(event: &stage::Event) -> Option<stage::Event> {
    use stage::Event::*;
    let held = || ParticipantView {
        presence: Presence::Held,
        seat_until: Some(SAMPLE_AT.plus_ms(60_000)),
        ..guest()
    };
    match event {
        Requested { .. } => Some(RequestClosed {
            request: request(RequestState::Declined),
            by_handle: Some("mara".to_owned()),
        }),
        RequestClosed { .. } => Some(GuestApproved {
            request: request(RequestState::Accepted),
            participant: held(),
            by_handle: Some("mara".to_owned()),
        }),
        GuestApproved { .. } => Some(Invited {
            invitation: invitation(InvitationState::Pending),
            inviter_name: actor(0).display_name,
        }),
        Invited { .. } => Some(InvitationClosed { invitation: invitation(InvitationState::Expired) }),
        InvitationClosed { .. } => Some(GuestJoined { participant: held() }),
        GuestJoined { .. } => Some(WentOnStage { participant: guest() }),
        WentOnStage { .. } => {
            Some(Reconnecting { participant: ParticipantView { presence: Presence::Reconnecting, ..held() } })
        }
        Reconnecting { .. } => Some(CameBack { participant: guest() }),
        CameBack { .. } => Some(GuestLeft { participant: viewer(), reason: LeaveReason::Left }),
        GuestLeft { .. } => Some(Muted {
            participant: ParticipantView { host_muted_audio: true, self_muted_audio: true, ..guest() },
            media: Media::Audio,
            muted: true,
            by: user(0),
            by_handle: "mara".to_owned(),
        }),
        Muted { .. } => {
            Some(MediaChanged { participant: ParticipantView { self_muted_video: true, ..guest() } })
        }
        MediaChanged { .. } => Some(UnmuteAsked {
            user_id: user(1),
            media: Media::Audio,
            by: user(0),
            by_handle: "mara".to_owned(),
        }),
        UnmuteAsked { .. } => Some(RoleChanged {
            participant: ParticipantView { role: Role::Cohost, ..guest() },
            by: user(0),
            by_handle: "mara".to_owned(),
        }),
        RoleChanged { .. } => Some(PermissionsChanged {
            participant: ParticipantView { is_moderator: true, ..guest() },
            by: user(0),
            by_handle: "mara".to_owned(),
        }),
        PermissionsChanged { .. } => {
            Some(SeatChanged { participant: ParticipantView { seat: Some(7), ..guest() } })
        }
        SeatChanged { .. } => Some(Kicked {
            user_id: user(1),
            handle: actor(1).handle,
            by: user(0),
            by_handle: "mara".to_owned(),
            reason: Some("Rude".to_owned()),
        }),
        Kicked { .. } => Some(AllowedBack { user_id: user(1), by: user(0), by_handle: "mara".to_owned() }),
        AllowedBack { .. } => Some(Speaking { speakers: vec![(user(1), 6), (user(0), 2)] }),
        Speaking { .. } => Some(Quality { user_id: user(1), score: 1 }),
        Quality { .. } => None,
    }
}

fn first_of_moderation() -> Event {
    Event::Moderation(moderation::Event::TimedOut {
        user_id: user(1),
        until: SAMPLE_AT.plus_ms(300_000),
        by: user(0),
        reason: Some("Too loud".to_owned()),
    })
}

fn after_moderation(event: &moderation::Event) -> Option<moderation::Event> {
    match event {
        moderation::Event::TimedOut { .. } => None,
    }
}

fn first_of_chat() -> Event {
    Event::Chat(chat::Event::Sent { message: message() })
}

fn after_chat(event: &chat::Event) -> Option<chat::Event> {
    use chat::Event::*;
    match event {
        Sent { .. } => Some(Deleted { message_id: message().id, by: user(0) }),
        Deleted { .. } => {
            Some(Reacted { user_id: user(1), handle: actor(1).handle, kind: Reaction::Heart, count: 3 })
        }
        Reacted { .. } => {
            Some(Reactions { counts: BTreeMap::from([("heart".to_owned(), 41), ("clap".to_owned(), 7)]) })
        }
        Reactions { .. } => None,
    }
}

#[cfg(test)]
mod tests;
