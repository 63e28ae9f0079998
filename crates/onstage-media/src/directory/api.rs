//! Rooms by name, as the room service asks for them.

use super::{Directory, RoomHandle};

/// What became of a room that was to go.
#[derive(Debug)]
pub(crate) enum Removed {
    /// Off the list; its task is still to be ended.
    Room(RoomHandle),
    /// An order keeps it.
    OfSession,
    /// There is none.
    Missing,
}

impl Directory {
    /// The room of that name, if its task runs.
    pub(crate) fn room_named(&self, name: &str) -> Option<RoomHandle> {
        let inner = self.lock();
        let room = inner.by_name.get(name).and_then(|key| inner.rooms.get(key));
        room.filter(|room| !room.work.is_closed()).cloned()
    }

    /// All rooms, or those of these names.
    pub(crate) fn rooms_named(&self, names: &[String]) -> Vec<RoomHandle> {
        if names.is_empty() {
            let inner = self.lock();
            return inner.rooms.values().filter(|room| !room.work.is_closed()).cloned().collect();
        }
        let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
        distinct.into_iter().filter_map(|name| self.room_named(name)).collect()
    }

    /// Takes a room off the list, unless a session needs it.
    pub(crate) fn remove_named(&self, name: &str) -> Removed {
        let mut inner = self.lock();
        let Some(key) = inner.by_name.get(name).copied() else { return Removed::Missing };
        match inner.rooms.get(&key) {
            Some(room) if room.session.is_some() => Removed::OfSession,
            Some(room) if room.work.is_closed() => {
                inner.forget(key);
                Removed::Missing
            }
            Some(_) => inner.forget(key).map_or(Removed::Missing, Removed::Room),
            None => Removed::Missing,
        }
    }
}
