//! What the way to one viewer carries, as far as anybody can tell from its reports.

use std::time::{Duration, Instant};

use crate::allocate::signs::Way;
use crate::time::passed;

/// An estimate below what is sent that does not grow for so long means that the way is full.
const SHORT_FOR: Duration = Duration::from_secs(3);
/// Growth in percent that counts: estimators rise by about eight a second while all is well.
const GROWTH_PERCENT: u64 = 10;
/// A fall of the estimate by so many percent below what is sent means that the way is full.
const FALL_PERCENT: u64 = 5;
/// An estimate below so many percent of what is sent: the way has collapsed.
const COLLAPSE_PERCENT: u64 = 60;
/// What an estimate is worth then, in percent: half of what it was made of passed before the collapse.
const COLLAPSED_WORTH_PERCENT: u64 = 50;
/// What filled before a fall still comes late for so long.
const FILLED_FOR: Duration = Duration::from_secs(2);
/// Percent of packets lost from which the way counts as full.
const LOSS_PERCENT: u64 = 10;
/// After a fall nothing rises for so long.
pub(crate) const PATIENCE_FIRST: Duration = Duration::from_secs(4);
/// The longest that it may take after rises that did not last.
pub(crate) const PATIENCE_MAX: Duration = Duration::from_secs(64);
/// A fall so soon after a rise says that the rise was too much.
const RISE_JUDGED_FOR: Duration = Duration::from_secs(10);
/// What has held for so long after a rise may carry the next.
const RISE_HELD_FOR: Duration = Duration::from_secs(2);
/// Least time between two rises.
const RISE_EVERY: Duration = Duration::from_secs(1);
/// An estimator that measures the way itself is not overruled by trying for so long.
const TRIED_UNMEASURED_AFTER: Duration = Duration::from_secs(15);
/// All wishes met for so long: the bound of an earlier fall is forgotten.
const BOUND_FORGOTTEN_AFTER: Duration = Duration::from_secs(15);

/// What one way carries. Estimates that never came bound nothing.
#[derive(Debug)]
pub(crate) struct Capacity {
    bound: Option<u64>,
    estimate: Option<u64>,
    /// Whether the estimate is ours, of a way that we probe.
    is_measured: bool,
    /// Since when the estimate is below what is sent, and what it was then.
    short: Option<(Instant, u64)>,
    /// When an estimate below what is sent grew last.
    grew: Option<Instant>,
    fell: Option<Instant>,
    /// When a queue filled last.
    filled: Option<Instant>,
    rose: Option<Instant>,
    patience: Duration,
    has_collapsed: bool,
}

impl Default for Capacity {
    fn default() -> Self {
        Self {
            bound: None,
            estimate: None,
            is_measured: false,
            short: None,
            grew: None,
            fell: None,
            filled: None,
            rose: None,
            patience: PATIENCE_FIRST,
            has_collapsed: false,
        }
    }
}

impl Capacity {
    /// In bits a second; `None`: not known to be bounded.
    pub(crate) fn bits(&self) -> Option<u64> {
        self.bound
    }

    /// Whether the way carries far less than was sent: asked once, and then forgotten.
    pub(crate) fn take_collapse(&mut self) -> bool {
        std::mem::take(&mut self.has_collapsed)
    }

    /// The same without forgetting.
    pub(crate) fn has_collapsed(&self) -> bool {
        self.has_collapsed
    }

    /// The receiver's own estimate (REMB). It only knows what it has seen and stays near what is sent, so that being
    /// small says nothing; falling, or not keeping up, does. True: the bound changed.
    pub(crate) fn note_estimate(&mut self, estimate: u64, sent: u64, now: Instant) -> bool {
        let before = self.estimate.replace(estimate);
        if !is_below(estimate, sent) {
            self.short = None;
            return self.widen(estimate);
        }
        let has_fallen = before.is_some_and(|before| is_below(estimate, before));
        let (since, was) = *self.short.get_or_insert((now, estimate));
        if has_fallen || (passed(since, SHORT_FOR, now) && estimate < grown(was)) {
            return self.fall_to(estimate, sent, now);
        }
        if estimate >= grown(was) {
            self.short = Some((now, estimate));
            self.grew = Some(now);
        }
        false
    }

