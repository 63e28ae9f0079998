//! Which event waits for which receiver, and which is next: bounded, in order for each room, told the time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Events that wait at the same time; then the oldest is dropped.
pub(crate) const EVENTS_KEPT_MAX: usize = 20_000;
/// Bytes of them; then the oldest is dropped.
pub(crate) const EVENT_BYTES_KEPT_MAX: usize = 32 * 1024 * 1024;
/// An event that is this old is given up.
pub(crate) const EVENT_AGE_MAX: Duration = Duration::from_secs(24 * 3_600);
/// So often an event is posted to a receiver that says it does not want it (4xx).
pub(crate) const UNWANTED_TRIES_MAX: u32 = 5;
/// The first wait after a failure; it doubles.
pub(crate) const RETRY_AFTER: Duration = Duration::from_millis(500);
/// The longest wait.
pub(crate) const RETRY_AFTER_MAX: Duration = Duration::from_secs(30);

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parcel {
    pub(super) serial: u64,
    /// The order is kept among events of the same room name.
    pub(super) room: String,
    /// Unix seconds.
    pub(super) at: i64,
    pub(super) body: Arc<str>,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// 2xx.
    Taken,
    /// 4xx that another try will hardly change.
    Unwanted,
    /// Everything else.
    Failed,
}

/// What follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// This receiver needs the event no more.
    Done,
    /// As before, but nobody took it.
    GivenUp,
    /// Again, later.
    Again,
}

/// Events of one room for one receiver.
#[derive(Debug, Default)]
struct Line {
    waiting: VecDeque<u64>,
    is_under_way: bool,
    failures: u32,
    ready_at: Option<Instant>,
}

#[derive(Debug)]
struct Kept {
    parcel: Parcel,
    receivers: usize,
}

/// All events that wait.
#[derive(Debug)]
pub(super) struct Outbox {
    names: Vec<String>,
    kept: BTreeMap<u64, Kept>,
    bytes: usize,
    lines: Vec<BTreeMap<String, Line>>,
}

impl Outbox {
    /// For these receivers, named as the file knows them.
    pub(super) fn new(names: Vec<String>) -> Self {
        let lines = names.iter().map(|_| BTreeMap::new()).collect();
        Self { names, kept: BTreeMap::new(), bytes: 0, lines }
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// An event for these receivers. Returns what had to go for it.
    pub(super) fn add(&mut self, parcel: Parcel, receivers: &[usize]) -> Vec<u64> {
        let (serial, room) = (parcel.serial, parcel.room.clone());
        self.bytes = self.bytes.saturating_add(parcel.body.len());
        for receiver in receivers {
            if let Some(lines) = self.lines.get_mut(*receiver) {
                lines.entry(room.clone()).or_default().waiting.push_back(serial);
            }
        }
        self.kept.insert(serial, Kept { parcel, receivers: receivers.len() });
        let mut dropped = Vec::new();
        while self.kept.len() > EVENTS_KEPT_MAX || self.bytes > EVENT_BYTES_KEPT_MAX {
            let Some((oldest, kept)) = self.kept.pop_first() else { break };
            self.bytes = self.bytes.saturating_sub(kept.parcel.body.len());
            for lines in &mut self.lines {
                lines.retain(|room, line| {
                    if *room == kept.parcel.room {
                        line.waiting.retain(|serial| *serial != oldest);
                    }
                    line.is_under_way || !line.waiting.is_empty()
                });
            }
            dropped.push(oldest);
        }
        dropped
    }

    /// The oldest event whose turn it is. Its room waits until the try is settled.
    pub(super) fn take(&mut self, receiver: usize, now: Instant) -> Option<Parcel> {
        let lines = self.lines.get_mut(receiver)?;
        let ready = |line: &&mut Line| {
            !line.is_under_way && line.ready_at.is_none_or(|at| at <= now) && !line.waiting.is_empty()
        };
        let line = lines.values_mut().filter(ready).min_by_key(|line| line.waiting.front().copied())?;
        let kept = self.kept.get(line.waiting.front()?)?;
        line.is_under_way = true;
        Some(kept.parcel.clone())
    }

    /// When a waiting room is next ready. `None`: nothing waits.
    pub(super) fn due(&self, receiver: usize, now: Instant) -> Option<Instant> {
        let waiting = |line: &&Line| !line.is_under_way && !line.waiting.is_empty();
        let lines = self.lines.get(receiver)?.values().filter(waiting);
        lines.map(|line| line.ready_at.unwrap_or(now)).min()
    }

    /// How a try ended; `age` is the event's.
    pub(super) fn settle(
        &mut self,
        receiver: usize,
        parcel: &Parcel,
        outcome: Outcome,
        (now, age): (Instant, Duration),
    ) -> Settled {
        let Some(lines) = self.lines.get_mut(receiver) else { return Settled::Done };
        let Some(line) = lines.get_mut(&parcel.room) else { return Settled::Done };
        line.is_under_way = false;
        line.failures = line.failures.saturating_add(1);
        let hopeless =
            age >= EVENT_AGE_MAX || outcome == Outcome::Unwanted && line.failures >= UNWANTED_TRIES_MAX;
        // The event may have been dropped meanwhile; then the room goes on with the next one at once.
        let is_there = line.waiting.front() == Some(&parcel.serial);
        if is_there && outcome != Outcome::Taken && !hopeless {
            line.ready_at = now.checked_add(wait_after(line.failures));
            return Settled::Again;
        }
        line.failures = 0;
        line.ready_at = None;
        if is_there {
            line.waiting.pop_front();
        }
        if line.waiting.is_empty() {
            lines.remove(&parcel.room);
        }
        if is_there {
            self.release(parcel.serial);
        }
        if outcome == Outcome::Taken { Settled::Done } else { Settled::GivenUp }
    }

    fn release(&mut self, serial: u64) {
        let Some(kept) = self.kept.get_mut(&serial) else { return };
        kept.receivers = kept.receivers.saturating_sub(1);
        if kept.receivers == 0
            && let Some(gone) = self.kept.remove(&serial)
        {
            self.bytes = self.bytes.saturating_sub(gone.parcel.body.len());
        }
    }

    /// How many events one receiver has not taken.
    pub(super) fn waiting_for(&self, receiver: usize) -> usize {
        self.lines.get(receiver).map_or(0, |lines| lines.values().map(|line| line.waiting.len()).sum())
    }

    /// Everything that waits, oldest first, with the names of those who have not taken it.
    pub(super) fn waiting(&self) -> Vec<(Parcel, Vec<String>)> {
        let mut open: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for (name, lines) in self.names.iter().zip(&self.lines) {
            for serial in lines.values().flat_map(|line| &line.waiting) {
                open.entry(*serial).or_default().push(name.clone());
            }
        }
        let parcel = |serial: &u64| self.kept.get(serial).map(|kept| kept.parcel.clone());
        open.into_iter().filter_map(|(serial, names)| Some((parcel(&serial)?, names))).collect()
    }
}

fn wait_after(failures: u32) -> Duration {
    let doubled = 1_u32.checked_shl(failures.saturating_sub(1).min(16)).unwrap_or(u32::MAX);
    RETRY_AFTER.saturating_mul(doubled).min(RETRY_AFTER_MAX)
}
