//! A room told by hand: catches wrong words, wrong order, and anybody who sends or stays without permission.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::unchecked_time_subtraction,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    deprecated,
    reason = "tests"
)]

mod any_order;
mod api;
mod conversation;
mod limits;
mod mutes;
mod people;
mod quality;
mod replay;
mod single;
mod tracks;
mod words;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use livekit_protocol as proto;
use livekit_protocol::signal_request::Message as Asked;
use livekit_protocol::signal_response::Message as Told;
use onstage_domain::media::MediaGrant;
use onstage_sfu::{Codec, MediaKind, NegotiatedTrack, Quality, TrackSource};
use prost::Message as _;
use uuid::Uuid;

use super::super::outgoing::{Frame, Waiting};
use super::super::query::RawQuery;
use super::super::tokens::VideoGrant;
use super::*;
use crate::clock::CountingDice;
use crate::places::Places;

/// Everything is allowed.
const ALL: MediaGrant =
    MediaGrant { may_speak: true, may_show: true, may_share: true, ..MediaGrant::NOTHING };

/// One client's end of its socket.
struct Client {
    connection: ConnectionId,
    frames: Waiting,
    sid: String,
}

impl Client {
    /// Everything that came since the last look.
    fn told(&mut self) -> Vec<Told> {
        let mut told = Vec::new();
        while let Some(Frame::Message(bytes)) = self.frames.try_recv() {
            told.extend(proto::SignalResponse::decode(bytes).unwrap().message);
        }
        told
    }
}

struct Stage {
    room: Room,
    now: Moment,
    controls: Vec<Control>,
    facts: Vec<Seen>,
    told_facts: Vec<MediaFact>,
    webhooks: Vec<WebhookEvent>,
    connections: u64,
    half_open: Places<IpAddr>,
    /// Whether tokens let people describe themselves.
    may_describe: bool,
    may_publish: bool,
}

impl Stage {
    /// A room of a session (with orders), or one that a token opened.
    fn new(session: bool) -> Self {
        let surroundings = Surroundings {
            tokens: Tokens::new("key", "secret"),
            ice_servers: crate::ice::IceServers::default(),
            node_id: "ND_test".into(),
        };
        let seed = RoomSeed {
            key: RoomKey(5),
            session: session.then(|| SessionId::new(Uuid::from_u128(9))),
            name: "show".into(),
            people: HashMap::new(),
            surroundings: Arc::new(surroundings),
            dice: Box::new(CountingDice::default()),
        };
        let now = Moment { instant: Instant::now(), at: At(1_800_000_000_000) };
        let mut stage = Self {
            room: Room::new(seed, now),
            now,
            controls: Vec::new(),
            facts: Vec::new(),
            told_facts: Vec::new(),
            webhooks: Vec::new(),
            connections: 0,
            half_open: Places::new(usize::MAX, usize::MAX),
            may_describe: false,
            may_publish: true,
        };
        stage.collect();
        stage
    }

    fn collect(&mut self) {
        let effects = self.room.take_effects();
        self.controls.extend(effects.controls);
        self.webhooks.extend(effects.webhooks);
        self.facts.extend(effects.facts.iter().map(|fact| fact.seen.clone()));
        self.told_facts.extend(effects.facts);
    }

    fn tell(&mut self, input: RoomInput) {
        self.room.handle(self.now, input);
        self.collect();
    }

    fn say(&mut self, client: &Client, message: Asked) {
        self.tell(RoomInput::Signal(client.connection, Box::new(message)));
    }

    fn notice(&mut self, notice: Notice) {
        self.tell(RoomInput::Notice(notice));
    }

    fn pass(&mut self, time: Duration) {
        self.now.instant += time;
        self.now.at = self.now.at.plus_ms(i64::try_from(time.as_millis()).unwrap());
        self.tell(RoomInput::Tick);
    }

    fn knock(&mut self, identity: &str, query: &[(&str, &str)]) -> Client {
        let pairs: HashMap<&str, &str> = query.iter().copied().collect();
        let raw: RawQuery = serde_json::from_value(serde_json::to_value(pairs).unwrap()).unwrap();
        self.arrive(identity, raw.read(""), Opening::default())
    }

    /// With one connection for both ways.
    fn knock_single(&mut self, identity: &str, opening: Opening) -> Client {
        let query = JoinQuery { single: true, auto_subscribe: true, ..JoinQuery::default() };
        self.arrive(identity, query, opening)
    }

    fn arrive(&mut self, identity: &str, query: JoinQuery, opening: Opening) -> Client {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        let (outgoing, frames) = Outgoing::new();
        let can_update_own_metadata = self.may_describe.then_some(true);
        let bearer = Bearer {
            identity: identity.into(),
            name: identity.into(),
            metadata: String::new(),
            attributes: std::collections::BTreeMap::new(),
            grant: VideoGrant {
                room_join: true,
                room: "show".into(),
                can_update_own_metadata,
                can_publish: Some(self.may_publish),
                can_publish_data: Some(true),
                ..VideoGrant::default()
            },
        };
        let half_open = self.half_open.enter(IpAddr::from([192, 0, 2, 1])).ok();
        let arrival = Arrival { connection, outgoing, bearer, query, opening, half_open };
        self.tell(RoomInput::Arrive(Box::new(arrival)));
        Client { connection, frames, sid: String::new() }
    }

    /// Joins and becomes active; what was told until then is read away.
    fn join(&mut self, identity: &str) -> Client {
        let client = self.knock(identity, &[]);
        self.connected(client)
    }

