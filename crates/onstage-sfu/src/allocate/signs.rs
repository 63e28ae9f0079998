//! Whether a way shows by itself that it is full: packets take longer than they did, or many are lost.

use std::time::{Duration, Instant};

use crate::time::passed;

/// A round trip that is so much longer than the shortest of late means that something queues.
const QUEUED_FROM: Duration = Duration::from_millis(100);
/// Percent of packets lost from which a queue counts as overflowing. Ways by air lose a few of themselves.
const LOST_FROM_PERCENT: u64 = 5;
/// A round trip that grows by so much from look to look, twice in a row, and to so much, means that a queue fills.
const GROWS_BY: Duration = Duration::from_millis(70);
const GROWS_TIMES: u32 = 2;
const FILLING_FROM: Duration = Duration::from_millis(220);
/// The shortest round trip is forgotten after one to two of these.
const SHORTEST_KEPT_FOR: Duration = Duration::from_secs(15);

/// What a way shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nothing is in the way.
    Free,
    /// Packets wait, or many are lost.
    Full,
    /// Far more is sent than passes.
    Filling,
}

/// The shortest round trips of two spans of time, so that a way that became longer for good is believed after a while.
#[derive(Debug, Default)]
pub(crate) struct Signs {
    since: Option<Instant>,
    shortest: Option<Duration>,
    shortest_before: Option<Duration>,
    newest: Option<Duration>,
    grown: u32,
}

impl Signs {
    /// Takes what was seen last.
    pub(crate) fn note(&mut self, round_trip: Option<Duration>, lost_percent: u64, now: Instant) -> Way {
        if passed(*self.since.get_or_insert(now), SHORTEST_KEPT_FOR, now) {
            self.since = Some(now);
            self.shortest_before = self.shortest.take();
        }
        let Some(round_trip) = round_trip else { return full_if(lost_percent >= LOST_FROM_PERCENT) };
        self.shortest = Some(self.shortest.map_or(round_trip, |shortest| shortest.min(round_trip)));
        let shortest = self.shortest.into_iter().chain(self.shortest_before).min().unwrap_or(round_trip);
        let before = self.newest.replace(round_trip).unwrap_or(round_trip);
        let has_grown = round_trip.saturating_sub(before) >= GROWS_BY;
        self.grown = if has_grown { self.grown.saturating_add(1) } else { 0 };
        let queued = round_trip.saturating_sub(shortest);
        if self.grown >= GROWS_TIMES && queued >= FILLING_FROM {
            return Way::Filling;
        }
        // What queues is late twice in a row; what is late once has jitter.
        let queued = round_trip.min(before).saturating_sub(shortest);
        full_if(queued >= QUEUED_FROM || lost_percent >= LOST_FROM_PERCENT)
    }
}

fn full_if(is_full: bool) -> Way {
    if is_full { Way::Full } else { Way::Free }
}

#[cfg(test)]
mod tests;
