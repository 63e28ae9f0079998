//! Why the stage says no.

use crate::moderation;
use crate::problem::{Code, FieldError, Problem};
use crate::stage::rules::{INVITATIONS_PENDING_MAX, REQUESTS_PENDING_MAX, SEAT_MAX, SEAT_MIN};

/// One reason each; the sentence is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The show is over.
    #[error("The session has ended")]
    Ended,
    /// Without an account.
    #[error("Sign in to do this")]
    SignInRequired,
    /// The role does not allow it, or not towards this person.
    #[error("Your role does not allow this")]
    NotAllowed,
    /// Owner only.
    #[error("Only the host may do this")]
    OwnerOnly,
    /// Nobody acts on the owner.
    #[error("Nobody can do this to the host")]
    OwnerUntouchable,
    /// All seats for guests are taken.
    #[error("Maximum guests reached")]
    Full,
    /// Locked, or requests are off.
    #[error("The stage takes no requests at the moment")]
    RequestsClosed,
    /// A pending request exists.
    #[error("You have a request already")]
    AlreadyRequested,
    /// A pending invitation exists.
    #[error("This person has an invitation already")]
    AlreadyInvited,
    /// Seated already.
    #[error("Already on stage")]
    AlreadyOnStage,
    /// Not seated.
    #[error("Not on stage")]
    NotOnStage,
    /// A viewer cannot be promoted without a seat.
    #[error("Only people on stage can be promoted; invite them first")]
    PromoteViewer,
    /// Another answer came first.
    #[error("This was answered already")]
    AlreadyAnswered,
    /// Ran out.
    #[error("This has expired")]
    Expired,
    /// Somebody sits there.
    #[error("This seat is taken")]
    SeatTaken,
    /// No seat of that number.
    #[error("Guests sit on seats {SEAT_MIN} to {SEAT_MAX}")]
    NoSuchSeat,
    /// No such request.
    #[error("There is no such request")]
    RequestNotFound,
    /// No such invitation.
    #[error("There is no such invitation")]
    InvitationNotFound,
    /// Not in the session.
    #[error("This person is not in the session")]
    PersonNotFound,
    /// Too many wait.
    #[error("The queue is full ({REQUESTS_PENDING_MAX} requests, {INVITATIONS_PENDING_MAX} invitations)")]
    QueueFull,
    /// No permission for this media.
    #[error("You have no permission for this media")]
    NotPermitted,
}

impl Refusal {
    const fn code(self) -> Code {
        match self {
            Self::Ended => Code::SessionEnded,
            Self::SignInRequired => Code::SignInRequired,
            Self::NotAllowed => Code::NotAllowed,
            Self::OwnerOnly => Code::OwnerOnly,
            Self::OwnerUntouchable => Code::OwnerUntouchable,
            Self::Full => Code::StageFull,
            Self::RequestsClosed => Code::RequestsClosed,
            Self::AlreadyRequested | Self::AlreadyInvited => Code::AlreadyRequested,
            Self::AlreadyOnStage => Code::AlreadyOnStage,
            Self::NotOnStage => Code::NotOnStage,
            Self::PromoteViewer => Code::PromoteViewer,
            Self::AlreadyAnswered => Code::AlreadyAnswered,
            Self::Expired => Code::Expired,
            Self::SeatTaken => Code::SeatTaken,
            Self::NoSuchSeat => Code::Invalid,
            Self::RequestNotFound => Code::RequestNotFound,
            Self::InvitationNotFound => Code::InvitationNotFound,
            Self::PersonNotFound => Code::PersonNotFound,
            Self::QueueFull => Code::QueueFull,
            Self::NotPermitted => Code::NotPermitted,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        if refusal != Refusal::NoSuchSeat {
            return Self::because(refusal.code(), detail);
        }
        Self::invalid(vec![FieldError {
            pointer: "/seat".to_owned(),
            code: "out_of_range".to_owned(),
            detail,
        }])
    }
}

impl From<moderation::Refusal> for Refusal {
    fn from(refusal: moderation::Refusal) -> Self {
        match refusal {
            moderation::Refusal::SignInRequired => Self::SignInRequired,
            moderation::Refusal::OwnerUntouchable => Self::OwnerUntouchable,
            moderation::Refusal::NotAllowed
            | moderation::Refusal::Blocked { .. }
            | moderation::Refusal::TimedOut { .. }
            | moderation::Refusal::BadDuration => Self::NotAllowed,
        }
    }
}
