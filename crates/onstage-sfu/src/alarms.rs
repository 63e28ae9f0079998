//! The one list of deadlines of a shard: each alarm is in it at most once, at its earliest moment.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::keys::{KeyMap, PeerKey, RoomKey, TrackKey};

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
    /// What a peer is sent has to be looked at again.
    Budget(PeerKey),
    /// A loudness window ends.
    Speakers(RoomKey),
}

/// Deadlines by moment. An alarm armed again for later rings at its first moment; who hears it looks whether it is time.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    by_moment: BTreeSet<(Instant, Alarm)>,
    moments: KeyMap<Alarm, Instant>,
}

impl Alarms {
    /// Rings `alarm` at `at`, unless it is due to ring earlier.
    pub(crate) fn arm(&mut self, at: Instant, alarm: Alarm) {
        if self.moments.get(&alarm).is_some_and(|earlier| *earlier <= at) {
            return;
        }
        self.disarm(alarm);
        self.moments.insert(alarm, at);
        self.by_moment.insert((at, alarm));
    }

    /// Takes an alarm back.
    pub(crate) fn disarm(&mut self, alarm: Alarm) {
        if let Some(at) = self.moments.remove(&alarm) {
            self.by_moment.remove(&(at, alarm));
        }
    }

    /// The next alarm that is due, if any.
    pub(crate) fn ring(&mut self, now: Instant) -> Option<Alarm> {
        let (at, alarm) = *self.by_moment.first()?;
        if at > now {
            return None;
        }
        self.disarm(alarm);
        Some(alarm)
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.by_moment.first().map(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests;
