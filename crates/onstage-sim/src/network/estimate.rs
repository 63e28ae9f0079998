//! What a receiver believes its way carries, from when packets come (the idea of `goog-remb`, kept simple).

use std::collections::VecDeque;

/// Seconds over which the incoming rate is measured.
const RATE_WINDOW_S: f64 = 0.5;
/// Seconds over which the least delay is that of the way itself.
const BASE_WINDOW_S: f64 = 10.0;
/// Seconds over which the delay of now is the least one.
const NOW_WINDOW_S: f64 = 0.2;
/// A queue that delays so much is too long.
const FULL_ABOVE_S: f64 = 0.06;
/// How much faster it may become in a second.
const GROWTH: f64 = 0.08;
/// An estimate does not grow beyond what came, times this (WebRTC does the same).
const BEYOND_INCOMING: f64 = 1.5;
const BEYOND_INCOMING_BITS: f64 = 10_000.0;
/// A browser begins with so much.
const START_BITS: f64 = 300_000.0;
/// What is told when nothing is wrong.
const TOLD_EVERY_S: f64 = 1.0;
/// It falls at once, but not more often; and a fall is told at once, whatever was told a moment before (WebRTC's
/// `RembThrottler` holds back rises only).
const FALLS_EVERY_S: f64 = 0.2;

#[derive(Debug)]
pub(super) struct Estimate {
    arrivals: VecDeque<(f64, f64)>,
    delays: VecDeque<(f64, f64)>,
    pub(super) bits: f64,
    last_tick: f64,
    last_told: f64,
    last_fall: f64,
}

impl Estimate {
    pub(super) fn new() -> Self {
        Self {
            arrivals: VecDeque::new(),
            delays: VecDeque::new(),
            bits: START_BITS,
            last_tick: 0.0,
            last_told: 0.0,
            last_fall: 0.0,
        }
    }

    /// A datagram came.
    pub(super) fn arrived(&mut self, at: f64, bytes: usize) {
        self.arrivals.push_back((at, f64::from(u32::try_from(bytes).unwrap_or(0)) * 8.0));
        while self.arrivals.front().is_some_and(|(then, _)| at - then > RATE_WINDOW_S) {
            self.arrivals.pop_front();
        }
    }

    /// A packet came so long after it was filmed.
    pub(super) fn delayed(&mut self, at: f64, delay: f64) {
        self.delays.push_back((at, delay));
        while self.delays.front().is_some_and(|(then, _)| at - then > BASE_WINDOW_S) {
            self.delays.pop_front();
        }
    }

    /// What to tell the sender now, if anything.
    pub(super) fn tick(&mut self, at: f64) -> Option<f64> {
        let passed = at - self.last_tick;
        self.last_tick = at;
        let incoming: f64 = self.arrivals.iter().map(|(_, bits)| bits).sum::<f64>() / RATE_WINDOW_S;
        let is_full = self.queue(at).is_some_and(|queue| queue > FULL_ABOVE_S);
        if is_full && at - self.last_fall > FALLS_EVERY_S {
            self.bits = self.bits.min(0.85 * incoming.max(30_000.0));
            self.last_told = at;
            self.last_fall = at;
            return Some(self.bits);
        }
        if !is_full {
            let limit = BEYOND_INCOMING * incoming + BEYOND_INCOMING_BITS;
            let grown = self.bits * (1.0 + GROWTH * passed);
            self.bits = grown.min(self.bits.max(limit));
        }
        (at - self.last_told >= TOLD_EVERY_S).then(|| {
            self.last_told = at;
            self.bits
        })
    }

    /// How long packets wait on the way now.
    fn queue(&self, at: f64) -> Option<f64> {
        let least = |within: f64| {
            let recent = self.delays.iter().filter(|(then, _)| at - then <= within);
            recent.map(|(_, delay)| *delay).reduce(f64::min)
        };
        Some(least(NOW_WINDOW_S)? - least(BASE_WINDOW_S)?)
    }
}
