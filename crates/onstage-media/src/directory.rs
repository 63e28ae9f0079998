//! Which rooms there are: by name for those who join, by session for orders, by key for the shards' reports.

mod api;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use onstage_domain::media::MediaOrder;
use onstage_domain::{SessionId, UserId};
use onstage_sfu::RoomKey;
use tokio::sync::mpsc;

use crate::clock::{Moment, SystemDice};
use crate::facts::Facts;
use crate::livekit::room::{Room, RoomSeed, Surroundings};
use crate::livekit::room_task::{Crowd, INPUTS_WAITING_MAX, RoomHandle, RoomTask};
use crate::livekit::webhooks::Webhooks;
use crate::net::ShardHandle;
use crate::orders::{Change, Desired, Person};
use crate::tasks::spawn_named;

pub(crate) use self::api::Removed;

/// Rooms without a session at the same time.
pub(crate) const ROOMS_WITHOUT_SESSION_MAX: usize = 1_000;

/// What rooms are made with.
#[derive(Debug)]
pub(crate) struct Workshop {
    pub(crate) surroundings: Arc<Surroundings>,
    pub(crate) shards: Vec<ShardHandle>,
    pub(crate) facts: Facts,
    pub(crate) webhooks: Webhooks,
}

/// All rooms and all orders, behind one lock that is never held across a wait.
#[derive(Debug)]
pub(crate) struct Directory {
    workshop: Workshop,
    next_room: AtomicU64,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    desired: Desired,
    by_name: HashMap<String, RoomKey>,
    by_session: HashMap<SessionId, RoomKey>,
    rooms: HashMap<RoomKey, RoomHandle>,
}

/// What is left to do for an order once the lock is released.
#[derive(Debug)]
pub(crate) enum Todo {
    /// The room's own task carries it out.
    Nothing,
    /// Tell the room about a person.
    Tell(RoomHandle, UserId, Person),
    /// End the room.
    End(RoomHandle),
}

/// What stands behind a room's name.
#[derive(Debug)]
pub(crate) enum Door {
    /// A room that this identity may knock at.
    Open(RoomHandle),
    /// A room that an order keeps this identity out of.
    Denied,
    /// No such room.
    Missing,
    /// No more rooms.
    Full,
}

impl Directory {
    pub(crate) fn new(workshop: Workshop) -> Self {
        Self { workshop, next_room: AtomicU64::new(1), inner: Mutex::new(Inner::default()) }
    }

    /// Remembers an order, and makes or takes away the room at once.
    pub(crate) fn take(&self, order: MediaOrder) -> Vec<Todo> {
        let mut inner = self.lock();
        match inner.desired.take(order) {
            Change::Opened { session, room_name } => self.open(&mut inner, session, room_name),
            Change::Closed { session } => {
                let room = inner.by_session.remove(&session).and_then(|key| inner.forget(key));
                room.map(Todo::End).into_iter().collect()
            }
            Change::Person { session, user, person } => {
                let room = inner.by_session.get(&session).and_then(|key| inner.rooms.get(key)).cloned();
                vec![room.map_or(Todo::Nothing, |room| Todo::Tell(room, user, person))]
            }
        }
    }

    fn open(&self, inner: &mut Inner, session: SessionId, room_name: String) -> Vec<Todo> {
        if inner.by_session.contains_key(&session) {
            return Vec::new();
        }
        // A room that a token made under this name gives way to the session's.
        let earlier = inner.by_name.get(&room_name).copied().and_then(|key| inner.forget(key));
        let people = inner.desired.people(session);
        let key = self.make(inner, Some(session), room_name, people);
        inner.by_session.insert(session, key);
        earlier.map(Todo::End).into_iter().collect()
    }

