//! One direction of a network way: what it loses, delays, reorders, and how fast it is.

use std::time::{Duration, Instant};

use super::dice::Dice;

/// Time from end to end when nothing is in the way.
const LATENCY: Duration = Duration::from_millis(20);
/// Bytes that wait in front of the narrow place; what comes on top is lost (drop-tail).
/// tidy: bounded by a_narrow_line_delays_and_then_drops
const QUEUE_BYTES_MAX: f64 = 32_768.0;
/// How far a datagram that is overtaken falls behind, at most.
const OVERTAKEN_BY: f64 = 0.03;

/// Losses that come together (Gilbert and Elliott's two states).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burst {
    /// Likelihood that a datagram begins a bad time.
    pub begins: f64,
    /// Likelihood that a datagram ends it.
    pub ends: f64,
    /// Share that is lost in it.
    pub loss: f64,
}

/// How bad a direction is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Weather {
    /// Share of datagrams that are lost, each by itself.
    pub loss: f64,
    /// Losses that come together.
    pub burst: Option<Burst>,
    /// Each datagram may take so much longer; order stays.
    pub jitter: Duration,
    /// Share of datagrams that are overtaken.
    pub reordered: f64,
}

/// One direction.
#[derive(Debug)]
pub struct Line {
    /// How bad it is.
    pub weather: Weather,
    /// Bits in a second that pass its narrow place.
    pub bits_per_second: Option<f64>,
    /// Whether nothing passes at all.
    pub is_dark: bool,
    dice: Dice,
    is_bad_time: bool,
    free_at: Option<Instant>,
    last_arrival: Option<Instant>,
}

impl Line {
    /// A good line.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            weather: Weather::default(),
            bits_per_second: None,
            is_dark: false,
            dice: Dice::new(seed),
            is_bad_time: false,
            free_at: None,
            last_arrival: None,
        }
    }

    /// When a datagram that leaves now arrives, if it does.
    pub fn carry(&mut self, now: Instant, bytes: usize) -> Option<Instant> {
        if self.is_dark || self.is_lost() {
            return None;
        }
        let through = self.pass(now, bytes)?;
        let late = self.weather.jitter.mul_f64(self.dice.share());
        let arrival = through + LATENCY + late;
        if self.dice.happens(self.weather.reordered) {
            return Some(arrival + Duration::from_secs_f64(OVERTAKEN_BY * self.dice.share()));
        }
        let arrival = self.last_arrival.map_or(arrival, |last| arrival.max(last));
        self.last_arrival = Some(arrival);
        Some(arrival)
    }

    fn is_lost(&mut self) -> bool {
        if let Some(burst) = self.weather.burst {
            let turns = if self.is_bad_time { burst.ends } else { burst.begins };
            self.is_bad_time ^= self.dice.happens(turns);
            if self.is_bad_time && self.dice.happens(burst.loss) {
                return true;
            }
        }
        self.dice.happens(self.weather.loss)
    }

    /// When the narrow place is behind it; `None` when the queue in front has no room.
    fn pass(&mut self, now: Instant, bytes: usize) -> Option<Instant> {
        let Some(rate) = self.bits_per_second else {
            self.free_at = None;
            return Some(now);
        };
        let free_at = self.free_at.map_or(now, |free_at| free_at.max(now));
        let bytes = f64::from(u32::try_from(bytes).unwrap_or(u32::MAX));
        let waiting = free_at.duration_since(now).as_secs_f64() * rate / 8.0;
        if waiting + bytes > QUEUE_BYTES_MAX {
            return None;
        }
        let through = free_at + Duration::from_secs_f64(bytes * 8.0 / rate);
        self.free_at = Some(through);
        Some(through)
    }
}
