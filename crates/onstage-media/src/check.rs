//! `/rtc/check`: a short connection without a session, by which a visitor's browser or `onstage doctor` finds out which
//! ways to media are open from where they are. Nothing can be published or seen by it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use onstage_sfu::{Control, IceMode, Notice, PeerKey, PeerOptions, PeerRole, RoomKey};
use serde_json::json;
use tokio::sync::oneshot;

use crate::clock;
use crate::config::SHARDS_MAX;
use crate::ice::IceServers;
use crate::livekit::room::SERIAL_BITS;
use crate::net::{About, Report, ShardHandle, Task};
use crate::pace::{Pace, PerSecond};
use crate::tasks::spawn_named;

/// Checks at the same time.
pub(crate) const CHECKS_MAX: usize = 128;
/// Checks that begin in one second.
pub(crate) const CHECKS_PER_SECOND_MAX: usize = 16;
/// Bytes of an offer: one data channel and the candidates of its maker.
pub(crate) const OFFER_BYTES_MAX: usize = 32 * 1024;
/// How long a check stays.
const CHECK_FOR: Duration = Duration::from_secs(30);
/// Time for our answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// The user of the relay that all checks share: together they never hold more of it than one person.
const USER: &str = "check";

/// All checks that go on.
#[derive(Debug)]
pub(crate) struct Checks {
    shards: Vec<ShardHandle>,
    ice_servers: IceServers,
    serial: AtomicU64,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Each with who waits for its answer, until it came.
    open: HashMap<PeerKey, Option<oneshot::Sender<Option<String>>>>,
    pace: Pace,
}

/// Why a check is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NotNow {
    /// Too many.
    Busy,
    /// The offer cannot be read.
    Unreadable,
}

/// Which shard is to answer; without, one after the other does.
#[derive(Debug, Clone, Copy)]
struct Wish {
    shard: Option<usize>,
}

/// The room of the checks on one shard: from the end of the numbers, where no directory comes to.
fn room(shard: usize) -> RoomKey {
    let last = u64::MAX.wrapping_shr(SERIAL_BITS);
    RoomKey(last.saturating_sub(u64::try_from(shard).unwrap_or_default()))
}

impl Checks {
    pub(crate) fn new(shards: Vec<ShardHandle>, ice_servers: IceServers, now: Instant) -> Self {
        let pace = Pace::new(PerSecond { messages: CHECKS_PER_SECOND_MAX, bytes: usize::MAX }, now);
        let inner = Mutex::new(Inner { open: HashMap::new(), pace });
        Self { shards, ice_servers, serial: AtomicU64::new(0), inner }
    }

    /// Whether a room is one of the checks.
    pub(crate) fn owns(key: RoomKey) -> bool {
        (0..SHARDS_MAX).any(|shard| room(shard) == key)
    }

    /// What a shard tells of a check.
    pub(crate) fn hear(&self, report: Report) {
        let (peer, answer) = match report {
            Report::Notice(Notice::Answer { peer, sdp, .. }) => (peer, Some(sdp)),
            Report::Refused { about: About::Peer(peer), .. } => (peer, None),
            Report::Notice(_) | Report::Refused { .. } => return,
        };
        if let Some(waiting) = self.lock().open.get_mut(&peer).and_then(Option::take) {
            // Whoever waited may have gone.
            let _ = waiting.send(answer);
        }
    }

    /// The answer to an offer, on a connection that closes by itself.
    async fn begin(self: &Arc<Self>, sdp: String, ice: IceMode, wish: Wish) -> Result<String, NotNow> {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let shards = u64::try_from(self.shards.len()).unwrap_or(1);
        let next = || serial.checked_rem(shards).and_then(|number| usize::try_from(number).ok());
        let number = wish.shard.or_else(next).unwrap_or_default();
        let missing = if wish.shard.is_some() { NotNow::Unreadable } else { NotNow::Busy };
        let shard = self.shards.get(number).ok_or(missing)?;
        let room = room(number);
        let mask = 1_u64.wrapping_shl(SERIAL_BITS).wrapping_sub(1);
        let peer = PeerKey(room.0.wrapping_shl(SERIAL_BITS) | (serial & mask));
        let (done, wait) = oneshot::channel();
        self.enter(peer, done)?;
        let checks = Arc::clone(self);
        let closing = shard.clone();
        spawn_named("media check", async move {
            tokio::time::sleep(CHECK_FOR).await;
            closing.send(Task::Control(Control::ClosePeer { peer })).await;
            checks.lock().open.remove(&peer);
        });
        let options = PeerOptions { ice, ..PeerOptions::default() };
        for control in [
            Control::OpenRoom { room },
            Control::OpenPeer { peer, room, role: PeerRole::Publisher, options },
            Control::AcceptOffer { peer, offer_id: 1, sdp },
        ] {
            shard.send(Task::Control(control)).await;
        }
        match tokio::time::timeout(ANSWER_WITHIN, wait).await {
            Ok(Ok(Some(answer))) => Ok(answer),
            Ok(Ok(None)) => Err(NotNow::Unreadable),
            Ok(Err(_)) | Err(_) => Err(NotNow::Busy),
        }
    }

    fn enter(&self, peer: PeerKey, done: oneshot::Sender<Option<String>>) -> Result<(), NotNow> {
        let mut inner = self.lock();
        if inner.open.len() >= CHECKS_MAX || !inner.pace.takes(Instant::now(), 0) {
            return Err(NotNow::Busy);
        }
        inner.open.insert(peer, Some(done));
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `GET`: the servers to test with. `POST`: an SDP offer with one data channel, answered by an SDP answer.
pub(crate) fn router(checks: Arc<Checks>) -> Router {
    Router::new()
        .route("/rtc/check", get(servers).post(offer))
        .layer(DefaultBodyLimit::max(OFFER_BYTES_MAX))
        .with_state(checks)
}

async fn servers(State(checks): State<Arc<Checks>>) -> Response {
    let servers = checks.ice_servers.offered(USER, clock::now());
    let text = json!({ "ice_servers": servers, "shards": checks.shards.len() }).to_string();
    let fresh = (axum::http::header::CACHE_CONTROL, "no-store");
    ([fresh, (CONTENT_TYPE, "application/json")], text).into_response()
}

async fn offer(
    State(checks): State<Arc<Checks>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let is_sdp =
        headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/sdp"));
    let Some(sdp) = std::str::from_utf8(&body).ok().filter(|_| is_sdp) else {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "an SDP offer is expected").into_response();
    };
    // Firefox does not do with an ICE-lite answer.
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let ice = if agent.contains("Firefox/") { IceMode::Full } else { IceMode::Lite };
    let shard = query.and_then(|query| query.strip_prefix("shard=")?.parse().ok());
    match checks.begin(sdp.to_owned(), ice, Wish { shard }).await {
        Ok(answer) => (StatusCode::CREATED, [(CONTENT_TYPE, "application/sdp")], answer).into_response(),
        Err(NotNow::Busy) => (StatusCode::TOO_MANY_REQUESTS, "too many checks; try again").into_response(),
        Err(NotNow::Unreadable) => (StatusCode::BAD_REQUEST, "the offer cannot be read").into_response(),
    }
}

#[cfg(test)]
mod tests;
