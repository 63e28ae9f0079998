//! The room service over HTTP: catches a grant that opens too much, an answer no SDK expects, and a call that beats the
//! orders of a session.

use livekit_protocol as proto;
use livekit_protocol::data_packet::Value as Sent;
use livekit_protocol::signal_response::Message as Told;
use onstage_domain::media::{Media, MediaGrant, Seen as Fact};
use serde_json::{Value, json};

use super::support::bot::Bot;
use super::support::*;

const RECORDED: &str = include_str!("../fixtures/twirp-errors.json");
/// Packets of 20 ms: what was under way when a call was answered has arrived after so many.
const UNDER_WAY: u64 = 3;
/// Half a second of silence.
const SILENCE: u64 = 25;

/// One for each test: its connections belong to the test's runtime, and making one reads the system's certificates.
fn client() -> reqwest::Client {
    thread_local!(static CLIENT: reqwest::Client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap());
    CLIENT.with(Clone::clone)
}

fn server_token(grant: &Value) -> String {
    signed(&json!({"iss": KEY, "exp": now_seconds() + 60, "video": grant}), SECRET)
}

fn admin(room: &str) -> String {
    server_token(&json!({"roomAdmin": true, "room": room}))
}

async fn post(server: &Server, path: &str, token: &str, request: &Value) -> (u16, Value) {
    let call = client().post(format!("http://{}{path}", server.address)).json(request);
    let call = if token.is_empty() { call } else { call.bearer_auth(token) };
    let answer = call.timeout(PATIENCE).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn call(server: &Server, method: &str, token: &str, request: Value) -> (u16, Value) {
    post(server, &format!("/twirp/livekit.RoomService/{method}"), token, &request).await
}

/// Our status and code where they are not the recorded ones, and why.
const DIFFERENCES: &[(&str, &str, u16, &str, &str)] = &[
    ("CreateRoom", "{}", 400, "invalid_argument", "a room without a name is a mistake of the caller"),
    ("MutePublishedTrack", "", 404, "not_found", "there is one server: what is not there is known at once"),
    ("SendData", "none", 404, "not_found", "as above"),
    ("ForwardParticipant", "", 501, "unimplemented", "as above"),
    ("ListEgress", "", 501, "unimplemented", "what is not offered is said to be so"),
    ("ListIngress", "", 501, "unimplemented", "as above"),
];

#[tokio::test]
async fn recorded_calls_are_answered_as_recorded_or_by_a_named_difference() {
    let server = Server::start(false).await;
    let recorded: Vec<Value> = serde_json::from_str(RECORDED).unwrap();
    let mut used = std::collections::BTreeSet::new();
    for row in &recorded {
        let path = row["path"].as_str().unwrap();
        let method = path.rsplit('/').next().unwrap();
        let token = if row["grant"].is_null() { String::new() } else { server_token(&row["grant"]) };
        let (status, body) = post(&server, path, &token, &row["request"]).await;
        let request = row["request"].to_string();
        let granted = row["status"] != 401;
        let difference = DIFFERENCES.iter().enumerate().find(|(_, (name, about, ..))| {
            *name == method
                && granted
                && (about.is_empty() || request == *about || request.contains(&format!("\"{about}\"")))
        });
        if let Some((at, (_, _, wanted, code, _))) = difference {
            used.insert(at);
            assert_eq!((status, &body["code"]), (*wanted, &json!(code)), "{method} {request}");
            continue;
        }
        assert_eq!(json!(status), row["status"], "{method} {request}: {body}");
        if status == 200 {
            assert_eq!(outline(&body), outline(&row["response"]), "{method} {request}");
        } else {
            // Ours leaves out how their server wraps its own errors.
            let theirs = row["response"].to_string().replace("twirp error unknown: ", "");
            assert_eq!(body, serde_json::from_str::<Value>(&theirs).unwrap(), "{method} {request}");
        }
    }
    assert_eq!(used.len(), DIFFERENCES.len(), "a difference that is none any more leaves the list");
}

/// Names of fields and kinds of values, of the first of each list.
fn outline(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), outline(value))).collect(),
        Value::Array(items) => items.first().map(outline).into_iter().collect(),
        Value::Null => json!("null"),
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("text"),
    }
}

