//! Catches fields that get lost between protobuf and JSON, odd JSON that breaks the service, and limits nobody checks.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, deprecated, reason = "tests")]

use std::collections::HashMap;

use livekit_protocol as proto;
use proptest::prelude::any;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::methods::Call;
use super::shapes::{PARTICIPANT, ROOM};
use super::*;
use crate::livekit::room::RoomAsk;

fn full_track() -> proto::TrackInfo {
    let layer = proto::VideoLayer {
        quality: 1,
        width: 2,
        height: 3,
        bitrate: 4,
        ssrc: 5,
        spatial_layer: 6,
        rid: "q".into(),
        repair_ssrc: 7,
    };
    let codec = proto::SimulcastCodecInfo {
        mime_type: "video/VP8".into(),
        mid: "1".into(),
        cid: "c".into(),
        layers: vec![layer.clone()],
        video_layer_mode: 1,
        sdp_cid: "s".into(),
    };
    proto::TrackInfo {
        sid: "TR_x".into(),
        r#type: 1,
        name: "n".into(),
        muted: true,
        width: 1,
        height: 2,
        simulcast: true,
        disable_dtx: true,
        source: 1,
        layers: vec![layer],
        mime_type: "video/VP8".into(),
        mid: "1".into(),
        codecs: vec![codec],
        stereo: true,
        disable_red: true,
        encryption: 1,
        stream: "camera".into(),
        version: Some(proto::TimedVersion { unix_micro: i64::MAX, ticks: 1 }),
        audio_features: vec![1],
        backup_codec_policy: 1,
        packet_trailer_features: Vec::new(),
    }
}

fn full_participant() -> proto::ParticipantInfo {
    let permission = proto::ParticipantPermission {
        can_subscribe: true,
        can_publish: true,
        can_publish_data: true,
        can_publish_sources: vec![1, 2],
        hidden: true,
        recorder: true,
        can_update_metadata: true,
        agent: true,
        can_subscribe_metrics: true,
        can_manage_agent_session: true,
    };
    proto::ParticipantInfo {
        sid: "PA_x".into(),
        identity: "ann".into(),
        state: 2,
        tracks: vec![full_track()],
        metadata: "m".into(),
        joined_at: 1,
        joined_at_ms: 2,
        name: "Ann".into(),
        version: 3,
        permission: Some(permission),
        region: "r".into(),
        is_publisher: true,
        kind: 1,
        attributes: HashMap::from([("a_b".into(), "c".into())]),
        disconnect_reason: 1,
        kind_details: Vec::new(),
        data_tracks: vec![proto::DataTrackInfo {
            pub_handle: 1,
            sid: "DTR_x".into(),
            name: "n".into(),
            encryption: 1,
            ..proto::DataTrackInfo::default()
        }],
        client_protocol: 1,
        capabilities: vec![1],
    }
}

fn printed<M: prost::Message + serde::Serialize>(message: &M, shape: shapes::Shape) -> Value {
    serde_json::from_slice(&Codec::Json.write(message, shape).unwrap()).unwrap()
}

#[test]
fn nothing_is_lost_on_the_way_out() {
    let participant = full_participant();
    let value = printed(&participant, PARTICIPANT);
    assert_eq!(serde_json::from_value::<proto::ParticipantInfo>(value).unwrap(), participant);
    let room = proto::Room {
        sid: "RM_x".into(),
        name: "n".into(),
        empty_timeout: 1,
        departure_timeout: 2,
        max_participants: 3,
        creation_time: 4,
        creation_time_ms: 5,
        turn_password: "t".into(),
        enabled_codecs: vec![proto::Codec { mime: "m".into(), fmtp_line: "f".into() }],
        metadata: "m".into(),
        num_participants: 6,
        num_publishers: 7,
        active_recording: true,
        version: Some(proto::TimedVersion { unix_micro: 1, ticks: 2 }),
    };
    let value = printed(&room, ROOM);
    assert_eq!(serde_json::from_value::<proto::Room>(value).unwrap(), room);
}

