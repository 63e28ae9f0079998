//! What can be asked of the stage.

mod hosts;
mod queue;
mod refusal;
mod seats;

pub use refusal::Refusal;

use uuid::Uuid;

use crate::actor::By;
use crate::ids::{InvitationId, RequestId, SessionId, UserId};
use crate::media::{Media, Source};
use crate::person::ParticipantView;
use crate::stage::model::Person;
use crate::stage::rules::queue::Wish;
use crate::stage::{Event, PermissionsPatch, RequestedRole, Role, Stage};
use crate::text::Note;
use crate::time::At;

/// Lowest seat of a guest; the owner has seat 0.
pub const SEAT_MIN: u8 = 1;
/// Highest seat of a guest.
pub const SEAT_MAX: u8 = 49;
/// How long an approved person has to take the held seat.
pub const HELD_MS: i64 = 60_000;
/// How long the seat of somebody without any connection is kept.
pub const RECONNECTING_MS: i64 = 60_000;
/// How long an invitation can be accepted.
pub const INVITATION_MS: i64 = 20_000;
/// Most requests of a session that wait for an answer.
pub const REQUESTS_PENDING_MAX: usize = 500;
/// Most invitations of a session that wait for an answer.
pub const INVITATIONS_PENDING_MAX: usize = 50;

/// Changes to the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Asks to go up (or, seated, to speak).
    Request {
        /// Where.
        session: SessionId,
        /// For what.
        role: RequestedRole,
        /// A few words.
        message: Note,
        /// Skip the held state, where no approval is needed.
        seat_at_once: bool,
    },
    /// Takes the wish back.
    CancelRequest(RequestId),
    /// Says yes. `seat_at_once`: dialects whose clients do not know held seats.
    Accept {
        /// Which.
        request: RequestId,
        /// Skip the held state.
        seat_at_once: bool,
    },
    /// Says no.
    Decline(RequestId),
    /// Says yes to whatever this person asked for: dialects whose clients name people, not requests.
    AcceptPerson {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// Skip the held state.
        seat_at_once: bool,
    },
    /// Says no to this person.
    DeclinePerson {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
    },
    /// Offers a seat.
    Invite {
        /// Where.
        session: SessionId,
        /// To whom.
        user: UserId,
    },
    /// Takes the offered seat.
    AcceptInvitation {
        /// Which.
        invitation: InvitationId,
        /// Skip the held state.
        seat_at_once: bool,
    },
    /// Does not take it.
    DeclineInvitation(InvitationId),
    /// Takes a held seat.
    GoOnStage(SessionId),
    /// Goes back to the audience.
    StepDown(SessionId),
    /// One's own microphone and camera.
    SetOwnMedia {
        /// Where.
        session: SessionId,
        /// Clears or sets the self mute.
        audio_enabled: Option<bool>,
        /// Clears or sets the self camera-off.
        video_enabled: Option<bool>,
    },
    /// A host's mute: sets both host and self mute; lifting leaves the self mute and prompts (K18).
    Mute {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// What.
        media: Media,
        /// On or off.
        muted: bool,
    },
    /// Asks somebody to unmute.
    AskUnmute {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// What.
        media: Media,
    },
    /// Mutes every guest.
    MuteAll {
        /// Where.
        session: SessionId,
        /// What.
        media: Media,
    },
    /// Out, and not back.
    Kick {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// Why.
        reason: Option<Note>,
    },
    /// Undoes the block.
    AllowBack {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
    },
    /// Promotes or demotes.
    SetRole {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// To what.
        role: Role,
    },
    /// One step down: cohost, guest, viewer.
    Demote {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
    },
    /// Changes what somebody may do.
    SetPermissions {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// Changes.
        permissions: PermissionsPatch,
    },
    /// Moves somebody to another seat.
    MoveSeat {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// Where to, 1–49.
        seat: u8,
    },
}

/// What the stage hears rather than is asked: none of it can be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The first connection of a person, of any kind.
    Connected(UserId),
    /// The last connection of a person went.
    Disconnected(UserId),
    /// A track is there: the first one takes a held seat.
    Published(UserId, Source),
    /// A track went.
    Unpublished(UserId, Source),
    /// A person's own mute signal.
    SelfMuted {
        /// Whose.
        user: UserId,
        /// Which media.
        media: Media,
        /// On or off.
        muted: bool,
    },
    /// A person left the session by an API's verb.
    Left(UserId),
    /// The server started again: every connection is gone.
    Restarted,
    /// Time went on.
    Clock,
}

