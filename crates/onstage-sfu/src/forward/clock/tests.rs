//! Catches sound and picture that drift apart, and times that lie in the future.
#![allow(clippy::arithmetic_side_effects, clippy::disallowed_methods, reason = "tests")]

use proptest::prelude::*;

use super::*;

const TICK: Duration = Duration::from_millis(20);

/// Makes packets of two streams for a while; returns how late each looked at the end.
fn run(clock: &mut PublisherClock, (drift_ppm, delays): (i64, [u64; 2]), packets: u32) -> [Duration; 2] {
    let (start, theirs) = (Instant::now(), SystemTime::UNIX_EPOCH + Duration::from_secs(1_000));
    let mut late = [Duration::ZERO; 2];
    for packet in 0..packets {
        let made = TICK * packet;
        let drift = made.as_nanos().cast_signed() * i128::from(drift_ppm) / 1_000_000;
        let told =
            theirs + Duration::from_nanos(u64::try_from(made.as_nanos().cast_signed() + drift).unwrap());
        for (stream, delay) in delays.iter().enumerate() {
            let wobble = u64::from(packet.wrapping_mul(2_654_435_761) >> 27);
            let arrived = start + made + Duration::from_millis(delay + wobble);
            let ours = clock.ours(told, arrived).expect("it fits");
            assert!(ours <= arrived, "nothing arrives before it was made");
            if let Some(late) = late.get_mut(stream) {
                *late = arrived - ours;
            }
        }
    }
    late
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn streams_keep_their_distance_whatever_the_clocks_do(
        drift_ppm in -200..200_i64, sound in 0..40_u64, picture in 40..120_u64,
    ) {
        let mut clock = PublisherClock::default();
        let [first, second] = run(&mut clock, (drift_ppm, [sound, picture]), 3_000);
        let apart = i128::try_from(second.as_micros()).unwrap() - i128::try_from(first.as_micros()).unwrap();
        let really = i128::from(picture - sound) * 1_000;
        prop_assert!((apart - really).abs() < 100, "{} us instead of {}", apart, really);
        prop_assert!(first < Duration::from_millis(60), "{:?}", first);
    }
}

#[test]
fn a_clock_that_was_set_anew_is_learnt_anew() {
    let mut clock = PublisherClock::default();
    let (now, theirs) = (Instant::now(), SystemTime::UNIX_EPOCH + Duration::from_secs(9_000));
    assert_eq!(clock.ours(theirs, now), Some(now));
    let set = theirs + Duration::from_secs(3_600);
    assert_eq!(clock.ours(set, now + TICK), None);
    assert_eq!(clock.ours(theirs + TICK, now + TICK), Some(now + TICK), "one liar does not move it");
    let later = now + TICK + MISFIT_FOR;
    assert_eq!(clock.ours(set + MISFIT_FOR, later), None);
    assert_eq!(clock.ours(set + MISFIT_FOR, later), Some(later));
}

#[test]
fn ticks_and_spans_are_each_others_inverse() {
    for ticks in [0, 1, 89, 90, 3_000, 90_000, u32::MAX / 8] {
        assert!(ticks_in(span_of(ticks, 90_000), 90_000).abs_diff(ticks) <= 1);
    }
    assert_eq!(ticks_in(Duration::from_secs(u64::MAX), 90_000), u32::MAX / 4);
}
