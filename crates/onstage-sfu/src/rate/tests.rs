//! Catches a rate that lags, that remembers what is long over, or that is told before anything is known.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "tests"
)]

use proptest::prelude::*;

use super::*;

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_steady_flow_is_told_as_it_is_and_a_step_within_the_window() {
    let start = Instant::now();
    let mut meter = RateMeter::default();
    assert_eq!(meter.bits_per_second(start), None);
    let mut now = start;
    for _ in 0..300 {
        meter.note(1_250, now);
        now += 10 * MS;
    }
    assert_eq!(meter.bits_per_second(now), Some(1_000_000));
    for _ in 0..225 {
        meter.note(125, now);
        now += 10 * MS;
    }
    assert_eq!(meter.bits_per_second(now), Some(100_000));
    assert_eq!(meter.bits_per_second(now + 2 * SLICE * 4), None, "nothing flows");
    meter.note(1_250, now + 60_000 * MS);
    assert_eq!(meter.bits_per_second(now + 60_010 * MS), None, "it starts over");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The model keeps every packet.
    #[test]
    fn it_tells_what_the_whole_slices_hold(gaps in proptest::collection::vec((0..900_u64, 1..2_000_usize), 1..120)) {
        let start = Instant::now();
        let moment = |at: u64| start + MS * u32::try_from(at).unwrap();
        let mut meter = RateMeter::default();
        let mut packets: Vec<(u64, usize)> = Vec::new();
        let mut at = 0;
        for (gap, bytes) in gaps {
            at += gap;
            meter.note(bytes, moment(at));
            // Slices count from the first packet; after a long silence the next one is the first again.
            let first = packets.first().map_or(at, |(first, _)| *first);
            let last = packets.last().map_or(at, |(last, _)| *last);
            if (at - first) / 250 >= (last - first) / 250 + 8 {
                packets.clear();
            }
            packets.push((at, bytes));
        }
        let first = packets[0].0;
        let now = (at - first) / 250;
        let from = now.saturating_sub(7);
        let counted = packets.iter().filter(|(at, _)| (from..now).contains(&((at - first) / 250)));
        let sum: usize = counted.map(|(_, bytes)| bytes).sum();
        let told = meter.bits_per_second(moment(at));
        let expected = u64::try_from(sum).unwrap() * 8_000 / ((now - from).max(1) * 250);
        prop_assert_eq!(told, (now >= 2).then_some(expected));
    }
}
