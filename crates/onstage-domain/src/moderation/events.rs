//! What moderation did.

use serde::{Deserialize, Serialize};

use crate::event::{Audience, Keep};
use crate::ids::UserId;
use crate::time::At;

/// Facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Somebody may not write for a while.
    TimedOut {
        /// Whom.
        user_id: UserId,
        /// Until.
        until: At,
        /// By whom.
        by: UserId,
        /// Why.
        reason: Option<String>,
    },
}

impl Event {
    /// `moderation.…`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TimedOut { .. } => "moderation.timed_out",
        }
    }

    /// Managers and the person.
    #[must_use]
    pub const fn audience(&self) -> Audience {
        match self {
            Self::TimedOut { user_id, .. } => Audience::ManagersAnd(*user_id),
        }
    }

    /// Kept.
    #[must_use]
    pub const fn keep(&self) -> Keep {
        match self {
            Self::TimedOut { .. } => Keep::Kept,
        }
    }
}
