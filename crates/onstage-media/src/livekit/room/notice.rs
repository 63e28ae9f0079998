//! What the shard saw, turned into messages, facts and further instructions.

use std::collections::HashMap;

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use livekit_protocol::signal_response::Message;
use onstage_domain::media::Seen;
use onstage_domain::meters;
use onstage_sfu::{EndReason, MidTrack, Notice, PeerKey, SpeakerLevel};

use super::{MemberKey, Room};
use crate::clock::Moment;
use crate::livekit::messages;
use crate::livekit::outgoing::encode;
use crate::net::About;

impl Room {
    /// One notice of the shard.
    pub(super) fn notice(&mut self, now: Moment, notice: Notice) {
        match notice {
            Notice::PeerConnected { peer } => self.peer_connected(now, peer),
            Notice::PeerDisconnected { peer } => self.peer_disconnected(now, peer),
            Notice::PeerEnded { peer, reason } => self.peer_ended(now, peer, reason),
            Notice::Answer { peer, offer_id, sdp, tracks, mid_to_track } => {
                self.placed(tracks);
                let answer = messages::description("answer", offer_id, sdp, by_mid(mid_to_track));
                self.tell_peer(peer, Message::Answer(answer));
            }
            Notice::Offer { peer, offer_id, sdp, mid_to_track } => {
                let offer = messages::description("offer", offer_id, sdp, by_mid(mid_to_track));
                self.tell_peer(peer, Message::Offer(offer));
            }
            Notice::TrackPublished { track, negotiated } => self.track_published(now, track, negotiated),
            Notice::TrackStopped { track } => self.track_stopped(now, track),
            Notice::Subscribed { peer, track } => self.subscribed(peer, track),
            Notice::DataReceived { peer, channel, contents } => {
                self.data_received(now, peer, channel, &contents)
            }
            Notice::Speakers { speakers, .. } => self.speakers(now, &speakers),
            Notice::LayersWanted { track, best } => self.layers_wanted(track, best),
            Notice::SectionsNeeded { peer, audios, videos } => {
                let missing = proto::MediaSectionsRequirement { num_audios: audios, num_videos: videos };
                self.tell_peer(peer, Message::MediaSectionsRequirement(missing));
            }
            Notice::Unplayable { peer, track, .. } => self.unplayable(peer, track),
            Notice::DataOpen { peer } => self.data_open(now, peer),
            Notice::Starved { peer, track, is_starved } => {
                let state = if is_starved { proto::StreamState::Paused } else { proto::StreamState::Active };
                self.tell_stream_state(peer, track, state);
            }
            Notice::Quality { peer, quality, score_tenths } => {
                self.quality(now, (peer, quality, score_tenths));
            }
            Notice::TrackStarted { .. } | Notice::DataDropped { .. } => {}
        }
    }

    fn tell_peer(&self, peer: PeerKey, message: Message) {
        if let Some(key) = self.peers.get(&peer) {
            self.send_to(*key, message);
        }
    }

    /// The primary connection makes a participant active; later ones are a return.
    fn peer_connected(&mut self, now: Moment, peer: PeerKey) {
        let Some(key) = self.peers.get(&peer).copied() else { return };
        let Some(member) = self.members.get_mut(&key).filter(|member| member.subscriber == peer) else {
            return;
        };
        member.media_lost = None;
        let first = !std::mem::replace(&mut member.was_active, true);
        drop(member.half_open.take());
        let user = member.user;
        if first {
            let took = now.instant.saturating_duration_since(member.joined_instant);
            metrics::histogram!(meters::MEDIA_JOIN_SECONDS.name).record(took);
        }
        if let Some(user) = user.filter(|user| self.told_connected.insert(*user) || first) {
            self.fact(now, Some(user), Seen::Connected);
        }
        if first {
            self.tell_joined(now, key);
            self.announce(key);
            self.tell_speakers(key);
        }
        self.quality_begins(now, key);
    }

    fn peer_disconnected(&mut self, now: Moment, peer: PeerKey) {
        let Some(key) = self.peers.get(&peer).copied() else { return };
        let Some(member) = self.members.get_mut(&key).filter(|member| member.subscriber == peer) else {
            return;
        };
        member.media_lost = Some(now.instant);
        if let Some(user) = member.user.filter(|user| self.told_connected.remove(user)) {
            self.fact(now, Some(user), Seen::Lost);
        }
        self.quality_is_lost(now, key);
    }

