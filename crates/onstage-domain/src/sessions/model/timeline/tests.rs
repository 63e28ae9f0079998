//! Would catch a plot with too many moments, with moments that overlap, or that leaves a part of the show out.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn moments_cover_the_show_without_a_gap(duration_ms in 0_i64..10_000_000_000) {
        let line = Timeline::of(duration_ms);
        prop_assert!((1..=i64::from(TIMELINE_BUCKETS_MAX)).contains(&line.moments()));
        prop_assert_eq!(line.moment_ms() % SAMPLE_MS, 0);
        let lengths: i64 = (0..line.moments()).map(|moment| line.length_ms(moment)).sum();
        prop_assert_eq!(lengths, duration_ms);
        prop_assert_eq!(line.moment_of(duration_ms - 1), if duration_ms > 0 { line.moments() - 1 } else { 0 });
    }
}

#[test]
fn reaches_timeline_buckets_max() {
    let full = i64::from(TIMELINE_BUCKETS_MAX) * SAMPLE_MS;
    assert_eq!((Timeline::of(full).moments(), Timeline::of(full).moment_ms()), (120, SAMPLE_MS));
    let longer = Timeline::of(full + 1);
    assert_eq!((longer.moments(), longer.moment_ms()), (61, 2 * SAMPLE_MS));
}

#[test]
fn a_show_that_just_began_has_one_moment_and_no_average() {
    let line = Timeline::of(0);
    assert_eq!(line.attended(&[]), vec![Attended::default()]);
    assert_eq!((line.length_ms(0), average_milli(5, 0)), (0, 0));
}
