//! The nouns of moderation.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::actor::{Actor, Identity};
use crate::ids::{SessionId, UserId};
use crate::moderation::Refusal;
use crate::time::At;
use crate::words::words;

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

words!(
    /// What the audit log calls a deed.
    AuditAction {
        /// Put out and blocked.
        Kick = "stage.kick",
        /// The block was undone.
        AllowBack = "stage.allow_back",
        /// Muted, or a mute lifted.
        Mute = "stage.mute",
        /// Promoted or demoted.
        SetRole = "stage.role",
        /// Permissions changed.
        SetPermissions = "stage.permissions",
        /// May not write for a while.
        Timeout = "moderation.timeout",
        /// Somebody else's message taken away.
        DeleteMessage = "chat.delete",
        /// A show ended by an operator.
        EndSession = "sessions.end",
        /// Account banned.
        Ban = "accounts.ban",
        /// Ban lifted.
        Unban = "accounts.unban",
        /// Plan changed.
        SetPlan = "accounts.set_plan",
    }
);

/// Who is kept out of a session: a person, and two hints at watchers without an account who may be the same person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Who was kicked.
    pub user_id: UserId,
    /// A device they came from: of a watcher the one of their token, of an account one that somebody signed in on.
    pub device: Option<String>,
    /// Keyed hash of the address, for watchers without an account only.
    pub address_hash: Option<String>,
}

impl Block {
    /// Keeps this person out. An account is blocked by its id alone: others may sit behind its address.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        let (device, address_hash) = match &actor.identity {
            Identity::Account { .. } => (None, None),
            Identity::Anonymous { address_hash, device } => (device.clone(), address_hash.clone()),
        };
        Self { user_id: actor.user_id, device, address_hash }
    }

    /// Whether it keeps this actor out. The two hints count for actors without an account only.
    #[must_use]
    pub fn meets(&self, actor: &Actor) -> bool {
        let same = |mine: &Option<String>, theirs: &Option<String>| mine.is_some() && mine == theirs;
        let hinted = match &actor.identity {
            Identity::Account { .. } => false,
            Identity::Anonymous { address_hash, device } => {
                same(&self.device, device) || same(&self.address_hash, address_hash)
            }
        };
        self.user_id == actor.user_id || hinted
    }
}

/// How moderation stands towards one actor in one session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Kicked, and not allowed back.
    pub blocked: bool,
    /// Why, where the one who kicked said so.
    pub block_reason: Option<String>,
    /// May not write until then.
    pub timed_out_until: Option<At>,
}

impl Standing {
    /// Refuses the kicked.
    pub fn may_enter(&self) -> Result<(), Refusal> {
        if self.blocked { Err(Refusal::Blocked { reason: self.block_reason.clone() }) } else { Ok(()) }
    }

    /// Refuses the kicked and the timed out.
    pub fn may_write(&self, now: At) -> Result<(), Refusal> {
        self.may_enter()?;
        match self.timed_out_until {
            Some(until) if now < until => Err(Refusal::TimedOut { left_ms: until.since_ms(now) }),
            Some(_) | None => Ok(()),
        }
    }
}