#[test]
fn every_default_is_printed_under_its_own_name() {
    let room = printed(&proto::Room::default(), ROOM);
    assert_eq!(
        room,
        json!({"sid":"","name":"","empty_timeout":0,"departure_timeout":0,"max_participants":0,
            "creation_time":"0","creation_time_ms":"0","turn_password":"","enabled_codecs":[],"metadata":"",
            "num_participants":0,"num_publishers":0,"active_recording":false,"version":null})
    );
    let person = printed(&proto::ParticipantInfo::default(), PARTICIPANT);
    assert_eq!((&person["state"], &person["permission"]), (&json!("JOINING"), &Value::Null));
    assert_eq!((&person["attributes"], &person["kind"]), (&json!({}), &json!("STANDARD")));
    // Read back, every word is the default it stands for.
    assert_eq!(
        serde_json::from_value::<proto::ParticipantInfo>(without_null(person)).unwrap(),
        proto::ParticipantInfo::default()
    );
    let track = proto::ParticipantInfo {
        tracks: vec![proto::TrackInfo {
            layers: vec![proto::VideoLayer::default()],
            codecs: vec![proto::SimulcastCodecInfo::default()],
            ..proto::TrackInfo::default()
        }],
        data_tracks: vec![proto::DataTrackInfo::default()],
        ..proto::ParticipantInfo::default()
    };
    let value = printed(&track, PARTICIPANT);
    assert_eq!(serde_json::from_value::<proto::ParticipantInfo>(without_null(value)).unwrap(), track);
}

