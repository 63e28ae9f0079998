//! What happened, as `/v1` says it: one name, one shape, derived from the one event enum.

use std::collections::BTreeMap;

use onstage_domain::event::{Envelope, Event};
use onstage_domain::{Seq, UserId, chat, moderation, sessions, stage};
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{InvitationBody, MessageBody, ParticipantBody, RequestBody, SessionBody, SummaryBody};
use crate::time::Time;
use crate::words::{EndReasonWord, LeaveReasonWord, MediaWord, ReactionWord};

/// Who speaks, and how loud.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SpeakerBody {
    /// Who.
    pub user_id: Uuid,
    /// Eighths, 1 soft to 8 loud.
    pub level_eighths: u8,
}

/// Name and data of an event.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "name", content = "data")]
pub enum EventBody {
    /// The session is live.
    #[serde(rename = "session.started")]
    SessionStarted {
        /// The session.
        session: SessionBody,
    },
    /// Title, switches, layout or lock changed.
    #[serde(rename = "session.updated")]
    SessionUpdated {
        /// After the change.
        session: SessionBody,
    },
    /// No connection of the host is left.
    #[serde(rename = "session.host_lost")]
    HostLost {
        /// When the session ends unless they come back.
        ends_at: Time,
    },
    /// The host is back.
    #[serde(rename = "session.host_back")]
    HostBack {},
    /// Over.
    #[serde(rename = "session.ended")]
    SessionEnded {
        /// Why.
        reason: EndReasonWord,
        /// Numbers.
        summary: SummaryBody,
    },
    /// A viewer came (few viewers; ephemeral).
    #[serde(rename = "session.viewer_joined")]
    ViewerJoined {
        /// Who.
        participant: ParticipantBody,
        /// Present and not seated.
        viewer_count: u32,
    },
    /// A viewer went (few viewers; ephemeral).
    #[serde(rename = "session.viewer_left")]
    ViewerLeft {
        /// Who.
        participant: ParticipantBody,
        /// Present and not seated.
        viewer_count: u32,
    },
    /// Many came and went in one window (ephemeral).
    #[serde(rename = "session.viewers_changed")]
    ViewersChanged {
        /// Came.
        joined: u32,
        /// Went.
        left: u32,
        /// Present and not seated.
        viewer_count: u32,
    },
    /// Somebody asks to go up, or to speak.
    #[serde(rename = "stage.requested")]
    Requested {
        /// The wish.
        request: RequestBody,
    },
    /// A request was answered, taken back or ran out.
    #[serde(rename = "stage.request_closed")]
    RequestClosed {
        /// After the change.
        request: RequestBody,
    },
    /// The private half of an approval.
    #[serde(rename = "stage.guest_approved")]
    GuestApproved {
        /// The wish.
        request: RequestBody,
        /// The person with the seat.
        participant: ParticipantBody,
    },
    /// A seat was offered.
    #[serde(rename = "stage.invited")]
    Invited {
        /// The offer.
        invitation: InvitationBody,
        /// Shown name of who invites.
        inviter_name: String,
    },
    /// An invitation was answered, taken back or ran out.
    #[serde(rename = "stage.invitation_closed")]
    InvitationClosed {
        /// After the change.
        invitation: InvitationBody,
    },
    /// A seat was given (held or taken).
    #[serde(rename = "stage.guest_joined")]
    GuestJoined {
        /// The person.
        participant: ParticipantBody,
    },
    /// A held seat was taken.
    #[serde(rename = "stage.went_on_stage")]
    WentOnStage {
        /// The person.
        participant: ParticipantBody,
    },
    /// A staged person dropped; the seat is kept until `seat_until`.
    #[serde(rename = "stage.reconnecting")]
    Reconnecting {
        /// The person.
        participant: ParticipantBody,
    },
    /// A dropped person is back.
    #[serde(rename = "stage.came_back")]
    CameBack {
        /// The person.
        participant: ParticipantBody,
    },
    /// A seat was freed.
    #[serde(rename = "stage.guest_left")]
    GuestLeft {
        /// The person, now in the audience or gone.
        participant: ParticipantBody,
        /// Why.
        reason: LeaveReasonWord,
    },
    /// A host muted, or lifted a mute.
    #[serde(rename = "stage.muted")]
    Muted {
        /// The person.
        participant: ParticipantBody,
        /// What.
        media: MediaWord,
        /// On or off.
        muted: bool,
        /// By whom.
        by: Uuid,
    },
    /// A person changed their own microphone or camera.
    #[serde(rename = "stage.media_changed")]
    MediaChanged {
        /// The person.
        participant: ParticipantBody,
    },
    /// Somebody is asked to unmute.
    #[serde(rename = "stage.unmute_asked")]
    UnmuteAsked {
        /// Whom.
        user_id: Uuid,
        /// What.
        media: MediaWord,
        /// By whom.
        by: Uuid,
    },
    /// Promoted or demoted, still seated.
    #[serde(rename = "stage.role_changed")]
    RoleChanged {
        /// The person.
        participant: ParticipantBody,
        /// By whom.
        by: Uuid,
    },
    /// Permissions changed.
    #[serde(rename = "stage.permissions_changed")]
    PermissionsChanged {
        /// The person.
        participant: ParticipantBody,
        /// By whom.
        by: Uuid,
    },
    /// Moved to another seat.
    #[serde(rename = "stage.seat_changed")]
    SeatChanged {
        /// The person.
        participant: ParticipantBody,
    },
    /// Out, and blocked.
    #[serde(rename = "stage.kicked")]
    Kicked {
        /// Whom.
        user_id: Uuid,
        /// Unique name.
        handle: String,
        /// By whom.
        by: Uuid,
        /// Why.
        reason: Option<String>,
    },
    /// The block was undone.
    #[serde(rename = "stage.allowed_back")]
    AllowedBack {
        /// Whom.
        user_id: Uuid,
        /// By whom.
        by: Uuid,
    },
    /// Who speaks now, loudest first (ephemeral).
    #[serde(rename = "stage.speaking")]
    Speaking {
        /// Everybody who is heard.
        speakers: Vec<SpeakerBody>,
    },
    /// Connection quality (ephemeral).
    #[serde(rename = "stage.quality")]
    Quality {
        /// Whose.
        user_id: Uuid,
        /// 0 poor, 1 good, 2 excellent, 3 lost.
        score: u8,
    },
    /// Somebody may not write for a while.
    #[serde(rename = "moderation.timed_out")]
    TimedOut {
        /// Whom.
        user_id: Uuid,
        /// Until.
        until: Time,
        /// By whom.
        by: Uuid,
        /// Why.
        reason: Option<String>,
    },
    /// A message.
    #[serde(rename = "chat.sent")]
    MessageSent {
        /// The message.
        message: MessageBody,
    },
    /// A message was taken away.
    #[serde(rename = "chat.deleted")]
    MessageDeleted {
        /// Which.
        message_id: Uuid,
        /// By whom.
        by: Uuid,
    },
    /// One person's reaction (few people; ephemeral).
    #[serde(rename = "chat.reacted")]
    Reacted {
        /// Whose.
        user_id: Uuid,
        /// Their unique name.
        handle: String,
        /// Which.
        kind: ReactionWord,
        /// How many.
        count: u32,
    },
    /// Counted reactions of one window (many people; ephemeral).
    #[serde(rename = "chat.reactions")]
    Reactions {
        /// Word of the reaction → count.
        counts: BTreeMap<String, u32>,
    },
}

