//! When a packet was made, on our clock, by its publisher's sender reports (RFC 3550 §6.4.1).

use std::time::{Duration, Instant, SystemTime};

use str0m::rtp::RtpPacket;

use crate::control::MediaKind;
use crate::time::{after, passed};

/// A packet takes less than this from its making to us; else the reports are wrong.
const DELAY_BELIEVED: Duration = Duration::from_secs(1);
/// When for so long no packet fitted, the publisher's clock was set anew.
const MISFIT_FOR: Duration = Duration::from_secs(2);
/// Time over which the least delay is looked for.
const WINDOW: Duration = Duration::from_secs(10);
/// How far the two clocks are moved against each other after each window.
const STEP_AT_ONCE: Duration = Duration::from_millis(5);

/// Timestamps in a second.
pub(crate) fn rate_hz(kind: MediaKind) -> u32 {
    match kind {
        MediaKind::Audio => 48_000,
        MediaKind::Video => 90_000,
    }
}

/// The clock that all streams of one publisher share, seen from ours. Nothing comes before it was made, and the fastest
/// packets take no time: that is as much as one can know, and enough to keep its streams in step.
#[derive(Debug, Default)]
pub(crate) struct PublisherClock(Option<Anchor>);

/// The same moment on both clocks.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    ours: Instant,
    theirs: SystemTime,
    last_fit: Instant,
    window_began: Instant,
    least_delay: Duration,
}

impl PublisherClock {
    /// When a packet was made; `None` without a report that makes sense. Never after its arrival.
    pub(crate) fn made(&mut self, packet: &RtpPacket, kind: MediaKind) -> Option<Instant> {
        let report = packet.last_sender_info?;
        #[expect(clippy::cast_possible_truncation, reason = "RTP time counts modulo 2^32")]
        let reported = report.rtp_time.numer() as u32;
        let ticks = packet.header.timestamp.wrapping_sub(reported).cast_signed();
        let span = span_of(ticks.unsigned_abs(), rate_hz(kind));
        let theirs =
            if ticks < 0 { report.ntp_time.checked_sub(span) } else { report.ntp_time.checked_add(span) };
        self.ours(theirs?, packet.timestamp)
    }

    /// A moment of theirs on our clock, for a packet that arrived at `arrived`.
    fn ours(&mut self, theirs: SystemTime, arrived: Instant) -> Option<Instant> {
        let anchor = self.0.get_or_insert_with(|| Anchor::at(arrived, theirs));
        let Some(made) = anchor.ours_at(theirs, arrived) else {
            if passed(anchor.last_fit, MISFIT_FOR, arrived) {
                self.0 = None;
            }
            return None;
        };
        anchor.note(made, arrived);
        Some(made.min(arrived))
    }
}

impl Anchor {
    fn at(ours: Instant, theirs: SystemTime) -> Self {
        Self { ours, theirs, last_fit: ours, window_began: ours, least_delay: Duration::MAX }
    }

    /// `None` if it is too far from the arrival to be true.
    fn ours_at(&self, theirs: SystemTime, arrived: Instant) -> Option<Instant> {
        let made = match theirs.duration_since(self.theirs) {
            Ok(later) => self.ours.checked_add(later),
            Err(earlier) => self.ours.checked_sub(earlier.duration()),
        }?;
        let apart = made.max(arrived).saturating_duration_since(made.min(arrived));
        (apart < DELAY_BELIEVED).then_some(made)
    }

    /// Learns from a packet that fitted.
    fn note(&mut self, made: Instant, arrived: Instant) {
        self.last_fit = arrived;
        let early = made.saturating_duration_since(arrived);
        self.ours = self.ours.checked_sub(early).unwrap_or(self.ours);
        self.least_delay = self.least_delay.min(arrived.saturating_duration_since(made));
        if passed(self.window_began, WINDOW, arrived) {
            self.ours = after(self.ours, self.least_delay.min(STEP_AT_ONCE));
            self.window_began = arrived;
            self.least_delay = Duration::MAX;
        }
    }
}

/// The time that so many ticks take.
pub(crate) fn span_of(ticks: u32, rate_hz: u32) -> Duration {
    let nanos = u64::from(ticks).saturating_mul(1_000_000_000).checked_div(u64::from(rate_hz));
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// The ticks in a time.
pub(crate) fn ticks_in(span: Duration, rate_hz: u32) -> u32 {
    let ticks = span.as_micros().saturating_mul(u128::from(rate_hz)) / 1_000_000;
    u32::try_from(ticks).unwrap_or(u32::MAX / 4)
}

#[cfg(test)]
mod tests;
