//! What every media engine does for the stage: Onstage's own, and a LiveKit cluster behind its server API and webhooks.
//! The cluster is another Onstage that speaks that API; with `LIVEKIT_URL` it is the one there, whose key is `KEY` with
//! `SECRET` and whose webhooks go to `ONSTAGE_TEST_WEBHOOK_LISTEN`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::IntoResponse as _;
use livekit_protocol as proto;
use onstage_domain::actor::{Actor, Identity};
use onstage_domain::media::{MediaGrant, MediaOrder, Seen as Fact, Source};
use onstage_domain::ports::{AccessRequest, CarryOut};
use onstage_domain::{At, UserId};
use onstage_media::{Cluster, ClusterConfig, WebhookConfig};
use tokio::sync::{Mutex, mpsc};

use super::support::bot::{Bot, Socket};
use super::support::*;

/// Packets of 20 ms: what was under way when the order was acknowledged has arrived after so many.
const UNDER_WAY: u64 = 10;
/// A second of silence.
const SILENCE: u64 = 50;

/// An engine, what it tells, and where its clients go.
struct Rig {
    name: &'static str,
    engine: Arc<dyn CarryOut>,
    facts: Mutex<mpsc::UnboundedReceiver<onstage_domain::media::MediaFact>>,
    url: String,
    /// What the cluster runs on.
    _ground: Option<Server>,
}

/// Onstage's own engine.
async fn embedded() -> Rig {
    let (told, facts) = mpsc::unbounded_channel();
    let media = onstage_media::Media::start(config(false), Arc::new(Recorder::new(told))).unwrap();
    media.open_doors();
    let url = serve(media.router(), "127.0.0.1:0").await;
    Rig { name: "embedded", engine: Arc::new(media), facts: Mutex::new(facts), url, _ground: None }
}

async fn serve(router: axum::Router, listen: &str) -> String {
    serve_on(tokio::net::TcpListener::bind(listen).await.unwrap(), router)
}

fn serve_on(listener: tokio::net::TcpListener, router: axum::Router) -> String {
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("ws://{address}")
}

fn cluster(url: &str) -> (Cluster, mpsc::UnboundedReceiver<onstage_domain::media::MediaFact>) {
    let (told, facts) = mpsc::unbounded_channel();
    let config = ClusterConfig {
        url: url.to_owned(),
        api_key: KEY.into(),
        api_secret: SECRET.into(),
        ice_servers: Vec::new(),
    };
    (Cluster::start(config, Arc::new(Recorder::new(told))).unwrap(), facts)
}

/// A cluster that is another Onstage.
async fn onstage_as_cluster() -> Rig {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hook = listener.local_addr().unwrap();
    let webhooks = WebhookConfig { urls: vec![format!("http://{hook}/webhooks/livekit")], folder: None };
    let ground = Server::telling(config(true), &webhooks).await;
    ground.media.open_doors();
    let url = format!("ws://{}", ground.address);
    let (engine, facts) = cluster(&url);
    serve_on(listener, engine.router());
    Rig { name: "cluster", engine: Arc::new(engine), facts: Mutex::new(facts), url, _ground: Some(ground) }
}

/// The LiveKit server that the environment names.
async fn livekit() -> Option<Rig> {
    let url = std::env::var("LIVEKIT_URL").ok()?;
    let hook = std::env::var("ONSTAGE_TEST_WEBHOOK_LISTEN").expect("where its webhooks go");
    let (engine, facts) = cluster(&url);
    serve(engine.router(), &hook).await;
    Some(Rig { name: "LiveKit", engine: Arc::new(engine), facts: Mutex::new(facts), url, _ground: None })
}

impl Rig {
    async fn order(&self, order: MediaOrder) {
        let enforced = tokio::time::timeout(PATIENCE, self.engine.carry_out(vec![order])).await;
        assert_eq!(enforced, Ok(true), "{}", self.name);
    }

    async fn person(&self, user: UserId, admitted: bool, grant: MediaGrant) {
        self.order(MediaOrder::Person { session: session(), user, admitted, grant }).await;
    }

