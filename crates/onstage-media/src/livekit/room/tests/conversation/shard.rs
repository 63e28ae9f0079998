//! A shard played by hand: what it makes of a room's instructions, as far as rooms see it.

use std::collections::{BTreeMap, BTreeSet};

use onstage_sfu::{MidTrack, PeerRole};

use super::super::*;

/// What a shard knows, as far as rooms see it.
#[derive(Default)]
pub(super) struct Shard {
    pub(super) seen: usize,
    roles: BTreeMap<u64, PeerRole>,
    expected: BTreeMap<u64, Vec<(TrackKey, String, MediaKind)>>,
    published: BTreeMap<u64, Vec<(TrackKey, String)>>,
    wanted: BTreeMap<u64, BTreeSet<u64>>,
    flowing: BTreeSet<(u64, u64)>,
    connected: BTreeSet<u64>,
    offered: BTreeSet<u64>,
    pictures: BTreeSet<u64>,
    /// Sounds that are there.
    pub(super) sounds: BTreeSet<u64>,
    /// Peers whose tracks changed.
    changed: BTreeSet<u64>,
}

impl Shard {
    fn forget(&mut self, track: TrackKey) {
        self.sounds.remove(&track.0);
        for (peer, tracks) in &mut self.wanted {
            if tracks.remove(&track.0) && self.flowing.remove(&(*peer, track.0)) {
                self.changed.insert(*peer);
            }
        }
    }

    pub(super) fn take(&mut self, control: Control) -> Vec<Notice> {
        match control {
            Control::OpenPeer { peer, role, .. } => {
                self.roles.insert(peer.0, role);
                Vec::new()
            }
            Control::ExpectTrack { peer, track, description } => {
                let kind = description.source.kind();
                self.expected.entry(peer.0).or_default().push((track, description.cid, kind));
                Vec::new()
            }
            Control::AcceptOffer { peer, offer_id, sdp } => self.accept(peer, offer_id, &sdp),
            Control::AcceptAnswer { peer, .. } => self.up(peer),
            Control::Negotiate { peer } | Control::RestartIce { peer } => vec![self.offer(peer)],
            Control::Subscribe { peer, track } => {
                self.wanted.entry(peer.0).or_default().insert(track.0);
                self.changed.insert(peer.0);
                Vec::new()
            }
            Control::Unsubscribe { peer, track } => {
                self.wanted.entry(peer.0).or_default().remove(&track.0);
                self.flowing.remove(&(peer.0, track.0));
                self.changed.insert(peer.0);
                Vec::new()
            }
            Control::RemoveTrack { track } => {
                self.published.values_mut().for_each(|tracks| tracks.retain(|(known, _)| *known != track));
                self.forget(track);
                Vec::new()
            }
            Control::ClosePeer { peer } => {
                for (track, _) in self.published.remove(&peer.0).unwrap_or_default() {
                    self.forget(track);
                }
                self.wanted.remove(&peer.0);
                self.connected.remove(&peer.0);
                self.changed.remove(&peer.0);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn lines(&self, peer: PeerKey) -> Vec<MidTrack> {
        let tracks = self.wanted.get(&peer.0).cloned().unwrap_or_default();
        let line = |track: u64| MidTrack {
            mid: track.to_string(),
            track: TrackKey(track),
            msid_track: format!("TR_{track}"),
        };
        tracks.into_iter().map(line).collect()
    }

    /// What the offer sends is published, what it sends no longer is over, what the peer wants flows.
    fn accept(&mut self, peer: PeerKey, offer_id: u32, sdp: &str) -> Vec<Notice> {
        let sends: Vec<String> = serde_json::from_str(sdp).unwrap();
        let single = self.roles.get(&peer.0) == Some(&PeerRole::Single);
        let lines = if single { self.lines(peer) } else { Vec::new() };
        let mut notices = vec![Notice::Answer {
            peer,
            offer_id,
            sdp: "v=0".into(),
            tracks: Vec::new(),
            mid_to_track: lines,
        }];
        self.offered.insert(peer.0);
        let expected = self.expected.entry(peer.0).or_default();
        let (now, later): (Vec<_>, Vec<_>) = expected.drain(..).partition(|(_, cid, _)| sends.contains(cid));
        *expected = later;
        let published = self.published.entry(peer.0).or_default();
        let (stay, gone): (Vec<_>, Vec<_>) = published.drain(..).partition(|(_, cid)| sends.contains(cid));
        *published = stay;
        for (track, cid, kind) in now {
            published.push((track, cid.clone()));
            let list = if kind == MediaKind::Video { &mut self.pictures } else { &mut self.sounds };
            list.insert(track.0);
            let codec = if kind == MediaKind::Video { Codec::Vp8 } else { Codec::Opus };
            let layers = vec![Quality::Low];
            let negotiated = NegotiatedTrack { mid: "1".into(), track, kind, sdp_cid: cid, codec, layers };
            notices.push(Notice::TrackPublished { track, negotiated });
        }
        for (track, _) in gone {
            self.forget(track);
            notices.push(Notice::TrackStopped { track });
        }
        notices.extend(self.up(peer));
        notices
    }

    /// Connected, and everything that is wanted flows.
    fn up(&mut self, peer: PeerKey) -> Vec<Notice> {
        let mut notices = Vec::new();
        if self.connected.insert(peer.0) {
            notices.push(Notice::PeerConnected { peer });
        }
        for track in self.wanted.get(&peer.0).cloned().unwrap_or_default() {
            if self.flowing.insert((peer.0, track)) {
                notices.push(Notice::Subscribed { peer, track: TrackKey(track) });
                if self.pictures.contains(&track) {
                    notices.push(Notice::LayersWanted { track: TrackKey(track), best: Some(Quality::High) });
                }
            }
        }
        self.changed.remove(&peer.0);
        notices
    }

    fn offer(&mut self, peer: PeerKey) -> Notice {
        self.offered.insert(peer.0);
        self.changed.remove(&peer.0);
        Notice::Offer { peer, offer_id: 1, sdp: "v=0".into(), mid_to_track: self.lines(peer) }
    }

    /// After everything else: peers whose tracks changed (or the one that is named) make or are asked for an offer.
    pub(super) fn settle(&mut self, whom: Option<PeerKey>) -> Vec<Notice> {
        let named = |peer: &u64| whom.is_none_or(|whom| whom.0 == *peer);
        let changed: Vec<u64> = self
            .changed
            .extract_if(.., |peer| named(peer))
            .filter(|peer| self.offered.contains(peer))
            .collect();
        let mut notices = Vec::new();
        for peer in changed {
            let peer = PeerKey(peer);
            notices.push(match self.roles[&peer.0] {
                PeerRole::Single => Notice::SectionsNeeded { peer, audios: 0, videos: 0 },
                PeerRole::Subscriber | PeerRole::Publisher => self.offer(peer),
            });
        }
        notices
    }
}
