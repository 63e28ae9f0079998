//! A recording on its way through a room: its people say what they said, and what each is told is kept.

use std::collections::BTreeMap;

use onstage_sfu::SpeakerLevel;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::super::*;
use super::shard::Shard;

/// What every recorded client said of itself.
const CLIENT_PROTOCOL: i32 = 2;

/// One message as it went over the wire.
pub(super) struct Said {
    pub(super) word: String,
    pub(super) body: Value,
}

/// A recording on its way through a room.
pub(super) struct Player {
    stage: Stage,
    shard: Shard,
    clients: BTreeMap<String, Client>,
    /// Sids of the recording, and which are ours.
    names: BTreeMap<String, String>,
    people: Vec<(String, String)>,
    tracks: BTreeMap<String, String>,
    single: bool,
    pub(super) told: BTreeMap<String, Vec<Said>>,
}

impl Player {
    pub(super) fn new(recording: &Value, single: bool) -> Self {
        Self {
            stage: with_ice_server(Stage::new(false)),
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
            let notices: Vec<Notice> =
                fresh.into_iter().flat_map(|control| self.shard.take(control)).collect();
            if notices.is_empty() {
                break;
            }
            for notice in notices {
                self.stage.notice(notice);
            }
        }
        self.listen();
    }

    /// Shards wait a moment before they negotiate again: until whoever is concerned says something about it, or until
    /// the step is over.
    fn negotiate(&mut self, whom: Option<PeerKey>) {
        for notice in self.shard.settle(whom) {
            self.stage.notice(notice);
        }
        self.settle();
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
                let Value::Object(fields) = json else { panic!("{json}") };
                let said = fields.into_iter().map(|(word, body)| Said { word, body });
                self.told.entry(who.clone()).or_default().extend(said);
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

    pub(super) fn play(&mut self, event: &Value) {
        let body = self.ours(&event["body"]);
        match (event["who"].as_str(), event["say"].as_str()) {
            (None, _) => self.call(event["api"].as_str().unwrap(), body),
            (Some(who), None) if event["close"] == json!(true) => {
                let connection = self.clients[who].connection;
                self.stage.tell(RoomInput::Gone(connection));
            }
            (Some(who), None) => self.connect(who, event),
            (Some(who), Some("offer")) => {
                self.negotiate(Some(self.stage.subscriber(&self.clients[who])));
                let id = u32::try_from(body["id"].as_u64().unwrap()).unwrap();
                let sdp = body["sends"].to_string();
                let said =
                    proto::SessionDescription { r#type: "offer".into(), sdp, id, ..Default::default() };
                self.stage.say(&self.clients[who], Asked::Offer(said));
            }
            (Some(who), Some(word)) => {
                if word == "answer" {
                    self.negotiate(Some(self.stage.subscriber(&self.clients[who])));
                }
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
            protocol: crate::livekit::messages::PROTOCOL,
            client_protocol: CLIENT_PROTOCOL,
            capabilities: vec![proto::client_info::Capability::CapCompressionDeflateRaw.into()],
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
        let identity = body["identity"].as_str().unwrap_or_default().to_owned();
        let metadata = body["metadata"].as_str().unwrap_or_default().to_owned();
        let ask = match method {
            "CreateRoom" => RoomAsk::Settle(serde_json::from_value(body).unwrap()),
            "MutePublishedTrack" => RoomAsk::Mute(serde_json::from_value(body).unwrap()),
            "UpdateRoomMetadata" => RoomAsk::Describe(metadata),
            "UpdateParticipant" => RoomAsk::Update(serde_json::from_value(body).unwrap()),
            "RemoveParticipant" => RoomAsk::Remove(identity),
            other => panic!("{other} is not played"),
        };
        let (answer, _asker) = oneshot::channel();
        self.stage.tell(RoomInput::Called(RoomCall { ask, answer }));
    }

    /// A step is over: whoever has a microphone has spoken meanwhile, and some seconds have passed.
    pub(super) fn wait(&mut self) {
        self.negotiate(None);
        let level = |track: &u64| SpeakerLevel { track: TrackKey(*track), level_eighths: 4 };
        let speakers = self.shard.sounds.iter().map(level).collect();
        self.stage.notice(Notice::Speakers { room: RoomKey(5), speakers });
        self.stage.notice(Notice::Speakers { room: RoomKey(5), speakers: Vec::new() });
        self.stage.pass(COUNTS_EVERY);
        self.settle();
    }
}

fn with_ice_server(mut stage: Stage) -> Stage {
    let ours =
        onstage_domain::media::IceServer { urls: vec!["stun:ours".into()], username: None, credential: None };
    stage.room.surroundings = Arc::new(Surroundings {
        tokens: Tokens::new("key", "secret"),
        ice_servers: crate::ice::IceServers::configured(vec![ours]),
        node_id: "ND_test".into(),
    });
    stage
}
