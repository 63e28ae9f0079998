//! Instructions, one function each.

use std::sync::Arc;

use crate::control::{
    Control, DataChannel, FeedbackProfile, LayerSize, PeerOptions, PeerRole, Quality, TrackDescription, Wish,
};
use crate::keys::{PeerKey, RoomKey, TrackKey};
use crate::limits::{
    DATA_MESSAGE_BYTES_MAX, PEERS_MAX, ROOMS_MAX, SUBSCRIPTIONS_PER_PEER_MAX, TRACKS_PER_PEER_MAX,
};
use crate::notice::{Notice, Refusal};
use crate::peer::Peer;
use crate::peer::repairs::Repairs;
use crate::shard::Shard;
use crate::track::Track;

impl Shard {
    /// Carries out one instruction.
    pub(super) fn control(&mut self, control: Control) -> Result<(), Refusal> {
        match control {
            Control::OpenRoom { room } => self.open_room(room),
            Control::CloseRoom { room } => self.close_room(room),
            Control::OpenPeer { peer, room, role, options } => self.open_peer(peer, room, role, options),
            Control::ClosePeer { peer } => self.close_peer(peer),
            Control::AcceptOffer { peer, offer_id, sdp } => self.accept_offer(peer, offer_id, &sdp),
            Control::AcceptAnswer { peer, offer_id, sdp } => self.accept_answer(peer, offer_id, &sdp),
            Control::Negotiate { peer } => self.negotiate(peer),
            Control::RemoteCandidate { peer, candidate } => self
                .with_session(peer, |peer| peer.add_remote_candidate(&candidate))
                .ok_or(Refusal::UnknownPeer)?,
            Control::RestartIce { peer } => self.restart_ice(peer),
            Control::ExpectTrack { peer, track, description } => self.expect_track(peer, track, description),
            Control::RemoveTrack { track } => self.remove_track(track),
            Control::SetGate { track, open } => self.set_gate(track, open),
            Control::SetLayerSizes { track, layers } => self.set_layer_sizes(track, &layers),
            Control::Subscribe { peer, track } => self.subscribe(peer, track),
            Control::Unsubscribe { peer, track } => self.unsubscribe(peer, track),
            Control::SetWish { peer, track, wish } => self.set_wish(peer, track, wish),
            Control::LimitFrames { peer, track, frames_per_second_max } => {
                self.limit_frames(peer, track, frames_per_second_max)
            }
            Control::FixLines { peer } => self.fix_lines(peer),
            Control::LimitPeer { peer, bits_per_second_max } => self.limit_peer(peer, bits_per_second_max),
            Control::SendData { peers, channel, contents } => self.send_data(peers, channel, &contents),
        }
    }

    fn open_room(&mut self, room: RoomKey) -> Result<(), Refusal> {
        if !self.rooms.contains_key(&room) && self.rooms.len() >= ROOMS_MAX {
            return Err(Refusal::Full("ROOMS_MAX"));
        }
        self.rooms.entry(room).or_default();
        Ok(())
    }

    fn close_room(&mut self, room: RoomKey) -> Result<(), Refusal> {
        let peers = self.rooms.get(&room).ok_or(Refusal::UnknownRoom)?.peers.clone();
        for peer in peers {
            self.close_peer(peer)?;
        }
        self.rooms.remove(&room);
        Ok(())
    }

    fn open_peer(
        &mut self,
        key: PeerKey,
        room: RoomKey,
        role: PeerRole,
        options: PeerOptions,
    ) -> Result<(), Refusal> {
        if self.peers.contains_key(&key) {
            return Err(Refusal::KeyInUse);
        }
        if self.peers.len() >= PEERS_MAX {
            return Err(Refusal::Full("PEERS_MAX"));
        }
        self.rooms.get_mut(&room).ok_or(Refusal::UnknownRoom)?.peers.push(key);
        let rtc = self.foundry.session(role, options, self.now);
        let mut peer = Peer::new(key, room, role, rtc);
        peer.offering.is_changed = role == PeerRole::Subscriber;
        peer.budget.is_estimated = role.receives() && options.feedback == FeedbackProfile::Stage;
        if peer.budget.is_estimated {
            peer.repairs = Repairs::paced();
        }
        peer.budget.may_pause = options.may_pause;
        self.peers.insert(key, Box::new(peer));
        self.name(key);
        self.expect_connection(key);
        self.schedule_offer(key);
        self.mark_dirty(key);
        Ok(())
    }

    fn close_peer(&mut self, key: PeerKey) -> Result<(), Refusal> {
        let now = self.now;
        self.with_session(key, |peer| {
            if peer.rtc.close().is_err() {
                peer.rtc.disconnect();
            }
            peer.tell_time(now);
        });
        self.forget_peer(key);
        Ok(())
    }

