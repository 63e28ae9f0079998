//! The nouns of moderation.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{SessionId, UserId};
use crate::time::At;

/// One line of the append-only audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditView {
    /// Id.
    pub id: Uuid,
    /// When.
    pub at: At,
    /// Who acted; `None`: the system.
    pub actor_id: Option<UserId>,
    /// `stage.kick`, `accounts.ban`, …
    pub action: String,
    /// In which session.
    pub session_id: Option<SessionId>,
    /// To whom.
    pub target_id: Option<UserId>,
    /// Reason given.
    pub reason: Option<String>,
}
