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
        capacity.note_estimate(300 * KILO, 600 * KILO, now);
        now += SECOND;
    }
    assert_eq!(capacity.bits(), Some(300 * KILO));
}

#[test]
fn a_falling_estimate_bounds_at_once_unless_less_is_sent_anyway() {
    let now = Instant::now();
    let mut capacity = Capacity::default();
    capacity.note_estimate(2_000 * KILO, 1_700 * KILO, now);
    assert!(!capacity.note_estimate(1_900 * KILO, 1_700 * KILO, now + SECOND));
    assert!(!capacity.note_estimate(900 * KILO, 150 * KILO, now + 2 * SECOND), "it follows what is sent");
    assert!(capacity.note_estimate(500 * KILO, 1_700 * KILO, now + 3 * SECOND));
    assert_eq!(capacity.bits(), Some(500 * KILO));
    assert!(capacity.note_estimate(800 * KILO, 500 * KILO, now + 4 * SECOND));
    assert_eq!(capacity.bits(), Some(800 * KILO), "it grows with the estimate");
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
fn reaches_patience_max() {
    let mut now = Instant::now();
    let mut capacity = Capacity::default();
    capacity.note_estimate(500 * KILO, 400 * KILO, now);
    capacity.note_estimate(300 * KILO, 400 * KILO, now);
    let mut waits = Vec::new();
    for _ in 0..7 {
        let fell = now;
        capacity.note_estimate(300 * KILO, 150 * KILO, now);
        while !capacity.try_more(700 * KILO, 150 * KILO, now) {
            now += SECOND;
        }
        assert_eq!(capacity.bits(), Some(700 * KILO));
        capacity.note_rise(now);
        waits.push((now - fell).as_secs());
        now += SECOND;
        assert!(!capacity.try_more(2_000 * KILO, 600 * KILO, now), "one rise is judged before the next");
        assert!(capacity.note_estimate(280 * KILO, 600 * KILO, now));
        assert_eq!(capacity.bits(), Some(280 * KILO));
    }
    assert_eq!(waits, [4, 8, 16, 32, 64, 64, 64], "each rise that does not last makes the next one later");
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
