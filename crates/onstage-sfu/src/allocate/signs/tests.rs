//! Catches a full way that goes unnoticed, and a way that is long by nature taken for a full one.
#![allow(clippy::arithmetic_side_effects, clippy::disallowed_methods, reason = "tests")]

use super::Way::{Filling, Free, Full};
use super::*;

fn ms(millis: u64) -> Option<Duration> {
    Some(Duration::from_millis(millis))
}

#[test]
fn what_takes_longer_than_before_queues() {
    let now = Instant::now();
    let mut signs = Signs::default();
    let ways = [300, 40, 80, 140, 140].map(|millis| signs.note(ms(millis), 0, now));
    assert_eq!(ways, [Free, Free, Free, Free, Full]);
    assert_eq!(signs.note(None, 0, now), Free, "nothing was seen");
}

#[test]
fn what_takes_longer_and_longer_fills_and_a_hiccup_does_not() {
    let now = Instant::now();
    let mut signs = Signs::default();
    let ways = [40, 400, 40, 110, 180, 150, 260, 370, 380].map(|millis| signs.note(ms(millis), 0, now));
    assert_eq!(ways, [Free, Free, Free, Free, Free, Full, Full, Filling, Full]);
}

#[test]
fn heavy_loss_is_a_sign_and_light_loss_is_none() {
    let now = Instant::now();
    let mut signs = Signs::default();
    assert_eq!(signs.note(ms(40), 4, now), Free);
    assert_eq!(signs.note(ms(40), 5, now), Full);
    assert_eq!(signs.note(None, 5, now), Full);
}

#[test]
fn a_way_that_became_longer_for_good_is_believed_after_a_while() {
    let now = Instant::now();
    let mut signs = Signs::default();
    assert_eq!(signs.note(ms(40), 0, now), Free);
    assert_eq!(signs.note(ms(140), 0, now + SHORTEST_KEPT_FOR / 2), Free);
    assert_eq!(signs.note(ms(140), 0, now + SHORTEST_KEPT_FOR), Full);
    assert_eq!(signs.note(ms(140), 0, now + SHORTEST_KEPT_FOR * 2), Free);
}
