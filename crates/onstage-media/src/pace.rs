//! How much somebody sends in a second, held against two limits.

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
