//! How loud each voice is, by the levels in its packets (RFC 6464).

use crate::limits::SPEAKERS_WINDOW;

/// Louder than this many dB below overload counts as sound.
const LOUD_BELOW_DB: u8 = 35;
/// Percent of a window that has to be loud.
const LOUD_PERCENT_MIN: u32 = 40;
/// The time one audio packet stands for.
const PACKET_MS: u32 = 20;
/// Steps in which loudness is told.
const STEPS: f32 = 8.0;
/// Weight of the newest window.
const NEWEST_WEIGHT: f32 = 2.0 / 3.0;

/// The loudness of one voice.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    loud_packets: u32,
    loudest_db: u8,
    smoothed: f32,
}

impl Meter {
    /// Notes the level of a packet: `below_db` dB below overload, 127 for silence.
    pub(crate) fn note(&mut self, below_db: u8) {
        if below_db > LOUD_BELOW_DB {
            return;
        }
        self.loudest_db = if self.loud_packets == 0 { below_db } else { self.loudest_db.min(below_db) };
        self.loud_packets = self.loud_packets.saturating_add(1);
    }

    /// Ends a window; returns the loudness in eighths, 0 for silence.
    pub(crate) fn close_window(&mut self) -> u8 {
        let window_ms = u32::try_from(SPEAKERS_WINDOW.as_millis()).unwrap_or(u32::MAX).max(1);
        let loud_ms = self.loud_packets.saturating_mul(PACKET_MS);
        let is_active = loud_ms.saturating_mul(100) >= window_ms.saturating_mul(LOUD_PERCENT_MIN);
        let level = if is_active { linear(self.loudest_db) } else { 0.0 };
        self.loud_packets = 0;
        self.smoothed = NEWEST_WEIGHT.mul_add(level - self.smoothed, self.smoothed);
        let eighths = eighths(self.smoothed);
        if eighths == 0 || (!is_active && eighths <= 1) {
            self.smoothed = 0.0;
            return 0;
        }
        eighths
    }

    /// Starts over in silence.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }
}

/// Decibels below overload as amplitude, 1 for overload.
fn linear(below_db: u8) -> f32 {
    10_f32.powf(-f32::from(below_db) / 20.0)
}

/// The smallest number of eighths that is not below `level`. A whisper counts as the first.
fn eighths(level: f32) -> u8 {
    let audible = linear(LOUD_BELOW_DB) / 2.0;
    if level < audible {
        return 0;
    }
    let scaled = (level * STEPS).ceil();
    (1..=8).find(|step| f32::from(*step) >= scaled).unwrap_or(8)
}

#[cfg(test)]
mod tests;