    async fn seen(&self, user: UserId, wanted: &Fact) {
        let mut facts = self.facts.lock().await;
        let found = async {
            while let Some(fact) = facts.recv().await {
                if fact.user == user && fact.seen == *wanted {
                    return;
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, found).await;
        assert!(found.is_ok(), "{}: {wanted:?} was never told", self.name);
    }

    /// The socket of somebody with the token that the engine gives.
    async fn socket(&self, user: UserId, staged: bool) -> Option<Socket> {
        let at = At(i64::try_from(now_seconds()).unwrap() * 1_000);
        let actor = Actor {
            user_id: user,
            handle: "somebody".into(),
            display_name: "Somebody".into(),
            avatar_url: None,
            identity: Identity::Account { operator: false },
            family: None,
        };
        let request = AccessRequest { room_name: ROOM, actor: &actor, staged, now: at };
        let token = self.engine.access(request).unwrap().token;
        let url = format!("{}/rtc?access_token={token}&protocol=17", self.url);
        tokio_tungstenite::connect_async(url).await.ok().map(|(socket, _)| socket)
    }

    /// Who is muted by a host is heard no more, while their client goes on sending.
    async fn mutes(&self, user: UserId, speaker: &Bot, (viewer, sid): (&Bot, &str)) {
        self.person(user, true, HOST_MUTED).await;
        speaker.says(UNDER_WAY).await;
        let after = viewer.count(sid);
        speaker.says(SILENCE).await;
        assert_eq!(viewer.count(sid), after, "{}: muted, and heard", self.name);
    }

    /// Who is sent away goes, and does not stay when they come back.
    async fn sends_away(&self, user: UserId, bot: &Bot) {
        self.person(user, false, MediaGrant::NOTHING).await;
        let gone = bot.until("the end", is_over).await;
        if let Some((reason, _)) = gone.leave() {
            assert_eq!(reason, proto::DisconnectReason::ParticipantRemoved, "{}", self.name);
        }
        self.seen(user, &Fact::Lost).await;
        if let Some(socket) = self.socket(user, true).await {
            // A cluster lets a token in that is still good; the order puts its bearer out again.
            Bot::start(socket).await.until("the end again", is_over).await;
        }
    }

    async fn join(&self, user: UserId, staged: bool) -> Bot {
        let bot = Bot::start(self.socket(user, staged).await.expect("let in")).await;
        bot.until("media", |seen| seen.subscriber_up).await;
        bot
    }
}

/// A room with two people who speak and one who listens to both.
async fn on_air(rig: &Rig) -> ([Bot; 3], [String; 2]) {
    rig.order(room(true)).await;
    rig.person(user(1), true, ALL).await;
    rig.person(user(3), true, ALL).await;
    let speaker = rig.join(user(1), true).await;
    rig.seen(user(1), &Fact::Connected).await;
    let track = speaker.speak().await;
    rig.seen(user(1), &Fact::Published { source: Source::Microphone }).await;
    let other = rig.join(user(3), true).await;
    let others = other.speak().await;
    let viewer = rig.join(user(2), false).await;
    viewer.hears(&track.sid, 10).await;
    viewer.hears(&others.sid, 10).await;
    ([speaker, other, viewer], [track.sid, others.sid])
}

/// The whole story of a guest, whoever carries it.
async fn a_guest_comes_speaks_is_muted_and_is_sent_away(rig: Rig) {
    let ([speaker, _other, viewer], [sid, others]) = on_air(&rig).await;
    rig.mutes(user(1), &speaker, (&viewer, &sid)).await;
    viewer.hears(&others, 10).await;
    rig.sends_away(user(1), &speaker).await;
    viewer.hears(&others, 10).await;
    rig.order(room(false)).await;
    viewer.until("the end of the room", is_over).await;
}

fn is_over(seen: &super::support::bot::Seen) -> bool {
    seen.leave().is_some() || seen.closed.is_some()
}

#[tokio::test]
async fn the_embedded_engine_keeps_the_contract() {
    a_guest_comes_speaks_is_muted_and_is_sent_away(embedded().await).await;
}

#[tokio::test]
async fn a_cluster_keeps_the_contract() {
    a_guest_comes_speaks_is_muted_and_is_sent_away(onstage_as_cluster().await).await;
}

#[tokio::test]
async fn the_livekit_server_of_the_environment_keeps_the_contract() {
    if let Some(rig) = livekit().await {
        a_guest_comes_speaks_is_muted_and_is_sent_away(rig).await;
    }
}

#[tokio::test]
async fn orders_wait_for_a_cluster_that_is_away_and_are_enforced_when_it_comes() {
    let (told, _facts) = mpsc::unbounded_channel();
    let ground = onstage_media::Media::start(config(true), Arc::new(Recorder::new(told))).unwrap();
    ground.open_doors();
    let refused = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&refused);
    // The first calls find a cluster that is still starting.
    let busy = axum::middleware::from_fn(move |request: axum::extract::Request, next: Next| {
        let early = counting.fetch_add(1, Ordering::Relaxed) < 2;
        async move {
            if early { StatusCode::SERVICE_UNAVAILABLE.into_response() } else { next.run(request).await }
        }
    });
    let url = serve(ground.router().layer(busy), "127.0.0.1:0").await;
    let (engine, _facts) = cluster(&url);
    let opened = tokio::time::timeout(PATIENCE, engine.carry_out(vec![room(true)])).await;
    assert_eq!(opened, Ok(true));
    assert!(refused.load(Ordering::Relaxed) > 2, "it was asked again");
    assert!(engine.is_heard());
}

#[tokio::test]
async fn what_no_webhook_tells_is_found_by_looking() {
    let ground = Server::start(true).await;
    let url = format!("ws://{}", ground.address);
    let (engine, facts) = cluster(&url);
    let (name, facts) = ("a cluster that tells nothing", Mutex::new(facts));
    let rig = Rig { name, engine: Arc::new(engine), facts, url, _ground: Some(ground) };
    rig.order(room(true)).await;
    let viewer = Bot::start(rig.socket(user(1), false).await.unwrap()).await;
    viewer.until("media", |seen| seen.subscriber_up).await;
    rig.seen(user(1), &Fact::Connected).await;
}

#[tokio::test]
async fn a_cluster_is_seen_to_be_there_or_away_before_the_first_show() {
    let (away, _facts) = cluster("ws://127.0.0.1:9");
    assert!(!away.answers().await);
    let (told, _facts) = mpsc::unbounded_channel();
    let ground = onstage_media::Media::start(config(true), Arc::new(Recorder::new(told))).unwrap();
    ground.open_doors();
    let looks = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&looks);
    let counted = axum::middleware::from_fn(move |request: axum::extract::Request, next: Next| {
        counting.fetch_add(1, Ordering::Relaxed);
        next.run(request)
    });
    let url = serve(ground.router().layer(counted), "127.0.0.1:0").await;
    let (there, _facts) = cluster(&url);
    let seen = futures_util::future::join_all((0..50).map(|_| there.answers())).await;
    assert!(seen.iter().all(|answers| *answers));
    assert!(looks.load(Ordering::Relaxed) < 50, "whoever asks often does not ask the cluster each time");
}

