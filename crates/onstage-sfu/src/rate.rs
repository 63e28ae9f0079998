//! How much flows, over a window that slides in slices.

use std::time::{Duration, Instant};

/// Slices of the window.
const SLICES: usize = 8;
/// The length of a slice.
const SLICE: Duration = Duration::from_millis(250);
/// Slices before the rate counts as known.
const KNOWN_AFTER_SLICES: u64 = 2;

/// Bytes of the last `SLICES` slices.
#[derive(Debug, Default)]
pub(crate) struct RateMeter {
    origin: Option<Instant>,
    newest: u64,
    bytes: [u64; SLICES],
}

impl RateMeter {
    /// Notes what came now.
    pub(crate) fn note(&mut self, bytes: usize, now: Instant) {
        let origin = *self.origin.get_or_insert(now);
        let slice = slice_of(origin, now);
        let ahead = slice.saturating_sub(self.newest);
        if ahead >= slices() {
            *self = Self { origin: Some(now), ..Self::default() };
        } else {
            for passed in self.newest.saturating_add(1)..=slice {
                self.set(passed, |_| 0);
            }
            self.newest = self.newest.max(slice);
        }
        let more = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.set(self.newest, |bytes| bytes.saturating_add(more));
    }

    /// Bits in a second; `None` before it is known, or when nothing flows.
    pub(crate) fn bits_per_second(&self, now: Instant) -> Option<u64> {
        let slice = slice_of(self.origin?, now);
        let silent = slice.saturating_sub(self.newest);
        if slice < KNOWN_AFTER_SLICES || silent >= slices() {
            return None;
        }
        let oldest = slice.saturating_sub(slices().saturating_sub(1));
        // The newest slice is not over: what is in it counts once it is.
        let whole = oldest..slice;
        let spans = whole.end.saturating_sub(whole.start).max(1);
        let bytes = whole
            .filter(|slice| *slice <= self.newest)
            .filter_map(|slice| self.bytes.get(place(slice)))
            .fold(0_u64, |sum, bytes| sum.saturating_add(*bytes));
        let millis = spans.saturating_mul(u64::try_from(SLICE.as_millis()).unwrap_or(1));
        bytes.saturating_mul(8_000).checked_div(millis)
    }

    fn set(&mut self, slice: u64, change: impl FnOnce(u64) -> u64) {
        if let Some(bytes) = self.bytes.get_mut(place(slice)) {
            *bytes = change(*bytes);
        }
    }
}

fn slices() -> u64 {
    u64::try_from(SLICES).unwrap_or(u64::MAX)
}

fn slice_of(origin: Instant, now: Instant) -> u64 {
    let slices = now.saturating_duration_since(origin).as_millis().checked_div(SLICE.as_millis());
    slices.and_then(|slices| u64::try_from(slices).ok()).unwrap_or_default()
}

fn place(slice: u64) -> usize {
    slice.checked_rem(slices()).and_then(|place| usize::try_from(place).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
