//! Which packets a subscriber gets, and the key frames that it waits for.

use std::collections::HashSet;

use crate::alarms::Alarm;
use crate::control::{MediaKind, Quality};
use crate::egress::{Egress, Str0mEgress};
use crate::forward::Packet;
use crate::keys::{PeerKey, TrackKey};
use crate::notice::Notice;
use crate::peer::Peer;
use crate::shard::{Shard, Waiting};
use crate::track::{Receiver, Track};

/// Packets that a session takes before it sends them: its queue never gives back the room that it once needed.
const HANDED_OUT_AT_ONCE: usize = 16;

impl Shard {
    /// Hands a subscriber that sees nothing yet what its layer sent since the last key frame, if that was a moment ago.
    pub(super) fn hand_out_recent(&mut self, receiver: Receiver, key: TrackKey) {
        let now = self.now;
        let Some(track) = self.tracks.get_mut(&key).filter(|track| track.is_open) else { return };
        let Some(peer) = self.peers.get_mut(&receiver.peer).filter(|peer| peer.has_connected) else { return };
        let Some(slot) = peer.offering.slots.get_mut(receiver.slot) else { return };
        let selector = slot.forwarder.selector();
        selector.aim(track.layers_now(), now);
        let Some(target) = selector.wants_key_frame().filter(|_| selector.current().is_none()) else {
            return;
        };
        for some in track.kept(target, now).chunks(HANDED_OUT_AT_ONCE) {
            self.hand_out(receiver, key, some);
        }
    }

    fn hand_out(&mut self, receiver: Receiver, key: TrackKey, packets: &[Packet]) {
        let now = self.now;
        let Some(track) = self.tracks.get_mut(&key) else { return };
        let Some(peer) = self.peers.get_mut(&receiver.peer) else { return };
        let mut sent: u64 = 0;
        for packet in packets {
            match push(peer, receiver, track, packet) {
                Pushed::Sent(count) => sent = sent.saturating_add(count),
                Pushed::Kept { .. } => {}
            }
        }
        track.counters.packets_out = track.counters.packets_out.saturating_add(sent);
        self.with_session(receiver.peer, |peer| peer.end_turn(now));
    }

    /// Asks the publisher for the key frames that subscribers of a track wait for, as often as is decent.
    pub(super) fn chase_key_frames(&mut self, key: TrackKey) {
        let now = self.now;
        let wanted = self.wanted_key_frames(key);
        let Some(track) = self.tracks.get_mut(&key) else { return };
        track.keep_wanted(&wanted);
        if !track.is_open || track.kind() == MediaKind::Audio {
            return;
        }
        let publisher = track.publisher;
        let mut ask: Vec<_> =
            wanted.iter().filter_map(|quality| track.want_key_frame(*quality, now)).collect();
        let (again, next) = track.ask_again(now);
        ask.extend(again);
        if let Some(next) = next {
            self.alarms.arm(next, Alarm::KeyFrame(key));
        }
        if ask.is_empty() {
            return;
        }
        if let Some(peer) = self.peers.get_mut(&publisher) {
            for ssrc in ask {
                peer.ask_key_frame(ssrc);
            }
            self.mark_dirty(publisher);
        }
    }