    /// The room of that name. With `make` a missing one is made, without a session.
    pub(crate) fn door(&self, room_name: &str, user: Option<UserId>, make: bool) -> Door {
        let mut inner = self.lock();
        if let Some(room) = inner.by_name.get(room_name).and_then(|key| inner.rooms.get(key)).cloned() {
            if let (Some(session), Some(user)) = (room.session, user)
                && inner.desired.is_denied(session, user)
            {
                return Door::Denied;
            }
            if !room.work.is_closed() {
                return Door::Open(room);
            }
            if let Some(session) = room.session {
                return self.remake(&mut inner, session, room_name);
            }
        }
        if !make {
            return Door::Missing;
        }
        inner.sweep();
        if inner.rooms.len().saturating_sub(inner.by_session.len()) >= ROOMS_WITHOUT_SESSION_MAX {
            return Door::Full;
        }
        let key = self.make(&mut inner, None, room_name.to_owned(), HashMap::new());
        inner.rooms.get(&key).cloned().map_or(Door::Missing, Door::Open)
    }

    /// The room of a session, for one of its people.
    pub(crate) fn door_of(&self, session: SessionId, user: UserId) -> Door {
        let room_name = self.lock().desired.room_name(session);
        room_name.map_or(Door::Missing, |room_name| self.door(&room_name, Some(user), false))
    }

    /// A session's room whose task broke gets a new one; orders are what made it, and they are remembered.
    fn remake(&self, inner: &mut Inner, session: SessionId, room_name: &str) -> Door {
        let broken = inner.by_session.remove(&session);
        broken.and_then(|key| inner.forget(key));
        self.open(inner, session, room_name.to_owned());
        let room = inner.by_session.get(&session).and_then(|key| inner.rooms.get(key)).cloned();
        room.map_or(Door::Missing, Door::Open)
    }

    fn make(
        &self,
        inner: &mut Inner,
        session: Option<SessionId>,
        name: String,
        people: HashMap<UserId, Person>,
    ) -> RoomKey {
        let key = RoomKey(self.next_room.fetch_add(1, Ordering::Relaxed));
        let (work, inputs) = mpsc::channel(INPUTS_WAITING_MAX);
        let present = Arc::new(Crowd::default());
        let handle = RoomHandle { session, work, present: Arc::clone(&present) };
        if let Some(shard) = self.shard(key) {
            let surroundings = Arc::clone(&self.workshop.surroundings);
            let seed = RoomSeed {
                key,
                session,
                name: name.clone(),
                people,
                surroundings,
                dice: Box::new(SystemDice),
            };
            let room = Room::new(seed, Moment::now());
            let facts = self.workshop.facts.clone();
            let webhooks = self.workshop.webhooks.clone();
            let task =
                RoomTask { room, work: inputs, present, shard, facts, webhooks, turns: 0, ended: false };
            spawn_named("media room", task.run());
        }
        inner.by_name.insert(name, key);
        inner.rooms.insert(key, handle);
        key
    }

    /// A room lives on one shard for life.
    fn shard(&self, key: RoomKey) -> Option<ShardHandle> {
        let count = u64::try_from(self.workshop.shards.len()).ok()?;
        let place = key.0.checked_rem(count).and_then(|place| usize::try_from(place).ok())?;
        self.workshop.shards.get(place).cloned()
    }

    /// The room that a report is for.
    pub(crate) fn room(&self, key: RoomKey) -> Option<RoomHandle> {
        self.lock().rooms.get(&key).cloned()
    }

    /// How many people are in all rooms.
    pub(crate) fn present(&self) -> usize {
        let present = |room: &RoomHandle| room.present.participants.load(Ordering::Relaxed);
        self.lock().rooms.values().map(present).fold(0, usize::saturating_add)
    }

    /// Every room, taken off the list.
    pub(crate) fn take_all(&self) -> Vec<RoomHandle> {
        let mut inner = self.lock();
        inner.by_name.clear();
        inner.by_session.clear();
        inner.rooms.drain().map(|(_, room)| room).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn forget(&mut self, key: RoomKey) -> Option<RoomHandle> {
        self.by_name.retain(|_, named| *named != key);
        self.rooms.remove(&key)
    }

    /// Rooms without a session whose task has ended.
    fn sweep(&mut self) {
        let gone = |room: &RoomHandle| room.session.is_none() && room.work.is_closed();
        let ended: Vec<RoomKey> =
            self.rooms.iter().filter(|(_, room)| gone(room)).map(|(key, _)| *key).collect();
        for key in ended {
            self.forget(key);
        }
    }
}

#[cfg(test)]
mod tests;
