//! Requests and invitations: one state machine, pending → accepted, declined, cancelled or expired; the first answer wins.

use uuid::Uuid;

use crate::actor::By;
use crate::ids::{InvitationId, RequestId, UserId};
use crate::permissions::{Operation, allows};
use crate::person::{ParticipantView, Role};
use crate::stage::model::Person;
use crate::stage::rules::seats::{Seating, closed};
use crate::stage::rules::{INVITATION_MS, INVITATIONS_PENDING_MAX, REQUESTS_PENDING_MAX, Refusal};
use crate::stage::{Event, InvitationState, InvitationView, RequestState, RequestView, RequestedRole, Stage};
use crate::text::Note;
use crate::time::At;

/// A wish to come up or to speak.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    pub(super) id: Uuid,
    pub(super) role: RequestedRole,
    pub(super) message: &'a Note,
    pub(super) seat_at_once: bool,
}

impl Stage {
    pub(super) fn ask(&self, now: At, by: &By, wish: Wish<'_>) -> Result<Vec<Event>, Refusal> {
        let person = self.person(by.user_id)?;
        self.may_ask(person, wish.role)?;
        if self.waiting().any(|request| request.user_id == by.user_id) {
            return Err(Refusal::AlreadyRequested);
        }
        if self.waiting().count() >= REQUESTS_PENDING_MAX {
            return Err(Refusal::QueueFull);
        }
        let request = self.new_request(now, person, wish);
        let needs_no_answer = wish.role == RequestedRole::Guest && !self.house.settings.require_approval;
        if needs_no_answer {
            let answered = closed(&request, now, RequestState::Accepted, None);
            return self.seat_for(now, (answered, None), Role::Guest, wish.seat_at_once);
        }
        Ok(vec![Event::Requested { request }])
    }

    fn may_ask(&self, person: &Person, role: RequestedRole) -> Result<(), Refusal> {
        let settings = &self.house.settings;
        let staged = person.view.is_staged();
        match (role, person.view.role) {
            (_, Role::Owner) => Err(Refusal::AlreadyOnStage),
            (RequestedRole::Speak, _) if !staged => Err(Refusal::NotOnStage),
            (RequestedRole::Speak, _) => Ok(()),
            (RequestedRole::Cohost, Role::Cohost) => Err(Refusal::AlreadyOnStage),
            (RequestedRole::Guest, Role::Guest | Role::Cohost) => Err(Refusal::AlreadyOnStage),
            (RequestedRole::Guest | RequestedRole::Cohost, Role::Viewer | Role::Guest) => {
                if settings.allow_requests && !settings.locked {
                    Ok(())
                } else {
                    Err(Refusal::RequestsClosed)
                }
            }
        }
    }

    fn new_request(&self, now: At, person: &Person, wish: Wish<'_>) -> RequestView {
        let ahead = u32::try_from(self.waiting().count()).unwrap_or(u32::MAX);
        RequestView {
            id: RequestId::new(wish.id),
            session_id: self.house.session,
            user_id: person.view.user_id,
            handle: person.view.handle.clone(),
            display_name: person.view.display_name.clone(),
            avatar_url: person.view.avatar_url.clone(),
            requested_role: wish.role,
            message: wish.message.as_str().to_owned(),
            state: RequestState::Pending,
            position: Some(ahead.saturating_add(1)),
            created_at: now,
            answered_at: None,
            answered_by: None,
        }
    }

    pub(super) fn accept(
        &self,
        now: At,
        by: &By,
        id: RequestId,
        at_once: bool,
    ) -> Result<Vec<Event>, Refusal> {
        self.manages_queue(by)?;
        let request = self.pending(id)?;
        let answered = closed(request, now, RequestState::Accepted, Some(by.user_id));
        let person = self.person(request.user_id)?;
        match request.requested_role {
            RequestedRole::Guest if person.view.is_staged() => Err(Refusal::AlreadyOnStage),
            RequestedRole::Guest => self.seat_for(now, (answered, Some(by)), Role::Guest, at_once),
            RequestedRole::Cohost if !self.allows(by, Operation::Direct) => Err(Refusal::OwnerOnly),
            RequestedRole::Cohost if person.view.is_staged() => self.raise(by, answered, Role::Cohost),
            RequestedRole::Cohost => self.seat_for(now, (answered, Some(by)), Role::Cohost, at_once),
            RequestedRole::Speak => self.let_speak(by, answered),
        }
    }

