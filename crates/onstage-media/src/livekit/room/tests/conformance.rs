//! Our words beside the recorded ones of a LiveKit 1.13.5 server: a field that clients may count on is not forgotten.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::*;

/// Message and field paths of every server message in the recordings.
const RECORDED: &str = include_str!("../../../../tests/fixtures/v0-fields.json");

/// What that server says and we do not, with the reason; a path that ends in `*` is a prefix or suffix.
const DIFFERENCES: [(&str, &str); 8] = [
    ("*turnPassword", "a secret that is nobody's business"),
    ("join.sifTrailer", "only for rooms that are encrypted end to end"),
    ("*serverInfo.agentProtocol", "there are no agents"),
    ("*repairSsrc", "SSRCs are rewritten on their way; no client reads them"),
    ("*ssrc", "the same"),
    ("*departureTimeout", "a room ends with its session"),
    ("*emptyTimeout", "the same"),
    ("*maxParticipants", "the session's to know"),
];

/// What we do not send at all or never fill, with the reason.
const ABSENT: [(&str, &str); 4] = [
    ("trickle.*", "our candidates stand in the descriptions"),
    ("*room.metadata", "the show is described by its own API"),
    ("*canUpdateMetadata", "nobody may"),
    ("*backupCodecPolicy", "there are no backup codecs"),
];

fn matches(pattern: &str, path: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => path.ends_with(end),
        (None, Some(start)) => path.starts_with(start),
        (None, None) => path == pattern,
    }
}

/// Every path of a value, lists and maps without their keys.
fn walk(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(_) if path.ends_with("midToTrackId") || path.ends_with("attributes") => {
            paths.insert(format!("{path}{{}}"));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| walk(value, &format!("{path}.{name}"), paths))
        }
        Value::Array(values) => values.iter().for_each(|value| walk(value, &format!("{path}[]"), paths)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            paths.insert(path.to_owned());
        }
    }
}

fn said(told: Vec<Told>, paths: &mut BTreeSet<String>) {
    for message in told {
        let json = serde_json::to_value(proto::SignalResponse { message: Some(message) }).unwrap();
        walk(&json, "", paths);
    }
}

/// A room with an ICE server, and its host.
fn with_host(paths: &mut BTreeSet<String>) -> (Stage, Client) {
    let mut stage = Stage::new(true);
    let ours =
        onstage_domain::media::IceServer { urls: vec!["stun:ours".into()], username: None, credential: None };
    let tokens = Tokens::new("key", "secret");
    stage.room.surroundings = Arc::new(Surroundings {
        tokens,
        ice_servers: crate::ice::IceServers::configured(vec![ours]),
        node_id: "ND_test".into(),
    });
    stage.order(user(1), true, ALL);
    let mut host = stage.knock(&user(1).to_string(), &[("client_protocol", "2")]);
    let told = host.told();
    let Told::Join(join) = &told[0] else { panic!("{told:?}") };
    host.sid = join.participant.clone().unwrap().sid;
    said(told, paths);
    let peer = stage.subscriber(&host);
    stage.notice(Notice::PeerConnected { peer });
    if let Some(member) = stage.room.members.values_mut().next() {
        member.metadata = "m".into();
        member.attributes.insert("hand".into(), "up".into());
    }
    (stage, host)
}