/// The event in our words; every event has one.
#[must_use]
pub fn event_body(event: Event) -> EventBody {
    match event {
        Event::Session(event) => session_event(event),
        Event::Stage(event) => stage_event(event),
        Event::Moderation(event) => moderation_event(event),
        Event::Chat(event) => chat_event(event),
    }
}

fn session_event(event: sessions::Event) -> EventBody {
    use sessions::Event as E;
    match event {
        E::Started { session } => EventBody::SessionStarted { session: session.into() },
        E::Updated { session } => EventBody::SessionUpdated { session: session.into() },
        E::HostLost { ends_at } => EventBody::HostLost { ends_at: ends_at.into() },
        E::HostBack => EventBody::HostBack {},
        E::Ended { reason, summary } => {
            EventBody::SessionEnded { reason: reason.into(), summary: summary.into() }
        }
        E::ViewerJoined { participant, viewer_count } => {
            EventBody::ViewerJoined { participant: participant.into(), viewer_count }
        }
        E::ViewerLeft { participant, viewer_count } => {
            EventBody::ViewerLeft { participant: participant.into(), viewer_count }
        }
        E::ViewersChanged { joined, left, viewer_count } => {
            EventBody::ViewersChanged { joined, left, viewer_count }
        }
    }
}

fn stage_event(event: stage::Event) -> EventBody {
    use stage::Event as E;
    match event {
        E::Requested { request } => EventBody::Requested { request: request.into() },
        E::RequestClosed { request, .. } => EventBody::RequestClosed { request: request.into() },
        E::GuestApproved { request, participant, .. } => {
            EventBody::GuestApproved { request: request.into(), participant: participant.into() }
        }
        E::Invited { invitation, inviter_name } => {
            EventBody::Invited { invitation: invitation.into(), inviter_name }
        }
        E::InvitationClosed { invitation } => EventBody::InvitationClosed { invitation: invitation.into() },
        E::UnmuteAsked { user_id, media, by, .. } => {
            EventBody::UnmuteAsked { user_id: user_id.uuid(), media: media.into(), by: by.uuid() }
        }
        E::Kicked { user_id, handle, by, reason, .. } => {
            EventBody::Kicked { user_id: user_id.uuid(), handle, by: by.uuid(), reason }
        }
        E::AllowedBack { user_id, by, .. } => {
            EventBody::AllowedBack { user_id: user_id.uuid(), by: by.uuid() }
        }
        E::Speaking { speakers } => EventBody::Speaking { speakers: loudness(speakers) },
        E::Quality { user_id, score } => EventBody::Quality { user_id: user_id.uuid(), score },
        E::GuestJoined { participant } => EventBody::GuestJoined { participant: participant.into() },
        E::WentOnStage { participant } => EventBody::WentOnStage { participant: participant.into() },
        E::Reconnecting { participant } => EventBody::Reconnecting { participant: participant.into() },
        E::CameBack { participant } => EventBody::CameBack { participant: participant.into() },
        E::GuestLeft { participant, reason } => {
            EventBody::GuestLeft { participant: participant.into(), reason: reason.into() }
        }
        E::Muted { participant, media, muted, by, .. } => {
            EventBody::Muted { participant: participant.into(), media: media.into(), muted, by: by.uuid() }
        }
        E::MediaChanged { participant } => EventBody::MediaChanged { participant: participant.into() },
        E::RoleChanged { participant, by, .. } => {
            EventBody::RoleChanged { participant: participant.into(), by: by.uuid() }
        }
        E::PermissionsChanged { participant, by, .. } => {
            EventBody::PermissionsChanged { participant: participant.into(), by: by.uuid() }
        }
        E::SeatChanged { participant } => EventBody::SeatChanged { participant: participant.into() },
    }
}

