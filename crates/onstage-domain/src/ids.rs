//! Names of things: UUIDs (version 7, handed in from outside) and the sequence number of a session's log.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID that was made outside: floor 0 has no dice.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// A person: an account, or an anonymous watcher for as long as the token lives.
    UserId
);
id!(
    /// One live show.
    SessionId
);
id!(
    /// A wish to come up.
    RequestId
);
id!(
    /// An offer of a seat.
    InvitationId
);
id!(
    /// A chat message.
    MessageId
);
id!(
    /// An event, kept or ephemeral.
    EventId
);
id!(
    /// Something the media engine saw; the same fact told twice counts once.
    FactId
);
id!(
    /// All tokens that descend from one sign-in.
    FamilyId
);

/// Position of a kept event in its session's log: starts at 1, without gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub i64);

/// Longest client-chosen idempotency key.
pub const IDEMPOTENCY_KEY_LENGTH_MAX: usize = 255;

/// A client's name for one attempt, so that its repetition answers as the first did.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Visible ASCII, at most [`IDEMPOTENCY_KEY_LENGTH_MAX`] characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.len() <= IDEMPOTENCY_KEY_LENGTH_MAX;
        (fits && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Self(text.to_owned()))
    }

    /// The key as the client wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests;