#[tokio::test]
async fn a_cluster_behind_a_proxy_that_does_not_reach_it_or_with_another_key_is_away() {
    for status in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::UNAUTHORIZED, StatusCode::NOT_FOUND] {
        let router = axum::Router::new().fallback(move || std::future::ready(status));
        let (away, _facts) = cluster(&serve(router, "127.0.0.1:0").await);
        assert!(!away.answers().await, "{status}");
        assert!(!away.answers().await, "{status}, remembered");
        assert!(away.is_heard(), "calls for rooms are judged apart");
    }
}

#[tokio::test]
async fn a_webhook_of_somebody_else_changes_nothing() {
    let (engine, mut facts) = cluster("ws://127.0.0.1:9");
    drop(engine.carry_out(vec![room(true)]));
    let address = serve(engine.router(), "127.0.0.1:0").await.replace("ws://", "http://");
    let body = serde_json::json!({ "event": "participant_joined", "room": { "name": ROOM },
        "participant": { "sid": "PA_1", "identity": user(1).to_string() } })
    .to_string();
    let digest = "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=";
    let claims = serde_json::json!({ "iss": KEY, "exp": now_seconds() + 60, "sha256": digest });
    let tokens = [String::new(), signed(&claims, "another secret"), signed(&claims, SECRET)];
    for token in tokens {
        let posted = reqwest::Client::new()
            .post(format!("{address}/webhooks/livekit"))
            .header("authorization", token)
            .body(body.clone())
            .send();
        assert_eq!(posted.await.unwrap().status().as_u16(), 401);
    }
    assert!(facts.try_recv().is_err());
}

#[tokio::test]
async fn reaches_webhook_bytes_max() {
    let (engine, _facts) = cluster("ws://127.0.0.1:9");
    let address = serve(engine.router(), "127.0.0.1:0").await.replace("ws://", "http://");
    let post = |bytes: usize| {
        let client = reqwest::Client::new();
        client.post(format!("{address}/webhooks/livekit")).body(" ".repeat(bytes)).send()
    };
    assert_eq!(post(256 * 1024).await.unwrap().status().as_u16(), 401);
    assert_eq!(post(256 * 1024 + 1).await.unwrap().status().as_u16(), 413);
}
