//! Moments as Unix milliseconds: the only time the rules know, always handed in.

use serde::{Deserialize, Serialize};

/// A moment in Unix milliseconds, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct At(pub i64);

impl At {
    /// The moment `millis` later; stops at the end of time instead of wrapping.
    #[must_use]
    pub const fn plus_ms(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this moment, never negative.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> i64 {
        let millis = self.0.saturating_sub(earlier.0);
        if millis < 0 { 0 } else { millis }
    }
}

#[cfg(test)]
mod tests;
