//! How many allocations there may be, and how much one may carry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Allocations at the same time.
pub(crate) const ALLOCATIONS_MAX: usize = 1_000;
/// Of these, of one person: a browser asks once for each connection, transport and network of its own.
pub(crate) const ALLOCATIONS_PER_USER_MAX: usize = 32;
/// Bytes a second of one allocation, both ways together; a burst of one second passes at once.
pub(crate) const RELAYED_BYTES_PER_SECOND_MAX: u32 = 3_000_000;

/// Counts who has allocations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quota(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    by_user: HashMap<String, usize>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// This person has enough.
    User,
    /// There are enough.
    Server,
}

/// A place; dropping it frees it.
#[derive(Debug)]
pub(super) struct Place {
    quota: Quota,
    user: String,
}

impl Quota {
    /// A place for one more allocation of that user.
    pub(super) fn enter(&self, user: &str) -> Result<Place, NoPlace> {
        let mut counts = self.lock();
        if counts.total >= ALLOCATIONS_MAX {
            return Err(NoPlace::Server);
        }
        let own = counts.by_user.entry(user.to_owned()).or_default();
        if *own >= ALLOCATIONS_PER_USER_MAX {
            return Err(NoPlace::User);
        }
        *own = own.saturating_add(1);
        counts.total = counts.total.saturating_add(1);
        Ok(Place { quota: self.clone(), user: user.to_owned() })
    }

    /// How many there are.
    pub(crate) fn total(&self) -> usize {
        self.lock().total
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.quota.lock();
        counts.total = counts.total.saturating_sub(1);
        if let Some(own) = counts.by_user.get_mut(&self.user) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                counts.by_user.remove(&self.user);
            }
        }
    }
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
