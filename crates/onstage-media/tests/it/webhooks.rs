//! Webhooks to a receiver: catches a wrong signature, a changed order, a lost retry, and a post to where nobody said.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use onstage_media::WebhookConfig;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::support::bot::Bot;
use super::support::*;

/// What a receiver has got, and what it answers.
#[derive(Default)]
struct Got {
    /// Taken ones.
    events: Vec<Value>,
    /// All tries, in order.
    tries: Vec<String>,
    /// So many more are answered with 500.
    failures: usize,
    /// Posts that are not answered yet, and the most there were.
    open: usize,
    most: usize,
    held: bool,
}

#[derive(Clone)]
struct Receiver {
    address: SocketAddr,
    got: watch::Sender<Arc<std::sync::Mutex<Got>>>,
}

impl Receiver {
    async fn start(failures: usize, held: bool) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let got = Arc::new(std::sync::Mutex::new(Got { failures, held, ..Got::default() }));
        let receiver = Self { address: listener.local_addr().unwrap(), got: watch::channel(got).0 };
        let router =
            Router::new().route("/hook", post(take)).route("/away", post(away)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        receiver
    }

    fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Got) -> T) -> T {
        let changed = change(&mut self.got.borrow().lock().unwrap());
        self.got.send_modify(|_| {});
        changed
    }

    async fn until(&self, what: &str, holds: impl Fn(&Got) -> bool) {
        let mut got = self.got.subscribe();
        let found = tokio::time::timeout(PATIENCE, got.wait_for(|got| holds(&got.lock().unwrap()))).await;
        let seen = |got: &Got| got.events.iter().map(|event| event["event"].to_string()).collect::<Vec<_>>();
        assert!(found.is_ok(), "{what} never came: {:?}", self.change(|got| seen(got)));
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    assert_eq!(headers["content-type"], "application/webhook+json");
    let token = headers["authorization"].to_str().unwrap();
    let key = jsonwebtoken::DecodingKey::from_secret(SECRET.as_bytes());
    let claims =
        jsonwebtoken::decode::<Value>(token, &key, &jsonwebtoken::Validation::default()).unwrap().claims;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &body);
    assert_eq!(claims["sha256"], base64::engine::general_purpose::STANDARD.encode(digest));
    assert_eq!(claims["iss"], KEY);
    let event: Value = serde_json::from_slice(&body).unwrap();
    let fails = receiver.change(|got| {
        got.tries.push(event["id"].as_str().unwrap().to_owned());
        got.open += 1;
        got.most = got.most.max(got.open);
        let fails = got.failures > 0;
        got.failures = got.failures.saturating_sub(1);
        fails
    });
    let mut seen = receiver.got.subscribe();
    let _ = seen.wait_for(|got| !got.lock().unwrap().held).await;
    receiver.change(|got| {
        got.open -= 1;
        if !fails {
            got.events.push(event);
        }
    });
    if fails { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }.into_response()
}

async fn away(State(receiver): State<Receiver>, body: Bytes) -> Response {
    let event: Value = serde_json::from_slice(&body).unwrap();
    receiver.change(|got| got.tries.push(event["id"].as_str().unwrap().to_owned()));
    (StatusCode::TEMPORARY_REDIRECT, [("location", receiver.url())]).into_response()
}

async fn telling(urls: Vec<String>) -> Server {
    let server = Server::telling(config(false), &WebhookConfig { urls, folder: None }).await;
    server.media.open_doors();
    server
}

async fn call(server: &Server, method: &str, request: Value) {
    let claims = json!({"iss": KEY, "exp": now_seconds() + 60, "video": {"roomCreate": true}});
    let answer = client()
        .post(format!("http://{}/twirp/livekit.RoomService/{method}", server.address))
        .bearer_auth(signed(&claims, SECRET))
        .json(&request)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 200);
}

/// One for each test: its connections belong to the test's runtime, and making one reads the system's certificates.
fn client() -> reqwest::Client {
    thread_local!(static CLIENT: reqwest::Client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap());
    CLIENT.with(Clone::clone)
}

