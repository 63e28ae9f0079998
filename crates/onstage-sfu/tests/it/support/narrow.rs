//! A way that carries only so much: what comes faster queues, and what finds the queue full is lost.

use std::time::{Duration, Instant};

/// How long a datagram may queue.
const QUEUE_MAX: Duration = Duration::from_millis(300);

#[derive(Debug)]
pub struct Narrow {
    bits_per_second: u64,
    free_at: Option<Instant>,
}

impl Narrow {
    pub fn new(bits_per_second: u64) -> Self {
        Self { bits_per_second, free_at: None }
    }

    /// When a datagram that comes now is through; `None` if it is lost.
    pub fn pass(&mut self, bytes: usize, now: Instant) -> Option<Instant> {
        let starts = self.free_at.map_or(now, |free| free.max(now));
        if starts - now > QUEUE_MAX {
            return None;
        }
        let bits = u64::try_from(bytes + 28).unwrap() * 8;
        let through = starts + Duration::from_nanos(bits * 1_000_000_000 / self.bits_per_second);
        self.free_at = Some(through);
        Some(through)
    }
}
