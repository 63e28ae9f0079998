//! A server on free ports, tokens, and facts as they come.

pub mod bot;
pub mod peer;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{EncodingKey, Header};
use onstage_domain::media::{MediaFact, MediaGrant, MediaOrder, Seen};
use onstage_domain::ports::{CarryOut, ObserveMedia, Pending};
use onstage_domain::{SessionId, UserId};
use onstage_media::{Media, MediaConfig};
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};
use uuid::Uuid;

pub const KEY: &str = "key";
pub const SECRET: &str = "a secret of the tests";
pub const ROOM: &str = "show";
/// No test waits longer for anything.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub const ALL: MediaGrant =
    MediaGrant { may_speak: true, may_show: true, may_share: true, ..MediaGrant::NOTHING };
pub const HOST_MUTED: MediaGrant = MediaGrant { host_muted_audio: true, self_muted_audio: true, ..ALL };

pub struct Recorder(mpsc::UnboundedSender<MediaFact>);

impl Recorder {
    pub fn new(facts: mpsc::UnboundedSender<MediaFact>) -> Self {
        Self(facts)
    }
}

impl ObserveMedia for Recorder {
    fn observe_media(&self, fact: MediaFact) -> Pending<'_, ()> {
        let _ = self.0.send(fact);
        Box::pin(async {})
    }
}

pub struct Server {
    pub media: Media,
    pub address: SocketAddr,
    facts: Mutex<mpsc::UnboundedReceiver<MediaFact>>,
}

pub fn config(auto_create_rooms: bool) -> MediaConfig {
    MediaConfig {
        api_key: KEY.into(),
        api_secret: SECRET.into(),
        listen: "127.0.0.1".parse().unwrap(),
        udp_port: 0,
        tcp_port: onstage_media::Listening::Preferred(0),
        turn_port: onstage_media::Listening::Preferred(0),
        tls: None,
        shards: 1,
        public_ips: Vec::new(),
        auto_create_rooms,
        ice_servers: Vec::new(),
        limits_enabled: true,
        public_url: "https://live.example/".into(),
    }
}

impl Server {
    pub async fn start(auto_create_rooms: bool) -> Self {
        let server = Self::closed(auto_create_rooms).await;
        server.media.open_doors();
        server
    }

    /// Before its doors are open.
    pub async fn closed(auto_create_rooms: bool) -> Self {
        Self::with(config(auto_create_rooms)).await
    }

    /// With settings of its own; its doors are closed.
    pub async fn with(config: MediaConfig) -> Self {
        Self::telling(config, &onstage_media::WebhookConfig::default()).await
    }

    /// With webhooks; its doors are closed.
    pub async fn telling(config: MediaConfig, webhooks: &onstage_media::WebhookConfig) -> Self {
        let (told, facts) = mpsc::unbounded_channel();
        let media = Media::start_telling(config, Arc::new(Recorder(told)), webhooks).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = media.router();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { media, address, facts: Mutex::new(facts) }
    }

    /// Waits until this was seen of this person.
    pub async fn seen(&self, user: UserId, wanted: Seen) {
        self.seen_where(user, |seen| *seen == wanted).await;
    }

    /// Waits until something of the kind was seen of this person.
    pub async fn seen_where(&self, user: UserId, wanted: impl Fn(&Seen) -> bool) {
        let mut facts = self.facts.lock().await;
        let found = async {
            loop {
                let fact = facts.recv().await.expect("the observer is there");
                if fact.user == user && wanted(&fact.seen) {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("never saw it"));
    }

    pub async fn order(&self, orders: Vec<MediaOrder>) {
        assert!(self.media.carry_out(orders).await, "enforced");
    }

    pub async fn open(&self) {
        self.order(vec![room(true)]).await;
    }

    pub async fn person(&self, user: UserId, admitted: bool, grant: MediaGrant) {
        self.order(vec![MediaOrder::Person { session: session(), user, admitted, grant }]).await;
    }

    /// Status, headers (lower case) and body of a plain GET.
    pub async fn get(&self, path: &str, upgrade: bool) -> (u16, HashMap<String, String>, String) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        let how = if upgrade {
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        } else {
            "Connection: close\r\n"
        };
        let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\n{how}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = Vec::new();
        let mut buffer = [0_u8; 4096];
        while !complete(&text) {
            let count = tokio::time::timeout(PATIENCE, stream.read(&mut buffer)).await.unwrap().unwrap();
            if count == 0 {
                break;
            }
            text.extend_from_slice(&buffer[..count]);
        }
        parse(&String::from_utf8_lossy(&text))
    }
}

fn complete(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
    length.is_none_or(|length| body.len() >= length)
}

fn parse(text: &str) -> (u16, HashMap<String, String>, String) {
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    (status, headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(), body.to_owned())
}

pub fn room(open: bool) -> MediaOrder {
    MediaOrder::Session { session: session(), room_name: ROOM.into(), open }
}

pub fn session() -> SessionId {
    SessionId::new(Uuid::from_u128(77))
}

pub fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

pub fn now_seconds() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

pub fn signed(claims: &Value, secret: &str) -> String {
    jsonwebtoken::encode(&Header::default(), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

/// A token for everything, which is what a cheat would hold.
pub fn token(identity: &str, room: &str) -> String {
    let video = json!({"roomJoin": true, "room": room, "canPublish": true, "canPublishData": true});
    signed(&json!({"iss": KEY, "sub": identity, "exp": now_seconds() + 60, "video": video}), SECRET)
}
