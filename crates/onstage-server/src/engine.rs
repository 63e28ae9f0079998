//! Hands orders to the media engine in the order of commits and notices when they are enforced.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use onstage_domain::media::MediaOrder;
use onstage_domain::ports::{CarryOut, Pending};
use tokio::sync::{mpsc, oneshot};

use crate::tasks::spawn_named;

/// How long a call waits for the engine before it says `enforced: false`.
pub(crate) const ENFORCE_WAIT: Duration = Duration::from_millis(250);

/// Gets true once the engine obeyed.
pub(crate) type Done = oneshot::Sender<bool>;

struct Work {
    orders: Vec<MediaOrder>,
    done: Option<Done>,
}

/// The way to the media engine. Its queue holds no more than commands that are being answered: each is taken out at once.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    work: mpsc::UnboundedSender<Work>,
}

impl Engine {
    pub(crate) fn start(media: Arc<dyn CarryOut>) -> Self {
        let (work, inbox) = mpsc::unbounded_channel();
        spawn_named("media orders", carry_out_all(media, inbox));
        Self { work }
    }

    /// Queues at once and never waits.
    pub(crate) fn order(&self, orders: Vec<MediaOrder>, done: Option<Done>) {
        if self.work.send(Work { orders, done }).is_err() {
            tracing::warn!("the media engine's task is gone");
        }
    }
}

/// Waits a moment for the acknowledgement; silence counts as not enforced yet.
pub(crate) async fn is_enforced(acknowledged: oneshot::Receiver<bool>) -> bool {
    tokio::time::timeout(ENFORCE_WAIT, acknowledged).await.is_ok_and(|told| told.unwrap_or(false))
}

async fn carry_out_all(media: Arc<dyn CarryOut>, mut inbox: mpsc::UnboundedReceiver<Work>) {
    let mut under_way = FuturesUnordered::new();
    loop {
        tokio::select! {
            work = inbox.recv() => match work {
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
