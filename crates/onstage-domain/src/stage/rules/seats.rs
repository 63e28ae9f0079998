//! Giving, keeping and freeing seats.

use crate::actor::By;
use crate::event::EVENTS_PER_COMMAND_MAX;
use crate::ids::UserId;
use crate::media::{Media, Source};
use crate::person::{ParticipantView, Presence, Role};
use crate::stage::model::{Person, is_guest, shows_pictures};
use crate::stage::rules::{Fact, HELD_MS, RECONNECTING_MS, Refusal, SEAT_MAX, SEAT_MIN};
use crate::stage::{Event, InvitationState, InvitationView, LeaveReason, RequestState, RequestView, Stage};
use crate::time::At;

/// A seat to give.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seating {
    /// To whom.
    pub(super) user: UserId,
    /// As what.
    pub(super) role: Role,
    /// Skip the held state.
    pub(super) at_once: bool,
}

impl Stage {
    pub(super) fn person(&self, user: UserId) -> Result<&Person, Refusal> {
        self.people.get(&user).ok_or(Refusal::PersonNotFound)
    }

    /// The person after a change.
    pub(super) fn changed(
        &self,
        user: UserId,
        change: impl FnOnce(&mut ParticipantView),
    ) -> Option<ParticipantView> {
        let mut view = self.shown(&self.people.get(&user)?.view);
        change(&mut view);
        Some(view)
    }

    /// The person on the lowest free seat, unless the stage is full.
    pub(super) fn seated(&self, now: At, seating: Seating) -> Result<ParticipantView, Refusal> {
        let person = self.person(seating.user)?;
        if self.is_full() {
            return Err(Refusal::Full);
        }
        let seat = self.lowest_free_seat().ok_or(Refusal::Full)?;
        let cohost = seating.role == Role::Cohost;
        let shows = shows_pictures(self.house.mode);
        let (presence, seat_until) = if seating.at_once {
            (Presence::OnStage, unless_connected(now, person.connected))
        } else {
            (Presence::Held, Some(now.plus_ms(HELD_MS)))
        };
        Ok(ParticipantView {
            role: seating.role,
            seat: Some(seat),
            presence,
            seat_until,
            may_speak: cohost || self.house.settings.guest_audio_default,
            may_show: shows && (cohost || self.house.settings.guest_video_default),
            may_share: shows,
            // A host's mute outlives the seat, and where it holds the self mute holds too: lifting opens nothing.
            self_muted_audio: person.view.host_muted_audio,
            self_muted_video: person.view.host_muted_video,
            screen_sharing: false,
            hand_raised: false,
            ..person.view.clone()
        })
    }

    fn lowest_free_seat(&self) -> Option<u8> {
        (SEAT_MIN..=SEAT_MAX).find(|seat| self.sitter(*seat).is_none())
    }

    /// Who sits there.
    pub(super) fn sitter(&self, seat: u8) -> Option<UserId> {
        self.people.values().find(|person| person.view.seat == Some(seat)).map(|person| person.view.user_id)
    }

    /// A seat is freed: wishes that hang on it end with it.
    pub(super) fn unseated(&self, now: At, user: UserId, reason: LeaveReason) -> Vec<Event> {
        let keeps_powers = match reason {
            LeaveReason::Left | LeaveReason::Dropped | LeaveReason::Expired => true,
            LeaveReason::Demoted | LeaveReason::Kicked => false,
        };
        let left = self.changed(user, |view| {
            view.role = Role::Viewer;
            view.seat = None;
            view.presence = Presence::Watching;
            view.seat_until = None;
            view.may_speak = false;
            view.may_show = false;
            view.may_share = false;
            view.is_moderator &= keeps_powers;
            view.screen_sharing = false;
            view.hand_raised = false;
        });
        let mut events = self.closings(now, user, RequestState::Expired);
        events.extend(left.map(|participant| Event::GuestLeft { participant, reason }));
        events
    }

