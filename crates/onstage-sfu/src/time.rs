//! Arithmetic on moments that cannot overflow.

use std::time::{Duration, Instant};

/// The moment `wait` after `now`.
pub(crate) fn after(now: Instant, wait: Duration) -> Instant {
    now.checked_add(wait).unwrap_or(now)
}

/// Whether at least `wait` has passed since `then`.
pub(crate) fn passed(then: Instant, wait: Duration, now: Instant) -> bool {
    now.saturating_duration_since(then) >= wait
}