    /// The same with one connection.
    fn join_single(&mut self, identity: &str) -> Client {
        let client = self.knock_single(identity, Opening { offer: Some(offer(1)), ..Opening::default() });
        self.connected(client)
    }

    fn connected(&mut self, mut client: Client) -> Client {
        let told = client.told();
        let Some(Told::Join(join)) = told.first() else { panic!("no join: {told:?}") };
        client.sid = join.participant.clone().unwrap().sid;
        let peer = self.subscriber(&client);
        self.notice(Notice::PeerConnected { peer });
        client.told();
        client
    }

    fn member(&self, client: &Client) -> &Member {
        self.room.members.values().find(|member| member.sid == client.sid).expect("still in the room")
    }

    fn subscriber(&self, client: &Client) -> PeerKey {
        self.room.members.values().find(|member| member.sid == client.sid).unwrap().subscriber
    }

    fn publisher(&self, client: &Client) -> PeerKey {
        self.member(client).publisher.expect("a publisher")
    }

    fn order(&mut self, user: UserId, admitted: bool, grant: MediaGrant) {
        self.tell(RoomInput::Person(user, Person { admitted, grant }));
    }

    /// Publishes as far as the answer; returns key and sid.
    fn publish(&mut self, client: &mut Client, request: proto::AddTrackRequest) -> (TrackKey, String) {
        let cid = request.cid.clone();
        let kind = if request.r#type == i32::from(proto::TrackType::Video) {
            MediaKind::Video
        } else {
            MediaKind::Audio
        };
        self.say(client, Asked::AddTrack(request));
        let told = client.told();
        let sid = told
            .iter()
            .find_map(|message| match message {
                Told::TrackPublished(published) if published.cid == cid => {
                    Some(published.track.clone().unwrap().sid)
                }
                _ => None,
            })
            .unwrap_or_else(|| panic!("not published: {told:?}"));
        let track = self.member(client).track(&sid).unwrap().key;
        let codec = if kind == MediaKind::Video { Codec::Vp8 } else { Codec::Opus };
        let negotiated =
            NegotiatedTrack { mid: "1".into(), track, kind, sdp_cid: cid, codec, layers: vec![Quality::Low] };
        self.notice(Notice::TrackPublished { track, negotiated });
        (track, sid)
    }

    /// The last word about a gate; open when there was none.
    fn gate(&self, track: TrackKey) -> bool {
        let last = self.controls.iter().rev().find_map(|control| match control {
            Control::SetGate { track: about, open } if *about == track => Some(*open),
            _ => None,
        });
        last.unwrap_or(true)
    }
}

fn offer(id: u32) -> proto::SessionDescription {
    proto::SessionDescription { r#type: "offer".into(), id, ..proto::SessionDescription::default() }
}

fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

fn microphone(cid: &str) -> proto::AddTrackRequest {
    proto::AddTrackRequest {
        cid: cid.into(),
        r#type: proto::TrackType::Audio.into(),
        source: proto::TrackSource::Microphone.into(),
        ..proto::AddTrackRequest::default()
    }
}

fn camera(cid: &str) -> proto::AddTrackRequest {
    let layer = |quality: proto::VideoQuality, width, height| proto::VideoLayer {
        quality: quality.into(),
        width,
        height,
        ..proto::VideoLayer::default()
    };
    proto::AddTrackRequest {
        cid: cid.into(),
        r#type: proto::TrackType::Video.into(),
        source: proto::TrackSource::Camera.into(),
        width: 1280,
        height: 720,
        layers: vec![
            layer(proto::VideoQuality::High, 1280, 720),
            layer(proto::VideoQuality::Low, 320, 180),
            layer(proto::VideoQuality::Medium, 640, 360),
        ],
        ..proto::AddTrackRequest::default()
    }
}

fn leave_of(told: &[Told]) -> Option<(proto::DisconnectReason, proto::leave_request::Action)> {
    told.iter().find_map(|message| match message {
        Told::Leave(leave) => Some((leave.reason(), leave.action())),
        _ => None,
    })
}

/// Every participant in every update, in order.
fn updates(told: &[Told]) -> Vec<proto::ParticipantInfo> {
    told.iter()
        .filter_map(|message| match message {
            Told::Update(update) => Some(update.participants.clone()),
            _ => None,
        })
        .flatten()
        .collect()
}

fn names(told: &[Told]) -> Vec<&'static str> {
    told.iter()
        .map(|message| match message {
            Told::Join(_) => "join",
            Told::Reconnect(_) => "reconnect",
            Told::RefreshToken(_) => "refresh_token",
            Told::Update(_) => "update",
            Told::RoomUpdate(_) => "room_update",
            Told::Leave(_) => "leave",
            Told::Mute(_) => "mute",
            Told::Offer(_) => "offer",
            Told::Answer(_) => "answer",
            Told::TrackPublished(_) => "track_published",
            Told::TrackUnpublished(_) => "track_unpublished",
            Told::TrackSubscribed(_) => "track_subscribed",
            Told::RequestResponse(_) => "request_response",
            Told::SpeakersChanged(_) => "speakers_changed",
            Told::ConnectionQuality(_) => "connection_quality",
            Told::SubscriptionPermissionUpdate(_) => "subscription_permission_update",
            Told::SubscribedQualityUpdate(_) => "subscribed_quality_update",
            Told::Pong(_) => "pong",
            Told::PongResp(_) => "pong_resp",
            Told::StreamStateUpdate(_) => "stream_state_update",
            Told::MediaSectionsRequirement(_) => "media_sections_requirement",
            _ => "other",
        })
        .collect()
}
