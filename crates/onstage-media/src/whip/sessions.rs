//! The sessions of this process by name: who may touch one, which version it has, how often it may be spoken to.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use onstage_domain::{Code, Problem};
use tokio::sync::mpsc;

use super::description::Offer;
use super::fragment::Fragment;
use super::session::{Command, Way};
use super::{EDGE_COMMANDS_MAX, EDGE_SESSIONS_MAX, PATCHES_PER_SECOND_MAX, Protocol, SESSIONS_PER_TOKEN_MAX};
use crate::clock::{Dice, SystemDice};
use crate::pace::{Pace, PerSecond};

/// Letters of a session's name: nobody guesses it.
const ID_LETTERS: usize = 32;
/// Letters of a version.
const ETAG_LETTERS: usize = 12;

/// One session, seen from outside.
struct Entry {
    protocol: Protocol,
    token: String,
    etag: String,
    offer: Offer,
    pace: Pace,
    way: Way,
}

/// All of them.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<String, Entry>>);

/// Tokens are not for logs.
impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

/// A place for a new session. It is given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) id: String,
    pub(super) etag: String,
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) lease: Lease,
}

/// A name on the list of sessions. It is taken off when this is dropped.
#[derive(Debug)]
pub(super) struct Lease {
    id: String,
    sessions: Arc<Sessions>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.sessions.remove(&self.id);
    }
}

/// What a fragment asks for.
#[derive(Debug)]
pub(super) enum Step {
    /// Candidates.
    Trickle(Way),
    /// Another name and password.
    Restart(Way, Box<Offer>),
}

impl Sessions {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes room for one more.
    pub(super) fn place(
        self: &Arc<Self>,
        (protocol, token): (Protocol, &str),
        offer: &Offer,
        now: Instant,
    ) -> Result<Place, Problem> {
        let mut all = self.all();
        if all.len() >= EDGE_SESSIONS_MAX {
            return Err(Problem::new(Code::TryLater));
        }
        if all.values().filter(|entry| entry.token == token).count() >= SESSIONS_PER_TOKEN_MAX {
            return Err(Problem::because(Code::TooFast, "This token has too many sessions at once."));
        }
        let (id, etag) = (SystemDice.letters(ID_LETTERS), fresh_etag());
        let (told, commands) = mpsc::channel(EDGE_COMMANDS_MAX);
        let limit = PerSecond { messages: PATCHES_PER_SECOND_MAX, bytes: usize::MAX };
        let entry = Entry {
            protocol,
            token: token.to_owned(),
            etag: etag.clone(),
            offer: offer.clone(),
            pace: Pace::new(limit, now),
            way: Way::new(told),
        };
        all.insert(id.clone(), entry);
        let lease = Lease { id: id.clone(), sessions: Arc::clone(self) };
        Ok(Place { id, etag, commands, lease })
    }

    /// Somebody wants something of a session: its own token, and not too often. The token may have run out meanwhile.
    pub(super) fn knock(
        &self,
        (protocol, id): (Protocol, &str),
        token: &str,
        now: Instant,
    ) -> Result<(), Problem> {
        let mut all = self.all();
        let entry = all.get_mut(id).filter(|entry| entry.protocol == protocol);
        let entry = entry.ok_or_else(|| Problem::new(Code::NotFound))?;
        if entry.token != token {
            return Err(Problem::because(Code::Unauthenticated, "The session was made with another token."));
        }
        if !entry.pace.takes(now, 0) {
            return Err(Problem::new(Code::TooFast).retry_after_ms(1_000));
        }
        Ok(())
    }

    /// Whether the caller knows the version that is current (RFC 9725 section 4.3).
    pub(super) fn is_current(&self, (_, id): (Protocol, &str), version: &str) -> Result<(), Problem> {
        let all = self.all();
        let entry = all.get(id).ok_or_else(|| Problem::new(Code::NotFound))?;
        let mut named = version.split(',').map(str::trim);
        if version.is_empty() {
            return Err(Problem::new(Code::PreconditionMissing));
        }
        if named.any(|named| named == entry.etag || named == "*" || named == "\"*\"") {
            return Ok(());
        }
        Err(Problem::new(Code::PreconditionFailed))
    }

    /// What a fragment asks for here.
    pub(super) fn step(&self, (_, id): (Protocol, &str), fragment: &Fragment) -> Result<Step, Problem> {
        let all = self.all();
        let entry = all.get(id).ok_or_else(|| Problem::new(Code::NotFound))?;
        let way = entry.way.clone();
        if !fragment.restarts(&entry.offer.ufrag, &entry.offer.password) {
            return Ok(Step::Trickle(way));
        }
        let offer = entry.offer.restarted(&fragment.ufrag, &fragment.password);
        Ok(Step::Restart(way, Box::new(offer)))
    }

    /// ICE was restarted with this offer; returns the new version.
    pub(super) fn restarted(&self, (_, id): (Protocol, &str), offer: Offer) -> String {
        let etag = fresh_etag();
        if let Some(entry) = self.all().get_mut(id) {
            entry.offer = offer;
            entry.etag.clone_from(&etag);
        }
        etag
    }

    /// Ends a session, if it is there.
    pub(super) fn remove(&self, id: &str) {
        // The way to it is dropped with its entry, and it ends by that.
        let entry = self.all().remove(id);
        drop(entry);
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.all().len()
    }
}

fn fresh_etag() -> String {
    format!("\"{}\"", SystemDice.letters(ETAG_LETTERS))
}
