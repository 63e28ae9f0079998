//! What those who run the show do to others, and what people do to their own microphone and camera.

use crate::actor::By;
use crate::event::EVENTS_PER_COMMAND_MAX;
use crate::ids::UserId;
use crate::media::Media;
use crate::moderation::{Target, may_act_on};
use crate::permissions::Operation;
use crate::person::{ParticipantView, PermissionsPatch, Role};
use crate::stage::model::Person;
use crate::stage::rules::{Refusal, SEAT_MAX, SEAT_MIN};
use crate::stage::{Event, LeaveReason, RequestState, Stage};
use crate::text::Note;
use crate::time::At;

impl Stage {
    /// The person, if `by` may do this to them. Rights come first: who may nothing learns nothing.
    fn target(&self, by: &By, operation: Operation, user: UserId) -> Result<&Person, Refusal> {
        if !self.allows(by, operation) {
            return Err(if operation == Operation::Direct {
                Refusal::OwnerOnly
            } else {
                Refusal::NotAllowed
            });
        }
        let person = self.person(user)?;
        let view = &person.view;
        let target = Target { user_id: user, role: view.role, is_moderator: view.is_moderator };
        may_act_on(by, operation, target, self.house.settings.cohosts_manage_guests)?;
        Ok(person)
    }

    fn staged_target(&self, by: &By, operation: Operation, user: UserId) -> Result<&Person, Refusal> {
        let person = self.target(by, operation, user)?;
        if person.view.is_staged() { Ok(person) } else { Err(Refusal::NotOnStage) }
    }

    pub(super) fn mute(
        &self,
        by: &By,
        user: UserId,
        media: Media,
        muted: bool,
    ) -> Result<Vec<Event>, Refusal> {
        let person = self.target(by, Operation::ManageGuests, user)?;
        if muted {
            let silent = host_muted(&person.view, media) && self_muted(&person.view, media);
            return Ok(if silent { Vec::new() } else { self.muted(user, media, true, by) });
        }
        let mut events = Vec::new();
        if host_muted(&person.view, media) {
            events = self.muted(user, media, false, by);
        }
        if person.view.is_staged() && (host_muted(&person.view, media) || self_muted(&person.view, media)) {
            events.push(unmute_asked(user, media, by));
        }
        Ok(events)
    }

    /// Both directions set the self mute: nobody but the person opens a microphone, whatever they signalled meanwhile.
    fn muted(&self, user: UserId, media: Media, muted: bool, by: &By) -> Vec<Event> {
        let participant = self.changed(user, |view| match media {
            Media::Audio => {
                view.host_muted_audio = muted;
                view.self_muted_audio = true;
            }
            Media::Video => {
                view.host_muted_video = muted;
                view.self_muted_video = true;
            }
        });
        let (by, by_handle) = (by.user_id, by.handle.clone());
        let event = participant.map(|participant| Event::Muted { participant, media, muted, by, by_handle });
        event.into_iter().collect()
    }

    pub(super) fn ask_unmute(&self, by: &By, user: UserId, media: Media) -> Result<Vec<Event>, Refusal> {
        self.staged_target(by, Operation::ManageGuests, user)?;
        Ok(vec![unmute_asked(user, media, by)])
    }

    /// Everybody on stage whom `by` may mute and who is not muted yet, a few at a time: repeat until nothing follows.
    pub(super) fn mute_all(&self, by: &By, media: Media) -> Result<Vec<Event>, Refusal> {
        if !self.allows(by, Operation::ManageGuests) {
            return Err(Refusal::NotAllowed);
        }
        let others = self.people.values().filter(|person| person.view.is_staged());
        let reachable = others
            .map(|person| person.view.user_id)
            .filter(|user| *user != by.user_id && self.target(by, Operation::ManageGuests, *user).is_ok());
        let events = reachable.filter_map(|user| self.mute(by, user, media, true).ok()).flatten();
        Ok(events.take(EVENTS_PER_COMMAND_MAX).collect())
    }

    pub(super) fn kick(
        &self,
        now: At,
        by: &By,
        user: UserId,
        reason: Option<&Note>,
    ) -> Result<Vec<Event>, Refusal> {
        let person = self.target(by, Operation::ManageGuests, user)?;
        let mut events = if person.view.is_staged() {
            self.unseated(now, user, LeaveReason::Kicked)
        } else {
            self.closings(now, user, RequestState::Expired)
        };
        events.push(Event::Kicked {
            user_id: user,
            handle: person.view.handle.clone(),
            by: by.user_id,
            by_handle: by.handle.clone(),
            reason: reason.map(|note| note.as_str().to_owned()),
        });
        Ok(events)
    }

