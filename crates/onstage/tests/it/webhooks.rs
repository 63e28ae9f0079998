//! Webhooks of the real binary: catches events that a `kill -9` loses, and deliveries that come out of order after it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use jsonwebtoken::{EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::running::{Api, Installation, PATIENCE};

const KEY: &str = "APItests";
const SECRET: &str = "a secret that is long enough for tests";

/// A receiver that is away until it is told to be back.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Got>>,
    bell: Arc<Notify>,
}

#[derive(Default)]
struct Got {
    is_back: bool,
    tries: Vec<String>,
    events: Vec<Value>,
}

impl Receiver {
    async fn start() -> (Self, String) {
        let receiver = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().route("/hook", post(take)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (receiver, url)
    }

    async fn until(&self, holds: impl Fn(&Got) -> bool) {
        let found = async {
            loop {
                let rung = self.bell.notified();
                if holds(&self.got.lock().unwrap()) {
                    return;
                }
                rung.await;
            }
        };
        let seen = || self.got.lock().unwrap().tries.len();
        assert!(tokio::time::timeout(PATIENCE, found).await.is_ok(), "never came; {} tries", seen());
    }
}

async fn take(State(receiver): State<Receiver>, body: String) -> StatusCode {
    let event: Value = serde_json::from_str(&body).unwrap();
    let mut got = receiver.got.lock().unwrap();
    got.tries.push(event["id"].as_str().unwrap().to_owned());
    let is_back = got.is_back;
    if is_back {
        got.events.push(event);
    }
    drop(got);
    receiver.bell.notify_waiters();
    if is_back { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR }
}

async fn twirp(api: &Api, method: &str, request: Value) {
    let exp = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() + 600;
    let claims = json!({"iss": KEY, "exp": exp, "video": {"roomCreate": true}});
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = jsonwebtoken::encode(&Header::default(), &claims, &key).unwrap();
    let path = format!("/twirp/livekit.RoomService/{method}");
    let (status, body) = api.call(Method::POST, &path, &token, request).await;
    assert_eq!(status, 200, "{method}: {body}");
}

fn told(got: &Got) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    got.events.iter().map(|event| (text(&event["room"]["name"]), text(&event["event"]))).collect()
}

#[tokio::test]
async fn what_a_receiver_has_missed_is_told_after_kill_9_in_order() {
    let (receiver, url) = Receiver::start().await;
    let installation = Installation::new()
        .with("ONSTAGE_MEDIA_API_KEY", KEY)
        .with("ONSTAGE_MEDIA_API_SECRET", SECRET)
        .with("ONSTAGE_WEBHOOKS_URLS", &url);
    let server = installation.start();
    for room in ["one", "two"] {
        twirp(&server, "CreateRoom", json!({"name": room})).await;
        twirp(&server, "DeleteRoom", json!({"room": room})).await;
    }
    twirp(&server, "CreateRoom", json!({"name": "three"})).await;
    // Each room's first event has been tried, so everything before the last call is in the file.
    receiver.until(|got| got.tries.iter().collect::<std::collections::BTreeSet<_>>().len() == 3).await;
    server.kill();
    assert!(receiver.got.lock().unwrap().events.is_empty());
    receiver.got.lock().unwrap().is_back = true;
    let server = installation.start();
    receiver.until(|got| got.events.len() >= 5).await;
    let got = receiver.got.lock().unwrap();
    let of = |room: &str| {
        told(&got).into_iter().filter(|(name, _)| name == room).map(|(_, event)| event).collect::<Vec<_>>()
    };
    assert_eq!(
        (of("one"), of("two")),
        (
            vec!["room_started".to_owned(), "room_finished".to_owned()],
            vec!["room_started".to_owned(), "room_finished".to_owned()],
        )
    );
    assert_eq!(of("three"), ["room_started"]);
    let ids: std::collections::BTreeSet<&str> =
        got.events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), got.events.len(), "each once");
    drop(got);
    drop(server);
    assert!(!installation.log().contains(SECRET), "the secret is in no log");
}
