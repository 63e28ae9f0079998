//! Offers and answers, both ways.

use crate::alarms::Alarm;
use crate::control::{MediaKind, PeerRole, Wish};
use crate::keys::{PeerKey, TrackKey};
use crate::limits::{ANSWER_WITHIN, NEGOTIATION_EVERY, NEGOTIATION_QUIET};
use crate::notice::{EndReason, NegotiatedTrack, Notice, Refusal};
use crate::peer::Peer;
use crate::peer::answering::{matched, still_carries};
use crate::peer::offering::placing::{Placed, Shortage};
use crate::peer::offering::{AnswerFault, Catalogue, Listed, Offer};
use crate::sdp::Section;
use crate::shard::Shard;
use crate::time::after;
use crate::track::Receiver;

impl Shard {
    /// Answers the offer of a publisher or a single peer, binds the announced tracks that it carries, and puts what a
    /// single peer wants on the m-lines that it has for it.
    pub(super) fn accept_offer(&mut self, key: PeerKey, offer_id: u32, sdp: &str) -> Result<(), Refusal> {
        let role = self.peer_that(key, PeerRole::publishes)?.role;
        let (text, sections) =
            self.with_session(key, |peer| peer.accept_offer(sdp)).ok_or(Refusal::Fault)??;
        self.name(key);
        self.end_dropped_tracks(key, &sections);
        let fresh = self.bind_tracks(key, &sections);
        let placed = if role.receives() {
            self.place(key, &sections, &text).ok_or(Refusal::Fault)?
        } else {
            Placed { sdp: text, ..Placed::default() }
        };
        let Placed { sdp, mid_to_track, flowing, .. } = placed;
        let sdp = self.announce_stereo(&self.prefer_codecs(key, &sdp, &sections), &mid_to_track);
        let tracks = self.negotiated_tracks(key);
        self.tell(Notice::Answer { peer: key, offer_id, sdp, tracks, mid_to_track });
        for (track, slot) in flowing {
            self.start_flow(key, track, slot);
        }
        for negotiated in fresh {
            let track = negotiated.track;
            self.tell(Notice::TrackPublished { track, negotiated });
            self.offer_to_subscribers(track);
            self.look_at_demand(track);
        }
        Ok(())
    }

    /// Puts what a single peer wants on the m-lines of its offer.
    fn place(&mut self, key: PeerKey, sections: &[Section], answer: &str) -> Option<Placed> {
        let catalogue = self.catalogue(key);
        let placed = self.with_session(key, |peer| peer.place(&catalogue, sections, answer))?;
        for track in &placed.displaced {
            if let Some(track) = self.tracks.get_mut(track) {
                track.receivers.retain(|receiver| receiver.peer != key);
            }
        }
        self.schedule_offer(key);
        Some(placed)
    }

    fn end_dropped_tracks(&mut self, key: PeerKey, sections: &[Section]) {
        let owned = self.peers.get(&key).map(|peer| peer.tracks.clone()).unwrap_or_default();
        for track in owned {
            let binding = self.tracks.get(&track).and_then(|track| track.binding.as_ref());
            if binding.is_some_and(|binding| !still_carries(sections, binding)) {
                self.end_track(track);
            }
        }
    }

    fn bind_tracks(&mut self, key: PeerKey, sections: &[Section]) -> Vec<NegotiatedTrack> {
        let Some(peer) = self.peers.get(&key) else { return Vec::new() };
        let owned = || peer.tracks.iter().filter_map(|key| Some((*key, self.tracks.get(key)?)));
        let is_free = |section: &&Section| {
            let mut bindings = owned().filter_map(|(_, track)| track.binding.as_ref());
            section.is_sending && !bindings.any(|binding| binding.negotiated.mid == section.mid)
        };
        let free: Vec<_> = sections.iter().filter(is_free).collect();
        let expected = owned().filter(|(_, track)| track.binding.is_none());
        let bindings: Vec<_> = matched(&free, expected)
            .into_iter()
            .filter_map(|(section, track)| {
                Some((track, peer.binding(section, (track, &self.tracks.get(&track)?.description))?))
            })
            .collect();
        let mut fresh = Vec::new();
        for (track, binding) in bindings {
            if let Some(found) = self.tracks.get_mut(&track) {
                fresh.push(binding.negotiated.clone());
                found.bind(binding);
                self.note_voice(track);
            }
        }
        fresh
    }

