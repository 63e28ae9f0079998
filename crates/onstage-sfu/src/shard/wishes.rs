//! What subscribers wish of tracks: carried out when it has settled.

use crate::alarms::Alarm;
use crate::allocate::settle::Change;
use crate::control::Wish;
use crate::keys::{PeerKey, TrackKey};
use crate::layers::best_for;
use crate::notice::Refusal;
use crate::shard::Shard;

impl Shard {
    /// Takes what a subscriber wishes.
    pub(super) fn set_wish(&mut self, subscriber: PeerKey, key: TrackKey, wish: Wish) -> Result<(), Refusal> {
        let now = self.now;
        let track = self.tracks.get_mut(&key).ok_or(Refusal::UnknownTrack)?;
        let known = *track.wishes.get(&subscriber).ok_or(Refusal::NotSubscribed)?;
        let layer = |wish| best_for(wish, &track.announced(), &track.layers_now().sizes);
        let change = Change { before: layer(known), after: layer(wish) };
        match track.settling.entry(subscriber).or_default().note(wish, change, now) {
            Ok(wish) => self.carry_out_wish(subscriber, key, wish),
            Err(due) => self.alarms.arm(due, Alarm::Demand(key)),
        }
        Ok(())
    }

    /// Carries out the wishes for a track that have waited long enough.
    pub(super) fn settle_wishes(&mut self, key: TrackKey) {
        let Some(track) = self.tracks.get(&key) else { return };
        let waiting: Vec<(PeerKey, Wish)> =
            track.settling.iter().filter_map(|(peer, settle)| Some((*peer, settle.waiting()?))).collect();
        for (peer, wish) in waiting {
            // Nothing is refused here: who waits is subscribed.
            let _ = self.set_wish(peer, key, wish);
        }
    }

    fn carry_out_wish(&mut self, subscriber: PeerKey, key: TrackKey, wish: Wish) {
        let now = self.now;
        let Some(track) = self.tracks.get_mut(&key) else { return };
        track.wishes.insert(subscriber, wish);
        let layers = *track.layers_now();
        if let Some(peer) = self.peers.get_mut(&subscriber)
            && let Some(slot) = peer.offering.slots.iter_mut().find(|slot| slot.track == Some(key))
        {
            slot.forwarder.selector().set_wish(wish, &layers, now);
        }
        self.look_at_demand(key);
        self.mark_budget(subscriber);
        let receivers = self.tracks.get(&key).map(|track| track.receivers.as_slice()).unwrap_or_default();
        if let Some(receiver) = receivers.iter().find(|receiver| receiver.peer == subscriber).copied() {
            self.hand_out_recent(receiver, key);
        }
        self.chase_key_frames(key);
    }
}