    /// Ends everything of a person that waits for an answer: at most one request and one invitation.
    pub(super) fn closings(&self, now: At, user: UserId, state: RequestState) -> Vec<Event> {
        let requests = self.waiting().filter(|request| request.user_id == user);
        let requests = requests.map(|request| Event::RequestClosed {
            request: closed(request, now, state, None),
            by_handle: None,
        });
        requests.chain(self.revoked_invitations(user)).collect()
    }

    pub(super) fn revoked_invitations(&self, user: UserId) -> impl Iterator<Item = Event> {
        let pending = self.pending_invitations().filter(move |invitation| invitation.user_id == user);
        pending.map(|invitation| Event::InvitationClosed {
            invitation: InvitationView { state: InvitationState::Cancelled, ..invitation.clone() },
        })
    }

    pub(super) fn go_on_stage(&self, now: At, user: UserId) -> Result<Vec<Event>, Refusal> {
        let person = self.person(user)?;
        match person.view.presence {
            Presence::Held if person.view.seat_until.is_some_and(|until| until <= now) => {
                Err(Refusal::Expired)
            }
            Presence::Held => Ok(self.went_on_stage(now, user)),
            Presence::OnStage | Presence::Reconnecting => Ok(Vec::new()),
            Presence::Watching => Err(Refusal::NotOnStage),
        }
    }

    fn went_on_stage(&self, now: At, user: UserId) -> Vec<Event> {
        let connected = self.people.get(&user).is_some_and(|person| person.connected);
        let participant = self.changed(user, |view| {
            view.presence = Presence::OnStage;
            view.seat_until = unless_connected(now, connected);
        });
        participant.map(|participant| Event::WentOnStage { participant }).into_iter().collect()
    }

    pub(super) fn step_down(&self, now: At, by: &By) -> Result<Vec<Event>, Refusal> {
        let person = self.person(by.user_id)?;
        if person.view.role == Role::Owner {
            return Err(Refusal::OwnerUntouchable);
        }
        if !person.view.is_staged() {
            return Err(Refusal::NotOnStage);
        }
        Ok(self.unseated(now, by.user_id, LeaveReason::Left))
    }

    /// What follows from a fact. At most [`EVENTS_PER_COMMAND_MAX`] at once: tell it again until nothing follows.
    #[must_use]
    pub fn hear(&self, now: At, fact: Fact) -> Vec<Event> {
        if !self.house.live {
            return Vec::new();
        }
        match fact {
            Fact::Connected(user) => self.connected(user),
            Fact::Disconnected(user) => self.disconnected(now, user),
            Fact::Published(user, source) => self.published(now, user, source),
            Fact::Unpublished(user, source) => self.screen(user, source, false),
            Fact::SelfMuted { user, media, muted } => self.self_muted(user, media, muted),
            Fact::Left(user) => self.left(now, user),
            Fact::Restarted => self.restarted(now),
            Fact::Clock => self.rung(now),
        }
    }

    fn connected(&self, user: UserId) -> Vec<Event> {
        let waited = |person: &Person| match person.view.presence {
            Presence::Reconnecting => true,
            Presence::OnStage => person.view.seat_until.is_some(),
            Presence::Held | Presence::Watching => false,
        };
        if !self.people.get(&user).is_some_and(waited) {
            return Vec::new();
        }
        let participant = self.changed(user, |view| {
            view.presence = Presence::OnStage;
            view.seat_until = None;
        });
        participant.map(|participant| Event::CameBack { participant }).into_iter().collect()
    }

    fn disconnected(&self, now: At, user: UserId) -> Vec<Event> {
        let on_stage = |person: &Person| person.view.presence == Presence::OnStage;
        if self.people.get(&user).is_some_and(on_stage) { self.dropped(now, user) } else { Vec::new() }
    }

    /// The owner's seat is never lost: the session's own grace speaks for it.
    fn dropped(&self, now: At, user: UserId) -> Vec<Event> {
        let participant = self.changed(user, |view| {
            view.presence = Presence::Reconnecting;
            view.seat_until = (view.role != Role::Owner).then(|| now.plus_ms(RECONNECTING_MS));
            view.screen_sharing = false;
        });
        participant.map(|participant| Event::Reconnecting { participant }).into_iter().collect()
    }

