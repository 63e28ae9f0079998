//! Who acts: made from a verified token and from nothing else.

use serde::{Deserialize, Serialize};

use crate::ids::{FamilyId, UserId};
use crate::person::Role;

/// What stands behind a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// A row in `accounts`.
    Account {
        /// May use the operator's page and endpoints.
        operator: bool,
    },
    /// A watcher without an account; a kick blocks these two hints as well.
    Anonymous {
        /// Keyed hash of the network address.
        address_hash: Option<String>,
        /// The device cookie's value.
        device: Option<String>,
    },
}

/// Somebody who calls, with the names others may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Account id, or the anonymous token's own id.
    pub user_id: UserId,
    /// `handle` of an account; `guest-…` of an anonymous watcher.
    pub handle: String,
    /// Name to show.
    pub display_name: String,
    /// Picture, where there is one.
    pub avatar_url: Option<String>,
    /// What stands behind the token.
    pub identity: Identity,
    /// The sign-in this token descends from: revoking it closes its sockets.
    pub family: Option<FamilyId>,
}

impl Actor {
    /// True for watchers without an account.
    #[must_use]
    pub const fn is_anonymous(&self) -> bool {
        matches!(self.identity, Identity::Anonymous { .. })
    }

    /// True for operators.
    #[must_use]
    pub const fn is_operator(&self) -> bool {
        matches!(self.identity, Identity::Account { operator: true })
    }
}

/// An actor as one session sees it: what the permission matrix (`shapes.md` §3) is asked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub user_id: UserId,
    /// Unique name.
    pub handle: String,
    /// Role in the session; `Viewer` for everybody who holds none.
    pub role: Role,
    /// May moderate chat without being a cohost.
    pub is_moderator: bool,
    /// An operator of this installation.
    pub operator: bool,
    /// Without an account.
    pub anonymous: bool,
}
