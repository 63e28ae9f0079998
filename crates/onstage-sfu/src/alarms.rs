//! The one list of deadlines of a shard: each alarm is armed at most once, at its earliest moment.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Instant;

use crate::keys::{PeerKey, RoomKey, TrackKey};

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Alarm {
    /// The session inside a peer wants to be told the time.
    Session(PeerKey),
    /// A subscriber's quiet time before its offer is over.
    Negotiate(PeerKey),
    /// The answer to an offer is late.
    Answer(PeerKey),
    /// The peer should be connected by now.
    Connect(PeerKey),
    /// A disconnected peer has used up its grace.
    Gone(PeerKey),
    /// A key frame that was asked for has not come.
    KeyFrame(TrackKey),
    /// Demand for a smaller layer has lasted.
    Demand(TrackKey),
    /// A loudness window ends.
    Speakers(RoomKey),
}

/// Deadlines by moment. An alarm armed again later rings at its first moment; who hears it looks whether it is time.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    heap: BinaryHeap<Reverse<(Instant, Alarm)>>,
    armed: HashMap<Alarm, Instant>,
}

impl Alarms {
    /// Rings `alarm` at `at`, unless it is due to ring earlier.
    pub(crate) fn arm(&mut self, at: Instant, alarm: Alarm) {
        if self.armed.get(&alarm).is_some_and(|earlier| *earlier <= at) {
            return;
        }
        self.armed.insert(alarm, at);
        self.heap.push(Reverse((at, alarm)));
    }

    /// Takes an alarm back.
    pub(crate) fn disarm(&mut self, alarm: Alarm) {
        self.armed.remove(&alarm);
    }

    /// The next alarm that is due, if any.
    pub(crate) fn ring(&mut self, now: Instant) -> Option<Alarm> {
        while let Some(Reverse((at, alarm))) = self.heap.peek().copied() {
            if at > now {
                return None;
            }
            self.heap.pop();
            if self.armed.get(&alarm) == Some(&at) {
                self.armed.remove(&alarm);
                return Some(alarm);
            }
        }
        None
    }

    /// The earliest deadline (perhaps of an alarm that was taken back).
    pub(crate) fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }
}

#[cfg(test)]
mod tests;