    /// Our own estimate of a way that we probe. It dips by itself now and then, so that it counts as a fall only where
    /// the way shows by delay or loss that it is full, and as a rise once it was said twice. True: the bound changed.
    pub(crate) fn note_measured(&mut self, estimate: u64, sent: u64, way: Way, now: Instant) -> bool {
        self.is_measured = true;
        let before = self.estimate.replace(estimate).unwrap_or(estimate);
        let is_full = way != Way::Free;
        let is_news = self.filled.is_none_or(|filled| passed(filled, FILLED_FOR, now));
        if way == Way::Filling && is_news {
            self.filled = Some(now);
            return self.fall_to(estimate.min(sent / 2), sent, now);
        }
        if !is_below(estimate, sent) {
            self.short = None;
            return !is_full && self.widen(estimate.min(before));
        }
        let (since, _) = *self.short.get_or_insert((now, estimate));
        let is_collapse = estimate < percent_of(sent, COLLAPSE_PERCENT);
        if is_full && (is_collapse || since < now) {
            return self.fall(estimate, now);
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

    fn widen(&mut self, estimate: u64) -> bool {
        let before = self.bound;
        self.bound = before.map(|bound| bound.max(estimate));
        self.bound != before
    }

    fn fall_to(&mut self, estimate: u64, sent: u64, now: Instant) -> bool {
        if estimate >= percent_of(sent, COLLAPSE_PERCENT) {
            return self.fall(estimate, now);
        }
        self.has_collapsed = true;
        let worth = percent_of(estimate, COLLAPSED_WORTH_PERCENT);
        self.fall(worth, now)
    }

    fn fall(&mut self, bits: u64, now: Instant) -> bool {
        let was_too_much = self.rose.take().is_some_and(|rose| !passed(rose, RISE_JUDGED_FOR, now));
        self.patience = if was_too_much {
            self.patience.saturating_mul(3).checked_div(2).unwrap_or(PATIENCE_MAX).min(PATIENCE_MAX)
        } else if self.fell.is_none_or(|fell| passed(fell, PATIENCE_MAX, now)) {
            PATIENCE_FIRST
        } else {
            self.patience
        };
        self.fell = Some(now);
        self.short = None;
        self.grew = None;
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
        let has_held = self.rose.is_none_or(|rose| passed(rose, RISE_HELD_FOR, now));
        let newest = self.rose.max(self.fell);
        let is_unmeasured =
            !self.is_measured || newest.is_none_or(|newest| passed(newest, TRIED_UNMEASURED_AFTER, now));
        if !self.keeps_up(sent) || !has_held || !is_unmeasured || !self.may_rise(now) {
            return false;
        }
        self.bound = self.bound.map(|bound| bound.max(needed));
        true
    }

    /// Whether the estimate is not below what is sent, or has grown towards it since the last rise.
    fn keeps_up(&self, sent: u64) -> bool {
        match self.short {
            None => self.estimate.is_none_or(|estimate| estimate >= sent),
            Some(_) => self.grew.is_some() && self.grew > self.rose,
        }
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

/// Whether an estimate is clearly below something.
fn is_below(estimate: u64, other: u64) -> bool {
    estimate < percent_of(other, 100_u64.saturating_sub(FALL_PERCENT))
}

fn percent_of(bits: u64, percent: u64) -> u64 {
    bits.saturating_mul(percent) / 100
}

fn grown(bits: u64) -> u64 {
    percent_of(bits, 100_u64.saturating_add(GROWTH_PERCENT))
}

#[cfg(test)]
mod tests;
