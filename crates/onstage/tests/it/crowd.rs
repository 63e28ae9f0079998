//! Hard case 8 with 1,000 joins over `v1`: each client gets a bounded number of messages, the host is still served.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};

use crate::running::{Installation, Running};

const JOINS: usize = 1_000;
/// How many people come at the same time.
const AT_ONCE: usize = 16;
/// Frames a client may get for a thousand joins within some seconds, however they are cut.
const FRAMES_MOST: usize = 400;

async fn come(server: Arc<Running>, path: Arc<str>, count: usize) {
    for _ in 0..count {
        let token = server.post("/v1/tokens/anonymous", "", json!({})).await;
        let token = token["access_token"].as_str().unwrap().to_owned();
        let (status, body) = server.call(Method::POST, &path, &token, json!({})).await;
        assert_eq!(status, 200, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_8_a_thousand_joins_are_a_bounded_number_of_messages() {
    let installation = Installation::new().with("ONSTAGE_LIMITS_ENABLED", "false");
    let server = Arc::new(installation.start());
    let host = server.sign_up("ada").await;
    let session = server.go_live(&host).await;
    let mut socket = server.socket(&host).await;
    socket.subscribe(&session, None).await;
    let path: Arc<str> = format!("/v1/sessions/{session}/join").into();
    let crowd: Vec<_> = (0..AT_ONCE)
        .map(|n| {
            let share = JOINS / AT_ONCE + usize::from(n < JOINS % AT_ONCE);
            tokio::spawn(come(server.clone(), path.clone(), share))
        })
        .collect();
    let all = |event: &Value| event["data"]["viewer_count"].as_u64() == Some(JOINS as u64);
    let events = socket.until(all).await;
    for people in crowd {
        people.await.unwrap();
    }
    let mut names = BTreeMap::<&str, usize>::new();
    for event in &events {
        *names.entry(event["name"].as_str().unwrap()).or_default() += 1;
    }
    assert!(socket.heard < FRAMES_MOST, "{} frames for {JOINS} joins: {names:?}", socket.heard);
    server.post(&format!("/v1/sessions/{session}/messages"), &host, json!({ "text": "Welcome" })).await;
    socket.until(|event| event["data"]["message"]["text"] == "Welcome").await;
    let view = server.get(&format!("/v1/sessions/{session}"), &host).await;
    assert_eq!(view["viewer_count"], JOINS);
}