    /// The private half of an approval, then the public one; an invitation that waited is no longer needed.
    fn seat_for(
        &self,
        now: At,
        (request, by): (RequestView, Option<&By>),
        role: Role,
        at_once: bool,
    ) -> Result<Vec<Event>, Refusal> {
        let user = request.user_id;
        let participant = self.seated(now, Seating { user, role, at_once })?;
        let mut events: Vec<Event> = self.revoked_invitations(user).collect();
        events.push(Event::GuestApproved {
            request,
            participant: participant.clone(),
            by_handle: by.map(|by| by.handle.clone()),
        });
        events.push(Event::GuestJoined { participant });
        Ok(events)
    }

    fn raise(&self, by: &By, request: RequestView, role: Role) -> Result<Vec<Event>, Refusal> {
        let participant = self.answered_view(request.user_id, |view| view.role = role)?;
        Ok(vec![
            Event::GuestApproved {
                request,
                participant: participant.clone(),
                by_handle: Some(by.handle.clone()),
            },
            Event::RoleChanged { participant, by: by.user_id, by_handle: by.handle.clone() },
        ])
    }

    fn let_speak(&self, by: &By, request: RequestView) -> Result<Vec<Event>, Refusal> {
        let participant = self.answered_view(request.user_id, |view| view.may_speak = true)?;
        Ok(vec![
            Event::GuestApproved {
                request,
                participant: participant.clone(),
                by_handle: Some(by.handle.clone()),
            },
            Event::PermissionsChanged { participant, by: by.user_id, by_handle: by.handle.clone() },
        ])
    }

    fn answered_view(
        &self,
        user: UserId,
        change: impl FnOnce(&mut ParticipantView),
    ) -> Result<ParticipantView, Refusal> {
        let view = self.changed(user, |view| {
            view.hand_raised = false;
            change(view);
        });
        view.filter(ParticipantView::is_staged).ok_or(Refusal::NotOnStage)
    }

    /// The waiting request of a person; who may not answer it does not learn whether there is one.
    pub(super) fn request_by(&self, by: &By, user: UserId) -> Result<RequestId, Refusal> {
        self.manages_queue(by)?;
        let mut waiting = self.waiting();
        waiting
            .find(|request| request.user_id == user)
            .map(|request| request.id)
            .ok_or(Refusal::RequestNotFound)
    }

    pub(super) fn decline(&self, now: At, by: &By, id: RequestId) -> Result<Vec<Event>, Refusal> {
        self.manages_queue(by)?;
        let request = closed(self.pending(id)?, now, RequestState::Declined, Some(by.user_id));
        Ok(vec![Event::RequestClosed { request, by_handle: Some(by.handle.clone()) }])
    }

    pub(super) fn cancel(&self, now: At, by: &By, id: RequestId) -> Result<Vec<Event>, Refusal> {
        let own = self.requests.get(&id).is_some_and(|request| request.user_id == by.user_id);
        if !own {
            // Who manages the queue knows the request; to others it does not exist.
            return Err(self.manages_queue(by).map_or(Refusal::RequestNotFound, |()| Refusal::NotAllowed));
        }
        let request = closed(self.pending(id)?, now, RequestState::Cancelled, Some(by.user_id));
        Ok(vec![Event::RequestClosed { request, by_handle: None }])
    }

