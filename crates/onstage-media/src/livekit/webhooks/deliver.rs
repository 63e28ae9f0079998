//! The way to one address: several rooms at once, one event of a room at a time, again after a failure.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::Uri;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, StatusCode};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::keeper::Work;
use super::outbox::{Outcome, Parcel, Settled};
use super::sign;
use super::trouble::Trouble;
use crate::clock::now;
use crate::livekit::room::Surroundings;

/// Rooms whose events are on their way to one address at the same time.
pub(crate) const POSTS_AT_ONCE_MAX: usize = 16;
/// How long a connection may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long a receiver may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Only where the operator has said: no redirect is followed, no proxy of the environment asked.
pub(super) fn client() -> reqwest::Result<Client> {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_WITHIN)
        .timeout(ANSWER_WITHIN)
        .user_agent("Onstage")
        .build()
}

/// Host and port, which is all that the log may know of an address.
pub(super) fn host(url: &str) -> String {
    let uri = url.parse::<Uri>().ok();
    let authority = uri.as_ref().and_then(Uri::authority);
    let port = authority.and_then(|authority| authority.port_u16()).map(|port| format!(":{port}"));
    format!("{}{}", authority.map_or("?", |authority| authority.host()), port.unwrap_or_default())
}

/// Everything for one address.
pub(super) struct Delivery {
    pub(super) target: usize,
    pub(super) url: String,
    pub(super) client: Client,
    pub(super) surroundings: Arc<Surroundings>,
    pub(super) shared: Arc<Shared>,
    pub(super) work: mpsc::WeakSender<Work>,
    pub(super) closing: CancellationToken,
}

impl Delivery {
    /// Until the process ends.
    pub(super) async fn run(self) {
        let Some(bell) = self.shared.bells.get(self.target) else { return };
        let mut under_way = FuturesUnordered::new();
        let mut trouble = Trouble::default();
        loop {
            while under_way.len() < POSTS_AT_ONCE_MAX
                && let Some(parcel) = self.next()
            {
                under_way.push(self.post(parcel));
            }
            let has_room = under_way.len() < POSTS_AT_ONCE_MAX;
            tokio::select! {
                () = self.closing.cancelled() => return,
                () = bell.notified() => {}
                Some((parcel, outcome)) = under_way.next() => {
                    self.note(&mut trouble, outcome);
                    self.settle(&parcel, outcome).await;
                }
                () = self.wait(), if has_room => {}
            }
        }
    }

    fn next(&self) -> Option<Parcel> {
        self.shared.outbox().take(self.target, Instant::now())
    }

    /// Until a room that failed is ready again.
    async fn wait(&self) {
        let due = self.shared.outbox().due(self.target, Instant::now());
        match due {
            Some(due) => tokio::time::sleep_until(due.into()).await,
            None => std::future::pending().await,
        }
    }

    async fn post(&self, parcel: Parcel) -> (Parcel, Outcome) {
        let Some(signature) = sign::signature(&self.surroundings.tokens, &parcel.body, now()) else {
            return (parcel, Outcome::Failed);
        };
        let request = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "application/webhook+json")
            .header(AUTHORIZATION, signature)
            .body(parcel.body.to_string());
        let outcome = match request.send().await {
            Ok(answer) => judge(answer.status()),
            Err(_) => Outcome::Failed,
        };
        (parcel, outcome)
    }

    /// Says that a receiver does not take what it gets, less and less often, and that it does again.
    fn note(&self, trouble: &mut Trouble, outcome: Outcome) {
        if outcome == Outcome::Taken {
            if trouble.taken() {
                self.say_taken();
            }
        } else if let Some(lasts) = trouble.failed(Instant::now()) {
            self.say_not_taken(lasts);
        }
    }

    fn say_taken(&self) {
        let waiting = self.shared.outbox().waiting_for(self.target);
        tracing::info!(receiver = host(&self.url), waiting, "webhooks are taken again");
    }

    fn say_not_taken(&self, lasts: Duration) {
        let (waiting, for_s) = (self.shared.outbox().waiting_for(self.target), lasts.as_secs());
        let receiver = host(&self.url);
        tracing::warn!(receiver, waiting, for_s, "webhooks are not taken; they are tried again");
    }

    async fn settle(&self, parcel: &Parcel, outcome: Outcome) {
        let seconds = now().0.div_euclid(1_000).saturating_sub(parcel.at);
        let age = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
        let (settled, name) = {
            let mut outbox = self.shared.outbox();
            let settled = outbox.settle(self.target, parcel, outcome, (Instant::now(), age));
            (settled, outbox.names().get(self.target).cloned().unwrap_or_default())
        };
        match settled {
            Settled::Again => return,
            Settled::GivenUp => self.shared.drop_events(1),
            Settled::Done => {}
        }
        if let Some(work) = self.work.upgrade() {
            let _ = work.send(Work::Done(parcel.serial, name)).await;
        }
    }
}

/// A redirect is a failure: events go where the operator has said, and nowhere else.
fn judge(status: StatusCode) -> Outcome {
    let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    if status.is_success() {
        Outcome::Taken
    } else if status.is_client_error() && !later.contains(&status) {
        Outcome::Unwanted
    } else {
        Outcome::Failed
    }
}
