//! What the way to one viewer carries, as far as anybody can tell from its reports.

use std::time::{Duration, Instant};

use crate::time::passed;

/// An estimate below what is sent that does not grow for so long means that the way is full.
const SHORT_FOR: Duration = Duration::from_secs(3);
/// Growth in percent that counts: estimators rise by about eight a second while all is well.
const GROWTH_PERCENT: u64 = 10;
/// A fall of the estimate by so many percent below what is sent means that the way is full.
const FALL_PERCENT: u64 = 5;
/// Percent of packets lost from which the way counts as full.
const LOSS_PERCENT: u64 = 10;
/// After a fall nothing rises for so long.
pub(crate) const PATIENCE_FIRST: Duration = Duration::from_secs(4);
/// The longest that it may take after rises that did not last.
pub(crate) const PATIENCE_MAX: Duration = Duration::from_secs(64);
/// A fall so soon after a rise says that the rise was too much.
const RISE_JUDGED_FOR: Duration = Duration::from_secs(10);
/// Least time between two rises.
const RISE_EVERY: Duration = Duration::from_secs(1);
/// All wishes met for so long: the bound of an earlier fall is forgotten.
const BOUND_FORGOTTEN_AFTER: Duration = Duration::from_secs(15);

/// What one way carries. Estimates that never came bound nothing.
#[derive(Debug)]
pub(crate) struct Capacity {
    bound: Option<u64>,
    estimate: Option<u64>,
    /// Since when the estimate is below what is sent, and what it was then.
    short: Option<(Instant, u64)>,
    fell: Option<Instant>,
    rose: Option<Instant>,
    patience: Duration,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { bound: None, estimate: None, short: None, fell: None, rose: None, patience: PATIENCE_FIRST }
    }
}

impl Capacity {
    /// In bits a second; `None`: not known to be bounded.
    pub(crate) fn bits(&self) -> Option<u64> {
        self.bound
    }

    /// An estimate: the receiver's own (REMB), or ours from its transport-wide feedback. Either only knows what it has
    /// seen and stays near what is sent, so that being small says nothing; falling, or not keeping up, does. True: the
    /// bound changed.
    pub(crate) fn note_estimate(&mut self, estimate: u64, sent: u64, now: Instant) -> bool {
        let before = self.estimate.replace(estimate);
        let is_short = estimate < percent_of(sent, 100_u64.saturating_sub(FALL_PERCENT));
        if !is_short {
            self.short = None;
            let bound = self.bound;
            self.bound = bound.map(|bound| bound.max(estimate));
            return self.bound != bound;
        }
        let limit = |before| percent_of(before, 100_u64.saturating_sub(FALL_PERCENT));
        let has_fallen = before.is_some_and(|before| estimate < limit(before));
        let (since, was) = *self.short.get_or_insert((now, estimate));
        if has_fallen || (passed(since, SHORT_FOR, now) && estimate < grown(was)) {
            return self.fall(estimate, now);
        }
        if estimate >= grown(was) {
            self.short = Some((now, estimate));
        }
        false
    }

    /// What the receiver lost of what was sent, in percent. True: the bound changed.
    pub(crate) fn note_loss(&mut self, lost_percent: u64, sent: u64, now: Instant) -> bool {
        if lost_percent < LOSS_PERCENT || sent == 0 {
            return false;
        }
        let left = percent_of(sent, 100_u64.saturating_sub(lost_percent.min(100) / 2));
        self.fall(self.bound.map_or(left, |bound| bound.min(left)), now)
    }

    fn fall(&mut self, bits: u64, now: Instant) -> bool {
        let was_too_much = self.rose.take().is_some_and(|rose| !passed(rose, RISE_JUDGED_FOR, now));
        self.patience = if was_too_much {
            self.patience.saturating_mul(2).min(PATIENCE_MAX)
        } else if self.fell.is_none_or(|fell| passed(fell, PATIENCE_MAX, now)) {
            PATIENCE_FIRST
        } else {
            self.patience
        };
        self.fell = Some(now);
        self.short = None;
        let before = self.bound.replace(bits);
        before != self.bound
    }

    /// Whether it is time for more.
    pub(crate) fn may_rise(&self, now: Instant) -> bool {
        self.fell.is_none_or(|fell| passed(fell, self.patience, now))
            && self.rose.is_none_or(|rose| passed(rose, RISE_EVERY, now))
    }

    /// Notes that more is sent from here on.
    pub(crate) fn note_rise(&mut self, now: Instant) {
        self.rose = Some(now);
    }

    /// What a receiver has not seen it cannot estimate: as long as it keeps up with what is sent, the next step is
    /// tried as if there were room. True: the bound was raised.
    pub(crate) fn try_more(&mut self, needed: u64, sent: u64, now: Instant) -> bool {
        let keeps_up = self.short.is_none() && self.estimate.is_none_or(|estimate| estimate >= sent);
        let is_judged = self.rose.is_none_or(|rose| passed(rose, RISE_JUDGED_FOR, now));
        if !keeps_up || !is_judged || !self.may_rise(now) {
            return false;
        }
        self.bound = self.bound.map(|bound| bound.max(needed));
        true
    }

    /// All wishes are met: what an earlier fall said is forgotten after a while.
    pub(crate) fn note_enough(&mut self, now: Instant) {
        let is_old = |then: Option<Instant>| then.is_none_or(|then| passed(then, BOUND_FORGOTTEN_AFTER, now));
        if is_old(self.fell) && is_old(self.rose) {
            self.bound = None;
            self.patience = PATIENCE_FIRST;
        }
    }
}

fn percent_of(bits: u64, percent: u64) -> u64 {
    bits.saturating_mul(percent) / 100
}

fn grown(bits: u64) -> u64 {
    percent_of(bits, 100_u64.saturating_add(GROWTH_PERCENT))
}

#[cfg(test)]
mod tests;
