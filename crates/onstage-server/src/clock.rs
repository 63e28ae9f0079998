//! The time, handed in: the real clock, and one that a test winds by hand.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use onstage_domain::At;
use onstage_domain::ports::Pending;
use tokio::sync::watch;

/// Tells the time and waits for it.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> At;
    /// Resolves once `at` is reached.
    fn reaches(&self, at: At) -> Pending<'_, ()>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> At {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        At(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    fn reaches(&self, at: At) -> Pending<'_, ()> {
        let millis = u64::try_from(at.since_ms(self.now())).unwrap_or(0);
        Box::pin(tokio::time::sleep(Duration::from_millis(millis)))
    }
}

/// A clock that stands still until it is wound.
#[derive(Clone, Debug)]
pub struct HandClock(Arc<watch::Sender<At>>);

impl HandClock {
    /// Stands at `start`.
    #[must_use]
    pub fn new(start: At) -> Self {
        Self(Arc::new(watch::Sender::new(start)))
    }

    /// Lets `millis` pass.
    pub fn wind_ms(&self, millis: i64) {
        self.0.send_modify(|now| *now = now.plus_ms(millis));
    }
}

impl Clock for HandClock {
    fn now(&self) -> At {
        *self.0.borrow()
    }

    fn reaches(&self, at: At) -> Pending<'_, ()> {
        let mut changes = self.0.subscribe();
        Box::pin(async move {
            // The sender lives in `self`, so waiting ends with the moment and not with an error.
            let _ = changes.wait_for(|now| *now >= at).await;
        })
    }
}
