//! Which part is handed to which: server, delivery and media meet here, and only by their ports.

use std::future::ready;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::map_request;
use onstage_delivery::{Delivery, Limits, Ports};
use onstage_domain::media::MediaFact;
use onstage_domain::ports::{
    AnswerSignal, Ask, Authenticate, Credential, Execute, ObserveMedia, ObservePresence, Pending, ReadLog,
    TakeSnapshot,
};
use onstage_domain::problem::Problem;
use onstage_domain::reply::Snapshot;
use onstage_domain::{Actor, Command, Envelope, IdempotencyKey, Place, Query, Reply, Seq, SessionId};
use onstage_media::{
    CalledFrom, Cluster, ClusterConfig, Engine, Media, MediaConfig, TlsFiles, WebhookConfig,
};
use onstage_server::{Clock as _, Server, SystemClock, SystemDice, World};
use tokio::sync::SetOnce;
use tower_http::timeout::TimeoutLayer;

use crate::settings::{Settings, Tls};
use crate::tasks::spawn_named;
use crate::{headers, health, meters, problems, secrets, web};

/// Everything that runs.
pub(crate) struct House {
    pub(crate) server: Server,
    pub(crate) delivery: Delivery,
    pub(crate) media: Engine,
    /// The address other devices use.
    pub(crate) url: String,
    /// Addresses whose sockets a page may open.
    addresses: Vec<String>,
    is_metered: bool,
}

impl House {
    /// Starts every part; when this returns, what was true before the last end is true again.
    pub(crate) async fn start(settings: &Settings, bound: SocketAddr) -> Result<Self, String> {
        let (url, own_name) = (settings.reach_at(bound), settings.url_at(bound));
        let late = Arc::new(Late::default());
        let observer = Arc::clone(&late) as Arc<dyn ObserveMedia>;
        let media = engine(settings, &url, observer)?;
        let delivery = Delivery::with_limits(late.ports(Arc::new(media.clone())), limits(settings));
        let world = World {
            clock: Arc::new(SystemClock),
            dice: Arc::new(SystemDice),
            publish: Arc::new(delivery.clone()),
            media: Arc::new(media.clone()),
        };
        let server = Server::start(server_settings(settings, &own_name), world)
            .await
            .map_err(|fault| format!("the server could not start: {fault}"))?;
        let _set_before = late.server.set(server.clone());
        media.open_doors();
        let ringing = server.clone();
        spawn_named("alarms", async move { ringing.run_alarms().await });
        let is_metered = settings.metrics_listen.is_some();
        Ok(Self { server, delivery, media, addresses: vec![url.clone(), own_name], url, is_metered })
    }

    /// Everything behind one address.
    pub(crate) fn router(&self) -> Router {
        let router = self
            .server
            .routes()
            .merge(self.delivery.router())
            .merge(problems::router())
            .merge(health::router(self.server.clone(), self.media.clone()))
            .fallback(web::page)
            .method_not_allowed_fallback(onstage_server::method_not_allowed);
        let ours = self.server.dress(headers::same_origin_cookies(router, &self.url));
        // LiveKit's clients read plain text where ours read problems.
        let late = StatusCode::SERVICE_UNAVAILABLE;
        let server = self.server.clone();
        let media = self
            .media
            .router()
            .layer(map_request(move |request| ready(told_from(&server, request))))
            .layer(TimeoutLayer::with_status_code(late, onstage_server::REQUEST_DEADLINE));
        let all = headers::around(ours.merge(media), &self.addresses);
        if self.is_metered { meters::around(all) } else { all }
    }

    /// Tells everybody to come back later, then closes what is open.
    pub(crate) async fn drain(&self) {
        self.delivery.drain();
        self.media.shutdown().await;
    }
}

/// Media's limits see the address that the server's see.
fn told_from(server: &Server, mut request: Request) -> Request {
    let from = CalledFrom(server.address_of(request.extensions(), request.headers()));
    request.extensions_mut().insert(from);
    request
}

/// The engine that the settings choose.
fn engine(settings: &Settings, url: &str, observer: Arc<dyn ObserveMedia>) -> Result<Engine, String> {
    let started = match &settings.cluster_url {
        Some(cluster) => Cluster::start(cluster_config(settings, cluster)?, observer).map(Engine::Cluster),
        None => Media::start_telling(media_config(settings, url)?, observer, &webhooks(settings))
            .map(Engine::Embedded),
    };
    started.map_err(|error| error.to_string())
}

fn cluster_config(settings: &Settings, url: &str) -> Result<ClusterConfig, String> {
    let keys = secrets::api_key(settings)?;
    Ok(ClusterConfig {
        url: url.to_owned(),
        api_key: keys.key,
        api_secret: keys.secret,
        ice_servers: settings.ice_servers.clone(),
    })
}

