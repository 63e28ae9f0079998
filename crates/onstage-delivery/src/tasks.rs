//! The one place that starts tasks: each has a name in the log.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;
use tracing::Instrument as _;

/// The moment that lies so far ahead.
pub(crate) fn from_now(wait: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(wait).unwrap_or(now)
}

/// Starts a task; a panic in it is caught by the runtime and told here.
pub(crate) fn spawn_named<F>(name: &'static str, future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let span = tracing::debug_span!("task", name);
    let guarded = async move {
        let ended = Ended { name, well: false };
        future.await;
        ended.well();
    };
    #[expect(clippy::disallowed_methods, reason = "this is the supervised spawn the others go through")]
    drop(tokio::spawn(guarded.instrument(span)));
}

struct Ended {
    name: &'static str,
    well: bool,
}

impl Ended {
    fn well(mut self) {
        self.well = true;
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        if !self.well && std::thread::panicking() {
            tracing::error!(task = self.name, "a task ended by a panic");
        }
    }
}
