//! Recorded clients speak to our room: what each is told in each step of the script is what a LiveKit 1.13.5 server told
//! it, in that order, but for a short list. The shard is played by hand, so that only our own words are judged.

use std::collections::{BTreeMap, BTreeSet};

use onstage_sfu::{MidTrack, PeerRole};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::*;

/// Words whose moment the media and the clock choose, on both sides.
const BY_THE_CLOCK: [(&str, &str); 5] = [
    ("connectionQuality", "each few seconds, by what was measured"),
    ("speakersChanged", "by loudness"),
    ("subscribedQualityUpdate", "by what the shard aggregates; delayed on both sides"),
    ("roomUpdate", "counters are batched for five seconds; its place in a resume is tested by hand"),
    ("streamStateUpdate", "with the first picture; theirs never says it to single connections"),
];

/// Layout, step, person (`*` is anything), and what may differ there.
const DIFFERENCES: [(&str, &str, &str, May, &str); 9] = [
    ("*", "*joins*", "*", May::More("update"), "a newcomer's state is told at once, not after three seconds"),
    ("*", "*", "*", May::Earlier("update"), "the same"),
    (
        "*",
        "*",
        "*",
        May::Earlier("answer"),
        "the publisher hears the answer before the others hear of its sound",
    ),
    ("v0", "*", "*", May::Earlier("refreshToken"), "theirs races with the offer; both orders were recorded"),
    ("v0", "carol*joins*", "carol", May::Later("offer"), "our first offer holds the tracks already"),
    ("v1", "carol*joins*", "carol", May::Earlier("refreshToken"), "theirs races"),
    (
        "v1",
        "carol*joins*",
        "carol",
        May::Less("mediaSectionsRequirement"),
        "the first answer carries everything",
    ),
    ("*", "alice*", "bob", May::Later("subscriptionPermissionUpdate"), "who is replaced goes first"),
    ("*", "api: demote*", "carol", May::Later("trackUnpublished"), "a call describes first, then takes away"),
];

