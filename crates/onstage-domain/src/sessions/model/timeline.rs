//! From samples to what a plot shows: moments of equal length, and the average over the whole show.

use super::TIMELINE_BUCKETS_MAX;
use super::course::{SAMPLE_MS, Sample, held_ms};

/// How a show's time is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeline {
    duration_ms: i64,
    moment_ms: i64,
    moments: i64,
}

/// Viewers and guests of one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attended {
    /// Viewers times milliseconds.
    pub viewer_ms: i64,
    /// Most guests on stage at once.
    pub guests: u32,
}

impl Timeline {
    /// The shortest moments, in whole samples, with which [`TIMELINE_BUCKETS_MAX`] of them last.
    #[must_use]
    pub fn of(duration_ms: i64) -> Self {
        let duration_ms = duration_ms.max(0);
        let samples = parts(duration_ms, SAMPLE_MS);
        let moment_ms = parts(samples, i64::from(TIMELINE_BUCKETS_MAX)).saturating_mul(SAMPLE_MS);
        Self { duration_ms, moment_ms, moments: parts(duration_ms, moment_ms) }
    }

    /// How long a moment is.
    #[must_use]
    pub const fn moment_ms(self) -> i64 {
        self.moment_ms
    }

    /// How many there are.
    #[must_use]
    pub const fn moments(self) -> i64 {
        self.moments
    }

    /// Which moment this is, from the beginning of the show; what is outside counts to the first or the last.
    #[must_use]
    pub fn moment_of(self, ms: i64) -> i64 {
        let last = self.moments.saturating_sub(1);
        ms.checked_div_euclid(self.moment_ms).unwrap_or(0).clamp(0, last)
    }

    /// When a moment begins, from the beginning of the show.
    #[must_use]
    pub const fn starts_ms(self, moment: i64) -> i64 {
        moment.saturating_mul(self.moment_ms)
    }

    /// How much of a moment lies in the show.
    #[must_use]
    pub fn length_ms(self, moment: i64) -> i64 {
        let ends_ms = self.starts_ms(moment.saturating_add(1)).min(self.duration_ms);
        ends_ms.saturating_sub(self.starts_ms(moment)).max(0)
    }

    /// Moment by moment, from samples in their order.
    #[must_use]
    pub fn attended(self, samples: &[Sample]) -> Vec<Attended> {
        let count = usize::try_from(self.moments).unwrap_or(0);
        let mut filling = Filling { line: self, moments: vec![Attended::default(); count] };
        let mut standing = Sample { index: -1, ..Sample::default() };
        for sample in samples.iter().filter(|sample| sample.starts_ms() < self.duration_ms) {
            filling.hold(standing, sample.starts_ms());
            filling.add(sample.starts_ms(), sample.viewer_ms, sample.guests_peak);
            standing = *sample;
        }
        filling.hold(standing, self.duration_ms);
        filling.moments
    }
}

struct Filling {
    line: Timeline,
    moments: Vec<Attended>,
}

impl Filling {
    /// Between samples the numbers of the last one stand.
    fn hold(&mut self, last: Sample, until_ms: i64) {
        let mut from_ms = last.ends_ms();
        while from_ms < until_ms {
            let next = self.line.starts_ms(self.line.moment_of(from_ms).saturating_add(1));
            let to_ms = until_ms.min(next).max(from_ms.saturating_add(1));
            let passed_ms = to_ms.saturating_sub(from_ms);
            self.add(from_ms, held_ms(last.viewers_after, passed_ms), last.guests_after);
            from_ms = to_ms;
        }
    }

    fn add(&mut self, at_ms: i64, viewer_ms: i64, guests: u32) {
        let moment = usize::try_from(self.line.moment_of(at_ms)).unwrap_or(0);
        if let Some(moment) = self.moments.get_mut(moment) {
            moment.viewer_ms = moment.viewer_ms.saturating_add(viewer_ms);
            moment.guests = moment.guests.max(guests);
        }
    }
}

/// Viewers, averaged over a time, in thousandths.
#[must_use]
pub fn average_milli(viewer_ms: i64, over_ms: i64) -> u64 {
    let average = i128::from(viewer_ms).saturating_mul(1000).checked_div(i128::from(over_ms)).unwrap_or(0);
    u64::try_from(average).unwrap_or(0)
}

/// How many parts of this size it takes, one at least.
fn parts(whole: i64, part: i64) -> i64 {
    let surplus = i64::from(whole.checked_rem(part).unwrap_or(0) > 0);
    whole.checked_div(part).unwrap_or(0).saturating_add(surplus).max(1)
}

#[cfg(test)]
mod tests;
