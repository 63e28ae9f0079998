//! The course of a show: how many watched and how many guests stood on stage, in samples of ten seconds.

use std::collections::BTreeMap;

use crate::time::At;

/// How long a sample is.
pub const SAMPLE_MS: i64 = 10_000;
/// Samples that wait to be written while the database is away; then the oldest goes: an hour in which something changed
/// every ten seconds.
pub const SAMPLES_WAITING_MAX: usize = 360;

/// Ten seconds in which a number changed. Where there is none, the numbers of the one before still hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// Which ten seconds, counted from the beginning of the show.
    pub index: i64,
    /// Viewers times milliseconds.
    pub viewer_ms: i64,
    /// Most viewers at once.
    pub viewers_peak: u32,
    /// Most guests on stage at once.
    pub guests_peak: u32,
    /// Viewers as it ended.
    pub viewers_after: u32,
    /// Guests as it ended.
    pub guests_after: u32,
}

impl Sample {
    /// When it begins, from the beginning of the show.
    #[must_use]
    pub const fn starts_ms(self) -> i64 {
        self.index.saturating_mul(SAMPLE_MS)
    }

    /// When it is over, from the beginning of the show.
    #[must_use]
    pub const fn ends_ms(self) -> i64 {
        self.starts_ms().saturating_add(SAMPLE_MS)
    }
}

/// The two numbers that are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Crowd {
    pub(super) viewers: u32,
    pub(super) guests: u32,
}

/// What is counted of one running show and not yet written down.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    /// When the show began; before that is known nothing is kept.
    begun: Option<At>,
    /// Counted up to here, from the beginning of the show.
    until_ms: i64,
    crowd: Crowd,
    waiting: BTreeMap<i64, Sample>,
}

impl Course {
    /// Goes on after the last sample that was written; it is the same show when it is told again.
    pub(super) fn begin(&mut self, started_at: At, now: At, last: Option<Sample>) {
        if self.begun.is_some() {
            return;
        }
        self.begun = Some(started_at);
        let here = self.crowd;
        if let Some(last) = last {
            self.until_ms = last.ends_ms();
            self.crowd = Crowd { viewers: last.viewers_after, guests: last.guests_after };
        } else {
            self.crowd = Crowd::default();
        }
        self.note(now, here);
    }

    /// From now on it is these.
    pub(super) fn note(&mut self, now: At, crowd: Crowd) {
        if self.begun.is_some() && crowd != self.crowd {
            self.move_to(now);
            self.open_sample().take(crowd);
        }
        self.crowd = crowd;
        if self.waiting.len() > SAMPLES_WAITING_MAX {
            self.waiting.pop_first();
        }
    }

    fn elapsed_ms(&self, now: At) -> i64 {
        self.begun.map_or(0, |begun| now.since_ms(begun))
    }

    /// Counts what passed; time that goes backwards counts as none.
    fn move_to(&mut self, now: At) {
        let now_ms = self.elapsed_ms(now).max(self.until_ms);
        if let Some(sample) = self.waiting.get_mut(&self.until_ms.div_euclid(SAMPLE_MS)) {
            let passed_ms = now_ms.min(sample.ends_ms()).saturating_sub(self.until_ms);
            sample.viewer_ms = sample.viewer_ms.saturating_add(held_ms(self.crowd.viewers, passed_ms));
        }
        self.until_ms = now_ms;
    }

    /// The sample of this moment: until now the numbers stood still in it.
    fn open_sample(&mut self) -> &mut Sample {
        let index = self.until_ms.div_euclid(SAMPLE_MS);
        let passed_ms = self.until_ms.rem_euclid(SAMPLE_MS);
        let Crowd { viewers, guests } = if passed_ms > 0 { self.crowd } else { Crowd::default() };
        self.waiting.entry(index).or_insert_with(|| Sample {
            index,
            viewer_ms: held_ms(viewers, passed_ms),
            viewers_peak: viewers,
            guests_peak: guests,
            ..Sample::default()
        })
    }

    /// When the oldest waiting sample is over.
    pub(super) fn deadline(&self) -> Option<At> {
        let oldest = self.waiting.values().next()?;
        self.begun.map(|begun| begun.plus_ms(oldest.ends_ms()))
    }

    /// Samples that are over and not written.
    pub(super) fn over(&mut self, now: At) -> Vec<Sample> {
        self.move_to(now);
        self.waiting.values().filter(|sample| sample.ends_ms() <= self.until_ms).copied().collect()
    }

    /// Everything that is not written, the sample of this moment included.
    pub(super) fn so_far(&self, now: At) -> Vec<Sample> {
        let mut copy = self.clone();
        copy.move_to(now);
        copy.waiting.into_values().collect()
    }

    /// These are safe.
    pub(super) fn forget(&mut self, written: &[Sample]) {
        for sample in written {
            self.waiting.remove(&sample.index);
        }
    }
}

impl Sample {
    fn take(&mut self, crowd: Crowd) {
        self.viewers_peak = self.viewers_peak.max(crowd.viewers);
        self.guests_peak = self.guests_peak.max(crowd.guests);
        self.viewers_after = crowd.viewers;
        self.guests_after = crowd.guests;
    }
}

/// So many for so long.
pub(super) fn held_ms(viewers: u32, ms: i64) -> i64 {
    i64::from(viewers).saturating_mul(ms)
}

#[cfg(test)]
mod tests;
