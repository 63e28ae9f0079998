//! From one packet in to many packets out: everything that arrived in a turn goes to one subscriber after the other.
//!
//! So a session is touched and emptied once for all that it gets, while it is in the processor's cache, and its packets
//! leave together. Each `poll` does no more than it takes to have something to hand out.

use std::time::Instant;

use crate::control::Quality;
use crate::forward::Packet;
use crate::keys::{KeyMap, PeerKey, TrackKey};
use crate::layers::{PerLayer, list};
use crate::peer::Peer;
use crate::shard::Shard;
use crate::shard::fanout::{Pushed, push};
use crate::shard::lives::guarded;
use crate::track::{Receiver, Track};

/// What is being fanned out.
#[derive(Debug, Default)]
pub(super) struct Round {
    batches: Vec<Batch>,
    deliveries: Vec<Delivery>,
    /// The first delivery that is still to be made.
    next: usize,
    /// Counts rounds, so that somebody else is served first in each.
    count: usize,
}

/// What arrived of one track.
#[derive(Debug)]
struct Batch {
    track: TrackKey,
    packets: Vec<Packet>,
    sent: u64,
    /// The layers of which somebody waits for a key frame.
    missing: PerLayer<bool>,
}

/// One batch to one subscriber.
#[derive(Debug, Clone, Copy)]
struct Delivery {
    receiver: Receiver,
    batch: usize,
}

impl Round {
    /// Whether nothing is left to do.
    pub(super) fn is_over(&self) -> bool {
        self.batches.is_empty()
    }

    fn note(&mut self, track: TrackKey, packet: Packet) {
        match self.batches.iter_mut().rev().find(|batch| batch.track == track) {
            Some(batch) => batch.packets.push(packet),
            None => self.batches.push(Batch {
                track,
                packets: vec![packet],
                sent: 0,
                missing: PerLayer::default(),
            }),
        }
    }

    /// Plans who gets what: by subscriber, another one first each time.
    fn plan(&mut self, tracks: &KeyMap<TrackKey, Track>) {
        for (place, batch) in self.batches.iter().enumerate() {
            let receivers = tracks.get(&batch.track).map(|track| track.receivers.as_slice());
            let deliver = |receiver: &Receiver| Delivery { receiver: *receiver, batch: place };
            self.deliveries.extend(receivers.unwrap_or_default().iter().map(deliver));
        }
        if self.batches.len() > 1 {
            self.deliveries.sort_by_key(|delivery| delivery.receiver.peer);
        }
        self.count = self.count.wrapping_add(1);
        let first = self.count.checked_rem(self.deliveries.len()).unwrap_or_default();
        self.deliveries.rotate_left(first);
        self.next = 0;
    }

    /// The next subscriber, whose deliveries count as made from now on.
    fn take_next(&mut self) -> Option<(PeerKey, std::ops::Range<usize>)> {
        let left = self.deliveries.get(self.next..)?;
        let peer = left.first()?.receiver.peer;
        let count = left.iter().take_while(|delivery| delivery.receiver.peer == peer).count();
        let begin = self.next;
        self.next = begin.saturating_add(count);
        Some((peer, begin..self.next))
    }

    /// Gives a subscriber its part and lets its session send.
    fn serve(
        &mut self,
        part: std::ops::Range<usize>,
        peer: &mut Peer,
        tracks: &KeyMap<TrackKey, Track>,
        now: Instant,
    ) {
        let mut has_sent = false;
        for delivery in self.deliveries.get(part).unwrap_or_default() {
            let Some(batch) = self.batches.get_mut(delivery.batch) else { continue };
            let Some(track) = tracks.get(&batch.track).filter(|track| track.is_open) else { continue };
            has_sent |= batch.give(peer, delivery.receiver, track);
        }
        if has_sent || peer.is_dirty {
            peer.end_turn(now);
        }
    }
}

impl Batch {
    /// Gives all of it to a subscriber; `true` if anything passed.
    fn give(&mut self, peer: &mut Peer, receiver: Receiver, track: &Track) -> bool {
        let mut sent: u64 = 0;
        for packet in &self.packets {
            match push(peer, receiver, track, packet) {
                Pushed::Sent(count) => sent = sent.saturating_add(count),
                Pushed::Kept { waits_for: Some(quality) } => *self.missing.of_mut(quality) = true,
                Pushed::Kept { waits_for: None } => {}
            }
        }
        self.sent = self.sent.saturating_add(sent);
        sent > 0
    }
}

impl Shard {
    /// Does the next part of what is left of this turn; `false` if nothing is.
    pub(super) fn go_on(&mut self) -> bool {
        self.serve_next() || self.begin_round() || self.empty_next()
    }

    /// Fans out everything that arrived, without a pause.
    pub(super) fn fan_out(&mut self) {
        while self.serve_next() || self.begin_round() {}
    }

    /// Takes up what arrived; `false` if nothing did.
    fn begin_round(&mut self) -> bool {
        if self.arrivals.is_empty() {
            return false;
        }
        for (key, packet) in self.arrivals.drain(..) {
            let Some(track) = self.tracks.get_mut(&key) else { continue };
            if track.is_open {
                track.keep(&packet);
                self.round.note(key, packet);
            } else {
                track.counters.packets_gated = track.counters.packets_gated.saturating_add(1);
            }
        }
        self.round.plan(&self.tracks);
        true
    }

    /// Serves the next subscriber; `false` if there is none.
    fn serve_next(&mut self) -> bool {
        let Some((key, part)) = self.round.take_next() else {
            return self.end_round();
        };
        let Some(peer) = self.peers.get_mut(&key) else { return true };
        let (round, tracks, now) = (&mut self.round, &self.tracks, self.now);
        let mut drained = std::mem::take(&mut self.drained);
        let outcome = guarded(peer, &mut drained, |peer| round.serve(part, peer, tracks, now));
        self.settle(key, drained, outcome);
        true
    }

    /// Counts what left, and asks for the key frames that were missed; `false` if there was no round.
    fn end_round(&mut self) -> bool {
        self.round.deliveries.clear();
        let batches = std::mem::take(&mut self.round.batches);
        for batch in &batches {
            let Some(track) = self.tracks.get_mut(&batch.track) else { continue };
            track.counters.packets_out = track.counters.packets_out.saturating_add(batch.sent);
            let is_new = |quality: Quality| !track.is_key_frame_wanted(quality);
            if list(&batch.missing).into_iter().any(is_new) {
                self.chase_key_frames(batch.track);
            }
        }
        !batches.is_empty()
    }

    /// Lets the next session send that something was done to; `false` if there is none.
    fn empty_next(&mut self) -> bool {
        let Some(key) = self.dirty.pop_front() else { return false };
        if self.peers.get(&key).is_some_and(|peer| peer.is_dirty) {
            let now = self.now;
            self.with_session(key, |peer| peer.end_turn(now));
        }
        true
    }
}
