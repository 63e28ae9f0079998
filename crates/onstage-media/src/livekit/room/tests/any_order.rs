//! Anything in any order: nobody denied stays, nothing muted by a host passes, nothing is left behind.

use std::collections::{BTreeMap, BTreeSet};

use onstage_domain::media::Media;
use onstage_sfu::EndReason;
use proptest::prelude::*;

use super::*;

const PEOPLE: u8 = 3;

/// One thing that happens, to one of three people.
#[derive(Debug, Clone, Copy)]
enum Happens {
    Knocks { resumes: bool },
    Connects,
    Disconnects,
    LosesSocket,
    Leaves,
    Ordered { admitted: bool, bits: u8 },
    AddsTrack { camera: bool, muted: bool },
    Publishes,
    StopsTrack,
    Mutes { muted: bool },
    Offers,
    PublisherEnds,
    TimePasses { seconds: u8 },
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => any::<bool>().prop_map(|resumes| Happens::Knocks { resumes }),
        3 => Just(Happens::Connects),
        1 => Just(Happens::Disconnects),
        1 => Just(Happens::LosesSocket),
        1 => Just(Happens::Leaves),
        4 => (prop::bool::weighted(0.8), any::<u8>()).prop_map(|(admitted, bits)| Happens::Ordered { admitted, bits }),
        4 => (any::<bool>(), any::<bool>()).prop_map(|(camera, muted)| Happens::AddsTrack { camera, muted }),
        3 => Just(Happens::Publishes),
        1 => Just(Happens::StopsTrack),
        4 => any::<bool>().prop_map(|muted| Happens::Mutes { muted }),
        2 => Just(Happens::Offers),
        1 => Just(Happens::PublisherEnds),
        2 => (0_u8..40).prop_map(|seconds| Happens::TimePasses { seconds }),
    ]
}

fn grant(bits: u8) -> MediaGrant {
    let bit = |place: u8| bits & (1 << place) != 0;
    MediaGrant {
        may_speak: bit(0),
        may_show: bit(1),
        may_share: bit(2),
        host_muted_audio: bit(3),
        host_muted_video: bit(4),
        self_muted_audio: bit(5),
        self_muted_video: bit(6),
    }
}

/// What a person would remember of the orders about them.
#[derive(Default)]
struct Memory {
    orders: BTreeMap<u8, (bool, MediaGrant)>,
    last_sid: BTreeMap<u8, String>,
}

struct Play {
    stage: Stage,
    clients: BTreeMap<u8, Client>,
    memory: Memory,
}

impl Play {
    fn key(&self, who: u8) -> Option<MemberKey> {
        self.stage.room.identities.get(&user(u128::from(who)).to_string()).copied()
    }

    fn subscriber_of(&self, who: u8) -> Option<PeerKey> {
        Some(self.stage.room.members[&self.key(who)?].subscriber)
    }

    fn last_track(&self, who: u8) -> Option<(TrackKey, String, TrackSource)> {
        let track = self.stage.room.members[&self.key(who)?].tracks.last()?;
        Some((track.key, track.sid().to_owned(), track.source))
    }

    fn say(&mut self, who: u8, message: Asked) {
        if let Some(connection) = self.clients.get(&who).map(|client| client.connection) {
            self.stage.tell(RoomInput::Signal(connection, Box::new(message)));
        }
    }

    fn knock(&mut self, who: u8, resumes: bool) {
        let sid = self.memory.last_sid.get(&who).cloned().unwrap_or_default();
        let query: &[(&str, &str)] = if resumes { &[("reconnect", "1"), ("sid", &sid)] } else { &[] };
        let client = self.stage.knock(&user(u128::from(who)).to_string(), query);
        self.clients.insert(who, client);
        if let Some(key) = self.key(who) {
            self.memory.last_sid.insert(who, self.stage.room.members[&key].sid.clone());
        }
    }

    fn track(&mut self, who: u8, what: Happens) {
        let Some((track, sid, source)) = self.last_track(who) else { return };
        match what {
            Happens::Publishes => {
                let kind = source.kind();
                let codec = if kind == MediaKind::Video { Codec::Vp8 } else { Codec::Opus };
                let (mid, sdp_cid) = ("1".to_owned(), String::new());
                let negotiated =
                    NegotiatedTrack { mid, track, kind, sdp_cid, codec, layers: vec![Quality::Low] };
                self.stage.notice(Notice::TrackPublished { track, negotiated });
            }
            Happens::StopsTrack => self.stage.notice(Notice::TrackStopped { track }),
            Happens::Mutes { muted } => self.say(who, Asked::Mute(proto::MuteTrackRequest { sid, muted })),
            other => panic!("{other:?} is not about a track"),
        }
    }