/// Two people live through most of what the recording shows.
fn our_words() -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let (mut stage, mut host) = with_host(&mut paths);
    let mut request = camera("c");
    request.simulcast_codecs =
        vec![proto::SimulcastCodec { codec: "vp8".into(), cid: "c".into(), ..Default::default() }];
    for (place, layer) in request.layers.iter_mut().enumerate() {
        layer.bitrate = 100_000 * u32::try_from(place + 1).unwrap();
    }
    stage.say(&host, Asked::AddTrack(request.clone()));
    said(host.told(), &mut paths);
    let (film, _) = stage.publish(&mut host, proto::AddTrackRequest { cid: "c2".into(), ..request });
    let mut sound = microphone("m");
    sound.audio_features = vec![2, 3];
    stage.say(&host, Asked::AddTrack(sound.clone()));
    said(host.told(), &mut paths);
    sound.cid = "m2".into();
    let (voice, sid) = stage.publish(&mut host, sound);
    let mut viewer = stage.knock(&user(2).to_string(), &[]);
    let told = viewer.told();
    let Told::Join(join) = &told[0] else { panic!("{told:?}") };
    viewer.sid = join.participant.clone().unwrap().sid;
    said(told, &mut paths);
    let peer = stage.subscriber(&viewer);
    stage.notice(Notice::PeerConnected { peer });
    stage.notice(Notice::Subscribed { peer, track: film });
    stage.notice(Notice::LayersWanted { track: film, best: Some(Quality::High) });
    let level = onstage_sfu::SpeakerLevel { track: voice, level_eighths: 4 };
    stage.notice(Notice::Speakers { room: RoomKey(5), speakers: vec![level] });
    let mid = onstage_sfu::MidTrack { mid: "1".into(), track: film, msid_track: "TR_1".into() };
    stage.notice(Notice::Offer { peer, offer_id: 1, sdp: "v=0".into(), mid_to_track: vec![mid] });
    let publisher = stage.publisher(&host);
    stage.notice(Notice::Answer {
        peer: publisher,
        offer_id: 1,
        sdp: "v=0".into(),
        tracks: Vec::new(),
        mid_to_track: Vec::new(),
    });
    stage.say(&host, Asked::Mute(proto::MuteTrackRequest { sid, muted: true }));
    stage.say(&host, Asked::Ping(1));
    stage.say(&host, Asked::PingReq(proto::Ping { timestamp: 1, rtt: 1 }));
    let attributes = HashMap::from([("hand".to_owned(), "up".to_owned())]);
    let update = proto::UpdateParticipantMetadata {
        metadata: "m".into(),
        name: "Queen".into(),
        attributes,
        request_id: 3,
    };
    stage.say(&host, Asked::UpdateMetadata(update));
    stage.pass(COUNTS_EVERY);
    stage.order(user(1), true, MediaGrant { host_muted_video: true, ..ALL });
    stage.order(user(1), true, MediaGrant::NOTHING);
    said(host.told(), &mut paths);
    said(viewer.told(), &mut paths);
    let mut back = stage.knock(&user(1).to_string(), &[("reconnect", "1"), ("sid", &host.sid)]);
    said(back.told(), &mut paths);
    let mut lost = stage.knock(&user(2).to_string(), &[("reconnect", "1"), ("sid", "PA_old")]);
    said(lost.told(), &mut paths);
    stage.order(user(1), false, MediaGrant::NOTHING);
    said(viewer.told(), &mut paths);
    paths.into_iter().map(|path| path.trim_start_matches('.').to_owned()).collect()
}

#[test]
fn every_recorded_field_is_ours_or_a_named_difference() {
    let ours = our_words();
    let recorded: BTreeMap<String, Vec<String>> = serde_json::from_str(RECORDED).unwrap();
    let theirs = recorded.into_iter().flat_map(|(message, fields)| {
        let bare = fields.is_empty().then(|| message.clone());
        fields.into_iter().map(move |field| format!("{message}.{field}")).chain(bare)
    });
    let missing: Vec<String> = theirs.filter(|path| !ours.contains(path)).collect();
    let named = |path: &String| DIFFERENCES.iter().chain(&ABSENT).any(|(pattern, _)| matches(pattern, path));
    let forgotten: Vec<&String> = missing.iter().filter(|path| !named(path)).collect();
    assert!(forgotten.is_empty(), "{forgotten:#?}");
    for (pattern, reason) in DIFFERENCES.iter().chain(&ABSENT) {
        assert!(
            missing.iter().any(|path| matches(pattern, path)),
            "{pattern} is no difference any more: {reason}"
        );
    }
}
