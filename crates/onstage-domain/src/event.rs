//! What happened: one past-tense fact in one enum, from which every wire is derived.

use serde::{Deserialize, Serialize};

use crate::ids::{EventId, Seq, SessionId, UserId};
use crate::person::Role;
use crate::time::At;
use crate::{chat, moderation, sessions, stage};

/// How many events one command may decide.
pub const EVENTS_PER_COMMAND_MAX: usize = 8;

/// Everything that can happen in a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The show itself.
    Session(sessions::Event),
    /// Seats.
    Stage(stage::Event),
    /// Sanctions.
    Moderation(moderation::Event),
    /// Words and hearts.
    Chat(chat::Event),
}

/// Who may hear an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody who is in the session.
    Session,
    /// One person.
    User(UserId),
    /// Those who manage guests.
    Managers,
    /// Those who manage guests, and one person.
    ManagersAnd(UserId),
    /// Operators.
    Operators,
}

/// Where a listener stands in a session: what an audience is matched with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Who.
    pub user_id: UserId,
    /// Role.
    pub role: Role,
    /// Manages guests (owner; cohost while the switch is on).
    pub manages: bool,
    /// Operator of the installation.
    pub operator: bool,
}

impl Audience {
    /// Whether somebody who stands there may hear it.
    #[must_use]
    pub fn includes(self, place: &Place) -> bool {
        match self {
            Self::Session => true,
            Self::User(user) => user == place.user_id,
            Self::Managers => place.manages,
            Self::ManagersAnd(user) => place.manages || user == place.user_id,
            Self::Operators => place.operator,
        }
    }
}

/// Whether an event goes into the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Gets a `seq`, is in the log.
    Kept,
    /// Told once, to those who are there.
    Ephemeral,
}

impl Event {
    /// `<slice>.<word>`, as `name` on every wire of ours.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Session(event) => event.name(),
            Self::Stage(event) => event.name(),
            Self::Moderation(event) => event.name(),
            Self::Chat(event) => event.name(),
        }
    }

    /// Who may hear it.
    #[must_use]
    pub const fn audience(&self) -> Audience {
        match self {
            Self::Session(event) => event.audience(),
            Self::Stage(event) => event.audience(),
            Self::Moderation(event) => event.audience(),
            Self::Chat(event) => event.audience(),
        }
    }

    /// Whether it is kept.
    #[must_use]
    pub const fn keep(&self) -> Keep {
        match self {
            Self::Session(event) => event.keep(),
            Self::Stage(event) => event.keep(),
            Self::Moderation(event) => event.keep(),
            Self::Chat(event) => event.keep(),
        }
    }
}

/// An event with its place in time and log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Unique, for idempotent listeners.
    pub id: EventId,
    /// Version of the event's shape.
    pub version: u16,
    /// Which session.
    pub session: SessionId,
    /// Position in the log; `None` for ephemeral events.
    pub seq: Option<Seq>,
    /// When it was decided.
    pub at: At,
    /// What happened.
    pub data: Event,
}

/// Version of the events' shapes.
pub const EVENT_VERSION: u16 = 1;

#[cfg(test)]
mod tests;