    fn step(&mut self, who: u8, what: Happens) {
        match what {
            Happens::Knocks { resumes } => self.knock(who, resumes),
            Happens::Connects => {
                if let Some(peer) = self.subscriber_of(who) {
                    self.stage.notice(Notice::PeerConnected { peer });
                }
            }
            Happens::Disconnects => {
                if let Some(peer) = self.subscriber_of(who) {
                    self.stage.notice(Notice::PeerDisconnected { peer });
                }
            }
            Happens::LosesSocket => {
                if let Some(client) = self.clients.remove(&who) {
                    self.stage.tell(RoomInput::Gone(client.connection));
                }
            }
            Happens::Leaves => self.say(who, Asked::Leave(proto::LeaveRequest::default())),
            Happens::Ordered { admitted, bits } => {
                self.memory.orders.insert(who, (admitted, grant(bits)));
                self.stage.order(user(u128::from(who)), admitted, grant(bits));
            }
            Happens::AddsTrack { camera: true, muted } => {
                let request = proto::AddTrackRequest { muted, ..camera("c") };
                self.say(who, Asked::AddTrack(request));
            }
            Happens::AddsTrack { camera: false, muted } => {
                let request = proto::AddTrackRequest { muted, ..microphone("m") };
                self.say(who, Asked::AddTrack(request));
            }
            Happens::Publishes | Happens::StopsTrack | Happens::Mutes { .. } => self.track(who, what),
            Happens::Offers => self.say(who, Asked::Offer(proto::SessionDescription::default())),
            Happens::PublisherEnds => {
                let publisher = self.key(who).and_then(|key| self.stage.room.members[&key].publisher);
                if let Some(peer) = publisher {
                    self.stage.notice(Notice::PeerEnded { peer, reason: EndReason::IceTimeout });
                }
            }
            Happens::TimePasses { seconds } => self.stage.pass(Duration::from_secs(u64::from(seconds))),
        }
    }

    fn check(&self) {
        self.check_orders();
        self.check_lists();
        self.check_facts();
    }

    fn check_orders(&self) {
        for (who, (admitted, grant)) in &self.memory.orders {
            let Some(key) = self.key(*who) else { continue };
            assert!(admitted, "{who} is denied and in the room");
            for track in &self.stage.room.members[&key].tracks {
                let open = self.stage.gate(track.key);
                let (may, held) = match super::super::track::media_of(track.source) {
                    Some(Media::Audio) => (grant.may_speak, grant.host_muted_audio || grant.self_muted_audio),
                    Some(Media::Video) => (grant.may_show, grant.host_muted_video || grant.self_muted_video),
                    None => (grant.may_share, false),
                };
                assert!(may, "a track without permission");
                assert!(!(open && held), "a muted track passes");
                assert_eq!(track.info.muted, !open, "what is shown is what is true");
            }
        }
        for who in (0..PEOPLE).filter(|who| !self.memory.orders.contains_key(who)) {
            let tracks = self.key(who).map_or(0, |key| self.stage.room.members[&key].tracks.len());
            assert_eq!(tracks, 0, "{who} has no order and publishes");
        }
    }

    fn check_lists(&self) {
        let room = &self.stage.room;
        assert_eq!(room.identities.len(), room.members.len());
        let mut open = BTreeSet::new();
        for control in &self.stage.controls {
            match control {
                Control::OpenPeer { peer, .. } => assert!(open.insert(*peer), "opened twice"),
                Control::ClosePeer { peer } => assert!(open.remove(peer), "closed twice"),
                _ => {}
            }
        }
        let mut held: BTreeSet<PeerKey> = room.members.values().map(|member| member.subscriber).collect();
        held.extend(room.members.values().filter_map(|member| member.publisher));
        assert_eq!(room.peers.keys().copied().collect::<BTreeSet<_>>(), held);
        assert!(held.is_subset(&open), "who is in has its connections");
        let tracks: BTreeSet<TrackKey> =
            room.members.values().flat_map(|member| member.tracks.iter().map(|track| track.key)).collect();
        assert_eq!(room.owners.keys().copied().collect::<BTreeSet<_>>(), tracks);
        for member in room.members.values() {
            assert!(
                member.subscribed.iter().all(|track| tracks.contains(track)),
                "subscribed to what is gone"
            );
        }
        for key in room.connections.values() {
            assert!(room.members.contains_key(key), "a socket of nobody");
        }
    }

    /// Nobody is lost who was not connected.
    fn check_facts(&self) {
        let mut connected: BTreeMap<UserId, bool> = BTreeMap::new();
        for fact in &self.stage.told_facts {
            match fact.seen {
                Seen::Connected => drop(connected.insert(fact.user, true)),
                Seen::Lost => assert_eq!(connected.insert(fact.user, false), Some(true), "lost twice"),
                _ => {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens(script in proptest::collection::vec((0..PEOPLE, happens()), 1..60)) {
        let mut play = Play { stage: Stage::new(true), clients: BTreeMap::new(), memory: Memory::default() };
        for (who, what) in script {
            play.step(who, what);
            play.check();
        }
    }
}