    /// A connection ended by itself: the client makes everything anew.
    fn peer_ended(&mut self, now: Moment, peer: PeerKey, reason: EndReason) {
        let Some(key) = self.peers.get(&peer).copied() else { return };
        tracing::debug!(?peer, ?reason, "a media connection ended");
        let (reason, action) = match reason {
            EndReason::NeverConnected => (proto::DisconnectReason::JoinFailure, Action::Reconnect),
            EndReason::IceTimeout | EndReason::RemoteClosed => {
                (proto::DisconnectReason::ConnectionTimeout, Action::Reconnect)
            }
            EndReason::AnswerTimeout | EndReason::Fault => {
                (proto::DisconnectReason::StateMismatch, Action::Reconnect)
            }
        };
        let is_publisher = self
            .members
            .get(&key)
            .is_some_and(|member| member.publisher == Some(peer) && member.subscriber != peer);
        let was_quiet = self.members.get(&key).is_some_and(|member| member.tracks.is_empty());
        if is_publisher && was_quiet {
            // Nothing was sent by it; the next offer opens another one.
            self.peers.remove(&peer);
            if let Some(member) = self.members.get_mut(&key) {
                member.publisher = None;
            }
            return;
        }
        self.remove(now, key, reason, action);
    }

    /// The shard could not do what a client asked for.
    pub(super) fn refused(&mut self, now: Moment, about: About) {
        match about {
            About::Peer(peer) => {
                if let Some(key) = self.peers.get(&peer).copied() {
                    self.remove(now, key, proto::DisconnectReason::StateMismatch, Action::Reconnect);
                }
            }
            About::Track(track) => {
                if let Some(owner) = self.owners.get(&track).copied() {
                    let track_sid = self.sid_of(track).unwrap_or_default();
                    self.drop_track(now, owner, track);
                    let gone = proto::TrackUnpublishedResponse { track_sid };
                    self.send_to(owner, Message::TrackUnpublished(gone));
                }
            }
        }
    }

    /// Who speaks now: only what changed is told, silence included.
    fn speakers(&mut self, now: Moment, speakers: &[SpeakerLevel]) {
        let mut loud: HashMap<MemberKey, u8> = HashMap::new();
        for level in speakers {
            // What a closed gate holds back is not speech to anybody.
            let heard = |key: &&MemberKey| {
                let member = self.members.get(key);
                member.is_some_and(|member| {
                    member.tracks.iter().any(|track| track.key == level.track && !track.info.muted)
                })
            };
            if let Some(owner) = self.owners.get(&level.track).filter(heard) {
                let entry = loud.entry(*owner).or_default();
                *entry = (*entry).max(level.level_eighths);
            }
        }
        let silent = self.loudness.keys().filter(|key| !loud.contains_key(key)).map(|key| (*key, 0));
        let louder = loud.iter().filter(|(key, level)| self.loudness.get(key) != Some(level));
        let changed: Vec<(MemberKey, u8)> = silent.chain(louder.map(|(key, level)| (*key, *level))).collect();
        self.loudness = loud;
        if changed.is_empty() {
            return;
        }
        let told = changed.iter().filter_map(|(key, level)| self.speaker(*key, *level)).collect();
        let message = encode(Message::SpeakersChanged(proto::SpeakersChanged { speakers: told }));
        self.send_to_all(&message);
        for (key, level_eighths) in changed {
            let user = self.members.get(&key).and_then(|member| member.user);
            self.fact(now, user, Seen::Speaking { level_eighths });
        }
    }

    fn speaker(&self, key: MemberKey, level_eighths: u8) -> Option<proto::SpeakerInfo> {
        let sid = self.members.get(&key)?.sid.clone();
        Some(proto::SpeakerInfo { sid, level: f32::from(level_eighths) / 8.0, active: level_eighths > 0 })
    }

    /// The present speakers, to somebody new.
    pub(super) fn tell_speakers(&self, key: MemberKey) {
        let speakers: Vec<_> =
            self.loudness.iter().filter_map(|(key, level)| self.speaker(*key, *level)).collect();
        if !speakers.is_empty() {
            self.send_to(key, Message::SpeakersChanged(proto::SpeakersChanged { speakers }));
        }
    }
}

fn by_mid(tracks: Vec<MidTrack>) -> HashMap<String, String> {
    tracks.into_iter().map(|track| (track.mid, track.msid_track)).collect()
}