    fn pending(&self, id: RequestId) -> Result<&RequestView, Refusal> {
        let request = self.requests.get(&id).ok_or(Refusal::RequestNotFound)?;
        match request.state {
            RequestState::Pending => Ok(request),
            RequestState::Expired => Err(Refusal::Expired),
            RequestState::Accepted | RequestState::Declined | RequestState::Cancelled => {
                Err(Refusal::AlreadyAnswered)
            }
        }
    }

    pub(super) fn invite(&self, now: At, by: &By, user: UserId, id: Uuid) -> Result<Vec<Event>, Refusal> {
        self.manages_queue(by)?;
        let person =
            self.people.get(&user).filter(|person| !person.anonymous).ok_or(Refusal::PersonNotFound)?;
        if person.view.is_staged() {
            return Err(Refusal::AlreadyOnStage);
        }
        if self.pending_invitations().any(|invitation| invitation.user_id == user) {
            return Err(Refusal::AlreadyInvited);
        }
        if self.pending_invitations().count() >= INVITATIONS_PENDING_MAX {
            return Err(Refusal::QueueFull);
        }
        if self.is_full() {
            return Err(Refusal::Full);
        }
        let inviter_name = self.people.get(&by.user_id).map(|person| person.view.display_name.clone());
        let invitation = InvitationView {
            id: InvitationId::new(id),
            session_id: self.house.session,
            user_id: user,
            invited_by: by.user_id,
            state: InvitationState::Pending,
            created_at: now,
            expires_at: now.plus_ms(INVITATION_MS),
        };
        Ok(vec![Event::Invited { invitation, inviter_name: inviter_name.unwrap_or_default() }])
    }

    pub(super) fn accept_invitation(
        &self,
        now: At,
        by: &By,
        id: InvitationId,
        at_once: bool,
    ) -> Result<Vec<Event>, Refusal> {
        let invitation = self.offered(now, by, id)?;
        if self.person(by.user_id)?.view.is_staged() {
            return Err(Refusal::AlreadyOnStage);
        }
        let participant = self.seated(now, Seating { user: by.user_id, role: Role::Guest, at_once })?;
        let accepted = InvitationView { state: InvitationState::Accepted, ..invitation.clone() };
        let wishes = self.waiting().filter(|request| request.user_id == by.user_id);
        let mut events: Vec<Event> = wishes
            .map(|request| closed(request, now, RequestState::Cancelled, Some(by.user_id)))
            .map(|request| Event::RequestClosed { request, by_handle: None })
            .collect();
        events.push(Event::InvitationClosed { invitation: accepted });
        events.push(Event::GuestJoined { participant });
        Ok(events)
    }

    pub(super) fn decline_invitation(
        &self,
        now: At,
        by: &By,
        id: InvitationId,
    ) -> Result<Vec<Event>, Refusal> {
        let invitation = self.offered(now, by, id)?;
        let invitation = InvitationView { state: InvitationState::Declined, ..invitation.clone() };
        Ok(vec![Event::InvitationClosed { invitation }])
    }

    /// An invitation to this person that can still be answered, whether or not the alarm rang already.
    fn offered(&self, now: At, by: &By, id: InvitationId) -> Result<&InvitationView, Refusal> {
        let own = self.invitations.get(&id).filter(|invitation| invitation.user_id == by.user_id);
        let invitation = own.ok_or(Refusal::InvitationNotFound)?;
        match invitation.state {
            InvitationState::Pending if now < invitation.expires_at => Ok(invitation),
            InvitationState::Pending | InvitationState::Expired => Err(Refusal::Expired),
            InvitationState::Accepted | InvitationState::Declined | InvitationState::Cancelled => {
                Err(Refusal::AlreadyAnswered)
            }
        }
    }

    fn manages_queue(&self, by: &By) -> Result<(), Refusal> {
        if self.allows(by, Operation::ManageQueue) { Ok(()) } else { Err(Refusal::NotAllowed) }
    }

    pub(super) fn allows(&self, by: &By, operation: Operation) -> bool {
        allows(operation, by, self.house.settings.cohosts_manage_guests)
    }
}
