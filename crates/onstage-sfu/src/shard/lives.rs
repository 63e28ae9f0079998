//! The one boundary around a session: whatever happens in it, only it can end.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::alarms::Alarm;
use crate::control::MediaKind;
use crate::keys::{PeerKey, RoomKey, TrackKey};
use crate::limits::OUTPUTS_MAX;
use crate::notice::{EndReason, Notice, Transmit, Transport};
use crate::peer::{Broken, Drained, Peer};
use crate::shard::{Shard, Waiting};

/// What came of doing something to a session: a value, its end, or a panic.
pub(super) type Outcome<T> = std::thread::Result<Result<T, Broken>>;

/// Does something to a session and empties it; a panic stays within.
pub(super) fn guarded<T>(
    peer: &mut Peer,
    drained: &mut Drained,
    act: impl FnOnce(&mut Peer) -> T,
) -> Outcome<T> {
    catch_unwind(AssertUnwindSafe(|| {
        let value = act(peer);
        peer.drain(drained).map(|()| value)
    }))
}

impl Shard {
    /// Does something to a session, empties it, and digests what came out. `None` if there is no such peer, or none any more.
    pub(super) fn with_session<T>(&mut self, key: PeerKey, act: impl FnOnce(&mut Peer) -> T) -> Option<T> {
        let peer = self.peers.get_mut(&key)?;
        let mut drained = std::mem::take(&mut self.drained);
        let outcome = guarded(peer, &mut drained, act);
        self.settle(key, drained, outcome)
    }

    /// Digests what came out of a session.
    pub(super) fn settle<T>(&mut self, key: PeerKey, mut drained: Drained, outcome: Outcome<T>) -> Option<T> {
        let value = match outcome {
            Ok(Ok(value)) => value,
            Ok(Err(Broken)) => {
                self.end_peer(key, EndReason::Fault);
                return None;
            }
            Err(_) => {
                self.fail(key);
                return None;
            }
        };
        self.digest(key, &mut drained);
        self.drained = drained;
        self.arm_session(key);
        Some(value)
    }

    fn digest(&mut self, key: PeerKey, drained: &mut Drained) {
        for transmit in drained.transmits.drain(..) {
            self.note_proof(key, &transmit);
            self.send(key, self.routed(key, transmit));
        }
        for event in drained.events.drain(..) {
            if catch_unwind(AssertUnwindSafe(|| self.event(key, event))).is_err() {
                self.fail(key);
            }
        }
        let is_alive = self.peers.get(&key).is_some_and(|peer| peer.rtc.is_alive());
        if !is_alive {
            self.end_peer(key, EndReason::RemoteClosed);
        }
    }

    /// What the engine sends, to where its peer is now. Answers to checks go back to where those came from.
    fn routed(&self, key: PeerKey, transmit: Transmit) -> Transmit {
        let is_check = transmit.contents.first().is_some_and(|first| *first < 2);
        match self.peers.get(&key).filter(|_| transmit.transport == Transport::Udp && !is_check) {
            Some(peer) => {
                let destination = peer.route.now(transmit.destination, self.now);
                Transmit { destination, ..transmit }
            }
            None => transmit,
        }
    }

    fn send(&mut self, key: PeerKey, transmit: Transmit) {
        if self.waiting.len() >= OUTPUTS_MAX {
            self.counters.datagrams_dropped = self.counters.datagrams_dropped.saturating_add(1);
            return;
        }
        self.waiting.push_back(Waiting::Transmit(key, transmit));
    }

    /// Ends a session that panicked.
    pub(super) fn fail(&mut self, key: PeerKey) {
        tracing::error!(peer = key.0, "a session panicked and was closed");
        self.counters.faults = self.counters.faults.saturating_add(1);
        self.end_peer(key, EndReason::Fault);
    }

    /// Ends a peer that was not told to end.
    pub(super) fn end_peer(&mut self, key: PeerKey, reason: EndReason) {
        if self.peers.contains_key(&key) {
            self.forget_peer(key);
            self.tell(Notice::PeerEnded { peer: key, reason });
        }
    }

    /// Forgets a peer with its tracks and subscriptions.
    pub(super) fn forget_peer(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.remove(&key) else { return };
        self.addresses.forget(&peer);
        self.hold_back(|peer| peer == key);
        for alarm in [
            Alarm::Session(key),
            Alarm::Negotiate(key),
            Alarm::Answer(key),
            Alarm::Connect(key),
            Alarm::Gone(key),
            Alarm::Budget(key),
        ] {
            self.alarms.disarm(alarm);
        }
        if let Some(room) = self.rooms.get_mut(&peer.room) {
            room.peers.retain(|other| *other != key);
        }
        for track in &peer.offering.wanted {
            self.forget_subscriber(*track, key);
        }
        for track in &peer.tracks {
            self.end_track(*track);
        }
    }

    /// Nothing of a track goes to a subscriber any more.
    pub(super) fn forget_subscriber(&mut self, track: TrackKey, peer: PeerKey) {
        let Some(found) = self.tracks.get_mut(&track) else { return };
        found.receivers.retain(|receiver| receiver.peer != peer);
        found.wishes.remove(&peer);
        found.settling.remove(&peer);
        found.frame_limits.remove(&peer);
        self.look_at_demand(track);
    }

    /// Ends a track; nothing of it leaves any more.
    pub(super) fn end_track(&mut self, key: TrackKey) {
        self.silence(key);
        let Some(track) = self.tracks.remove(&key) else { return };
        self.counters.forwarded = self.counters.forwarded.plus(track.counters);
        self.alarms.disarm(Alarm::KeyFrame(key));
        self.alarms.disarm(Alarm::Demand(key));
        if let Some(publisher) = self.peers.get_mut(&track.publisher) {
            publisher.tracks.retain(|other| *other != key);
        }
        for subscriber in track.wishes.keys() {
            if let Some(peer) = self.peers.get_mut(subscriber) {
                peer.offering.remove(key);
            }
            self.schedule_offer(*subscriber);
        }
        if track.kind() == MediaKind::Audio {
            self.forget_voice(track.room, key);
        }
        self.tell(Notice::TrackStopped { track: key });
    }

    fn forget_voice(&mut self, room: RoomKey, key: TrackKey) {
        if let Some(room) = self.rooms.get_mut(&room) {
            room.voices.retain(|other| *other != key);
        }
    }
}
