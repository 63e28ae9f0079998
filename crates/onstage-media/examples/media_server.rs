//! A media server for trying clients by hand: rooms open by token, tokens come from `GET /token?room=&identity=&publish=`.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "an example, not part of a server")]

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use jsonwebtoken::{EncodingKey, Header};
use onstage_domain::media::{MediaFact, MediaOrder};
use onstage_domain::ports::{CarryOut, ObserveMedia, Pending};
use onstage_media::{Media, MediaConfig};
use serde_json::{Value, json};

const KEY: &str = "devkey";
const SECRET: &str = "a secret for trying things out, nothing more";

struct Print;

impl ObserveMedia for Print {
    fn observe_media(&self, fact: MediaFact) -> Pending<'_, ()> {
        println!("fact {} {:?}", fact.user, fact.seen);
        Box::pin(async {})
    }
}

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).init();
    let port: u16 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(7880);
    let config = MediaConfig {
        api_key: KEY.to_owned(),
        api_secret: SECRET.to_owned(),
        listen: "127.0.0.1".parse().expect("an address"),
        udp_port: 0,
        tcp_port: onstage_media::Listening::Preferred(0),
        turn_port: onstage_media::Listening::Preferred(0),
        tls: None,
        shards: 1,
        public_ips: Vec::new(),
        auto_create_rooms: true,
        ice_servers: Vec::new(),
        limits_enabled: false,
        public_url: format!("http://127.0.0.1:{port}"),
    };
    let media = Media::start(config, Arc::new(Print)).expect("the media engine starts");
    media.open_doors();
    let app = Router::new()
        .route("/token", get(token))
        .route("/orders", post(orders))
        .route("/page/{name}", get(page))
        .with_state(media.clone())
        .merge(media.router());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
    println!("listening on {} media {:?}", listener.local_addr().expect("bound"), media.health());
    axum::serve(listener, app).await.expect("serving");
}

async fn token(Query(query): Query<HashMap<String, String>>) -> String {
    let word = |name: &str| query.get(name).cloned().unwrap_or_default();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map(|time| time.as_secs())
        .unwrap_or(0);
    let claims = json!({
        "iss": KEY, "sub": word("identity"), "name": word("identity"), "exp": now.saturating_add(600),
        "video": {"roomJoin": true, "room": word("room"), "canPublish": word("publish") == "1"},
    });
    jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET.as_bytes()))
        .expect("signed")
}

async fn orders(State(media): State<Media>, Json(orders): Json<Vec<MediaOrder>>) -> Json<Value> {
    Json(json!({"enforced": media.carry_out(orders).await}))
}

async fn page(Path(name): Path<String>) -> (axum::http::HeaderMap, Vec<u8>) {
    let kind = if name.contains("html") { "text/html" } else { "text/javascript" };
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("content-type", axum::http::HeaderValue::from_static(kind));
    let folder = std::env::args().nth(2).unwrap_or_else(|| ".".to_owned());
    (headers, std::fs::read(std::path::Path::new(&folder).join(name)).unwrap_or_default())
}
