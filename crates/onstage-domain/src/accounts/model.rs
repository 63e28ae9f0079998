//! The nouns of accounts.

use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::time::At;

/// What an account paid for: how many guests its stage may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// Free: solo.
    Explorer,
    /// 19 guests.
    Creator,
    /// 49 guests.
    Innovator,
}

impl Plan {
    /// Every plan.
    pub const ALL: &'static [Self] = &[Self::Explorer, Self::Creator, Self::Innovator];

    /// Guests on stage, host excluded (K1).
    #[must_use]
    pub const fn guests_max(self) -> u8 {
        match self {
            Self::Explorer => 0,
            Self::Creator => 19,
            Self::Innovator => 49,
        }
    }

    /// The word used in settings, SQL and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Explorer => "explorer",
            Self::Creator => "creator",
            Self::Innovator => "innovator",
        }
    }

    /// The plan of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|plan| plan.word() == word)
    }
}

/// Who may open an account (`accounts.sign_up`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUp {
    /// Everybody.
    Open,
    /// With an invite code from an operator.
    Invite,
    /// Nobody.
    Closed,
}

/// An account as rules see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Id.
    pub id: UserId,
    /// Unique name.
    pub handle: String,
    /// Shown name.
    pub display_name: String,
    /// Picture.
    pub avatar_url: Option<String>,
    /// Plan.
    pub plan: Plan,
    /// Runs this installation.
    pub operator: bool,
    /// Banned since.
    pub banned_at: Option<At>,
    /// Opened.
    pub created_at: At,
}

/// An account as its owner and operators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Id.
    pub id: UserId,
    /// Unique name.
    pub handle: String,
    /// Shown name.
    pub display_name: String,
    /// Picture.
    pub avatar_url: Option<String>,
    /// Plan.
    pub plan: Plan,
    /// Runs this installation.
    pub operator: bool,
    /// Banned.
    pub banned: bool,
    /// Opened.
    pub created_at: At,
}