    fn published(&self, now: At, user: UserId, source: Source) -> Vec<Event> {
        let held = |person: &Person| person.view.presence == Presence::Held;
        let mut events =
            if self.people.get(&user).is_some_and(held) { self.went_on_stage(now, user) } else { Vec::new() };
        if events.is_empty() {
            events = self.screen(user, source, true);
        }
        events
    }

    fn screen(&self, user: UserId, source: Source, sharing: bool) -> Vec<Event> {
        let screen = match source {
            Source::Screen => true,
            Source::Camera | Source::Microphone | Source::ScreenAudio => false,
        };
        let changes = |person: &Person| person.view.is_staged() && person.view.screen_sharing != sharing;
        if !screen || !self.people.get(&user).is_some_and(changes) {
            return Vec::new();
        }
        let participant = self.changed(user, |view| view.screen_sharing = sharing);
        participant.map(|participant| Event::MediaChanged { participant }).into_iter().collect()
    }

    fn self_muted(&self, user: UserId, media: Media, muted: bool) -> Vec<Event> {
        let Some(person) = self.people.get(&user).filter(|person| person.view.is_staged()) else {
            return Vec::new();
        };
        let before = match media {
            Media::Audio => person.view.self_muted_audio,
            Media::Video => person.view.self_muted_video,
        };
        if before == muted {
            return Vec::new();
        }
        let participant = self.changed(user, |view| match media {
            Media::Audio => view.self_muted_audio = muted,
            Media::Video => view.self_muted_video = muted,
        });
        participant.map(|participant| Event::MediaChanged { participant }).into_iter().collect()
    }

    fn left(&self, now: At, user: UserId) -> Vec<Event> {
        if self.people.get(&user).is_some_and(|person| is_guest(&person.view)) {
            return self.unseated(now, user, LeaveReason::Left);
        }
        self.closings(now, user, RequestState::Expired)
    }

    /// Every connection is gone; everybody on stage has a minute from now.
    fn restarted(&self, now: At) -> Vec<Event> {
        let until = now.plus_ms(RECONNECTING_MS);
        let waits = |person: &&Person| match person.view.presence {
            Presence::OnStage => true,
            Presence::Reconnecting => person.view.seat_until.is_some_and(|at| at < until),
            Presence::Held | Presence::Watching => false,
        };
        let people = self.people.values().filter(waits).take(EVENTS_PER_COMMAND_MAX);
        people.flat_map(|person| self.dropped(now, person.view.user_id)).collect()
    }

    /// Seats and invitations whose time is over.
    fn rung(&self, now: At) -> Vec<Event> {
        let invitations = self.pending_invitations().filter(|invitation| invitation.expires_at <= now);
        let expired = invitations.map(|invitation| Event::InvitationClosed {
            invitation: InvitationView { state: InvitationState::Expired, ..invitation.clone() },
        });
        let due =
            |person: &&Person| is_guest(&person.view) && person.view.seat_until.is_some_and(|at| at <= now);
        let lost = self.people.values().filter(due).flat_map(|person| {
            let held = person.view.presence == Presence::Held;
            let reason = if held { LeaveReason::Expired } else { LeaveReason::Dropped };
            self.unseated(now, person.view.user_id, reason)
        });
        expired.chain(lost).take(EVENTS_PER_COMMAND_MAX).collect()
    }
}

/// Without a connection a seat is kept for a minute.
const fn unless_connected(now: At, connected: bool) -> Option<At> {
    if connected { None } else { Some(now.plus_ms(RECONNECTING_MS)) }
}

/// A request after its answer.
pub(super) fn closed(request: &RequestView, now: At, state: RequestState, by: Option<UserId>) -> RequestView {
    RequestView { state, position: None, answered_at: Some(now), answered_by: by, ..request.clone() }
}