    pub(super) fn allow_back(&self, by: &By, user: UserId) -> Result<Vec<Event>, Refusal> {
        if !self.allows(by, Operation::ManageGuests) {
            return Err(Refusal::NotAllowed);
        }
        Ok(vec![Event::AllowedBack { user_id: user, by: by.user_id, by_handle: by.handle.clone() }])
    }

    pub(super) fn set_role(&self, now: At, by: &By, user: UserId, role: Role) -> Result<Vec<Event>, Refusal> {
        let person = self.target(by, Operation::Direct, user)?;
        match (role, person.view.is_staged()) {
            (Role::Owner, _) => Err(Refusal::NotAllowed),
            (Role::Viewer, false) => Err(Refusal::NotOnStage),
            (Role::Cohost | Role::Guest, false) => Err(Refusal::PromoteViewer),
            (Role::Viewer, true) => Ok(self.unseated(now, user, LeaveReason::Demoted)),
            (Role::Cohost | Role::Guest, true) if person.view.role == role => Ok(Vec::new()),
            (Role::Cohost | Role::Guest, true) => {
                let participant = self.changed(user, |view| view.role = role);
                let (by, by_handle) = (by.user_id, by.handle.clone());
                let changed =
                    participant.map(|participant| Event::RoleChanged { participant, by, by_handle });
                Ok(changed.into_iter().collect())
            }
        }
    }

    pub(super) fn demote(&self, now: At, by: &By, user: UserId) -> Result<Vec<Event>, Refusal> {
        let role = match self.target(by, Operation::Direct, user)?.view.role {
            Role::Cohost => Role::Guest,
            Role::Guest | Role::Viewer => Role::Viewer,
            Role::Owner => return Err(Refusal::NotAllowed),
        };
        self.set_role(now, by, user, role)
    }

    pub(super) fn set_permissions(
        &self,
        by: &By,
        user: UserId,
        patch: PermissionsPatch,
    ) -> Result<Vec<Event>, Refusal> {
        let before = self.shown(&self.staged_target(by, Operation::Direct, user)?.view);
        let participant = ParticipantView {
            may_speak: patch.may_speak.unwrap_or(before.may_speak),
            may_show: patch.may_show.unwrap_or(before.may_show),
            may_share: patch.may_share.unwrap_or(before.may_share),
            is_moderator: patch.is_moderator.unwrap_or(before.is_moderator),
            ..before.clone()
        };
        if participant == before {
            return Ok(Vec::new());
        }
        Ok(vec![Event::PermissionsChanged { participant, by: by.user_id, by_handle: by.handle.clone() }])
    }

    pub(super) fn move_seat(&self, by: &By, user: UserId, seat: u8) -> Result<Vec<Event>, Refusal> {
        let person = self.staged_target(by, Operation::Arrange, user)?;
        if !(SEAT_MIN..=SEAT_MAX).contains(&seat) {
            return Err(Refusal::NoSuchSeat);
        }
        if person.view.seat == Some(seat) {
            return Ok(Vec::new());
        }
        if self.sitter(seat).is_some() {
            return Err(Refusal::SeatTaken);
        }
        let participant = self.changed(user, |view| view.seat = Some(seat));
        Ok(participant.map(|participant| Event::SeatChanged { participant }).into_iter().collect())
    }

    pub(super) fn set_own_media(
        &self,
        by: &By,
        audio_enabled: Option<bool>,
        video_enabled: Option<bool>,
    ) -> Result<Vec<Event>, Refusal> {
        let before = self.shown(&self.person(by.user_id)?.view);
        if !before.is_staged() {
            return Err(Refusal::NotOnStage);
        }
        let wants_more = (audio_enabled == Some(true) && !before.may_speak)
            || (video_enabled == Some(true) && !before.may_show);
        if wants_more {
            return Err(Refusal::NotPermitted);
        }
        let participant = ParticipantView {
            self_muted_audio: audio_enabled.map_or(before.self_muted_audio, |on| !on),
            self_muted_video: video_enabled.map_or(before.self_muted_video, |on| !on),
            ..before.clone()
        };
        if participant == before { Ok(Vec::new()) } else { Ok(vec![Event::MediaChanged { participant }]) }
    }
}

fn unmute_asked(user: UserId, media: Media, by: &By) -> Event {
    Event::UnmuteAsked { user_id: user, media, by: by.user_id, by_handle: by.handle.clone() }
}

const fn host_muted(view: &ParticipantView, media: Media) -> bool {
    match media {
        Media::Audio => view.host_muted_audio,
        Media::Video => view.host_muted_video,
    }
}

const fn self_muted(view: &ParticipantView, media: Media) -> bool {
    match media {
        Media::Audio => view.self_muted_audio,
        Media::Video => view.self_muted_video,
    }
}