fn media_config(settings: &Settings, url: &str) -> Result<MediaConfig, String> {
    let keys = secrets::api_key(settings)?;
    Ok(MediaConfig {
        api_key: keys.key,
        api_secret: keys.secret,
        listen: settings.media_listen,
        udp_port: settings.udp_port,
        tcp_port: settings.tcp_port,
        turn_port: settings.turn_port,
        tls: match &settings.tls {
            Tls::Off => None,
            Tls::Files { certificate, key } => {
                Some(TlsFiles { certificate: certificate.clone(), key: key.clone() })
            }
        },
        shards: settings.shards,
        public_ips: settings.public_ips.clone(),
        auto_create_rooms: settings.auto_create_rooms,
        ice_servers: settings.ice_servers.clone(),
        limits_enabled: settings.limits_enabled,
        public_url: url.to_owned(),
    })
}

fn webhooks(settings: &Settings) -> WebhookConfig {
    WebhookConfig { urls: settings.webhook_urls.clone(), folder: Some(settings.data_dir.clone()) }
}

fn limits(settings: &Settings) -> Limits {
    Limits {
        ping_every: settings.ping_interval,
        silence: settings.silence,
        relay_signals: settings.relay_signals,
        ..Limits::default()
    }
}

/// What the server is told; also used by the commands that work on the database alone.
pub(crate) fn server_settings(settings: &Settings, url: &str) -> onstage_server::Settings {
    onstage_server::Settings {
        data_dir: settings.data_dir.clone(),
        database_url: settings.database_url.clone(),
        public_url: url.to_owned(),
        on_loopback: settings.on_loopback(),
        sign_up: settings.sign_up,
        default_plan: settings.default_plan,
        trusted_proxies: settings.trusted_proxies.clone(),
        cors_origins: settings.cors_origins.clone(),
        limits_enabled: settings.limits_enabled,
        password_cost: onstage_server::PasswordCost::default(),
        log_retention_days: settings.log_retention_days,
    }
}

/// Stands for the server until it exists: media and delivery are built first, and the server is built on them.
#[derive(Default)]
struct Late {
    server: SetOnce<Server>,
}

impl Late {
    fn ports(self: &Arc<Self>, answer: Arc<dyn AnswerSignal>) -> Ports {
        Ports {
            authenticate: Arc::clone(self) as Arc<dyn Authenticate>,
            ask: Arc::clone(self) as Arc<dyn Ask>,
            execute: Arc::clone(self) as Arc<dyn Execute>,
            log: Arc::clone(self) as Arc<dyn ReadLog>,
            snapshot: Arc::clone(self) as Arc<dyn TakeSnapshot>,
            presence: Arc::clone(self) as Arc<dyn ObservePresence>,
            answer,
            now: Arc::new(|| SystemClock.now()),
        }
    }
}

impl Authenticate for Late {
    fn authenticate<'a>(&'a self, credential: Credential<'a>) -> Pending<'a, Result<Actor, Problem>> {
        Box::pin(async move { self.server.wait().await.authenticate(credential).await })
    }
}

impl Ask for Late {
    fn ask<'a>(&'a self, actor: &'a Actor, query: Query) -> Pending<'a, Result<Reply, Problem>> {
        Box::pin(async move { self.server.wait().await.ask(actor, query).await })
    }
}

impl Execute for Late {
    fn execute<'a>(
        &'a self,
        actor: &'a Actor,
        command: Command,
        key: Option<IdempotencyKey>,
    ) -> Pending<'a, Result<Reply, Problem>> {
        Box::pin(async move { self.server.wait().await.execute(actor, command, key).await })
    }
}

impl ReadLog for Late {
    fn read_log(
        &self,
        session: SessionId,
        since: Seq,
        limit: u32,
    ) -> Pending<'_, Result<Option<Vec<Envelope>>, Problem>> {
        Box::pin(async move { self.server.wait().await.read_log(session, since, limit).await })
    }
}

impl TakeSnapshot for Late {
    fn take_snapshot<'a>(
        &'a self,
        actor: &'a Actor,
        session: SessionId,
    ) -> Pending<'a, Result<(Snapshot, Place), Problem>> {
        Box::pin(async move { self.server.wait().await.take_snapshot(actor, session).await })
    }
}

impl ObservePresence for Late {
    fn observe_presence<'a>(
        &'a self,
        session: SessionId,
        actor: &'a Actor,
        present: bool,
    ) -> Pending<'a, ()> {
        Box::pin(async move { self.server.wait().await.observe_presence(session, actor, present).await })
    }
}

impl ObserveMedia for Late {
    fn observe_media(&self, fact: MediaFact) -> Pending<'_, ()> {
        Box::pin(async move { self.server.wait().await.observe_media(fact).await })
    }
}
