//! The words of every event, and none where S3 has no word for it.

use onstage_domain::chat::{MessageKind, Reaction};
use onstage_domain::media::Media;
use onstage_domain::stage::{LeaveReason, ParticipantView, RequestState, RequestView};
use onstage_domain::{Envelope, Event, UserId, chat, moderation, sessions, stage};

use super::frames::{Hearers, Word};
use super::told::{By, ChatMessage, MediaChanged, Presence, Told};
use crate::time::Time;
use crate::words::Word as Spelled;

/// The words of an event; none where the language has no word for it. `viewer_count`: as it stands now.
#[must_use]
pub fn words(envelope: &Envelope, viewer_count: u32) -> Vec<Word> {
    let now = Now { at: envelope.at.into(), viewer_count };
    match &envelope.data {
        Event::Session(event) => of_session(event, now),
        Event::Stage(event) => of_stage(event, now),
        // A person who may not write is told when they try: `error`.
        Event::Moderation(moderation::Event::TimedOut { .. }) => Vec::new(),
        Event::Chat(event) => of_chat(event, now),
    }
}

#[derive(Clone, Copy)]
struct Now {
    at: Time,
    viewer_count: u32,
}

impl Now {
    const fn by(self, (by, by_username): (UserId, &str)) -> By<'_> {
        By { by, by_username, timestamp: self.at }
    }

    fn joined(self, person: &ParticipantView, reconnecting: bool) -> Told<'_> {
        Told::UserJoined(Presence { role: Some(person.role.into()), ..self.presence(person, reconnecting) })
    }

    const fn left(self, person: &ParticipantView, reconnecting: bool) -> Told<'_> {
        Told::UserLeft(self.presence(person, reconnecting))
    }

    const fn presence(self, person: &ParticipantView, reconnecting: bool) -> Presence<'_> {
        Presence {
            user_id: person.user_id,
            username: person.handle.as_str(),
            role: None,
            viewer_count: self.viewer_count,
            timestamp: self.at,
            reconnecting,
        }
    }

    fn media(self, person: &ParticipantView) -> Told<'_> {
        Told::ParticipantMediaChanged(MediaChanged::of(person, self.at))
    }
}

fn word(to: Hearers, told: &Told<'_>) -> Word {
    Word { to, body: told.body() }
}

fn all(told: &Told<'_>) -> Vec<Word> {
    vec![word(Hearers::All, told)]
}

fn of_session(event: &sessions::Event, now: Now) -> Vec<Word> {
    use sessions::Event as E;
    match event {
        // Nobody of S3 listens yet; and its pages have no settings.
        E::Started { .. } | E::Updated { .. } => Vec::new(),
        E::HostLost { ends_at } => all(&Told::HostLost { ends_at: (*ends_at).into(), timestamp: now.at }),
        E::HostBack => all(&Told::HostBack { timestamp: now.at }),
        E::Ended { reason, .. } => all(&Told::SessionEnded { timestamp: now.at, reason: (*reason).into() }),
        E::ViewerJoined { participant, viewer_count } => {
            all(&Now { viewer_count: *viewer_count, ..now }.joined(participant, false))
        }
        E::ViewerLeft { participant, viewer_count } => {
            all(&Now { viewer_count: *viewer_count, ..now }.left(participant, false))
        }
        E::ViewersChanged { joined, left, viewer_count } => {
            let (viewer_count, joined, left) = (*viewer_count, *joined, *left);
            all(&Told::ViewerCount { viewer_count, joined, left, timestamp: now.at })
        }
    }
}

fn of_chat(event: &chat::Event, now: Now) -> Vec<Word> {
    use chat::Event as E;
    match event {
        E::Sent { message } => match message.kind {
            // What the server writes there is what these clients are told in words of their own.
            MessageKind::System => Vec::new(),
            MessageKind::Text | MessageKind::Sticker | MessageKind::Gift => {
                all(&Told::ChatMessage(ChatMessage::of(message, false)))
            }
        },
        E::Deleted { message_id, by } => {
            all(&Told::MessageDeleted { id: *message_id, by: *by, timestamp: now.at })
        }
        E::Reacted { user_id, handle, kind, count } => all(&Told::Reaction {
            user_id: Some(*user_id),
            username: Some(handle),
            reaction: kind.emoji(),
            count: *count,
            timestamp: now.at,
        }),
        E::Reactions { counts } => {
            let known = counts.iter().filter_map(|(kind, count)| Some((Reaction::from_word(kind)?, *count)));
            known.map(|(kind, count)| word(Hearers::All, &counted(kind, count, now))).collect()
        }
    }
}

const fn counted(kind: Reaction, count: u32, now: Now) -> Told<'static> {
    Told::Reaction { user_id: None, username: None, reaction: kind.emoji(), count, timestamp: now.at }
}

