//! The second media engine: an existing LiveKit cluster, driven by its server API and heard by its webhooks.

mod api;
mod enforce;
mod hear;
mod known;
mod room;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use onstage_domain::media::{IceServer, MediaAccess, MediaOrder};
use onstage_domain::ports::{AccessRequest, CarryOut, ObserveMedia, Pending};
use onstage_domain::{Code, Problem, SessionId};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::api::{CallFault, RoomService};
use self::room::{Due, RoomHandle};
use crate::config::MediaError;
use crate::facts::Facts;
use crate::livekit::permission::Permission;
use crate::livekit::tokens::{Bearer, Tokens};
use crate::orders::{Change, Desired};

/// So long a caller waits for the cluster to obey. Asking goes on after it.
const OBEYED_WITHIN: Duration = Duration::from_secs(15);
/// How long one call of the server API may take.
pub(crate) const CALL_WITHIN: Duration = Duration::from_secs(10);

/// A look at the cluster is good for so long.
const LOOK_GOOD_FOR: Duration = Duration::from_secs(5);
/// How long a look may take: whoever asks for `/readyz` does not wait long.
const LOOK_WITHIN: Duration = Duration::from_secs(2);

/// Where the cluster is, and the key that both sides know.
#[derive(Clone, PartialEq, Eq)]
pub struct ClusterConfig {
    /// `LIVEKIT_URL`: `ws`, `wss`, `http` or `https`. Clients get it too.
    pub url: String,
    /// `iss` of tokens.
    pub api_key: String,
    /// Signs tokens, and webhooks on their way here.
    pub api_secret: String,
    /// STUN and TURN servers that clients are told beside those of the cluster.
    pub ice_servers: Vec<IceServer>,
}

impl fmt::Debug for ClusterConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClusterConfig")
            .field("url", &self.url)
            .field("api_key", &self.api_key)
            .finish_non_exhaustive()
    }
}

/// A LiveKit cluster as media engine. Orders are desired state: each is asked for until the cluster obeys.
#[derive(Clone)]
pub struct Cluster {
    inner: Arc<Inner>,
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("config", &self.inner.config).finish_non_exhaustive()
    }
}

struct Inner {
    config: ClusterConfig,
    tokens: Arc<Tokens>,
    service: Arc<RoomService>,
    facts: Facts,
    rooms: Mutex<Rooms>,
    is_heard: AtomicBool,
    /// What the last look found, for those who ask. Calls for rooms have more patience, so they are judged apart.
    looked: tokio::sync::Mutex<Option<Look>>,
    stop: CancellationToken,
}

/// One look at the cluster.
#[derive(Clone, Copy)]
struct Look {
    at: Instant,
    found: Found,
}

/// How a look finds the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Ready,
    Away,
    KeyRefused,
}

impl Inner {
    /// Looks once. What is found is said when it is something else than before.
    async fn look(&self, before: Found) -> Look {
        let looked = tokio::time::timeout(LOOK_WITHIN, self.service.look()).await;
        let found = match &looked {
            Ok(Ok(())) => Found::Ready,
            Ok(Err(fault)) if fault.is_about_key() => Found::KeyRefused,
            Ok(Err(_)) | Err(_) => Found::Away,
        };
        if found != before {
            self.say(found, looked.ok().and_then(Result::err));
        }
        Look { at: Instant::now(), found }
    }

    fn say(&self, found: Found, fault: Option<CallFault>) {
        let fault = fault.map_or_else(|| "no answer in time".to_owned(), |fault| fault.to_string());
        match found {
            Found::Ready => say_ready(),
            Found::Away => say_not_ready(&fault),
            Found::KeyRefused => say_key_refused(&self.config.api_key, &fault),
        }
    }

    /// Whether a call was answered. That the cluster goes and comes is said once each.
    fn heard(&self, is_heard: bool) {
        let was_heard = self.is_heard.swap(is_heard, Ordering::AcqRel);
        match (was_heard, is_heard) {
            (true, false) => say_away(),
            (false, true) => say_back(),
            (true, true) | (false, false) => {}
        }
    }
}

fn say_away() {
    tracing::warn!("the cluster does not answer (LIVEKIT_URL); orders are kept");
}

fn say_back() {
    tracing::info!("the cluster answers again");
}

fn say_ready() {
    tracing::info!("the cluster is ready again");
}

fn say_not_ready(fault: &str) {
    tracing::warn!(fault, "the cluster is not ready (LIVEKIT_URL)");
}

fn say_key_refused(key: &str, fault: &str) {
    tracing::warn!(key, fault, "the cluster does not take the key (LIVEKIT_API_KEY, LIVEKIT_API_SECRET)");
}

/// Desired state, and who sees to it.
#[derive(Default)]
struct Rooms {
    desired: Desired,
    by_session: HashMap<SessionId, RoomHandle>,
    by_name: HashMap<String, SessionId>,
}