fn loudness(speakers: Vec<(UserId, u8)>) -> Vec<SpeakerBody> {
    speakers
        .into_iter()
        .map(|(user_id, level_eighths)| SpeakerBody { user_id: user_id.uuid(), level_eighths })
        .collect()
}

fn moderation_event(event: moderation::Event) -> EventBody {
    match event {
        moderation::Event::TimedOut { user_id, until, by, reason } => {
            EventBody::TimedOut { user_id: user_id.uuid(), until: until.into(), by: by.uuid(), reason }
        }
    }
}

fn chat_event(event: chat::Event) -> EventBody {
    use chat::Event as E;
    match event {
        E::Sent { message } => EventBody::MessageSent { message: message.into() },
        E::Deleted { message_id, by } => {
            EventBody::MessageDeleted { message_id: message_id.uuid(), by: by.uuid() }
        }
        E::Reacted { user_id, handle, kind, count } => {
            EventBody::Reacted { user_id: user_id.uuid(), handle, kind: kind.into(), count }
        }
        E::Reactions { counts } => EventBody::Reactions { counts },
    }
}

#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    body: EventBody,
    at: Time,
}

/// Everything of an event but its place in a reader's log: `"name":…,"data":…,"at":…}`, made once for all readers.
#[must_use]
pub fn event_tail(envelope: &Envelope) -> String {
    let told = Told { body: event_body(envelope.data.clone()), at: envelope.at.into() };
    let object = serde_json::to_string(&told).unwrap_or_default();
    object.strip_prefix('{').unwrap_or(&object).to_owned()
}

/// One line of `GET …/{id}/events`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, JsonSchema)]
pub struct EventItem {
    /// Place in the session's log.
    pub seq: i64,
    /// Place of the event before it that this reader may hear; 0 for the first.
    pub prev: i64,
    /// Name and data.
    #[serde(flatten)]
    #[schema(value_type = NameAndData)]
    pub body: EventBody,
    /// When it was decided.
    pub at: Time,
}

/// Name and data of an event; `events.schema.json` has every shape.
#[derive(ToSchema)]
#[expect(dead_code, reason = "stands for the shape in the API description")]
pub struct NameAndData {
    name: String,
    #[schema(value_type = Object)]
    data: serde_json::Value,
}

/// A part of the log.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EventsPage {
    /// Oldest first.
    pub items: Vec<EventItem>,
    /// The `since` of the next page; `null` on the last.
    pub next_cursor: Option<String>,
}

impl EventsPage {
    /// Renders what the log answered.
    #[must_use]
    pub fn new(events: Vec<(Envelope, Seq)>, next: Option<Seq>) -> Self {
        let items = events
            .into_iter()
            .map(|(envelope, prev)| EventItem {
                seq: envelope.seq.unwrap_or_default().0,
                prev: prev.0,
                body: event_body(envelope.data),
                at: envelope.at.into(),
            })
            .collect();
        Self { items, next_cursor: next.map(|seq| seq.0.to_string()) }
    }
}

/// JSON schema of every event, by name.
#[must_use]
pub fn events_schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<EventBody>();
    schema.to_value()
}

#[cfg(test)]
mod tests;
