//! Gives events their `seq` inside the change's transaction, and tells them in that order after the commit.

pub(crate) mod log;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use onstage_domain::event::{EVENT_VERSION, Keep};
use onstage_domain::orders::orders;
use onstage_domain::ports::{HangUp, Publish};
use onstage_domain::{At, Envelope, Event, EventId, Seq, SessionId, sessions, stage};
use tokio::sync::oneshot;

use crate::db::{Tx, get, one, values};
use crate::dice::{Dice, Ids};
use crate::engine::{Done, Engine};
use crate::fault::Fault;
use crate::meters;

/// Events of one command that wait for their commit.
#[derive(Debug)]
#[must_use = "committed events must be told"]
pub(crate) struct Recorded {
    session: SessionId,
    /// The log's end before these events.
    before: i64,
    /// The log's end with them.
    after: i64,
    envelopes: Vec<Envelope>,
    /// When they were recorded; unknown where they come from the log.
    recorded: Option<Instant>,
}

impl Recorded {
    /// Whose log it is.
    pub(crate) const fn session(&self) -> SessionId {
        self.session
    }

    /// What is about to be told.
    pub(crate) fn envelopes(&self) -> &[Envelope] {
        &self.envelopes
    }
}

/// A commit that waits for the ones before it.
struct Batch {
    recorded: Recorded,
    done: Option<Done>,
}

/// Where one session's telling stands. `waiting` holds at most the commands that are being answered.
struct Tail {
    told: i64,
    waiting: BTreeMap<i64, Batch>,
}

/// The outbox.
pub(crate) struct Outbox {
    dice: Arc<dyn Dice>,
    /// Shared with whatever else gets an id: what stands beside events in a list keeps their order.
    ids: Arc<Ids>,
    publish: Arc<dyn Publish>,
    engine: Engine,
    tails: Mutex<HashMap<SessionId, Tail>>,
}

impl Outbox {
    pub(crate) fn new(dice: Arc<dyn Dice>, ids: Arc<Ids>, publish: Arc<dyn Publish>, engine: Engine) -> Self {
        Self { dice, ids, publish, engine, tails: Mutex::default() }
    }

    /// Writes kept events into the log; ephemeral ones only wait for the commit.
    pub(crate) async fn record(
        &self,
        tx: &Tx,
        session: SessionId,
        at: At,
        events: Vec<Event>,
    ) -> Result<Recorded, Fault> {
        let kept = events.iter().filter(|event| event.keep() == Keep::Kept).count();
        let kept = i64::try_from(kept).unwrap_or(i64::MAX);
        let after = self.take_seqs(tx, session, kept).await?;
        let before = after.saturating_sub(kept);
        self.begin_tail(session, before);
        let mut seq = before;
        let mut envelopes = Vec::with_capacity(events.len());
        for event in events {
            let envelope = self.envelope(session, at, &mut seq, event);
            if envelope.seq.is_some() {
                log::insert(tx, &envelope).await?;
            }
            envelopes.push(envelope);
        }
        Ok(Recorded { session, before, after, envelopes, recorded: Some(Instant::now()) })
    }

    /// Moves the end of the session's log, and notes on the way how far it was told: a restart tells the rest again.
    async fn take_seqs(&self, tx: &Tx, session: SessionId, count: i64) -> Result<i64, Fault> {
        let sql = "UPDATE sessions SET last_seq = last_seq + $2,
                   published_seq = CASE WHEN published_seq < $3 THEN $3 ELSE published_seq END
                   WHERE id = $1 RETURNING last_seq";
        let row = one(&**tx, sql, values![session.uuid(), count, self.told(session)]).await?;
        let row =
            row.ok_or_else(|| Fault::Unreadable(format!("no session {session} to record events in")))?;
        get(&row, "last_seq")
    }

    fn envelope(&self, session: SessionId, at: At, seq: &mut i64, data: Event) -> Envelope {
        let place = match data.keep() {
            Keep::Kept => {
                *seq = seq.saturating_add(1);
                Some(Seq(*seq))
            }
            Keep::Ephemeral => None,
        };
        let id = EventId::new(self.ids.draw(&*self.dice, at));
        Envelope { id, version: EVENT_VERSION, session, seq: place, at, data }
    }

