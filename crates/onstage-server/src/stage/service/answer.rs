//! What a command of the stage answers.

use onstage_domain::problem::{Code, Problem};
use onstage_domain::sessions::Session;
use onstage_domain::stage::{Command, Event, RequestState, Stage};
use onstage_domain::{InvitationId, Reply, RequestId, UserId};
use uuid::Uuid;

/// What was decided, made true already.
pub(super) struct Answered<'a> {
    pub(super) stage: &'a Stage,
    pub(super) session: &'a Session,
    pub(super) events: &'a [Event],
    pub(super) fresh: Uuid,
}

impl Answered<'_> {
    /// A request, with the person once it was answered.
    fn request(&self, id: RequestId) -> Result<Reply, Problem> {
        let request = self.stage.request(id).ok_or_else(|| Problem::new(Code::RequestNotFound))?;
        let waits = request.state == RequestState::Pending;
        let participant = if waits { None } else { self.stage.participant(request.user_id) };
        Ok(Reply::Request(request, participant))
    }

    /// The request that this command answered.
    fn answered_request(&self) -> Result<Reply, Problem> {
        let answered = self.events.iter().find_map(|event| {
            let (Event::GuestApproved { request, .. } | Event::RequestClosed { request, .. }) = event else {
                return None;
            };
            Some(request.id)
        });
        self.request(answered.ok_or_else(|| Problem::new(Code::RequestNotFound))?)
    }

    fn kicked(&self, user: UserId) -> Result<Reply, Problem> {
        let participant = self.stage.participant(user).ok_or_else(|| Problem::new(Code::PersonNotFound))?;
        Ok(Reply::Kicked { participant, enforced: false })
    }

    fn invitation(&self, id: InvitationId) -> Result<Reply, Problem> {
        let invitation = self.stage.invitation(id).ok_or_else(|| Problem::new(Code::InvitationNotFound))?;
        let seated = self.events.iter().any(|event| matches!(event, Event::GuestJoined { .. }));
        let participant = if seated { self.stage.participant(invitation.user_id) } else { None };
        Ok(Reply::Invitation(invitation.clone(), participant))
    }

    /// The real state of a person, whatever was wished.
    fn participant(&self, user: UserId) -> Result<Reply, Problem> {
        let participant = self.stage.participant(user).ok_or_else(|| Problem::new(Code::PersonNotFound))?;
        let prompted = self.events.iter().any(|event| matches!(event, Event::UnmuteAsked { .. }));
        Ok(Reply::Participant { participant, enforced: None, prompted })
    }
}

/// The reply that belongs to the command.
pub(super) fn answer(answered: &Answered<'_>, actor: UserId, command: &Command) -> Result<Reply, Problem> {
    match command {
        Command::Request { .. } => answered.request(RequestId::new(answered.fresh)),
        Command::Accept { request, .. } | Command::Decline(request) => answered.request(*request),
        Command::AcceptPerson { .. } | Command::DeclinePerson { .. } => answered.answered_request(),
        Command::CancelRequest(_) => Ok(Reply::Done),
        Command::Invite { .. } => answered.invitation(InvitationId::new(answered.fresh)),
        Command::AcceptInvitation { invitation, .. } | Command::DeclineInvitation(invitation) => {
            answered.invitation(*invitation)
        }
        Command::GoOnStage(_) | Command::StepDown(_) | Command::SetOwnMedia { .. } => {
            answered.participant(actor)
        }
        Command::Mute { user, .. }
        | Command::AskUnmute { user, .. }
        | Command::SetRole { user, .. }
        | Command::Demote { user, .. }
        | Command::SetPermissions { user, .. }
        | Command::MoveSeat { user, .. } => answered.participant(*user),
        Command::MuteAll { .. } => Ok(Reply::Session(Box::new(answered.session.view().clone()))),
        Command::Kick { user, .. } => answered.kicked(*user),
        Command::AllowBack { .. } => Ok(Reply::Enforced(false)),
    }
}

/// The same reply once it is known whether the media engine obeys.
pub(super) fn enforced(reply: Reply, obeys: bool) -> Reply {
    match reply {
        Reply::Participant { participant, prompted, .. } => {
            Reply::Participant { participant, enforced: Some(obeys), prompted }
        }
        Reply::Enforced(_) => Reply::Enforced(obeys),
        Reply::Kicked { participant, .. } => Reply::Kicked { participant, enforced: obeys },
        other @ (Reply::Done
        | Reply::Account(_)
        | Reply::Accounts(_)
        | Reply::Audit(_)
        | Reply::Session(_)
        | Reply::Sessions(_)
        | Reply::Joined(_)
        | Reply::Ended(..)
        | Reply::Stats(..)
        | Reply::Analytics(_)
        | Reply::Request(..)
        | Reply::Requests(_)
        | Reply::Invitation(..)
        | Reply::Invitations(_)
        | Reply::People(_)
        | Reply::Until(_)
        | Reply::Message(_)
        | Reply::Messages(_)
        | Reply::History(_)
        | Reply::Events(..)) => other,
    }
}