/// A session's room and a free one, each with somebody in it who speaks.
async fn two_rooms() -> (Server, [(Bot, String); 2]) {
    let server = Server::start(false).await;
    server.open().await;
    server.person(user(1), true, ALL).await;
    let create = server_token(&json!({"roomCreate": true}));
    assert_eq!(call(&server, "CreateRoom", &create, json!({"name": "free"})).await.0, 200);
    for unseen in ["a\0b", "a\u{202e}b"] {
        assert_eq!(call(&server, "CreateRoom", &create, json!({"name": unseen})).await.0, 400, "{unseen:?}");
    }
    let staged = Bot::join(&server, &token(&user(1).to_string(), ROOM)).await;
    let staged_sid = staged.speak().await.sid;
    let free = Bot::join(&server, &token("ann", "free")).await;
    let free_sid = free.speak().await.sid;
    (server, [(staged, staged_sid), (free, free_sid)])
}

fn request(method: &str, room: &str, identity: &str, sid: &str) -> Value {
    let who = json!({"room": room, "identity": identity});
    let with = |more: Value| {
        let (mut all, Value::Object(more)) = (who.clone(), more) else { unreachable!() };
        all.as_object_mut().unwrap().extend(more);
        all
    };
    match method {
        "CreateRoom" => json!({"name": room, "maxParticipants": 9}),
        "ListRooms" => json!({"names": [room]}),
        "MutePublishedTrack" => with(json!({"trackSid": sid, "muted": true})),
        "UpdateParticipant" => with(json!({"metadata": "m"})),
        "UpdateSubscriptions" => with(json!({"trackSids": [sid], "subscribe": true})),
        "SendData" => with(json!({"data": "aGk=", "kind": "RELIABLE"})),
        "UpdateRoomMetadata" => with(json!({"metadata": "m"})),
        _ => who,
    }
}

/// In an order in which nothing takes away what a later call needs.
const METHODS: [(&str, &str); 14] = [
    ("CreateRoom", "roomCreate"),
    ("ListRooms", "roomList"),
    ("ListParticipants", "roomAdmin"),
    ("GetParticipant", "roomAdmin"),
    ("MutePublishedTrack", "roomAdmin"),
    ("UpdateParticipant", "roomAdmin"),
    ("UpdateSubscriptions", "roomAdmin"),
    ("SendData", "roomAdmin"),
    ("UpdateRoomMetadata", "roomAdmin"),
    ("ForwardParticipant", "roomAdmin"),
    ("MoveParticipant", "roomAdmin"),
    ("PerformRpc", "roomAdmin"),
    ("RemoveParticipant", "roomAdmin"),
    ("DeleteRoom", "roomCreate"),
];

fn wanted(method: &str, kind: &str) -> (u16, &'static str) {
    match (method, kind) {
        ("ForwardParticipant" | "MoveParticipant" | "PerformRpc", _) => (501, "unimplemented"),
        ("DeleteRoom", "session") => (412, "failed_precondition"),
        ("CreateRoom" | "ListRooms" | "ListParticipants", "none") => (200, ""),
        (_, "none") => (404, "not_found"),
        _ => (200, ""),
    }
}