impl Cluster {
    /// Nothing is asked of the cluster before the first order.
    ///
    /// # Errors
    /// When the address makes no sense or key and secret are missing.
    pub fn start(config: ClusterConfig, observer: Arc<dyn ObserveMedia>) -> Result<Self, MediaError> {
        if config.api_key.is_empty() || config.api_secret.is_empty() {
            return Err(MediaError::Keys);
        }
        let tokens = Arc::new(Tokens::new(&config.api_key, &config.api_secret));
        let service = RoomService::new(&config.url, Arc::clone(&tokens)).ok_or(MediaError::ClusterUrl)?;
        Ok(Self {
            inner: Arc::new(Inner {
                config,
                tokens,
                service: Arc::new(service),
                facts: Facts::to(observer),
                rooms: Mutex::new(Rooms::default()),
                is_heard: AtomicBool::new(true),
                looked: tokio::sync::Mutex::new(None),
                stop: CancellationToken::new(),
            }),
        })
    }

    /// Where the cluster's webhooks arrive: `POST /webhooks/livekit`.
    pub fn router(&self) -> Router {
        hear::router(self.clone())
    }

    /// Whether the last call for a room was answered.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.inner.is_heard.load(Ordering::Acquire)
    }

    /// Whether the cluster does what it is asked now, or did a few seconds ago: neither an error nor a refused key counts.
    pub async fn answers(&self) -> bool {
        let mut looked = self.inner.looked.lock().await;
        let look = match *looked {
            Some(look) if look.at.elapsed() < LOOK_GOOD_FOR => look,
            before => self.inner.look(before.map_or(Found::Ready, |look| look.found)).await,
        };
        *looked = Some(look);
        look.found == Found::Ready
    }

    /// People in rooms, as far as the cluster has told.
    #[must_use]
    pub fn participants(&self) -> usize {
        self.lock().by_session.values().map(RoomHandle::present).sum()
    }

    /// Stops asking. Rooms go on: media does not pass through this process.
    pub fn shutdown(&self) {
        self.inner.stop.cancel();
    }

    fn lock(&self) -> MutexGuard<'_, Rooms> {
        self.inner.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers an order and wakes who sees to it.
    fn take(&self, order: MediaOrder) -> Option<oneshot::Receiver<()>> {
        let mut rooms = self.lock();
        match rooms.desired.take(order) {
            Change::Opened { session, room_name } => {
                let people = rooms.desired.people(session);
                let room = rooms
                    .by_session
                    .entry(session)
                    .or_insert_with(|| RoomHandle::start(self.workshop(session, room_name.clone())))
                    .clone();
                rooms.by_name.insert(room_name, session);
                let users = people.keys().copied().collect::<Vec<_>>();
                for (user, person) in people {
                    room.person(user, person);
                }
                Some(room.due(std::iter::once(Due::Room).chain(users.into_iter().map(Due::Person))))
            }
            Change::Closed { session } => {
                rooms.by_name.retain(|_, known| *known != session);
                rooms.by_session.remove(&session).map(|room| room.due([Due::End]))
            }
            Change::Person { session, user, person } => {
                let room = rooms.by_session.get(&session)?;
                room.person(user, person);
                Some(room.due([Due::Person(user)]))
            }
        }
    }

    fn workshop(&self, session: SessionId, name: String) -> room::Workshop {
        room::Workshop {
            session,
            name,
            service: Arc::clone(&self.inner.service),
            facts: self.inner.facts.clone(),
            heard: {
                let cluster = Arc::downgrade(&self.inner);
                Box::new(move |is_heard| {
                    if let Some(inner) = cluster.upgrade() {
                        inner.heard(is_heard);
                    }
                })
            },
            stop: self.inner.stop.child_token(),
        }
    }

    fn room_named(&self, name: &str) -> Option<RoomHandle> {
        let rooms = self.lock();
        rooms.by_session.get(rooms.by_name.get(name)?).cloned()
    }
}

impl CarryOut for Cluster {
    fn carry_out(&self, orders: Vec<MediaOrder>) -> Pending<'_, bool> {
        let waits: Vec<_> = orders.into_iter().filter_map(|order| self.take(order)).collect();
        Box::pin(async move {
            let enforced = futures_util::future::join_all(waits);
            let in_time = tokio::time::timeout(OBEYED_WITHIN, enforced).await;
            in_time.is_ok_and(|orders| orders.iter().all(Result::is_ok))
        })
    }

    fn access(&self, request: AccessRequest<'_>) -> Result<MediaAccess, Problem> {
        // Here the token's own grants count until the first order arrives: what is not granted cannot be taken.
        let permission = if request.staged { Permission::STAGED } else { Permission::VIEWER };
        let mut grant = permission.to_claim(request.room_name);
        grant.hidden = !request.staged;
        let bearer = Bearer {
            identity: request.actor.user_id.to_string(),
            name: request.actor.display_name.clone(),
            metadata: String::new(),
            attributes: std::collections::BTreeMap::new(),
            grant,
        };
        let token = self.inner.tokens.mint(&bearer, request.now).ok_or_else(|| Problem::new(Code::Fault))?;
        Ok(MediaAccess {
            url: self.inner.config.url.trim_end_matches('/').to_owned(),
            token,
            room_name: request.room_name.to_owned(),
            ice_servers: self.inner.config.ice_servers.clone(),
        })
    }
}
