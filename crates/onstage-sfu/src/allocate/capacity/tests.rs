//! Catches a small estimate taken for a narrow way, a full way that goes unnoticed, and rises that come too soon.
#![allow(clippy::arithmetic_side_effects, clippy::disallowed_methods, reason = "tests")]

use super::*;

const KILO: u64 = 1_000;
const SECOND: Duration = Duration::from_secs(1);

#[test]
fn an_estimate_that_lags_behind_but_grows_bounds_nothing() {
    let mut now = Instant::now();
    let mut capacity = Capacity::default();
    let mut estimate = 235 * KILO;
    while estimate < 1_700 * KILO {
        assert!(!capacity.note_estimate(estimate, 1_700 * KILO, now));
        assert_eq!(capacity.bits(), None);
        estimate = estimate * 108 / 100;
        now += SECOND;
    }
}

#[test]
fn an_estimate_that_neither_falls_nor_grows_means_a_full_way() {
    let mut now = Instant::now();
    let mut capacity = Capacity::default();
    for second in 0..=3 {
        assert_eq!(capacity.bits(), None, "{second}");
        capacity.note_estimate(400 * KILO, 600 * KILO, now);
        now += SECOND;
    }
    assert_eq!(capacity.bits(), Some(400 * KILO));
}

#[test]
fn a_falling_estimate_bounds_at_once_unless_less_is_sent_anyway() {
    let now = Instant::now();
    let mut capacity = Capacity::default();
    capacity.note_estimate(2_000 * KILO, 1_700 * KILO, now);
    assert!(!capacity.note_estimate(1_900 * KILO, 1_700 * KILO, now + SECOND));
    assert!(!capacity.note_estimate(900 * KILO, 150 * KILO, now + 2 * SECOND), "it follows what is sent");
    assert!(capacity.note_estimate(850 * KILO, 1_000 * KILO, now + 3 * SECOND));
    assert_eq!(capacity.bits(), Some(850 * KILO));
    assert!(!capacity.take_collapse(), "a little less is no collapse");
    assert!(capacity.note_estimate(900 * KILO, 500 * KILO, now + 4 * SECOND));
    assert_eq!(capacity.bits(), Some(900 * KILO), "it grows with the estimate");
    assert!(!capacity.may_rise(now + 6 * SECOND));
    assert!(capacity.may_rise(now + 7 * SECOND));
}

#[test]
fn heavy_loss_bounds_and_light_loss_does_not() {
    let now = Instant::now();
    let mut capacity = Capacity::default();
    assert!(!capacity.note_loss(9, 1_000 * KILO, now));
    assert!(capacity.note_loss(20, 1_000 * KILO, now));
    assert_eq!(capacity.bits(), Some(900 * KILO));
    assert!(!capacity.note_loss(100, 0, now), "nothing was sent, nothing was lost");
}

#[test]
fn a_collapse_is_told_once_and_its_first_estimate_is_half_believed() {
    let now = Instant::now();
    let mut capacity = Capacity::default();
    capacity.note_estimate(2_000 * KILO, 1_700 * KILO, now);
    assert!(capacity.note_estimate(700 * KILO, 1_700 * KILO, now + SECOND));
    assert_eq!(capacity.bits(), Some(350 * KILO));
    assert!(capacity.take_collapse());
    assert!(!capacity.take_collapse());
    assert!(capacity.note_estimate(600 * KILO, 200 * KILO, now + 2 * SECOND));
    assert_eq!(capacity.bits(), Some(600 * KILO), "what comes next is believed");
}