/// How our order may differ from the recorded one.
#[derive(Debug, Clone, Copy)]
enum May {
    More(&'static str),
    Less(&'static str),
    Earlier(&'static str),
    Later(&'static str),
}

const V0: [&str; 2] = [
    include_str!("../../../../tests/fixtures/v0-session.json"),
    include_str!("../../../../tests/fixtures/v0-reconnect.json"),
];
const V1: [&str; 2] = [
    include_str!("../../../../tests/fixtures/v1-session.json"),
    include_str!("../../../../tests/fixtures/v1-reconnect.json"),
];

/// What a shard knows, as far as rooms see it.
#[derive(Default)]
struct Shard {
    seen: usize,
    roles: BTreeMap<u64, PeerRole>,
    expected: BTreeMap<u64, Vec<(TrackKey, String, MediaKind)>>,
    published: BTreeMap<u64, Vec<(TrackKey, String)>>,
    wanted: BTreeMap<u64, BTreeSet<u64>>,
    flowing: BTreeSet<(u64, u64)>,
    connected: BTreeSet<u64>,
    offered: BTreeSet<u64>,
    /// Peers whose tracks changed.
    changed: BTreeSet<u64>,
}

impl Shard {
    fn forget(&mut self, track: TrackKey) {
        for (peer, tracks) in &mut self.wanted {
            if tracks.remove(&track.0) && self.flowing.remove(&(*peer, track.0)) {
                self.changed.insert(*peer);
            }
        }
    }

    fn take(&mut self, control: Control) -> Vec<Notice> {
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

    /// After everything else: peers whose tracks changed make or are asked for an offer.
    fn settle(&mut self) -> Vec<Notice> {
        let changed: Vec<u64> = std::mem::take(&mut self.changed)
            .into_iter()
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

/// A recording on its way through a room.
struct Player {
    stage: Stage,
    shard: Shard,
    clients: BTreeMap<String, Client>,
    /// Sids of the recording, and which are ours.
    names: BTreeMap<String, String>,
    people: Vec<(String, String)>,
    tracks: BTreeMap<String, String>,
    single: bool,
    told: BTreeMap<String, Vec<String>>,
}

impl Player {
    fn new(recording: &Value, single: bool) -> Self {
        Self {
            stage: Stage::new(false),
            shard: Shard::default(),
            clients: BTreeMap::new(),
            names: BTreeMap::new(),
            people: serde_json::from_value(recording["people"].clone()).unwrap(),
            tracks: serde_json::from_value(recording["tracks"].clone()).unwrap(),
            single,
            told: BTreeMap::new(),
        }
    }

    /// Until the shard has nothing more to say.
    fn settle(&mut self) {
        loop {
            let fresh: Vec<Control> = self.stage.controls[self.shard.seen..].to_vec();
            self.shard.seen = self.stage.controls.len();
            let mut notices: Vec<Notice> =
                fresh.into_iter().flat_map(|control| self.shard.take(control)).collect();
            if notices.is_empty() {
                notices = self.shard.settle();
            }
            if notices.is_empty() {
                break;
            }
            for notice in notices {
                self.stage.notice(notice);
            }
        }
        self.listen();
    }

    /// Reads what everybody was told; their names for things are learnt.
    fn listen(&mut self) {
        for (who, client) in &mut self.clients {
            for message in client.told() {
                match &message {
                    Told::Join(join) => {
                        client.sid = join.participant.clone().unwrap().sid;
                        if let Some(at) = self.people.iter().position(|(name, _)| name == who) {
                            self.names.insert(self.people.remove(at).1, client.sid.clone());
                        }
                    }
                    Told::TrackPublished(published) => {
                        let theirs = self.tracks[&published.cid].clone();
                        self.names.insert(theirs, published.track.clone().unwrap().sid);
                    }
                    _ => {}
                }
                let json = serde_json::to_value(proto::SignalResponse { message: Some(message) }).unwrap();
                let word = json.as_object().unwrap().keys().next().unwrap().clone();
                self.told.entry(who.clone()).or_default().push(word);
            }
        }
    }

    fn ours(&self, body: &Value) -> Value {
        let mut text = body.to_string();
        for (theirs, ours) in &self.names {
            text = text.replace(theirs, ours);
        }
        serde_json::from_str(&text).unwrap()
    }

    fn play(&mut self, event: &Value) {
        let body = self.ours(&event["body"]);
        match (event["who"].as_str(), event["say"].as_str()) {
            (None, _) => self.call(event["api"].as_str().unwrap(), body),
            (Some(who), None) if event["close"] == json!(true) => {
                let connection = self.clients[who].connection;
                self.stage.tell(RoomInput::Gone(connection));
            }
            (Some(who), None) => self.connect(who, event),
            (Some(who), Some("offer")) => {
                let id = u32::try_from(body["id"].as_u64().unwrap()).unwrap();
                let sdp = body["sends"].to_string();
                let said =
                    proto::SessionDescription { r#type: "offer".into(), sdp, id, ..Default::default() };
                self.stage.say(&self.clients[who], Asked::Offer(said));
            }
            (Some(who), Some(word)) => {
                let request: proto::SignalRequest = serde_json::from_value(json!({ word: body })).unwrap();
                self.stage.say(&self.clients[who], request.message.expect("a word of the protocol"));
            }
        }
        self.settle();
    }

    fn connect(&mut self, who: &str, event: &Value) {
        let sid = event["sid"].as_str().map(|sid| self.names.get(sid).cloned().unwrap_or_default());
        let query = JoinQuery {
            single: self.single,
            auto_subscribe: true,
            reconnect: sid.is_some(),
            participant_sid: sid.unwrap_or_default(),
            ..JoinQuery::default()
        };
        let mut first = offer(1);
        first.sdp = "[]".into();
        let opening = Opening { offer: event["offer"].is_number().then_some(first), ..Opening::default() };
        self.stage.may_describe = who.starts_with("alice");
        self.stage.may_publish = who.starts_with("alice");
        let client = self.stage.arrive(who.trim_end_matches('2'), query, opening);
        if let Some(mut earlier) = self.clients.insert(who.to_owned(), client) {
            let sid = earlier.sid.clone();
            self.clients.get_mut(who).unwrap().sid = sid;
            earlier.told();
        }
    }

    fn call(&mut self, method: &str, body: Value) {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let ask = match method {
            "MutePublishedTrack" => RoomAsk::Mute(proto::MuteRoomTrackRequest {
                identity: text("identity"),
                track_sid: text("track_sid"),
                muted: body["muted"].as_bool().unwrap_or_default(),
                ..Default::default()
            }),
            "UpdateRoomMetadata" => RoomAsk::Describe(text("metadata")),
            "UpdateParticipant" => RoomAsk::Update(Box::new(proto::UpdateParticipantRequest {
                identity: text("identity"),
                permission: Some(proto::ParticipantPermission {
                    can_subscribe: true,
                    can_publish: body["permission"]["can_publish"].as_bool().unwrap_or_default(),
                    can_publish_data: true,
                    ..Default::default()
                }),
                ..Default::default()
            })),
            "RemoveParticipant" => RoomAsk::Remove(text("identity")),
            other => panic!("{other} is not played"),
        };
        let (answer, _asker) = oneshot::channel();
        self.stage.tell(RoomInput::Called(RoomCall { ask, answer }));
    }
}

/// First occurrences in order, without the words that the clock makes.
fn order(words: &[String]) -> Vec<String> {
    let mut order = Vec::new();
    for word in words {
        if !BY_THE_CLOCK.iter().any(|(clock, _)| clock == word) && !order.contains(word) {
            order.push(word.clone());
        }
    }
    order
}

fn fits(pattern: &str, text: &str) -> bool {
    let mut rest = text;
    let pieces: Vec<&str> = pattern.split('*').collect();
    if pieces.len() == 1 {
        return pattern == text;
    }
    pieces.iter().enumerate().all(|(at, piece)| match rest.find(piece) {
        Some(place) if at > 0 || place == 0 => {
            rest = &rest[place + piece.len()..];
            at + 1 < pieces.len() || piece.is_empty() || rest.is_empty()
        }
        _ => false,
    })
}

/// The recorded order after one allowed difference, if there is one.
fn allow(theirs: &[String], may: May, ours: &[String]) -> Option<Vec<String>> {
    let place = |words: &[String], word: &str| words.iter().position(|known| known == word);
    let mut changed = theirs.to_vec();
    match may {
        May::More(word) => {
            place(theirs, word).is_none().then_some(())?;
            changed.insert(place(ours, word)?.min(theirs.len()), word.to_owned());
        }
        May::Less(word) => {
            place(ours, word).is_none().then_some(())?;
            changed.remove(place(theirs, word)?);
        }
        May::Earlier(word) | May::Later(word) => {
            let (was, is) = (place(theirs, word)?, place(ours, word)?.min(theirs.len() - 1));
            (matches!(may, May::Earlier(_)) == (is < was) && is != was).then_some(())?;
            let word = changed.remove(was);
            changed.insert(is, word);
        }
    }
    Some(changed)
}

/// Plays one recording; tells which differences were needed, and what is left that no difference explains.
fn compare(text: &str, layout: &str, needed: &mut BTreeSet<usize>, left: &mut Vec<String>) -> usize {
    let recording: Value = serde_json::from_str(text).unwrap();
    let mut player = Player::new(&recording, layout == "v1");
    let mut compared = 0;
    for phase in recording["phases"].as_array().unwrap() {
        let step = phase["step"].as_str().unwrap();
        player.told.clear();
        phase["says"].as_array().unwrap().iter().for_each(|event| player.play(event));
        let told: BTreeMap<String, Vec<String>> = serde_json::from_value(phase["told"].clone()).unwrap();
        let everybody: BTreeSet<&String> = told.keys().chain(player.told.keys()).collect();
        for who in everybody {
            let mut theirs = order(told.get(who).map_or(&[][..], Vec::as_slice));
            let ours = order(player.told.get(who).map_or(&[][..], Vec::as_slice));
            for (number, (of, at, person, may, _)) in DIFFERENCES.iter().enumerate() {
                let applies = fits(of, layout) && fits(at, step) && fits(person, who) && theirs != ours;
                if let Some(changed) = applies.then(|| allow(&theirs, *may, &ours)).flatten()
                    && distance(&changed, &ours) < distance(&theirs, &ours)
                {
                    theirs = changed;
                    needed.insert(number);
                }
            }
            compared += 1;
            if theirs != ours {
                left.push(format!("{layout} {step:?} {who}: theirs {theirs:?} ours {ours:?}"));
            }
        }
    }
    compared
}

/// How many places differ.
fn distance(one: &[String], other: &[String]) -> usize {
    let same = one.iter().zip(other).filter(|(left, right)| left == right).count();
    one.len().max(other.len()) - same
}

#[test]
fn recorded_clients_are_told_the_same_in_the_same_order() {
    let (mut needed, mut left) = (BTreeSet::new(), Vec::new());
    let mut compared = 0;
    for (recordings, layout) in [(V0, "v0"), (V1, "v1")] {
        for text in recordings {
            compared += compare(text, layout, &mut needed, &mut left);
        }
    }
    assert!(left.is_empty(), "{left:#?}");
    assert!(compared > 120, "{compared} steps of people were compared");
    for (number, difference) in DIFFERENCES.iter().enumerate() {
        assert!(needed.contains(&number), "no difference any more: {difference:?}");
    }
    assert!(DIFFERENCES.len() + BY_THE_CLOCK.len() <= 15);
}
