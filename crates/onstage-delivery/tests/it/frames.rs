//! Would catch a malformed frame that closes a socket, stops the server, or reaches another person (hard case 17).

use futures_util::{SinkExt as _, StreamExt as _};
use onstage_domain::Command;
use onstage_domain::chat::Command as Chat;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::tungstenite::Message;

use crate::world::{Client, House, PATIENCE, session, texts};

#[tokio::test]
async fn commands_are_carried_out_and_answered() {
    let house = House::open().await;
    let mut client = house.socket(1).await;
    let data = json!({ "session_id": session(), "kind": "heart", "count": 3 });
    client.send(json!({ "id": 7, "type": "command", "name": "chat.react", "data": data })).await;
    assert_eq!(client.next().await, json!({ "reply_to": 7, "ok": true }));
    assert!(matches!(house.world.commands()[..], [Command::Chat(Chat::React { count: 3, .. })]));
}

#[tokio::test]
async fn wrong_fields_are_all_named_and_nothing_is_carried_out() {
    let house = House::open().await;
    let mut client = house.socket(1).await;
    let data = json!({ "session_id": session(), "kind": "spit", "count": 900 });
    client.send(json!({ "id": 7, "type": "command", "name": "chat.react", "data": data })).await;
    let problem = client.next().await["problem"].clone();
    assert_eq!((&problem["status"], problem["errors"].as_array().unwrap().len()), (&json!(422), 2));
    client.send(json!({ "id": 8, "type": "command", "name": "stage.burn", "data": {} })).await;
    assert_eq!(client.next().await["problem"]["code"], "request/unknown_command");
    assert_eq!(house.world.commands().len(), 0);
}

#[tokio::test]
async fn hard_case_17_malformed_frames_are_answered_and_harm_nobody() {
    let house = House::open().await;
    let mut other = house.listener(2).await;
    let mut client = house.listener(1).await;
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let frames = ["", "{", "null", "7", &deep, r#"{"type":"subscribe","session_id":-1}"#, r#"{"id":1e999}"#];
    for frame in frames {
        client.socket.send(Message::text(frame)).await.unwrap();
        assert!(client.next().await["problem"]["code"].is_string(), "{frame:.20}");
    }
    client.socket.send(Message::binary(vec![0xff, 0xfe, 0x00])).await.unwrap();
    assert_eq!(client.next().await["problem"]["code"], "request/unreadable");
    house.world.chat("all is well");
    assert_eq!(texts(&other.events(1).await), ["all is well"]);
    assert_eq!(texts(&client.events(1).await), ["all is well"]);
}

#[tokio::test]
async fn reaches_bad_frames_per_minute_max() {
    let house = House::open().await;
    let mut client = house.socket(1).await;
    for _ in 0..9 {
        client.socket.send(Message::text("?")).await.unwrap();
        assert_eq!(client.next().await["problem"]["code"], "request/unreadable");
    }
    client.socket.send(Message::text("?")).await.unwrap();
    assert_eq!(client.close_code().await, 1008);
}

/// A socket of each kind of the first person.
async fn both(house: &House) -> [Client; 2] {
    [house.listener(1).await, house.live(1).await]
}

async fn all_is_well(house: &House, other: &mut Client) {
    house.world.chat("all is well");
    assert_eq!(texts(&other.events(1).await), ["all is well"]);
}

#[tokio::test]
async fn hard_case_17_a_frame_that_is_too_long_closes_its_own_socket_alone_with_1009() {
    let house = House::open().await;
    let mut other = house.listener(2).await;
    for mut client in both(&house).await {
        client.socket.send(Message::text("x".repeat(64 * 1024 + 1))).await.unwrap();
        assert_eq!(client.close_code().await, 1009);
    }
    for mut client in both(&house).await {
        // Whoever sends ten megabytes may be cut off before the last of them.
        let sent = client.socket.send(Message::text("x".repeat(10 * 1024 * 1024))).await;
        assert!(sent.is_err() || [1006, 1009].contains(&client.close_code().await));
    }
    all_is_well(&house, &mut other).await;
}

#[tokio::test]
async fn hard_case_17_bytes_that_are_no_frames_close_their_own_socket_alone() {
    let house = House::open().await;
    let mut other = house.listener(2).await;
    let masked = [0_u8; 4];
    let not_utf8 = [&[0x81, 0x82][..], &masked, &[0xff, 0xfe]].concat();
    let unmasked = vec![0x81, 0x02, b'h', b'i'];
    let reserved = [&[0xf3, 0x80][..], &masked].concat();
    for (bytes, code) in [(not_utf8, 1007), (unmasked, 1002), (reserved, 1002)] {
        for mut client in both(&house).await {
            client.socket.get_mut().write_all(&bytes).await.unwrap();
            assert_eq!(client.close_code().await, code, "{bytes:?}");
        }
    }
    for mut client in both(&house).await {
        let truncated = [0x81, 0xfe, 0x10];
        client.socket.get_mut().write_all(&truncated).await.unwrap();
    }
    house.until_connections(1).await;
    all_is_well(&house, &mut other).await;
}

/// Parts of a message, with a question in between: an answer comes, and the message is whole.
#[tokio::test]
async fn a_message_in_parts_is_one_and_pings_are_answered() {
    let house = House::open().await;
    let mut client = house.socket(1).await;
    let (first, second) = (br#"{"id":5,"#, br#""type":"ping"}"#);
    let mask = [0_u8; 4];
    let part = |kind: u8, words: &[u8]| [&[kind, 0x80 | words.len() as u8][..], &mask, words].concat();
    let bytes = [part(0x01, first), part(0x89, b"there?"), part(0x80, second)].concat();
    client.socket.get_mut().write_all(&bytes).await.unwrap();
    let (mut answered, mut ponged) = (false, false);
    while !(answered && ponged) {
        match tokio::time::timeout(PATIENCE, client.socket.next()).await.unwrap().unwrap().unwrap() {
            Message::Text(text) => answered |= text.as_str() == r#"{"reply_to":5,"ok":true}"#,
            Message::Pong(words) => ponged |= words.as_ref() == b"there?",
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_stranger_is_told_to_sign_in() {
    let house = House::open().await;
    let mut client = house.stranger("").await.unwrap();
    client.send(json!({ "id": 1, "type": "subscribe", "session_id": session() })).await;
    assert_eq!(client.next().await["problem"]["code"], "accounts/unauthenticated");
}

#[tokio::test]
async fn a_socket_never_changes_hands() {
    let house = House::open().await;
    let mut client = house.socket(1).await;
    client.send(json!({ "id": 1, "type": "authenticate", "access_token": "user-2" })).await;
    assert_eq!(client.next().await["problem"]["code"], "accounts/identity_mismatch");
    client.send(json!({ "id": 2, "type": "authenticate", "access_token": "user-1" })).await;
    assert_eq!(client.next().await["ok"], true);
}

#[tokio::test]
async fn unsubscribed_means_silence() {
    let house = House::open().await;
    let mut client = house.listener(1).await;
    client.send(json!({ "id": 3, "type": "unsubscribe", "session_id": session() })).await;
    assert_eq!(client.next().await["ok"], true);
    house.world.chat("not for you");
    client.send(json!({ "id": 4, "type": "ping" })).await;
    assert_eq!(client.next().await, json!({ "reply_to": 4, "ok": true }));
}
