//! When what happens: the clocks of a show.

use std::time::{Duration, Instant};

use super::{after, below};

/// Something that happens again and again, at no exact time.
#[derive(Debug)]
pub(super) struct Beat {
    next: Instant,
    every: Duration,
}

impl Beat {
    /// The first time after `every`.
    pub(super) fn new(now: Instant, every: Duration) -> Self {
        Self { next: after(now, every), every }
    }

    /// Whether it is time; the next time is between once and twice `every` from now.
    pub(super) fn comes(&mut self, now: Instant) -> bool {
        let due = now >= self.next;
        if due {
            self.next = after(after(now, self.every), share(self.every));
        }
        due
    }

    /// It happens at the next moment, whenever it was due.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.next = now;
    }
}

/// Some part of this time.
fn share(time: Duration) -> Duration {
    let most = usize::try_from(time.as_millis()).unwrap_or_default();
    Duration::from_millis(u64::try_from(below(most)).unwrap_or_default())
}

/// Everything that happens by itself.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) turn: Beat,
    pub(super) line: Beat,
    pub(super) cheer: Beat,
    pub(super) change: Beat,
    pub(super) mute: Beat,
    pub(super) stir: Beat,
}

impl Script {
    pub(super) fn new(now: Instant, turn: Duration) -> Self {
        let seconds = Duration::from_secs;
        Self {
            turn: Beat::new(now, turn),
            line: Beat::new(now, Duration::from_millis(1_800)),
            cheer: Beat::new(now, seconds(4)),
            change: Beat::new(now, seconds(28)),
            mute: Beat::new(now, seconds(36)),
            stir: Beat::new(now, seconds(4)),
        }
    }
}