fn of_stage(event: &stage::Event, now: Now) -> Vec<Word> {
    use stage::Event as E;
    match event {
        E::Requested { request } => requested(request, now),
        E::RequestClosed { request, by_handle } => closed(request, by_handle.as_deref(), now),
        E::GuestApproved { request, participant, by_handle } => {
            let approved = Told::GuestApproved {
                approved_by: request.answered_by,
                approved_by_username: by_handle.as_deref(),
                role: participant.role.into(),
                timestamp: now.at,
            };
            vec![word(Hearers::Only(request.user_id), &approved), closing(request, now)]
        }
        E::GuestJoined { participant } => guest_joined(participant, now),
        // S3 tears a peer connection down when its person goes, and makes a new one when they are back (S3-48).
        E::Reconnecting { participant } => all(&now.left(participant, true)),
        E::CameBack { participant } => all(&now.joined(participant, true)),
        E::GuestLeft { participant, reason } => guest_left(participant, *reason, now),
        E::Muted { participant, media, muted, by, by_handle } => {
            muted_words(participant, (*media, *muted), now.by((*by, by_handle)), now)
        }
        E::MediaChanged { participant } | E::PermissionsChanged { participant, .. } => {
            all(&now.media(participant))
        }
        E::UnmuteAsked { user_id, media, by, by_handle } => {
            let asked = Told::UnmuteRequested { media: (*media).into(), by: now.by((*by, by_handle)) };
            vec![word(Hearers::Only(*user_id), &asked)]
        }
        E::RoleChanged { participant, by, by_handle } => {
            role_changed(participant, now.by((*by, by_handle)), now)
        }
        E::Kicked { user_id, by, by_handle, reason, .. } => {
            let kicked = Told::Kicked { by: now.by((*by, by_handle)), reason: reason.as_deref() };
            vec![word(Hearers::Only(*user_id), &kicked)]
        }
        // Invitations, held seats and places of seats are not in this language; speaking and quality come by media.
        E::Invited { .. }
        | E::InvitationClosed { .. }
        | E::WentOnStage { .. }
        | E::SeatChanged { .. }
        | E::AllowedBack { .. }
        | E::Speaking { .. }
        | E::Quality { .. } => Vec::new(),
    }
}

fn requested(request: &RequestView, now: Now) -> Vec<Word> {
    let told = Told::GuestRequest {
        user_id: request.user_id,
        username: &request.handle,
        message: &request.message,
        request_type: request.requested_role.into(),
        timestamp: now.at,
    };
    vec![word(Hearers::AllBut(request.user_id), &told)]
}

fn closed(request: &RequestView, by_handle: Option<&str>, now: Now) -> Vec<Word> {
    let rejected = Told::GuestRejected {
        rejected_by: request.answered_by,
        rejected_by_username: by_handle,
        timestamp: now.at,
    };
    let rejected =
        (request.state == RequestState::Declined).then(|| word(Hearers::Only(request.user_id), &rejected));
    rejected.into_iter().chain([closing(request, now)]).collect()
}

/// For those who could have answered.
fn closing(request: &RequestView, now: Now) -> Word {
    let told = Told::GuestRequestClosed {
        user_id: request.user_id,
        username: &request.handle,
        status: Spelled(request.state.into()),
        timestamp: now.at,
    };
    word(Hearers::AllBut(request.user_id), &told)
}

fn guest_joined(person: &ParticipantView, now: Now) -> Vec<Word> {
    all(&Told::GuestJoined {
        user_id: person.user_id,
        username: &person.handle,
        timestamp: now.at,
        role: person.role.into(),
        audio_enabled: person.audio_enabled(),
        video_enabled: person.video_enabled(),
        viewer_count: now.viewer_count,
    })
}

/// Who stays as a viewer is told by `user_joined` afterwards.
fn guest_left(person: &ParticipantView, reason: LeaveReason, now: Now) -> Vec<Word> {
    let left = now.left(person, false);
    match reason {
        LeaveReason::Left | LeaveReason::Dropped | LeaveReason::Expired => all(&left),
        // `kicked` follows.
        LeaveReason::Kicked => vec![word(Hearers::AllBut(person.user_id), &left)],
        LeaveReason::Demoted => {
            let new_role = person.role.into();
            let told = Told::Promoted { new_role, by: None, by_username: None, timestamp: now.at };
            vec![word(Hearers::Only(person.user_id), &told), word(Hearers::AllBut(person.user_id), &left)]
        }
    }
}

fn muted_words(person: &ParticipantView, (media, muted): (Media, bool), by: By<'_>, now: Now) -> Vec<Word> {
    let forced = match media {
        Media::Audio => Told::ForceMuteAudio(by),
        Media::Video => Told::ForceMuteVideo(by),
    };
    // A mute that is lifted opens nothing: `unmute_requested` asks.
    let forced = muted.then(|| word(Hearers::Only(person.user_id), &forced));
    forced.into_iter().chain(all(&now.media(person))).collect()
}

/// The others learn the role by a type they know.
fn role_changed(person: &ParticipantView, by: By<'_>, now: Now) -> Vec<Word> {
    let promoted = Told::Promoted {
        new_role: person.role.into(),
        by: Some(by.by),
        by_username: Some(by.by_username),
        timestamp: now.at,
    };
    vec![word(Hearers::Only(person.user_id), &promoted), word(Hearers::All, &now.media(person))]
}