fn names(got: &Got) -> Vec<String> {
    got.events.iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_show_is_told_signed_and_in_order_whatever_fails_on_the_way() {
    let receiver = Receiver::start(2, false).await;
    let server = telling(vec![receiver.url()]).await;
    call(&server, "CreateRoom", json!({"name": "free", "metadata": "m"})).await;
    let ann = Bot::join(&server, &token("ann", "free")).await;
    let sid = ann.speak().await.sid;
    receiver.until("the track", |got| names(got).contains(&"track_published".to_owned())).await;
    call(&server, "DeleteRoom", json!({"room": "free"})).await;
    receiver.until("the end", |got| names(got).contains(&"room_finished".to_owned())).await;
    let (events, tries) = receiver.change(|got| (got.events.clone(), got.tries.clone()));
    let told: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    let wanted = [
        "room_started",
        "participant_joined",
        "track_published",
        "track_unpublished",
        "participant_left",
        "room_finished",
    ];
    assert_eq!(told, wanted);
    assert_eq!(
        tries[..3],
        [tries[0].clone(), tries[0].clone(), tries[0].clone()],
        "the first until it is taken"
    );
    let ids: std::collections::BTreeSet<&str> =
        events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), events.len());
    assert_eq!((&events[0]["room"]["name"], &events[0]["room"]["metadata"]), (&json!("free"), &json!("m")));
    assert_eq!(events[1]["participant"]["state"], "ACTIVE");
    assert_eq!(
        (&events[2]["track"]["sid"], &events[2]["track"]["source"]),
        (&json!(sid), &json!("MICROPHONE"))
    );
    let participant = events[2]["participant"].as_object().unwrap();
    assert_eq!(
        participant.keys().collect::<Vec<_>>(),
        ["identity", "sid"],
        "of tracks only names (Corrections, 26)"
    );
    assert_eq!(events[4]["participant"]["disconnectReason"], "ROOM_DELETED");
    assert!(events[0]["createdAt"].is_string(), "64 bits are text");
    assert!(!events[0].to_string().contains("null"), "no defaults are printed");
}

#[tokio::test]
async fn every_address_gets_every_event_and_one_that_fails_holds_up_nobody() {
    let (good, bad) = (Receiver::start(0, false).await, Receiver::start(0, true).await);
    let server = telling(vec![bad.url(), good.url()]).await;
    call(&server, "CreateRoom", json!({"name": "free"})).await;
    call(&server, "DeleteRoom", json!({"room": "free"})).await;
    good.until("both", |got| names(got) == ["room_started", "room_finished"]).await;
    bad.until("the first", |got| got.open == 1).await;
    bad.change(|got| got.held = false);
    bad.until("both", |got| names(got) == ["room_started", "room_finished"]).await;
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let receiver = Receiver::start(0, false).await;
    let server = telling(vec![format!("http://{}/away", receiver.address)]).await;
    call(&server, "CreateRoom", json!({"name": "free"})).await;
    receiver.until("a second try", |got| got.tries.len() >= 2).await;
    assert!(receiver.change(|got| got.events.is_empty() && got.tries[0] == got.tries[1]));
}

#[tokio::test]
async fn reaches_posts_at_once_max() {
    let receiver = Receiver::start(0, true).await;
    let server = telling(vec![receiver.url()]).await;
    for room in 0..20 {
        call(&server, "CreateRoom", json!({"name": format!("room {room}")})).await;
    }
    receiver.until("sixteen at once", |got| got.open == 16).await;
    receiver.change(|got| got.held = false);
    receiver.until("all of them", |got| got.events.len() == 20).await;
    assert_eq!(receiver.change(|got| got.most), 16);
    let mut rooms: BTreeMap<String, usize> = BTreeMap::new();
    for event in receiver.change(|got| got.events.clone()) {
        *rooms.entry(event["room"]["name"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(rooms.values().all(|count| *count == 1), "{rooms:?}");
}

#[tokio::test]
async fn what_was_not_taken_is_told_by_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(usize::MAX, false).await;
    let webhooks = WebhookConfig { urls: vec![receiver.url()], folder: Some(folder.path().to_owned()) };
    let server = Server::telling(config(false), &webhooks).await;
    server.media.open_doors();
    call(&server, "CreateRoom", json!({"name": "free"})).await;
    receiver.until("a try", |got| !got.tries.is_empty()).await;
    server.media.shutdown().await;
    drop(server);
    receiver.change(|got| got.failures = 0);
    let _next = Server::telling(config(false), &webhooks).await;
    receiver
        .until("both", |got| names(got).ends_with(&["room_started".to_owned(), "room_finished".to_owned()]))
        .await;
    let first = receiver.change(|got| got.tries[0].clone());
    assert!(
        receiver.change(|got| got.events.iter().any(|event| event["id"] == first.as_str())),
        "the same id"
    );
}