    fn wanted_key_frames(&mut self, key: TrackKey) -> Vec<Quality> {
        let now = self.now;
        let Some(track) = self.tracks.get(&key) else { return Vec::new() };
        let mut wanted = Vec::new();
        for receiver in &track.receivers {
            let Some(peer) = self.peers.get_mut(&receiver.peer).filter(|peer| peer.has_connected) else {
                continue;
            };
            let Some(slot) = peer.offering.slots.get_mut(receiver.slot) else { continue };
            let selector = slot.forwarder.selector();
            selector.aim(track.layers_now(), now);
            wanted.extend(slot.forwarder.wants_key_frame());
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// From here on nothing of a track leaves: not what waits to be polled, not what could be sent again.
    pub(super) fn silence(&mut self, key: TrackKey) {
        let Some(track) = self.tracks.get_mut(&key) else { return };
        track.meter.reset();
        track.forget_kept();
        let receivers = std::mem::take(&mut track.receivers);
        for receiver in &receivers {
            let Some(peer) = self.peers.get_mut(&receiver.peer) else { continue };
            let Some(slot) = peer.offering.slots.get_mut(receiver.slot) else { continue };
            slot.forwarder.interrupt();
            if let Some(lane) = slot.lane {
                Str0mEgress(&mut peer.rtc).forget_sent(lane);
            }
            self.mark_dirty(receiver.peer);
        }
        let peers: HashSet<_> = receivers.iter().map(|receiver| receiver.peer).collect();
        self.hold_back(|peer| peers.contains(&peer));
        if let Some(track) = self.tracks.get_mut(&key) {
            track.receivers = receivers;
        }
    }

    /// Drops the media for these peers that waits to be polled.
    pub(super) fn hold_back(&mut self, is_for: impl Fn(PeerKey) -> bool) {
        self.waiting.retain(|waiting| match waiting {
            Waiting::Notice(_) => true,
            Waiting::Transmit(peer, transmit) => !is_media(&transmit.contents) || !is_for(*peer),
        });
    }

    /// Tells the publisher's side what layers are wanted, if that changed.
    pub(super) fn look_at_demand(&mut self, key: TrackKey) {
        let now = self.now;
        let Some(track) = self.tracks.get_mut(&key) else { return };
        let (news, next) = track.look_at_demand(now);
        if let Some(next) = next {
            self.alarms.arm(next, Alarm::Demand(key));
        }
        if let Some(best) = news {
            self.tell(Notice::LayersWanted { track: key, best });
        }
    }
}

/// What became of a packet for one subscriber.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pushed {
    /// So many packets left.
    Sent(u64),
    /// It is not for this subscriber now; it may wait for a key frame of a layer.
    Kept {
        /// That layer.
        waits_for: Option<Quality>,
    },
}

impl Pushed {
    /// Both together.
    fn and(self, next: Self) -> Self {
        match (self, next) {
            (Self::Sent(first), Self::Sent(second)) => Self::Sent(first.saturating_add(second)),
            (Self::Sent(count), Self::Kept { .. }) | (Self::Kept { .. }, Self::Sent(count)) => {
                Self::Sent(count)
            }
            (Self::Kept { .. }, kept @ Self::Kept { .. }) => kept,
        }
    }
}

/// Gives a subscriber a packet, and with it a layer that takes over now.
pub(super) fn push(peer: &mut Peer, receiver: Receiver, track: &Track, packet: &Packet) -> Pushed {
    let first = push_one(peer, receiver, track, packet);
    let due = peer.offering.slots.get_mut(receiver.slot).and_then(|slot| slot.forwarder.take_due());
    let Some(layer) = due else { return first };
    let mut last = first;
    for packet in track.since_key_frame(layer) {
        last = last.and(push_one(peer, receiver, track, packet));
    }
    last
}

fn push_one(peer: &mut Peer, receiver: Receiver, track: &Track, packet: &Packet) -> Pushed {
    let kept = Pushed::Kept { waits_for: None };
    let Some(slot) = peer.offering.slots.get_mut(receiver.slot) else { return kept };
    let Some(lane) = slot.lane.filter(|_| peer.has_connected) else { return kept };
    match slot.forwarder.forward(packet, track.layers_now(), &lane.payloads) {
        Some(placed) => {
            let mut egress = Str0mEgress(&mut peer.rtc);
            if packet.starts_key_frame() && slot.forwarder.is_newest(&placed) {
                // What came before it is of no use any more, and whoever asks for it wants the key frame more.
                egress.forget_sent(lane);
            }
            egress.push(lane, packet, &placed);
            Pushed::Sent(1)
        }
        None => Pushed::Kept { waits_for: slot.forwarder.wants_key_frame() },
    }
}

/// RTP, and not RTCP, which shares its first byte.
fn is_media(contents: &[u8]) -> bool {
    match contents {
        [128..=191, second, ..] => !(192..=223).contains(second),
        _ => false,
    }
}
