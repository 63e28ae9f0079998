//! When the log hears of a receiver that fails: at once, then at growing intervals, and once when it is over.

use std::time::{Duration, Instant};

/// The first wait between two lines; it doubles.
const TELL_AFTER: Duration = Duration::from_secs(60);
/// The longest.
const TELL_AFTER_MOST: Duration = Duration::from_secs(6 * 3_600);

/// What one receiver has done lately.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    since: Option<Instant>,
    /// Since when the log has said nothing, and how long it says nothing.
    told: Option<(Instant, Duration)>,
    is_said: bool,
}

impl Trouble {
    /// A try failed. Returns for how long they have, if it is time to say so.
    pub(super) fn failed(&mut self, now: Instant) -> Option<Duration> {
        let is_new = self.since.is_none();
        let since = *self.since.get_or_insert(now);
        let pause = match self.told {
            None => TELL_AFTER,
            Some((told, pause)) => {
                let quiet = now.saturating_duration_since(told);
                if quiet < pause {
                    return None;
                }
                // A receiver that comes and goes is told as seldom as one that stays away.
                let is_forgotten = is_new && quiet >= TELL_AFTER_MOST;
                if is_forgotten { TELL_AFTER } else { pause.saturating_mul(2).min(TELL_AFTER_MOST) }
            }
        };
        self.told = Some((now, pause));
        self.is_said = true;
        Some(now.saturating_duration_since(since))
    }

    /// An event was taken. Returns whether that is worth saying.
    pub(super) fn taken(&mut self) -> bool {
        self.since = None;
        std::mem::take(&mut self.is_said)
    }
}