    fn expect_track(
        &mut self,
        peer: PeerKey,
        key: TrackKey,
        description: TrackDescription,
    ) -> Result<(), Refusal> {
        if self.tracks.contains_key(&key) {
            return Err(Refusal::KeyInUse);
        }
        let publisher = self.peer_that(peer, PeerRole::publishes)?;
        if publisher.tracks.len() >= TRACKS_PER_PEER_MAX {
            return Err(Refusal::Full("TRACKS_PER_PEER_MAX"));
        }
        publisher.tracks.push(key);
        let room = publisher.room;
        self.tracks.insert(key, Track::new(room, peer, description));
        Ok(())
    }

    fn remove_track(&mut self, key: TrackKey) -> Result<(), Refusal> {
        if !self.tracks.contains_key(&key) {
            return Err(Refusal::UnknownTrack);
        }
        self.end_track(key);
        Ok(())
    }

    fn set_gate(&mut self, key: TrackKey, open: bool) -> Result<(), Refusal> {
        let track = self.tracks.get_mut(&key).ok_or(Refusal::UnknownTrack)?;
        let was_open = std::mem::replace(&mut track.is_open, open);
        if was_open && !open {
            self.silence(key);
        }
        if open && !was_open {
            self.chase_key_frames(key);
        }
        Ok(())
    }

    fn set_layer_sizes(&mut self, key: TrackKey, layers: &[LayerSize]) -> Result<(), Refusal> {
        self.tracks.get_mut(&key).ok_or(Refusal::UnknownTrack)?.set_sizes(layers);
        self.look_at_demand(key);
        Ok(())
    }

    fn subscribe(&mut self, peer: PeerKey, key: TrackKey) -> Result<(), Refusal> {
        let room = self.peer_that(peer, PeerRole::receives)?.room;
        let track = self.tracks.get_mut(&key).ok_or(Refusal::UnknownTrack)?;
        if track.room != room {
            return Err(Refusal::OtherRoom);
        }
        let subscriber = self.peer_that(peer, PeerRole::receives)?;
        if subscriber.offering.wanted.contains(&key) {
            return Ok(());
        }
        if subscriber.offering.wanted.len() >= SUBSCRIPTIONS_PER_PEER_MAX {
            return Err(Refusal::Full("SUBSCRIPTIONS_PER_PEER_MAX"));
        }
        subscriber.offering.wanted.push(key);
        subscriber.offering.is_changed = true;
        if let Some(track) = self.tracks.get_mut(&key) {
            track.wishes.insert(peer, Wish::AtMost(Quality::High));
        }
        self.look_at_demand(key);
        self.schedule_offer(peer);
        Ok(())
    }

    fn unsubscribe(&mut self, peer: PeerKey, key: TrackKey) -> Result<(), Refusal> {
        self.peer_that(peer, PeerRole::receives)?.offering.remove(key);
        self.forget_subscriber(key, peer);
        self.schedule_offer(peer);
        Ok(())
    }

    fn limit_frames(&mut self, peer: PeerKey, key: TrackKey, max: Option<u32>) -> Result<(), Refusal> {
        let track = self.tracks.get_mut(&key).ok_or(Refusal::UnknownTrack)?;
        if !track.wishes.contains_key(&peer) {
            return Err(Refusal::NotSubscribed);
        }
        match max {
            Some(max) => track.frame_limits.insert(peer, max),
            None => track.frame_limits.remove(&peer),
        };
        let slots =
            self.peers.get_mut(&peer).map(|peer| peer.offering.slots.as_mut_slice()).unwrap_or_default();
        if let Some(slot) = slots.iter_mut().find(|slot| slot.track == Some(key)) {
            slot.forwarder.limit_frames(max);
        }
        Ok(())
    }

    fn fix_lines(&mut self, peer: PeerKey) -> Result<(), Refusal> {
        self.peer_of_role(peer, PeerRole::Single)?.offering.are_lines_fixed = true;
        Ok(())
    }

    fn limit_peer(&mut self, peer: PeerKey, bits_per_second_max: Option<u64>) -> Result<(), Refusal> {
        let peer = self.peers.get_mut(&peer).ok_or(Refusal::UnknownPeer)?;
        if !peer.role.receives() {
            return Err(Refusal::WrongRole);
        }
        peer.bits_per_second_max = bits_per_second_max;
        let key = peer.key;
        self.mark_budget(key);
        Ok(())
    }

    fn send_data(
        &mut self,
        peers: Vec<PeerKey>,
        channel: DataChannel,
        contents: &Arc<[u8]>,
    ) -> Result<(), Refusal> {
        if contents.len() > DATA_MESSAGE_BYTES_MAX {
            return Err(Refusal::Full("DATA_MESSAGE_BYTES_MAX"));
        }
        for key in peers {
            let Some(peer) = self.peers.get_mut(&key) else { continue };
            if peer.channels.send(&mut peer.rtc, channel, contents) {
                self.mark_dirty(key);
            } else {
                self.tell(Notice::DataDropped { peer: key, channel });
            }
        }
        Ok(())
    }
}