#[tokio::test]
async fn every_method_by_grant_and_kind_of_room() {
    let (server, [(_staged, staged_sid), (_free, free_sid)]) = two_rooms().await;
    let staged = user(1).to_string();
    let rooms = [
        ("session", ROOM, staged.as_str(), staged_sid.as_str()),
        ("free", "free", "ann", free_sid.as_str()),
        ("none", "none", "ann", "TR_x"),
    ];
    for (method, needs) in METHODS {
        for (kind, room, identity, sid) in rooms {
            let body = request(method, room, identity, sid);
            let grants = [
                ("roomCreate", json!({"roomCreate": true})),
                ("roomList", json!({"roomList": true})),
                ("roomAdmin", json!({"roomAdmin": true, "room": room})),
                ("another room", json!({"roomAdmin": true, "room": "other"})),
                ("a join", json!({"roomJoin": true, "room": room})),
                ("nothing", json!({})),
            ];
            let mut refused: Vec<(&str, String)> = grants
                .iter()
                .filter(|(name, _)| *name != needs)
                .filter(|(name, _)| !(*name == "another room" && wanted(method, kind).0 == 501))
                .map(|(name, grant)| (*name, server_token(grant)))
                .collect();
            let all = json!({"roomCreate": true, "roomList": true, "roomAdmin": true, "room": room});
            refused.push(("no token", String::new()));
            refused.push((
                "forged",
                signed(&json!({"iss": KEY, "exp": now_seconds() + 60, "video": all}), "wrong"),
            ));
            refused.push(("expired", signed(&json!({"iss": KEY, "exp": 1_000, "video": all}), SECRET)));
            refused.push((
                "foreign",
                signed(&json!({"iss": "x", "exp": now_seconds() + 60, "video": all}), SECRET),
            ));
            for (name, token) in refused {
                let (status, answer) = call(&server, method, &token, body.clone()).await;
                // Wrong tokens in great number are told to slow down.
                let told = (status, answer["code"].as_str().unwrap());
                let slowed = (429, "resource_exhausted");
                assert!(
                    told == (401, "unauthenticated") || told == slowed,
                    "{method} {kind} {name}: {answer}"
                );
            }
            let right = grants.iter().find(|(name, _)| *name == needs).map(|(_, grant)| server_token(grant));
            let (status, answer) = call(&server, method, &right.unwrap(), body).await;
            let code = answer.get("code").and_then(Value::as_str).unwrap_or_default();
            assert_eq!((status, code), wanted(method, kind), "{method} {kind}: {answer}");
            if method == "CreateRoom" && kind == "none" {
                let create = server_token(&json!({"roomCreate": true}));
                assert_eq!(call(&server, "DeleteRoom", &create, json!({"room": room})).await.0, 200);
            }
        }
    }
}

#[tokio::test]
async fn in_a_session_a_call_silences_and_never_lets_speak() {
    let (server, [(speaker, sid), _]) = two_rooms().await;
    let (identity, admin) = (user(1).to_string(), admin(ROOM));
    let viewer = Bot::join(&server, &token(&user(2).to_string(), ROOM)).await;
    viewer.hears(&sid, 5).await;
    let mute = |muted: bool| json!({"room": ROOM, "identity": identity, "track_sid": sid, "muted": muted});
    let (status, answer) = call(&server, "MutePublishedTrack", &admin, mute(true)).await;
    assert_eq!((status, &answer["track"]["muted"]), (200, &json!(true)));
    server.seen(user(1), Fact::SelfMuted { media: Media::Audio, muted: true }).await;
    speaker
        .until("the mute", |seen| seen.told.iter().any(|told| matches!(told, Told::Mute(mute) if mute.muted)))
        .await;
    speaker.says(UNDER_WAY).await;
    let before = viewer.count(&sid);
    let (status, answer) = call(&server, "MutePublishedTrack", &admin, mute(false)).await;
    assert_eq!((status, &answer["code"]), (412, &json!("failed_precondition")));
    speaker.says(SILENCE).await;
    assert_eq!(viewer.count(&sid), before, "it kept speaking, and nobody heard it");
    let everything = json!({"room": ROOM, "identity": user(2).to_string(),
        "permission": {"can_publish": true, "can_subscribe": true, "can_publish_data": true}});
    let (status, _) = call(&server, "UpdateParticipant", &admin, everything).await;
    assert_eq!(status, 412, "a viewer stays one");
    let (_, answer) =
        call(&server, "GetParticipant", &admin, json!({"room": ROOM, "identity": user(2).to_string()})).await;
    assert_eq!(answer["permission"]["can_publish"], false);
    server.person(user(1), true, MediaGrant::NOTHING).await;
    let (status, answer) = call(&server, "MutePublishedTrack", &admin, mute(false)).await;
    assert_eq!((status, &answer["code"]), (404, &json!("not_found")), "orders take the track away");
}

