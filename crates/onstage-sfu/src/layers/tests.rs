//! Catches viewers who get more than fits their tile, or less than is there.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use super::*;

fn camera() -> Sizes {
    let layer = |quality, width, height| LayerSize { quality, width, height };
    sizes(&[layer(Quality::Low, 320, 180), layer(Quality::Medium, 640, 360), layer(Quality::High, 1280, 720)])
}

fn usable(qualities: &[Quality]) -> PerLayer<bool> {
    let mut usable = PerLayer::default();
    for quality in qualities {
        *usable.of_mut(*quality) = true;
    }
    usable
}

fn best(width: u32, height: u32, qualities: &[Quality]) -> Option<Quality> {
    best_for(Wish::Size { width, height }, &usable(qualities), &camera())
}

#[test]
fn the_smallest_that_is_large_enough() {
    assert_eq!(best(320, 180, &QUALITIES), Some(Quality::Low));
    assert_eq!(best(350, 198, &QUALITIES), Some(Quality::Low), "a few pixels are forgiven");
    assert_eq!(best(400, 225, &QUALITIES), Some(Quality::Medium));
    assert_eq!(best(1_280, 720, &QUALITIES), Some(Quality::High));
    assert_eq!(best(3_840, 2_160, &QUALITIES), Some(Quality::High));
}

#[test]
fn what_there_is_when_the_right_one_is_missing() {
    assert_eq!(best(320, 180, &[Quality::High]), Some(Quality::High));
    assert_eq!(best(1_280, 720, &[Quality::Low, Quality::Medium]), Some(Quality::Medium));
    assert_eq!(best(1_280, 720, &[]), None);
}

#[test]
fn a_ceiling_is_kept_while_something_is_below_it() {
    let at_most = |limit, qualities: &[Quality]| best_for(Wish::AtMost(limit), &usable(qualities), &camera());
    assert_eq!(at_most(Quality::Medium, &QUALITIES), Some(Quality::Medium));
    assert_eq!(at_most(Quality::High, &[Quality::Low, Quality::Medium]), Some(Quality::Medium));
    assert_eq!(at_most(Quality::Low, &[Quality::High]), Some(Quality::High));
    assert_eq!(best_for(Wish::Nothing, &usable(&QUALITIES), &camera()), None);
}

#[test]
fn portraits_are_measured_by_their_width() {
    let upright = sizes(&[
        LayerSize { quality: Quality::Low, width: 180, height: 320 },
        LayerSize { quality: Quality::High, width: 720, height: 1_280 },
    ]);
    let usable = usable(&[Quality::Low, Quality::High]);
    assert_eq!(best_for(Wish::Size { width: 180, height: 600 }, &usable, &upright), Some(Quality::Low));
    assert_eq!(best_for(Wish::Size { width: 360, height: 600 }, &usable, &upright), Some(Quality::High));
}