    fn note_voice(&mut self, key: TrackKey) {
        let Some(track) = self.tracks.get(&key) else { return };
        if track.kind() == MediaKind::Audio
            && track.description.source.is_voice()
            && let Some(room) = self.rooms.get_mut(&track.room)
        {
            room.voices.push(key);
        }
    }

    fn negotiated_tracks(&self, key: PeerKey) -> Vec<NegotiatedTrack> {
        let owned = self.peers.get(&key).map(|peer| peer.tracks.as_slice()).unwrap_or_default();
        owned
            .iter()
            .filter_map(|track| Some(self.tracks.get(track)?.binding.as_ref()?.negotiated.clone()))
            .collect()
    }

    /// Everyone who subscribed to a track before it was there gets it offered now.
    fn offer_to_subscribers(&mut self, track: TrackKey) {
        let subscribers: Vec<PeerKey> =
            self.tracks.get(&track).map(|track| track.wishes.keys().copied().collect()).unwrap_or_default();
        for subscriber in subscribers {
            if let Some(peer) = self.peers.get_mut(&subscriber) {
                peer.offering.is_changed = true;
            }
            self.schedule_offer(subscriber);
        }
    }

    /// Makes a subscriber's offer after the quiet time, if something changed and none is in flight; or asks a single
    /// peer for one.
    pub(super) fn schedule_offer(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get(&key) else { return };
        let is_ready = match peer.role {
            PeerRole::Publisher => false,
            PeerRole::Subscriber => !peer.offering.is_waiting(),
            PeerRole::Single => peer.offering.has_been_answered(),
        };
        if !is_ready || !peer.offering.is_changed {
            return;
        }
        let quiet = after(self.now, NEGOTIATION_QUIET);
        let spaced = peer.offering.last_made.map_or(quiet, |last| after(last, NEGOTIATION_EVERY));
        self.alarms.arm(quiet.max(spaced), Alarm::Negotiate(key));
    }

    /// The alarm of [`Self::schedule_offer`] rang.
    pub(super) fn offer_if_due(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get(&key).filter(|peer| peer.offering.is_changed) else { return };
        match peer.role {
            PeerRole::Publisher => {}
            PeerRole::Subscriber => {
                if !peer.offering.is_waiting() {
                    self.offer(key);
                }
            }
            PeerRole::Single => {
                if peer.offering.has_been_answered() {
                    self.ask_for_offer(key);
                }
            }
        }
    }

    /// Makes a subscriber's offer now, or asks a single peer for one.
    pub(super) fn negotiate(&mut self, key: PeerKey) -> Result<(), Refusal> {
        self.peer_that(key, PeerRole::receives)?;
        self.offer_if_due(key);
        Ok(())
    }

    /// Asks a single peer to offer again, if tracks wait for that; who offers only once gets them on the lines it has.
    fn ask_for_offer(&mut self, key: PeerKey) {
        let now = self.now;
        let catalogue = self.catalogue(key);
        self.alarms.disarm(Alarm::Negotiate(key));
        let Some(peer) = self.peers.get_mut(&key) else { return };
        if peer.offering.are_lines_fixed {
            let flowing = self.with_session(key, |peer| peer.refill(&catalogue)).unwrap_or_default();
            for (track, slot) in flowing {
                self.start_flow(key, track, slot);
            }
            return;
        }
        if let Some(Shortage { audios, videos }) = peer.offering.ask(&catalogue) {
            peer.offering.last_made = Some(now);
            self.tell(Notice::SectionsNeeded { peer: key, audios, videos });
        }
    }

    fn offer(&mut self, key: PeerKey) {
        let now = self.now;
        let catalogue = self.catalogue(key);
        let offer = self.with_session(key, |peer| peer.make_offer(&catalogue, now)).flatten();
        self.alarms.disarm(Alarm::Negotiate(key));
        self.name(key);
        if let Some(offer) = offer {
            self.tell_offer(key, offer);
            self.alarms.arm(after(now, ANSWER_WITHIN), Alarm::Answer(key));
        }
    }