#[tokio::test]
async fn in_a_free_room_calls_reach_people_and_media() {
    let (server, [_, (ann, sid)]) = two_rooms().await;
    let admin = admin("free");
    let bob = Bot::join(&server, &token("bob", "free")).await;
    bob.hears(&sid, 5).await;
    let data = json!({"room": "free", "data": "aGk=", "kind": "RELIABLE", "topic": "t",
        "destinationIdentities": ["bob"]});
    assert_eq!(call(&server, "SendData", &admin, data).await, (200, json!({})));
    let seen = bob.until("data", |seen| !seen.data.is_empty()).await;
    let Some(Sent::User(packet)) = &seen.data[0].value else { panic!("{:?}", seen.data) };
    assert_eq!((packet.payload.as_slice(), packet.topic.as_deref()), (b"hi".as_slice(), Some("t")));
    assert_eq!((seen.data[0].participant_identity.as_str(), seen.data[0].sequence), ("", 0));
    call(&server, "UpdateRoomMetadata", &admin, json!({"room": "free", "metadata": "m2"})).await;
    bob.until("the room's metadata", |seen| {
        seen.told.iter().any(|told| matches!(told, Told::RoomUpdate(update) if update.room.as_ref().is_some_and(|room| room.metadata == "m2")))
    })
    .await;
    let silence = json!({"room": "free", "identity": "bob", "track_sids": [sid], "subscribe": false});
    assert_eq!(call(&server, "UpdateSubscriptions", &admin, silence).await.0, 200);
    ann.says(UNDER_WAY).await;
    let before = bob.count(&sid);
    ann.says(SILENCE).await;
    assert_eq!(bob.count(&sid), before);
    assert_eq!(
        call(&server, "RemoveParticipant", &admin, json!({"room": "free", "identity": "bob"})).await.0,
        200
    );
    let seen = bob.until("the leave", |seen| seen.leave().is_some()).await;
    assert_eq!(seen.leave().unwrap().0, proto::DisconnectReason::ParticipantRemoved);
    let create = server_token(&json!({"roomCreate": true}));
    assert_eq!(call(&server, "DeleteRoom", &create, json!({"room": "free"})).await, (200, json!({})));
    let seen = ann.until("the leave", |seen| seen.leave().is_some()).await;
    assert_eq!(seen.leave().unwrap().0, proto::DisconnectReason::RoomDeleted);
    let list = server_token(&json!({"roomList": true}));
    let (_, rooms) = call(&server, "ListRooms", &list, json!({})).await;
    assert_eq!(rooms["rooms"].as_array().unwrap().len(), 1, "the session's is left: {rooms}");
}

#[tokio::test]
async fn protobuf_is_answered_in_protobuf() {
    use prost::Message as _;
    let server = Server::start(false).await;
    let send = |content_type: &'static str, body: Vec<u8>| {
        client()
            .post(format!("http://{}//twirp/livekit.RoomService/CreateRoom", server.address))
            .bearer_auth(server_token(&json!({"roomCreate": true})))
            .header("content-type", content_type)
            .body(body)
            .send()
    };
    let request = proto::CreateRoomRequest { name: "r".into(), ..proto::CreateRoomRequest::default() };
    let answer = send("application/protobuf", request.encode_to_vec()).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (200, &"application/protobuf".parse().unwrap())
    );
    assert_eq!(proto::Room::decode(answer.bytes().await.unwrap()).unwrap().name, "r");
    let answer = send("application/protobuf", vec![0xff; 20]).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["code"].clone()),
        (400, json!("malformed"))
    );
    let answer = send("text/plain", Vec::new()).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["code"].clone()),
        (404, json!("bad_route"))
    );
    let (status, headers, body) = server.get("/twirp/livekit.RoomService/ListRooms", false).await;
    assert_eq!((status, headers["content-type"].as_str()), (401, "application/json"), "{body}");
}