#[test]
fn what_is_measured_falls_only_on_a_way_that_shows_it_is_full() {
    let (now, tick) = (Instant::now(), SECOND / 4);
    let mut capacity = Capacity::default();
    capacity.note_measured(3_000 * KILO, 1_700 * KILO, Way::Free, now);
    for turn in 1..40 {
        assert!(!capacity.note_measured(900 * KILO, 1_700 * KILO, Way::Free, now + turn * tick), "a dip");
    }
    let mut capacity = Capacity::default();
    assert!(!capacity.note_measured(1_500 * KILO, 1_700 * KILO, Way::Full, now), "once is not enough");
    assert!(capacity.note_measured(1_500 * KILO, 1_700 * KILO, Way::Full, now + tick));
    assert_eq!(capacity.bits(), Some(1_500 * KILO));
    assert!(!capacity.note_measured(2_500 * KILO, 500 * KILO, Way::Free, now + 2 * tick), "said once");
    assert!(capacity.note_measured(2_400 * KILO, 500 * KILO, Way::Free, now + 3 * tick));
    assert_eq!(capacity.bits(), Some(2_400 * KILO), "said twice");
    assert!(!capacity.note_measured(3_000 * KILO, 500 * KILO, Way::Full, now + 4 * tick));
    assert!(capacity.note_measured(400 * KILO, 1_700 * KILO, Way::Full, now + 5 * tick), "far less is plain");
    assert!(!capacity.take_collapse(), "but no queue fills");
}

#[test]
fn a_way_that_fills_has_collapsed_whatever_the_estimate_says() {
    let now = Instant::now();
    let mut capacity = Capacity::default();
    assert!(capacity.note_measured(4_000 * KILO, 1_600 * KILO, Way::Filling, now));
    assert!(capacity.take_collapse());
    assert_eq!(capacity.bits(), Some(400 * KILO));
    assert!(!capacity.note_measured(4_000 * KILO, 200 * KILO, Way::Filling, now + SECOND), "it is known");
    assert_eq!(capacity.bits(), Some(400 * KILO));
}

#[test]
fn what_grows_while_it_is_small_carries_the_next_step() {
    let mut now = Instant::now();
    let mut capacity = Capacity::default();
    capacity.note_loss(20, 400 * KILO, now);
    now += 4 * SECOND;
    assert!(capacity.try_more(700 * KILO, 200 * KILO, now));
    capacity.note_rise(now);
    capacity.note_estimate(400 * KILO, 600 * KILO, now + SECOND);
    assert!(!capacity.try_more(2_000 * KILO, 600 * KILO, now + 2 * SECOND), "it may be full");
    capacity.note_estimate(445 * KILO, 600 * KILO, now + 2 * SECOND);
    assert!(!capacity.try_more(2_000 * KILO, 600 * KILO, now + 3 * SECOND / 2), "too soon");
    assert!(capacity.try_more(2_000 * KILO, 600 * KILO, now + 2 * SECOND));
}

#[test]
fn reaches_patience_max() {
    let mut now = Instant::now();
    let mut capacity = Capacity::default();
    capacity.note_estimate(500 * KILO, 400 * KILO, now);
    capacity.note_estimate(300 * KILO, 400 * KILO, now);
    let mut waits = Vec::new();
    for _ in 0..10 {
        let fell = now;
        capacity.note_estimate(300 * KILO, 150 * KILO, now);
        while !capacity.try_more(700 * KILO, 150 * KILO, now) {
            now += SECOND / 4;
        }
        assert_eq!(capacity.bits(), Some(700 * KILO));
        capacity.note_rise(now);
        waits.push((now - fell).as_secs());
        now += SECOND;
        assert!(!capacity.try_more(2_000 * KILO, 600 * KILO, now), "one rise has to hold before the next");
        assert!(capacity.note_estimate(280 * KILO, 600 * KILO, now));
        assert_eq!(capacity.bits(), Some(140 * KILO), "a collapse");
    }
    assert_eq!(
        waits,
        [4, 6, 9, 13, 20, 30, 45, 64, 64, 64],
        "each rise that does not last makes the next later"
    );
}

#[test]
fn a_bound_is_forgotten_once_all_wishes_were_met_for_a_while() {
    let now = Instant::now();
    let mut capacity = Capacity::default();
    capacity.note_loss(50, 1_000 * KILO, now);
    capacity.note_enough(now + SECOND);
    assert!(capacity.bits().is_some());
    capacity.note_enough(now + 15 * SECOND);
    assert_eq!(capacity.bits(), None);
}