impl Stage {
    /// Answers a wish with what happens, or why it does not. `fresh` becomes the id of what is created.
    pub fn decide(&self, now: At, by: &By, command: &Command, fresh: Uuid) -> Result<Vec<Event>, Refusal> {
        use Command::*;
        if by.anonymous {
            return Err(Refusal::SignInRequired);
        }
        if !self.house.live {
            return Err(Refusal::Ended);
        }
        match command {
            Request { role, message, seat_at_once, .. } => {
                let wish = Wish { id: fresh, role: *role, message, seat_at_once: *seat_at_once };
                self.ask(now, by, wish)
            }
            CancelRequest(request) => self.cancel(now, by, *request),
            Accept { request, seat_at_once } => self.accept(now, by, *request, *seat_at_once),
            Decline(request) => self.decline(now, by, *request),
            AcceptPerson { user, seat_at_once, .. } => {
                self.accept(now, by, self.request_by(by, *user)?, *seat_at_once)
            }
            DeclinePerson { user, .. } => self.decline(now, by, self.request_by(by, *user)?),
            Invite { user, .. } => self.invite(now, by, *user, fresh),
            AcceptInvitation { invitation, seat_at_once } => {
                self.accept_invitation(now, by, *invitation, *seat_at_once)
            }
            DeclineInvitation(invitation) => self.decline_invitation(now, by, *invitation),
            GoOnStage(_) => self.go_on_stage(now, by.user_id),
            StepDown(_) => self.step_down(now, by),
            SetOwnMedia { audio_enabled, video_enabled, .. } => {
                self.set_own_media(by, *audio_enabled, *video_enabled)
            }
            Mute { user, media, muted, .. } => self.mute(by, *user, *media, *muted),
            AskUnmute { user, media, .. } => self.ask_unmute(by, *user, *media),
            MuteAll { media, .. } => self.mute_all(by, *media),
            Kick { user, reason, .. } => self.kick(now, by, *user, reason.as_ref()),
            AllowBack { user, .. } => self.allow_back(by, *user),
            SetRole { user, role, .. } => self.set_role(now, by, *user, *role),
            Demote { user, .. } => self.demote(now, by, *user),
            SetPermissions { user, permissions, .. } => self.set_permissions(by, *user, *permissions),
            MoveSeat { user, seat, .. } => self.move_seat(by, *user, *seat),
        }
    }

    /// Makes a decided event true. An event carries the whole of what it changed.
    pub fn apply(&mut self, _now: At, event: &Event) {
        match event {
            Event::Requested { request } | Event::RequestClosed { request, .. } => {
                self.requests.insert(request.id, request.clone());
            }
            Event::GuestApproved { request, participant, .. } => {
                self.requests.insert(request.id, request.clone());
                self.put(participant);
            }
            Event::Invited { invitation, .. } | Event::InvitationClosed { invitation } => {
                self.invitations.insert(invitation.id, invitation.clone());
            }
            Event::GuestJoined { participant }
            | Event::WentOnStage { participant }
            | Event::Reconnecting { participant }
            | Event::CameBack { participant }
            | Event::GuestLeft { participant, .. }
            | Event::Muted { participant, .. }
            | Event::MediaChanged { participant }
            | Event::RoleChanged { participant, .. }
            | Event::PermissionsChanged { participant, .. }
            | Event::SeatChanged { participant } => self.put(participant),
            Event::UnmuteAsked { .. }
            | Event::Kicked { .. }
            | Event::AllowedBack { .. }
            | Event::Speaking { .. }
            | Event::Quality { .. } => {}
        }
    }

    /// Makes all of them true.
    pub fn apply_all(&mut self, now: At, events: &[Event]) {
        for event in events {
            self.apply(now, event);
        }
    }

    fn put(&mut self, participant: &ParticipantView) {
        let known = self.people.get(&participant.user_id);
        let (connected, anonymous) =
            known.map_or((false, false), |person| (person.connected, person.anonymous));
        self.add(Person { view: participant.clone(), connected, anonymous });
    }
}
