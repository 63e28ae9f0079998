//! Hands orders to the media engine in the order of commits and notices when they are enforced.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use onstage_domain::media::MediaOrder;
use onstage_domain::ports::{CarryOut, Pending};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::tasks::spawn_named;

/// How long a call waits for the engine before it says `enforced: false`.
pub(crate) const ENFORCE_WAIT: Duration = Duration::from_millis(250);

/// Orders that wait to be handed over: each is taken out as soon as the task runs, so only one that stands still fills it.
pub(crate) const ORDERS_WAITING_MAX: usize = 65_536;
/// Orders that the engine has taken and not carried out; above it the next ones wait.
pub(crate) const ORDERS_UNDER_WAY_MAX: usize = 16_384;

/// Gets true once the engine obeyed.
pub(crate) type Done = oneshot::Sender<bool>;

struct Work {
    orders: Vec<MediaOrder>,
    done: Option<Done>,
}

/// The way to the media engine.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    work: mpsc::Sender<Work>,
    /// The last order found no room.
    is_stuck: Arc<AtomicBool>,
}

impl Engine {
    pub(crate) fn start(media: Arc<dyn CarryOut>) -> Self {
        let (work, inbox) = mpsc::channel(ORDERS_WAITING_MAX);
        spawn_named("media orders", carry_out_all(media, inbox));
        Self { work, is_stuck: Arc::default() }
    }

    /// Queues at once and never waits. What finds no room counts as not enforced; after a restart all orders are
    /// handed over again.
    pub(crate) fn order(&self, orders: Vec<MediaOrder>, done: Option<Done>) {
        let is_stuck = match self.work.try_send(Work { orders, done }) {
            Ok(()) => false,
            Err(TrySendError::Full(_)) => true,
            Err(TrySendError::Closed(_)) => return tracing::warn!("the media engine's task is gone"),
        };
        let was_stuck = self.is_stuck.swap(is_stuck, Ordering::AcqRel);
        if is_stuck && !was_stuck {
            say_stuck();
        }
    }
}

fn say_stuck() {
    tracing::error!("the media engine takes no orders any more: what is decided now is not enforced");
}

/// Waits a moment for the acknowledgement; silence counts as not enforced yet.
pub(crate) async fn is_enforced(acknowledged: oneshot::Receiver<bool>) -> bool {
    tokio::time::timeout(ENFORCE_WAIT, acknowledged).await.is_ok_and(|told| told.unwrap_or(false))
}

async fn carry_out_all(media: Arc<dyn CarryOut>, mut inbox: mpsc::Receiver<Work>) {
    let mut under_way = FuturesUnordered::new();
    loop {
        tokio::select! {
            work = inbox.recv(), if under_way.len() < ORDERS_UNDER_WAY_MAX => match work {
                Some(work) => begin(&media, work, &mut under_way).await,
                None => break,
            },
            Some(()) = under_way.next() => {}
        }
    }
    while under_way.next().await.is_some() {}
}

/// Polls once before the next work is taken, so that the engine sees orders in their order.
async fn begin(
    media: &Arc<dyn CarryOut>,
    work: Work,
    under_way: &mut FuturesUnordered<Pending<'static, ()>>,
) {
    let media = Arc::clone(media);
    let mut carrying: Pending<'static, ()> = Box::pin(async move {
        let enforced = media.carry_out(work.orders).await;
        if let Some(done) = work.done {
            // Nobody listens any more when the call's wait is over.
            let _ = done.send(enforced);
        }
    });
    let finished = poll_fn(|context| Poll::Ready(carrying.as_mut().poll(context).is_ready())).await;
    if !finished {
        under_way.push(carrying);
    }
}

#[cfg(test)]
mod tests;
