//! All rooms and sockets of this process.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use onstage_domain::ports::HangUp;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::stage::ParticipantView;
use onstage_domain::{Actor, Envelope, SessionId, UserId};
use tokio::time::Instant;

use crate::Ports;
use crate::language::Language;
use crate::limits::Limits;
use crate::line::{Closing, ConnectionId, Line, LineEnd};
use crate::presence::PresenceBook;
use crate::room::{self, RoomLine, ToRoom};
use crate::tasks::spawn_named;

/// When somebody with too many sockets may try again.
const FULL_RETRY_MS: i64 = 5_000;

struct Entry {
    line: RoomLine,
    /// Sockets that hold the room open.
    holders: usize,
    viewers: Arc<KnownViewers>,
}

/// Who watches a large session, looked up once for all who come within a moment.
#[derive(Default)]
pub(crate) struct KnownViewers(tokio::sync::Mutex<Option<(Instant, Arc<[ParticipantView]>)>>);

impl KnownViewers {
    /// What was looked up within this time, else what `look` finds.
    pub(crate) async fn within<E>(
        &self,
        time: Duration,
        look: impl Future<Output = Result<Arc<[ParticipantView]>, E>>,
    ) -> Result<Arc<[ParticipantView]>, E> {
        let mut known = self.0.lock().await;
        if let Some((at, viewers)) = known.as_ref()
            && at.elapsed() < time
        {
            return Ok(Arc::clone(viewers));
        }
        let viewers = look.await?;
        *known = Some((Instant::now(), Arc::clone(&viewers)));
        Ok(viewers)
    }
}

pub(crate) struct Hub {
    pub(crate) ports: Ports,
    pub(crate) limits: Limits,
    pub(crate) presence: Arc<PresenceBook>,
    rooms: Mutex<HashMap<SessionId, Entry>>,
    lines: Mutex<HashMap<ConnectionId, Line>>,
    /// How many sockets each person has.
    people: Mutex<HashMap<UserId, usize>>,
    next_connection: AtomicU64,
    draining: AtomicBool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    pub(crate) fn new(ports: Ports, limits: Limits) -> Arc<Self> {
        let presence = PresenceBook::new(Arc::clone(&ports.presence));
        Arc::new(Self {
            ports,
            limits,
            presence,
            rooms: Mutex::default(),
            lines: Mutex::default(),
            people: Mutex::default(),
            next_connection: AtomicU64::new(1),
            draining: AtomicBool::new(false),
        })
    }

    /// A line for a fresh socket, or why there is none.
    pub(crate) fn connect(self: &Arc<Self>, language: Language) -> Result<(Registered, LineEnd), Problem> {
        let mut lines = locked(&self.lines);
        if self.draining.load(Ordering::Acquire) || lines.len() >= self.limits.connections {
            return Err(Problem::new(Code::TryLater).retry_after_ms(2_000));
        }
        let (line, end) =
            Line::new(ConnectionId(self.next_connection.fetch_add(1, Ordering::Relaxed)), language);
        lines.insert(line.id(), line.clone());
        Ok((Registered { hub: Arc::clone(self), line }, end))
    }

    pub(crate) fn connections(&self) -> usize {
        locked(&self.lines).len()
    }

    /// Holds a room open, so that nothing that is published from now on passes unseen.
    pub(crate) fn enter(self: &Arc<Self>, session: SessionId) -> RoomGuard {
        let mut rooms = locked(&self.rooms);
        let entry = rooms.entry(session).or_insert_with(|| {
            let line = room::open(session, Arc::clone(&self.ports.log), self.limits);
            Entry { line, holders: 0, viewers: Arc::default() }
        });
        entry.holders = entry.holders.saturating_add(1);
        RoomGuard {
            hub: Arc::clone(self),
            session,
            line: entry.line.clone(),
            viewers: Arc::clone(&entry.viewers),
            is_crowded: entry.holders > self.limits.batch_above,
        }
    }

    fn leave(&self, session: SessionId) {
        let mut rooms = locked(&self.rooms);
        let Some(entry) = rooms.get_mut(&session) else { return };
        entry.holders = entry.holders.saturating_sub(1);
        if entry.holders == 0 {
            rooms.remove(&session);
        }
    }

    /// Hands an envelope to its room, if anybody listens; never waits.
    pub(crate) fn publish(&self, envelope: Envelope) {
        let rooms = locked(&self.rooms);
        if let Some(entry) = rooms.get(&envelope.session) {
            entry.line.publish(envelope);
        }
    }

    pub(crate) fn hang_up(&self, whom: HangUp) {
        match whom {
            HangUp::Family(family) => self.close_where(|(_, of)| of == Some(family)),
            HangUp::User(user) => self.close_where(|(of, _)| of == user),
            HangUp::Kicked(session, user) => self.remove(session, user),
        }
    }

    fn close_where(&self, matches: impl Fn((UserId, Option<onstage_domain::FamilyId>)) -> bool) {
        for line in locked(&self.lines).values() {
            if line.person().is_some_and(&matches) {
                line.close(Closing::TOKEN);
            }
        }
    }

    fn remove(&self, session: SessionId, user: UserId) {
        let line = locked(&self.rooms).get(&session).map(|entry| entry.line.clone());
        if let Some(line) = line {
            spawn_named("kick", async move { line.send(ToRoom::Remove(user)).await });
        }
    }

    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Release);
        for line in locked(&self.lines).values() {
            line.close(Closing::RESTART);
        }
    }
}

/// A socket in the list of all sockets, for as long as this lives.
pub(crate) struct Registered {
    hub: Arc<Hub>,
    pub(crate) line: Line,
}

impl Registered {
    /// Remembers whose socket it is; a socket never changes hands, and one person has only so many.
    pub(crate) fn belongs_to(&self, actor: &Actor) -> Result<(), Problem> {
        if self.line.person().is_some() {
            return Ok(());
        }
        let mut people = locked(&self.hub.people);
        let sockets = people.get(&actor.user_id).copied().unwrap_or_default();
        if sockets >= self.hub.limits.per_person {
            let problem = Problem::because(Code::TooFast, "this person has too many sockets open");
            return Err(problem.retry_after_ms(FULL_RETRY_MS));
        }
        people.insert(actor.user_id, sockets.saturating_add(1));
        self.line.belongs_to(actor.user_id, actor.family);
        Ok(())
    }

    fn forget_person(&self) {
        let Some((user, _)) = self.line.person() else { return };
        let mut people = locked(&self.hub.people);
        let left = people.get(&user).copied().unwrap_or_default().saturating_sub(1);
        if left == 0 {
            people.remove(&user);
        } else {
            people.insert(user, left);
        }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.line.close(Closing::NORMAL);
        self.forget_person();
        locked(&self.hub.lines).remove(&self.line.id());
    }
}

/// A room held open by a subscription.
pub(crate) struct RoomGuard {
    hub: Arc<Hub>,
    session: SessionId,
    pub(crate) line: RoomLine,
    pub(crate) viewers: Arc<KnownViewers>,
    /// Many were here already.
    pub(crate) is_crowded: bool,
}

impl Drop for RoomGuard {
    fn drop(&mut self) {
        self.hub.leave(self.session);
    }
}
