//! How much somebody sends in a second, held against two limits; and how often each of many does something.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The most of one second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PerSecond {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
}

/// What came in the running second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    limit: PerSecond,
    from: Instant,
    messages: usize,
    bytes: usize,
}

impl Pace {
    pub(crate) fn new(limit: PerSecond, now: Instant) -> Self {
        Self { limit, from: now, messages: 0, bytes: 0 }
    }

    /// Counts a message; false when it is one too many.
    pub(crate) fn takes(&mut self, now: Instant, length: usize) -> bool {
        if now.saturating_duration_since(self.from) >= Duration::from_secs(1) {
            *self = Self::new(self.limit, now);
        }
        self.messages = self.messages.saturating_add(1);
        self.bytes = self.bytes.saturating_add(length);
        self.messages <= self.limit.messages && self.bytes <= self.limit.bytes
    }
}

/// What each one may do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    /// So often without a pause.
    pub(crate) at_once: u32,
    /// So often in a second, once that is used up.
    pub(crate) per_second: u32,
    /// So many are remembered; above it those are forgotten that are allowed everything again, or all.
    pub(crate) remembered: usize,
}

impl Allowance {
    /// How long it takes until once more is allowed.
    fn costs(self) -> Duration {
        Duration::from_secs(1).checked_div(self.per_second).unwrap_or_default()
    }
}

/// A bucket for each, which fills up again as time passes, kept as the moment at which it is full.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    allowance: Allowance,
    used_until: Mutex<HashMap<K, Instant>>,
}

impl<K: Eq + Hash> Buckets<K> {
    /// All of them are full.
    pub(crate) fn new(allowance: Allowance) -> Self {
        Self { allowance, used_until: Mutex::default() }
    }

    /// Takes from the bucket of one, or says how long to wait.
    pub(crate) fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let Allowance { at_once, remembered, .. } = self.allowance;
        let costs = self.allowance.costs();
        let mut used_until = self.used_until.lock().unwrap_or_else(PoisonError::into_inner);
        if used_until.len() >= remembered {
            used_until.retain(|_, until| *until > now);
            // Looking through them all again for the next one would be dear.
            if used_until.len() > remembered / 2 {
                used_until.clear();
            }
        }
        let until = used_until.get(&key).copied().unwrap_or(now).max(now);
        let next = until.checked_add(costs).unwrap_or(until);
        let full_after = costs.saturating_mul(at_once);
        match next.saturating_duration_since(now).saturating_sub(full_after) {
            Duration::ZERO => {
                used_until.insert(key, next);
                Ok(())
            }
            wait => Err(wait),
        }
    }

    /// How many are remembered.
    #[cfg(test)]
    pub(crate) fn remembered(&self) -> usize {
        self.used_until.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