    /// The published tracks that a subscriber wants, as its offer describes them.
    fn catalogue(&self, key: PeerKey) -> Catalogue {
        let wanted = self.peers.get(&key).map(|peer| peer.offering.wanted.as_slice()).unwrap_or_default();
        let published = wanted.iter().filter_map(|key| {
            let track = self.tracks.get(key).filter(|track| track.binding.is_some())?;
            Some((*key, Listed::of(track)))
        });
        published.collect()
    }

    fn tell_offer(&mut self, key: PeerKey, offer: Offer) {
        let Offer { id: offer_id, sdp, mid_to_track } = offer;
        let sdp = self.announce_stereo(&sdp, &mid_to_track);
        self.tell(Notice::Offer { peer: key, offer_id, sdp, mid_to_track });
    }

    /// A subscriber's next offer restarts ICE.
    pub(super) fn restart_ice(&mut self, key: PeerKey) -> Result<(), Refusal> {
        self.peer_of_role(key, PeerRole::Subscriber)?;
        let repeated = self.with_session(key, Peer::restart_ice).ok_or(Refusal::Fault)?;
        match repeated {
            Some(offer) => self.tell_offer(key, offer),
            None => self.offer_if_due(key),
        }
        Ok(())
    }

    /// Takes a subscriber's answer; what it agreed to flows from now on.
    pub(super) fn accept_answer(&mut self, key: PeerKey, offer_id: u32, sdp: &str) -> Result<(), Refusal> {
        self.peer_of_role(key, PeerRole::Subscriber)?;
        let outcome =
            self.with_session(key, |peer| peer.accept_answer(offer_id, sdp)).ok_or(Refusal::Fault)?;
        let flowing = match outcome {
            Ok(flowing) => flowing,
            Err(AnswerFault::Refused(refusal)) => return Err(refusal),
            Err(AnswerFault::Fatal(reason)) => {
                self.end_peer(key, EndReason::Fault);
                return Err(Refusal::Sdp(reason));
            }
        };
        self.alarms.disarm(Alarm::Answer(key));
        self.name(key);
        for (track, slot) in flowing {
            self.start_flow(key, track, slot);
        }
        self.schedule_offer(key);
        Ok(())
    }

    fn start_flow(&mut self, peer: PeerKey, key: TrackKey, slot: usize) {
        if !self.can_play(peer, key, slot) {
            return;
        }
        let Some(track) = self.tracks.get_mut(&key) else { return };
        let wish = track.wishes.get(&peer).copied().unwrap_or(Wish::Nothing);
        let Some(found) = self.peers.get_mut(&peer).and_then(|peer| peer.offering.slots.get_mut(slot)) else {
            return;
        };
        found.forwarder.restart(wish);
        found.forwarder.limit_frames(track.frame_limits.get(&peer).copied());
        track.receivers.retain(|receiver| receiver.peer != peer);
        let receiver = Receiver { peer, slot };
        track.receivers.push(receiver);
        self.tell(Notice::Subscribed { peer, track: key });
        self.hand_out_recent(receiver, key);
        self.chase_key_frames(key);
        self.mark_budget(peer);
    }

    /// Notes the name by which checks find a peer now.
    pub(super) fn name(&mut self, key: PeerKey) {
        if let Some(peer) = self.peers.get_mut(&key) {
            self.addresses.name(peer);
        }
    }

    /// Finds a peer and checks what its role allows.
    pub(super) fn peer_that(
        &mut self,
        key: PeerKey,
        does: impl Fn(PeerRole) -> bool,
    ) -> Result<&mut Peer, Refusal> {
        let peer = self.peers.get_mut(&key).ok_or(Refusal::UnknownPeer)?;
        if does(peer.role) { Ok(peer) } else { Err(Refusal::WrongRole) }
    }

    /// Finds a peer and checks its role.
    pub(super) fn peer_of_role(&mut self, key: PeerKey, role: PeerRole) -> Result<&mut Peer, Refusal> {
        self.peer_that(key, |known| known == role)
    }
}