fn without_null(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(|value| *value = without_null(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_null(item.take())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    value
}

#[test]
fn requests_are_read_in_every_spelling() {
    let wanted = proto::CreateRoomRequest {
        name: "r".into(),
        empty_timeout: 300,
        max_participants: 3,
        ..proto::CreateRoomRequest::default()
    };
    for text in [
        r#"{"name":"r","empty_timeout":300,"max_participants":3}"#,
        r#"{"name":"r","emptyTimeout":300,"maxParticipants":3}"#,
        r#"{"name":"r","emptyTimeout":"300","maxParticipants":3,"metadata":null,"egress":null,"unheardOf":[1]}"#,
    ] {
        assert_eq!(Codec::Json.read::<proto::CreateRoomRequest>(text.as_bytes()).unwrap(), wanted, "{text}");
    }
    use prost::Message as _;
    assert_eq!(Codec::Protobuf.read::<proto::CreateRoomRequest>(&wanted.encode_to_vec()).unwrap(), wanted);
    for text in ["", "[]", "{", "null", "{\"name\":1}", "{\"empty_timeout\":-1}"] {
        let refused = Codec::Json.read::<proto::CreateRoomRequest>(text.as_bytes()).unwrap_err();
        assert_eq!(refused.code, Code::Malformed, "{text}");
    }
    let kind = |text: &str| Codec::Json.read::<proto::SendDataRequest>(text.as_bytes()).unwrap().kind;
    assert_eq!((kind(r#"{"kind":1}"#), kind(r#"{"kind":"LOSSY"}"#), kind("{}")), (1, 1, 0));
}

#[test]
fn every_method_wants_one_grant() {
    let grant = |create, list, admin| ApiGrant {
        room_create: create,
        room_list: list,
        room_admin: admin,
        room: String::new(),
    };
    for (name, method) in Method::ALL {
        assert_eq!(Method::named(name), Some(method));
        let wants = [grant(true, false, false), grant(false, true, false), grant(false, false, true)]
            .map(|grant| method.may_be_called(&grant));
        let wanted = match name {
            "CreateRoom" | "DeleteRoom" => [true, false, false],
            "ListRooms" => [false, true, false],
            _ => [false, false, true],
        };
        assert_eq!(wants, wanted, "{name}");
        assert!(!method.may_be_called(&ApiGrant::default()), "{name}");
    }
}

/// Reads a body as every request there is.
fn read_all(codec: Codec, body: &[u8]) -> usize {
    let read = [
        codec.read::<proto::CreateRoomRequest>(body).is_ok(),
        codec.read::<proto::ListRoomsRequest>(body).is_ok(),
        codec.read::<proto::DeleteRoomRequest>(body).is_ok(),
        codec.read::<proto::ListParticipantsRequest>(body).is_ok(),
        codec.read::<proto::RoomParticipantIdentity>(body).is_ok(),
        codec.read::<proto::MuteRoomTrackRequest>(body).is_ok(),
        codec.read::<proto::UpdateParticipantRequest>(body).is_ok(),
        codec.read::<proto::UpdateSubscriptionsRequest>(body).is_ok(),
        codec.read::<proto::SendDataRequest>(body).is_ok(),
        codec.read::<proto::UpdateRoomMetadataRequest>(body).is_ok(),
    ];
    read.iter().filter(|read| **read).count()
}

fn odd_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("room".to_owned()),
        Just("identity".to_owned()),
        Just("permission".to_owned()),
        Just("canPublishSources".to_owned()),
        Just("attributes".to_owned()),
        Just("participant_tracks".to_owned()),
        Just("data".to_owned()),
        Just("kind".to_owned()),
        Just("egress".to_owned()),
        ".{0,8}",
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn odd_json_is_an_answer_and_never_a_panic(value in odd_value()) {
        let body = serde_json::to_vec(&value).unwrap();
        let read = read_all(Codec::Json, &body);
        prop_assert!(value.is_object() || read == 0, "only an object is a message");
    }

    #[test]
    fn odd_bytes_are_an_answer_and_never_a_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        read_all(Codec::Json, &body);
        read_all(Codec::Protobuf, &body);
    }
}

#[test]
fn deep_nesting_ends_early() {
    let body = format!("{{\"permission\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read_all(Codec::Json, body.as_bytes()), 0);
}

#[tokio::test]
async fn reaches_api_body_bytes_max() {
    assert_eq!(read(Body::from(vec![b' '; API_BODY_BYTES_MAX])).await.unwrap().len(), API_BODY_BYTES_MAX);
    assert_eq!(read(Body::from(vec![b' '; API_BODY_BYTES_MAX + 1])).await.unwrap_err().code, Code::Malformed);
}

#[test]
fn a_question_names_its_room() {
    let body = br#"{"room":"show","identity":"ann"}"#;
    let call = Call::read(Method::RemoveParticipant, Codec::Json, body).unwrap();
    let Call::Room(room, ask) = call else { panic!("{call:?}") };
    assert!(room == "show" && matches!(ask, RoomAsk::Remove(identity) if identity == "ann"));
    let body = br#"{"room":"show","identity":"ann","revokeTokenTs":"1"}"#;
    let refused = Call::read(Method::RemoveParticipant, Codec::Json, body).unwrap_err();
    assert_eq!(refused.code, Code::Unimplemented, "rather than a token that stays good unsaid");
}

struct Deaf;

impl onstage_domain::ports::ObserveMedia for Deaf {
    fn observe_media(&self, _: onstage_domain::media::MediaFact) -> onstage_domain::ports::Pending<'_, ()> {
        Box::pin(async {})
    }
}

/// Without shards no room's task is started: only what comes before a room is looked at.
fn api() -> Api {
    use crate::directory::{Directory, Workshop};
    use crate::livekit::room::Surroundings;
    let surroundings = Arc::new(Surroundings {
        tokens: crate::livekit::tokens::Tokens::new("key", "secret"),
        ice_servers: crate::ice::IceServers::default(),
        node_id: String::new(),
    });
    let directory = Directory::new(Workshop {
        surroundings: Arc::clone(&surroundings),
        shards: Vec::new(),
        facts: crate::facts::Facts::to(Arc::new(Deaf)),
        webhooks: crate::livekit::webhooks::Webhooks::default(),
    });
    let (_, doors) = tokio::sync::watch::channel(true);
    let knocks = Arc::new(crate::livekit::knocks::Knocks::new(true));
    let admission =
        Admission { directory: Arc::new(directory), surroundings, auto_create_rooms: false, doors, knocks };
    let pace = PerSecond { messages: FAILED_CALLS_PER_SECOND_MAX, bytes: usize::MAX };
    Api { admission, failed: Arc::new(Mutex::new(Pace::new(pace, Instant::now()))) }
}

fn bearer(token: &str) -> HeaderMap {
    HeaderMap::from_iter([(axum::http::header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap())])
}

#[tokio::test]
async fn reaches_failed_calls_per_second_max() {
    let api = api();
    let good = api.admission.surroundings.tokens.sign(&json!({"iss": "key", "exp": now().0 / 1_000 + 600,
        "video": {"roomList": true}}));
    let good = bearer(&good.unwrap());
    let first: Vec<Code> =
        (0..FAILED_CALLS_PER_SECOND_MAX).map(|_| api.granted(&bearer("x")).unwrap_err().code).collect();
    assert!(first.iter().all(|code| *code == Code::Unauthenticated));
    // A second may have passed on a slow machine: then the count begins anew.
    let slowed = (0..100_000).any(|_| api.granted(&bearer("x")).unwrap_err().code == Code::ResourceExhausted);
    assert!(slowed, "guessing is told to stop");
    assert!(
        api.granted(&good).unwrap().room_list,
        "whoever has a token is not kept out by those who have none"
    );
}

#[tokio::test]
async fn reaches_listed_names_max() {
    let (api, grant) = (api(), ApiGrant { room_list: true, ..ApiGrant::default() });
    for (count, fits) in [(methods::LISTED_NAMES_MAX, true), (methods::LISTED_NAMES_MAX + 1, false)] {
        let body = serde_json::to_vec(&json!({ "names": vec!["n"; count] })).unwrap();
        let answer = api.carry_out(Method::ListRooms, Codec::Json, &body, &grant).await;
        assert_eq!(answer.is_ok(), fits);
    }
}
