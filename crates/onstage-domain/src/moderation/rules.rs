//! What can be asked of moderation.

use crate::actor::By;
use crate::ids::{SessionId, UserId};
use crate::moderation::Event;
use crate::permissions::{Operation, allows};
use crate::person::Role;
use crate::problem::{Code, FieldError, Problem};
use crate::text::Note;
use crate::time::At;

/// Shortest timeout, seconds.
pub const TIMEOUT_S_MIN: i64 = 1;
/// Longest timeout, seconds: fourteen days.
pub const TIMEOUT_S_MAX: i64 = 14 * 24 * 3600;

/// Sanctions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// No chat, reactions or requests for a while; messages of the last while are hidden by their deletion only.
    Timeout {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// How long, seconds.
        duration_s: i64,
        /// Why.
        reason: Option<Note>,
    },
}

/// Why moderation says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Kicked.
    #[error("You were removed from this session{}", because(reason.as_deref()))]
    Blocked {
        /// Why, where somebody said so.
        reason: Option<String>,
    },
    /// Still timed out.
    #[error("You are timed out for another {} s", seconds_up(*left_ms))]
    TimedOut {
        /// For how long yet.
        left_ms: i64,
    },
    /// Anonymous watchers do not moderate.
    #[error("Sign in to do this")]
    SignInRequired,
    /// The role does not allow it, or not towards this person.
    #[error("Your role does not allow this")]
    NotAllowed,
    /// Nobody acts on the owner.
    #[error("Nobody can do this to the host")]
    OwnerUntouchable,
    /// Shorter or longer than a timeout may be.
    #[error("A timeout lasts from {TIMEOUT_S_MIN} s to {TIMEOUT_S_MAX} s")]
    BadDuration,
}

/// Whole seconds, rounded up, so that nobody comes back too early.
const fn seconds_up(millis: i64) -> i64 {
    millis.saturating_add(999).saturating_div(1000)
}

fn because(reason: Option<&str>) -> String {
    reason.filter(|reason| !reason.is_empty()).map(|reason| format!(": {reason}")).unwrap_or_default()
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::Blocked { .. } => Self::because(Code::Blocked, detail),
            Refusal::TimedOut { left_ms } => Self::because(Code::TimedOut, detail).retry_after_ms(left_ms),
            Refusal::SignInRequired => Self::because(Code::SignInRequired, detail),
            Refusal::NotAllowed => Self::because(Code::NotAllowed, detail),
            Refusal::OwnerUntouchable => Self::because(Code::OwnerUntouchable, detail),
            Refusal::BadDuration => Self::invalid(vec![FieldError {
                pointer: "/duration_s".to_owned(),
                code: "out_of_range".to_owned(),
                detail,
            }]),
        }
    }
}

/// Towards whom somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Whom.
    pub user_id: UserId,
    /// Their role.
    pub role: Role,
    /// They moderate chat.
    pub is_moderator: bool,
}

/// Owner above cohost above chat moderator: nobody acts on their equals, and nobody on the owner.
pub fn may_act_on(
    by: &By,
    operation: Operation,
    target: Target,
    cohosts_manage: bool,
) -> Result<(), Refusal> {
    let may = |operation| allows(operation, by, cohosts_manage);
    if by.anonymous {
        return Err(Refusal::SignInRequired);
    }
    if !may(operation) {
        return Err(Refusal::NotAllowed);
    }
    match target.role {
        Role::Owner => Err(Refusal::OwnerUntouchable),
        Role::Cohost if !may(Operation::ActOnCohost) => Err(Refusal::NotAllowed),
        Role::Guest | Role::Viewer if target.is_moderator && !outranks_moderators(by) => {
            Err(Refusal::NotAllowed)
        }
        Role::Cohost | Role::Guest | Role::Viewer => Ok(()),
    }
}

const fn outranks_moderators(by: &By) -> bool {
    by.operator || matches!(by.role, Role::Owner | Role::Cohost)
}

/// Decides a timeout.
pub fn time_out(
    now: At,
    by: &By,
    target: Target,
    duration_s: i64,
    reason: Option<&Note>,
) -> Result<Event, Refusal> {
    may_act_on(by, Operation::ModerateChat, target, true)?;
    if !(TIMEOUT_S_MIN..=TIMEOUT_S_MAX).contains(&duration_s) {
        return Err(Refusal::BadDuration);
    }
    Ok(Event::TimedOut {
        user_id: target.user_id,
        until: now.plus_ms(duration_s.saturating_mul(1000)),
        by: by.user_id,
        reason: reason.map(|note| note.as_str().to_owned()),
    })
}
