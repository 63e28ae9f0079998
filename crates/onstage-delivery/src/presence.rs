//! Who holds a socket in which session, told once: at a person's first socket and after their last.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::{Arc, Mutex, PoisonError};

use onstage_domain::ports::ObservePresence;
use onstage_domain::{Actor, SessionId, UserId};
use tokio::sync::Notify;

use crate::tasks::spawn_named;

struct Entry {
    actor: Actor,
    sockets: usize,
    told: bool,
    telling: bool,
}

/// Counts sockets and tells the difference, one telling at a time for each person and session.
pub(crate) struct PresenceBook {
    entries: Mutex<HashMap<(SessionId, UserId), Entry>>,
    port: Arc<dyn ObservePresence>,
    /// Something that was to be told was told.
    told: Notify,
}

impl PresenceBook {
    pub(crate) fn new(port: Arc<dyn ObservePresence>) -> Arc<Self> {
        Arc::new(Self { entries: Mutex::default(), port, told: Notify::new() })
    }

    /// A socket of this person began to listen.
    pub(crate) fn came(self: &Arc<Self>, session: SessionId, actor: &Actor) {
        self.change(session, actor, |sockets| sockets.saturating_add(1));
    }

    /// A socket of this person listens no more.
    pub(crate) fn went(self: &Arc<Self>, session: SessionId, actor: &Actor) {
        self.change(session, actor, |sockets| sockets.saturating_sub(1));
    }

    /// Returns once everything about this person was told: who acts on coming in has come in by then.
    pub(crate) async fn settled(&self, session: SessionId, user: UserId) {
        loop {
            let told = self.told.notified();
            if !self.is_telling((session, user)) {
                return;
            }
            told.await;
        }
    }

    fn is_telling(&self, key: (SessionId, UserId)) -> bool {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(&key).is_some_and(|entry| entry.telling)
    }

    fn change(self: &Arc<Self>, session: SessionId, actor: &Actor, count: impl FnOnce(usize) -> usize) {
        let key = (session, actor.user_id);
        let begins = {
            let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
            let entry = entries.entry(key).or_insert_with(|| Entry {
                actor: actor.clone(),
                sockets: 0,
                told: false,
                telling: false,
            });
            entry.sockets = count(entry.sockets);
            !std::mem::replace(&mut entry.telling, true)
        };
        if begins {
            spawn_named("presence", Arc::clone(self).tell(key));
        }
    }

    /// Tells until what was told is what is true.
    async fn tell(self: Arc<Self>, key: (SessionId, UserId)) {
        while let Some((actor, present)) = self.untold(key) {
            self.port.observe_presence(key.0, &actor, present).await;
        }
        self.told.notify_waiters();
    }

    /// The next thing to tell; none ends the telling.
    fn untold(&self, key: (SessionId, UserId)) -> Option<(Actor, bool)> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let Slot::Occupied(mut slot) = entries.entry(key) else { return None };
        let entry = slot.get_mut();
        let present = entry.sockets > 0;
        if entry.told != present {
            entry.told = present;
            return Some((entry.actor.clone(), present));
        }
        entry.telling = false;
        if !present {
            slot.remove();
        }
        None
    }
}
