//! Desired state, as the orders tell it: which sessions have a room, and what each person may do there.

use std::collections::HashMap;

use onstage_domain::media::{MediaGrant, MediaOrder};
use onstage_domain::{SessionId, UserId};

/// What the last order says about one person in one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Person {
    /// False: refused, whatever the token.
    pub(crate) admitted: bool,
    /// What is forwarded.
    pub(crate) grant: MediaGrant,
}

/// One session: its room while it is open, and its people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Session {
    room_name: Option<String>,
    people: HashMap<UserId, Person>,
}

/// What an order changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// A room is to be there.
    Opened { session: SessionId, room_name: String },
    /// A room is to be gone.
    Closed { session: SessionId },
    /// Something about a person; the room decides what follows.
    Person { session: SessionId, user: UserId, person: Person },
}

/// All orders, coalesced by their keys: replaying any number of them leaves the last of each.
#[derive(Debug, Default)]
pub(crate) struct Desired {
    sessions: HashMap<SessionId, Session>,
}

impl Desired {
    /// Remembers an order and says what it changes.
    pub(crate) fn take(&mut self, order: MediaOrder) -> Change {
        match order {
            MediaOrder::Session { session, room_name, open: true } => {
                self.sessions.entry(session).or_default().room_name = Some(room_name.clone());
                Change::Opened { session, room_name }
            }
            MediaOrder::Session { session, open: false, .. } => {
                self.sessions.remove(&session);
                Change::Closed { session }
            }
            MediaOrder::Person { session, user, admitted, grant } => {
                let person = Person { admitted, grant };
                self.sessions.entry(session).or_default().people.insert(user, person);
                Change::Person { session, user, person }
            }
        }
    }

    /// The people of a session, for a room that is made now.
    pub(crate) fn people(&self, session: SessionId) -> HashMap<UserId, Person> {
        self.sessions.get(&session).map(|session| session.people.clone()).unwrap_or_default()
    }

    /// The room of a session, while it is open.
    pub(crate) fn room_name(&self, session: SessionId) -> Option<String> {
        self.sessions.get(&session)?.room_name.clone()
    }

    /// Whether an order denies this person.
    pub(crate) fn is_denied(&self, session: SessionId, user: UserId) -> bool {
        let person = self.sessions.get(&session).and_then(|session| session.people.get(&user));
        person.is_some_and(|person| !person.admitted)
    }
}

#[cfg(test)]
mod tests;