    fn tails(&self) -> MutexGuard<'_, HashMap<SessionId, Tail>> {
        self.tails.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self, session: SessionId) -> i64 {
        self.tails().get(&session).map_or(0, |tail| tail.told)
    }

    /// Under the session's row lock: whoever comes first knows that everything before was told.
    fn begin_tail(&self, session: SessionId, before: i64) {
        self.tails().entry(session).or_insert_with(|| Tail { told: before, waiting: BTreeMap::new() });
    }

    /// Tells what was committed, as soon as everything before it is told; the answer arrives when the engine obeyed.
    pub(crate) fn tell(&self, recorded: Recorded) -> Option<oneshot::Receiver<bool>> {
        let has_orders = recorded.envelopes.iter().any(|envelope| !orders(envelope).is_empty());
        let (done, acknowledged) = oneshot::channel();
        let session = recorded.session;
        let mut tails = self.tails();
        let tail =
            tails.entry(session).or_insert_with(|| Tail { told: recorded.before, waiting: BTreeMap::new() });
        if recorded.after == recorded.before {
            self.tell_now(recorded, None);
            return None;
        }
        tail.waiting.insert(recorded.before, Batch { recorded, done: has_orders.then_some(done) });
        let ended = self.drain(tail);
        if ended && tail.waiting.is_empty() {
            tails.remove(&session);
        }
        has_orders.then_some(acknowledged)
    }

    /// Tells every batch whose turn has come; true when the session ended among them.
    fn drain(&self, tail: &mut Tail) -> bool {
        let mut ended = false;
        while let Some(batch) = tail.waiting.remove(&tail.told) {
            tail.told = batch.recorded.after;
            ended |= batch.recorded.envelopes.iter().any(is_end);
            self.tell_now(batch.recorded, batch.done);
        }
        ended
    }

    /// Under the lock of `tails`, so that no two commits overtake each other on the way out.
    fn tell_now(&self, Recorded { envelopes, recorded, .. }: Recorded, done: Option<Done>) {
        meters::told(&envelopes, recorded);
        let desired: Vec<_> = envelopes.iter().flat_map(orders).collect();
        if !desired.is_empty() {
            self.engine.order(desired, done);
        }
        let kicked: Vec<HangUp> = envelopes.iter().filter_map(kicked).collect();
        if !envelopes.is_empty() {
            self.publish.publish(envelopes);
        }
        for whom in kicked {
            self.publish.hang_up(whom);
        }
    }

    /// Tells what nobody keeps: no transaction, no `seq`.
    pub(crate) fn tell_ephemeral(&self, session: SessionId, at: At, events: Vec<Event>) {
        let mut seq = 0;
        let envelopes = events
            .into_iter()
            .filter(|event| event.keep() == Keep::Ephemeral)
            .map(|event| self.envelope(session, at, &mut seq, event))
            .collect::<Vec<_>>();
        let _order = self.tails();
        meters::told(&envelopes, None);
        if !envelopes.is_empty() {
            self.publish.publish(envelopes);
        }
    }

    /// Commits that wait for the ones before them.
    pub(crate) fn waiting(&self) -> u32 {
        let waiting = self.tails().values().map(|tail| tail.waiting.len()).fold(0, usize::saturating_add);
        u32::try_from(waiting).unwrap_or(u32::MAX)
    }

    /// After a restart: nobody listens yet but what keeps its own books, and the engine is given its state in full.
    pub(crate) fn tell_again(&self, envelopes: Vec<Envelope>) {
        self.publish.publish(envelopes);
    }

    /// Closes sockets.
    pub(crate) fn hang_up(&self, whom: HangUp) {
        self.publish.hang_up(whom);
    }

    /// What is missing before the first waiting batch: it was committed, by another node or by a call that broke off.
    pub(crate) fn gap(&self, session: SessionId) -> Option<(Seq, u32)> {
        let tails = self.tails();
        let tail = tails.get(&session)?;
        let missing = tail.waiting.keys().next()?.checked_sub(tail.told)?;
        u32::try_from(missing).ok().filter(|missing| *missing > 0).map(|missing| (Seq(tail.told), missing))
    }

    /// Tells envelopes that were read from the log, in their place.
    pub(crate) fn fill(&self, session: SessionId, mut envelopes: Vec<Envelope>) {
        let told = self.told(session);
        envelopes.retain(|envelope| envelope.seq.is_some_and(|seq| seq.0 > told));
        let after = envelopes.last().and_then(|envelope| envelope.seq).map_or(told, |seq| seq.0);
        if after > told {
            // Nobody waits for the engine here.
            let _ = self.tell(Recorded { session, before: told, after, envelopes, recorded: None });
        }
    }
}

fn is_end(envelope: &Envelope) -> bool {
    matches!(envelope.data, Event::Session(sessions::Event::Ended { .. }))
}

fn kicked(envelope: &Envelope) -> Option<HangUp> {
    match &envelope.data {
        Event::Stage(stage::Event::Kicked { user_id, .. }) => {
            Some(HangUp::Kicked(envelope.session, *user_id))
        }
        Event::Stage(_) | Event::Session(_) | Event::Moderation(_) | Event::Chat(_) => None,
    }
}

#[cfg(test)]
mod tests;
