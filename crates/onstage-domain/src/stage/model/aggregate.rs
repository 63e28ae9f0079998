//! The stage of one session as its rules see it: the house it stands in, people, requests, invitations.

use std::collections::BTreeMap;

use crate::actor::{Actor, By};
use crate::ids::{InvitationId, RequestId, SessionId, UserId};
use crate::person::{ParticipantView, Role};
use crate::sessions::{Mode, Session, Settings};
use crate::stage::{InvitationState, InvitationView, RequestState, RequestView};
use crate::time::At;

/// What the stage must know of its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct House {
    /// Which.
    pub session: SessionId,
    /// Seat 0.
    pub owner: UserId,
    /// Still on.
    pub live: bool,
    /// Guests allowed now.
    pub guests_max: u8,
    /// What people send.
    pub mode: Mode,
    /// Switches.
    pub settings: Settings,
}

impl House {
    /// Of this session.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        let view = session.view();
        Self {
            session: view.id,
            owner: view.owner.user_id,
            live: session.is_live(),
            guests_max: view.effective_max_guests,
            mode: view.mode,
            settings: view.settings.clone(),
        }
    }
}

/// Somebody in the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// As everybody sees them.
    pub view: ParticipantView,
    /// Has a socket or a media session.
    pub connected: bool,
    /// Without an account.
    pub anonymous: bool,
}

/// Seats and the two queues. Holds everybody who has a seat or a pending wish, and those a command names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    pub(in crate::stage) house: House,
    pub(in crate::stage) people: BTreeMap<UserId, Person>,
    pub(in crate::stage) requests: BTreeMap<RequestId, RequestView>,
    pub(in crate::stage) invitations: BTreeMap<InvitationId, InvitationView>,
}

impl Stage {
    /// An empty stage.
    #[must_use]
    pub const fn new(house: House) -> Self {
        Self { house, people: BTreeMap::new(), requests: BTreeMap::new(), invitations: BTreeMap::new() }
    }

    /// As it was stored.
    #[must_use]
    pub fn restore(
        house: House,
        people: Vec<Person>,
        requests: Vec<RequestView>,
        invitations: Vec<InvitationView>,
    ) -> Self {
        Self {
            house,
            people: people.into_iter().map(|person| (person.view.user_id, person)).collect(),
            requests: requests.into_iter().map(|request| (request.id, request)).collect(),
            invitations: invitations.into_iter().map(|invitation| (invitation.id, invitation)).collect(),
        }
    }

    /// Somebody came in, or is named by a command.
    pub fn add(&mut self, person: Person) {
        self.people.insert(person.view.user_id, person);
    }

    /// Takes note of whether somebody has a connection of any kind.
    pub fn set_connected(&mut self, user: UserId, connected: bool) {
        if let Some(person) = self.people.get_mut(&user) {
            person.connected = connected;
        }
    }

    /// The house.
    #[must_use]
    pub const fn house(&self) -> &House {
        &self.house
    }

    /// The actor as this session sees them.
    #[must_use]
    pub fn by(&self, actor: &Actor) -> By {
        let person = self.people.get(&actor.user_id).map(|person| &person.view);
        By {
            user_id: actor.user_id,
            handle: actor.handle.clone(),
            role: person.map_or(Role::Viewer, |view| view.role),
            is_moderator: person.is_some_and(|view| view.is_moderator),
            operator: actor.is_operator(),
            anonymous: actor.is_anonymous(),
        }
    }

    /// Somebody as everybody sees them now.
    #[must_use]
    pub fn participant(&self, user: UserId) -> Option<ParticipantView> {
        self.people.get(&user).map(|person| self.shown(&person.view))
    }

    /// Everybody with a seat, seat by seat.
    #[must_use]
    pub fn staged(&self) -> Vec<ParticipantView> {
        let mut staged: Vec<_> = self
            .people
            .values()
            .filter(|person| person.view.is_staged())
            .map(|p| self.shown(&p.view))
            .collect();
        staged.sort_by_key(|view| view.seat);
        staged
    }

    /// One request, with its place in the queue.
    #[must_use]
    pub fn request(&self, id: RequestId) -> Option<RequestView> {
        let request = self.requests.get(&id)?;
        Some(RequestView { position: self.position(request), ..request.clone() })
    }

    /// Those who wait, in order.
    #[must_use]
    pub fn pending_requests(&self) -> Vec<RequestView> {
        let mut waiting: Vec<_> = self.waiting().filter_map(|request| self.request(request.id)).collect();
        waiting.sort_by_key(|request| (request.created_at, request.id));
        waiting
    }

    /// One invitation.
    #[must_use]
    pub fn invitation(&self, id: InvitationId) -> Option<&InvitationView> {
        self.invitations.get(&id)
    }

    /// Invitations that wait for an answer.
    pub fn pending_invitations(&self) -> impl Iterator<Item = &InvitationView> {
        self.invitations.values().filter(|invitation| invitation.state == InvitationState::Pending)
    }

    /// Seated except the owner, held included.
    #[must_use]
    pub fn guest_count(&self) -> u8 {
        let guests = self.people.values().filter(|person| is_guest(&person.view));
        u8::try_from(guests.count()).unwrap_or(u8::MAX)
    }

    /// Capacity is exact: nobody sits down beyond it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.guest_count() >= self.house.guests_max
    }

    /// When the stage next needs to be told the time.
    #[must_use]
    pub fn deadline(&self) -> Option<At> {
        let seats = self.people.values().filter(|person| is_guest(&person.view));
        let invitations = self.pending_invitations().map(|invitation| invitation.expires_at);
        let next = seats.filter_map(|person| person.view.seat_until).chain(invitations).min();
        if self.house.live { next } else { None }
    }

    /// The stored view with what follows from the queue.
    pub(in crate::stage) fn shown(&self, view: &ParticipantView) -> ParticipantView {
        let hand_raised = self.waiting().any(|request| request.user_id == view.user_id);
        ParticipantView { hand_raised, ..view.clone() }
    }

    pub(in crate::stage) fn waiting(&self) -> impl Iterator<Item = &RequestView> {
        self.requests.values().filter(|request| request.state == RequestState::Pending)
    }

    pub(in crate::stage) fn position(&self, request: &RequestView) -> Option<u32> {
        if request.state != RequestState::Pending {
            return None;
        }
        let key = |request: &RequestView| (request.created_at, request.id);
        let ahead = self.waiting().filter(|other| key(other) < key(request)).count();
        u32::try_from(ahead).ok().map(|ahead| ahead.saturating_add(1))
    }
}

/// Has a seat and is not the owner.
pub(in crate::stage) const fn is_guest(view: &ParticipantView) -> bool {
    view.is_staged() && !matches!(view.role, Role::Owner)
}
