//! Hard case 7 without media: after `kill -9` sessions, seats, chat and requests are back, and clients resume by `seq`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::running::{Installation, Running};

/// Asks to go up, is let in and goes on stage.
async fn seat(server: &Running, host: &str, session: &str, guest: &str) {
    let path = format!("/v1/sessions/{session}");
    server.post(&format!("{path}/join"), guest, json!({})).await;
    let request = server.post(&format!("{path}/requests"), guest, json!({})).await;
    let id = request["id"].as_str().unwrap();
    server.post(&format!("{path}/requests/{id}/accept"), host, json!({})).await;
    server.post(&format!("{path}/people/me/go_on_stage"), guest, json!({})).await;
}

fn seats(people: &Value) -> Vec<(String, u64)> {
    let staged = people["items"].as_array().unwrap().iter();
    staged
        .filter_map(|person| Some((person["handle"].as_str()?.to_owned(), person["seat"].as_u64()?)))
        .collect()
}

#[tokio::test]
async fn hard_case_7_everything_is_back_after_kill_9_and_clients_resume_by_seq() {
    let installation = Installation::new();
    let server = installation.start();
    let host = server.sign_up("ada").await;
    let session = server.go_live(&host).await;
    let path = format!("/v1/sessions/{session}");
    let mut guests = Vec::new();
    for n in 1..=7 {
        let guest = server.sign_up(&format!("guest_{n}")).await;
        seat(&server, &host, &session, &guest).await;
        guests.push(guest);
    }
    let kicked = server.sign_up("mallory").await;
    server.post(&format!("{path}/join"), &kicked, json!({})).await;
    let mallory = server.get("/v1/me", &kicked).await["account"]["id"].as_str().unwrap().to_owned();
    server.post(&format!("{path}/people/{mallory}/kick"), &host, json!({})).await;
    let waiting = server.sign_up("waiting").await;
    server.post(&format!("{path}/join"), &waiting, json!({})).await;
    server.post(&format!("{path}/requests"), &waiting, json!({ "message": "Me too" })).await;
    let mut socket = server.socket(&guests[0]).await;
    socket.subscribe(&session, None).await;
    let snapshot = socket.next().await.unwrap();
    let seq = snapshot["seq"].as_i64().unwrap();
    server.post(&format!("{path}/messages"), &host, json!({ "text": "before the cut" })).await;
    let before = seats(&server.get(&format!("{path}/people"), &host).await);
    assert_eq!(before.len(), 8);

    server.kill();
    let server = installation.start();

    assert_eq!(server.get(&path, &host).await["status"], "live");
    assert_eq!(seats(&server.get(&format!("{path}/people"), &host).await), before);
    let requests = server.get(&format!("{path}/requests"), &host).await;
    assert!(requests["items"].as_array().unwrap().iter().any(|request| request["state"] == "pending"));
    let messages = server.get(&format!("{path}/messages"), &host).await;
    assert_eq!(messages["items"].as_array().unwrap().last().unwrap()["text"], "before the cut");
    let refused = server.call(Method::POST, &format!("{path}/join"), &kicked, json!({})).await;
    assert_eq!((refused.0, &refused.1["code"]), (403, &json!("moderation/blocked")));

    server.post(&format!("{path}/messages"), &host, json!({ "text": "after the cut" })).await;
    let mut socket = server.socket(&guests[0]).await;
    socket.subscribe(&session, Some(seq)).await;
    let events = socket.until(|event| event["data"]["message"]["text"] == "after the cut").await;
    let kept: Vec<&Value> = events.iter().filter(|event| event["seq"].is_i64()).collect();
    let mut last = seq;
    for event in &kept {
        assert_eq!(event["prev"].as_i64(), Some(last), "a gap or a repeat: {events:?}");
        last = event["seq"].as_i64().unwrap();
    }
    let texts: Vec<&str> =
        kept.iter().filter_map(|event| event["data"]["message"]["text"].as_str()).collect();
    assert_eq!(texts, ["before the cut", "after the cut"]);
}

#[tokio::test]
async fn what_was_acknowledged_before_kill_9_is_there() {
    let installation = Installation::new();
    let server = installation.start();
    let host = server.sign_up("ada").await;
    let session = server.go_live(&host).await;
    let path = format!("/v1/sessions/{session}/messages");
    for n in 0..10 {
        server.post(&path, &host, json!({ "text": format!("message {n}") })).await;
    }
    server.kill();
    let server = installation.start();
    let messages = server.get(&path, &host).await;
    let texts: Vec<&str> =
        messages["items"].as_array().unwrap().iter().filter_map(|message| message["text"].as_str()).collect();
    let expected: Vec<String> = (0..10).map(|n| format!("message {n}")).collect();
    assert_eq!(texts, expected);
}
