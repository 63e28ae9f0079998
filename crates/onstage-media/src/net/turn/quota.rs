//! How many allocations there may be, and how much one may carry.

use std::time::Instant;

use crate::places::Places;

/// Allocations at the same time.
pub(crate) const ALLOCATIONS_MAX: usize = 1_000;
/// Of these, of one person: a browser asks once for each connection, transport and network of its own.
pub(crate) const ALLOCATIONS_PER_USER_MAX: usize = 32;
/// Bytes a second of one allocation, both ways together; a burst of one second passes at once.
pub(crate) const RELAYED_BYTES_PER_SECOND_MAX: u32 = 3_000_000;

/// Places for allocations, by their users.
pub(crate) type Quota = Places<String>;

/// All of them.
pub(crate) fn quota() -> Quota {
    Places::new(ALLOCATIONS_MAX, ALLOCATIONS_PER_USER_MAX)
}

/// What one allocation may still carry.
#[derive(Debug)]
pub(super) struct Meter {
    left: u32,
    since: Instant,
}

impl Meter {
    pub(super) fn new(now: Instant) -> Self {
        Self { left: RELAYED_BYTES_PER_SECOND_MAX, since: now }
    }

    /// Counts so many bytes; false when they are too many now.
    pub(super) fn takes(&mut self, now: Instant, bytes: usize) -> bool {
        let passed = now.saturating_duration_since(self.since).as_millis().min(1_000);
        let gained =
            u32::try_from(passed).unwrap_or(1_000).saturating_mul(RELAYED_BYTES_PER_SECOND_MAX / 1_000);
        if gained > 0 {
            self.left = self.left.saturating_add(gained).min(RELAYED_BYTES_PER_SECOND_MAX);
            self.since = now;
        }
        let left = u32::try_from(bytes).ok().and_then(|bytes| self.left.checked_sub(bytes));
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }
}

#[cfg(test)]
mod tests;
