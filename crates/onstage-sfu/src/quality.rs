//! How good a way is, in four words: by the worst of bitrate, round trip and loss, and steady enough to be shown.

use std::time::Duration;

use crate::notice::ConnectionQuality::{self, Excellent, Fair, Good, Poor};

/// Looks in a row that have to agree before a worse word is told.
const WORSE_AFTER_LOOKS: u32 = 2;
/// Looks in a row that have to agree before a better word is told.
const BETTER_AFTER_LOOKS: u32 = 3;
/// Words from the best, with the least bits a second, the longest round trip and the most lost that they stand for (S4-76).
const CLASSES: [(ConnectionQuality, u64, Duration, f32); 3] = [
    (Excellent, 2_000_000, Duration::from_millis(50), 0.01),
    (Good, 1_000_000, Duration::from_millis(100), 0.03),
    (Fair, 500_000, Duration::from_millis(200), 0.05),
];

/// What one look found. What is not known makes nothing worse.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Look {
    /// What flows where more was wished, in bits a second; `None`: all wishes are met, however small.
    pub(crate) short_bits: Option<u64>,
    /// There and back.
    pub(crate) round_trip: Option<Duration>,
    /// The share of packets that was lost.
    pub(crate) lost_share: Option<f32>,
}

impl Look {
    /// The worst of the three words.
    pub(crate) fn word(&self) -> ConnectionQuality {
        let by = |fits: &dyn Fn(u64, Duration, f32) -> bool| {
            let class = CLASSES.iter().find(|(_, bits, round_trip, lost)| fits(*bits, *round_trip, *lost));
            class.map_or(Poor, |(word, ..)| *word)
        };
        let bitrate = self.short_bits.map_or(Excellent, |have| by(&|bits, _, _| have >= bits));
        let delay = self.round_trip.map_or(Excellent, |have| by(&|_, round_trip, _| have <= round_trip));
        let loss = self.lost_share.map_or(Excellent, |have| by(&|_, _, lost| have <= lost));
        bitrate.min(delay).min(loss)
    }
}

/// The word that was told, and the one that may be told soon.
#[derive(Debug)]
pub(crate) struct Verdict {
    told: ConnectionQuality,
    other: Option<(ConnectionQuality, u32)>,
}

impl Default for Verdict {
    fn default() -> Self {
        Self { told: Excellent, other: None }
    }
}

impl Verdict {
    /// Takes a look; returns the word if it is a new one. A connection starts out as excellent.
    pub(crate) fn note(&mut self, look: &Look) -> Option<ConnectionQuality> {
        let word = look.word();
        if word == self.told {
            self.other = None;
            return None;
        }
        let is_worse = word < self.told;
        // Looks on the same side of what was told count together; the mildest of them is what they agree on.
        let (agreed, looks) = match self.other {
            Some((other, looks)) if (other < self.told) == is_worse => {
                (if is_worse { other.max(word) } else { other.min(word) }, looks.saturating_add(1))
            }
            Some(_) | None => (word, 1),
        };
        let needed = if is_worse { WORSE_AFTER_LOOKS } else { BETTER_AFTER_LOOKS };
        if looks < needed {
            self.other = Some((agreed, looks));
            return None;
        }
        *self = Self { told: agreed, other: None };
        Some(agreed)
    }
}

/// From 1 to 5 in tenths, as people rate calls.
pub(crate) fn score_tenths(quality: ConnectionQuality) -> u8 {
    match quality {
        Excellent => 45,
        Good => 38,
        Fair => 30,
        Poor => 20,
    }
}

#[cfg(test)]
mod tests;
