//! Webhooks: what happens in rooms, kept in a file until every receiver has taken it, in order for each room.

mod deliver;
mod journal;
mod keeper;
mod outbox;
mod sign;
mod trouble;

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use livekit_protocol::WebhookEvent;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};

use self::keeper::{Keeper, Work};
use self::outbox::Outbox;
use super::room::Surroundings;
use crate::config::MediaError;
use crate::tasks::spawn_named;

/// Addresses that events are posted to.
pub(crate) const WEBHOOK_URLS_MAX: usize = 8;
/// Events on their way from the rooms to the file.
pub(crate) const WORK_WAITING_MAX: usize = 16_384;
/// What has happened reaches the file within this time when the process ends.
const WRITTEN_WITHIN: Duration = Duration::from_secs(2);

/// Where webhooks go, and where they wait meanwhile.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct WebhookConfig {
    /// `http` or `https` addresses without a name and a password.
    pub urls: Vec<String>,
    /// The folder of the file; without one events wait in memory alone.
    pub folder: Option<PathBuf>,
}

impl fmt::Debug for WebhookConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<String> = self.urls.iter().map(|url| deliver::host(url)).collect();
        f.debug_struct("WebhookConfig").field("hosts", &hosts).field("folder", &self.folder).finish()
    }
}

/// The near end: where rooms tell. Its last copy ends the deliveries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Webhooks(Option<Arc<Near>>);

#[derive(Debug)]
struct Near {
    work: mpsc::Sender<Work>,
    shared: Arc<Shared>,
    _closing: DropGuard,
}

/// What the file's keeper and the deliveries have in common.
#[derive(Debug)]
struct Shared {
    outbox: Mutex<Outbox>,
    /// One bell for each address.
    bells: Vec<Notify>,
    /// Events that nobody will get any more.
    dropped: AtomicU64,
    told_dropped: AtomicBool,
}

impl Shared {
    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts what is lost, and says so once.
    fn drop_events(&self, count: usize) {
        if count == 0 {
            return;
        }
        self.dropped.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
        if !self.told_dropped.swap(true, Ordering::Relaxed) {
            tracing::warn!("webhooks are lost: too many wait, or a receiver has not wanted them for long");
        }
    }
}

impl Webhooks {
    /// Reads what was left undelivered, then starts the keeper and one delivery for each address.
    pub(crate) fn start(
        config: &WebhookConfig,
        surroundings: &Arc<Surroundings>,
    ) -> Result<Self, MediaError> {
        if config.urls.is_empty() {
            return Ok(Self::default());
        }
        if config.urls.len() > WEBHOOK_URLS_MAX {
            return Err(MediaError::Webhooks(format!("more than {WEBHOOK_URLS_MAX} addresses")));
        }
        let client = deliver::client().map_err(|error| MediaError::Webhooks(error.to_string()))?;
        let (work, waiting) = mpsc::channel(WORK_WAITING_MAX);
        let outbox = Outbox::new(config.urls.iter().map(|url| sign::name_of(url)).collect());
        let shared = Arc::new(Shared {
            outbox: Mutex::new(outbox),
            bells: config.urls.iter().map(|_| Notify::new()).collect(),
            dropped: AtomicU64::new(0),
            told_dropped: AtomicBool::new(false),
        });
        let keeper = Keeper::open(config.folder.as_deref(), Arc::clone(&shared), waiting)
            .map_err(|error| MediaError::Webhooks(error.to_string()))?;
        let thread = std::thread::Builder::new().name("webhooks".to_owned());
        thread.spawn(move || keeper.run()).map_err(MediaError::Thread)?;
        let closing = CancellationToken::new();
        for (target, url) in config.urls.iter().enumerate() {
            let delivery = deliver::Delivery {
                target,
                url: url.clone(),
                client: client.clone(),
                surroundings: Arc::clone(surroundings),
                shared: Arc::clone(&shared),
                work: work.downgrade(),
                closing: closing.clone(),
            };
            spawn_named("webhook delivery", delivery.run());
        }
        Ok(Self(Some(Arc::new(Near { work, shared, _closing: closing.drop_guard() }))))
    }

    /// Whether anybody listens.
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// How many events were lost since the start.
    pub(crate) fn dropped(&self) -> u64 {
        self.0.as_ref().map_or(0, |near| near.shared.dropped.load(Ordering::Relaxed))
    }

    /// Never waits: a room goes on whatever becomes of its webhooks.
    pub(crate) fn tell(&self, event: WebhookEvent) {
        if let Some(near) = &self.0
            && near.work.try_send(Work::Event(Box::new(event))).is_err()
        {
            near.shared.drop_events(1);
        }
    }

    /// Resolves once everything that was told is in the file.
    pub(crate) async fn flush(&self) {
        let Some(near) = &self.0 else { return };
        let (done, written) = oneshot::channel();
        let flushed = async {
            if near.work.send(Work::Flush(done)).await.is_ok() {
                let _ = written.await;
            }
        };
        let _ = tokio::time::timeout(WRITTEN_WITHIN, flushed).await;
    }
}

#[cfg(test)]
mod tests;
