//! Catches a viewer who is sent more than the way carries, a camera that costs a shared screen its picture, a track that
//! starves while another is sent large, and layers that swing while nothing changes.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::layers::list;

const KILO: u64 = 1_000;

fn per_layer<T: Copy>(values: [T; 3]) -> PerLayer<T>
where
    PerLayer<T>: Default,
{
    let mut each = PerLayer::default();
    for (quality, value) in QUALITIES.into_iter().zip(values) {
        *each.of_mut(quality) = value;
    }
    each
}

fn camera(track: u64, wished: Quality) -> Ask {
    Ask {
        track: TrackKey(track),
        is_screen: false,
        ideal: Some(wished),
        best: Some(wished),
        bits: per_layer([Some(150 * KILO), Some(500 * KILO), Some(1_700 * KILO)]),
        held: None,
    }
}

fn means(kilobits: u64) -> Means {
    Means { bits: kilobits * KILO, is_limit: false, may_rise: true, may_pause: false }
}

fn layers(allocation: &Allocation) -> Vec<Option<Quality>> {
    allocation.grants.iter().map(|grant| grant.layer).collect()
}

use Quality::{High, Low, Medium};

#[test]
fn everybody_is_seen_before_anybody_is_seen_well() {
    let asks = [camera(1, High), camera(2, High), camera(3, High)];
    assert_eq!(layers(&allocate(&asks, &means(100))), [Some(Low), Some(Low), Some(Low)]);
    assert_eq!(layers(&allocate(&asks, &means(1_000))), [Some(Medium), Some(Low), Some(Low)]);
    let all = allocate(&asks, &means(10_000));
    assert_eq!(layers(&all), [Some(High), Some(High), Some(High)]);
    assert_eq!(all.next_bits, None);
    let tight = allocate(&asks, &means(1_000));
    assert_eq!(tight.grants[0].reason, Reason::Capacity);
    assert_eq!(tight.next_bits, Some((150 + 500 * 2) * KILO * 115 / 100));
}

#[test]
fn a_shared_screen_comes_first_wherever_it_stands() {
    let screen = Ask { is_screen: true, ..camera(9, High) };
    let asks = [camera(1, High), screen];
    assert_eq!(layers(&allocate(&asks, &means(800))), [Some(Low), Some(Medium)]);
    let pausing = Means { may_pause: true, ..means(200) };
    assert_eq!(layers(&allocate(&asks, &pausing)), [None, Some(Low)]);
}

#[test]
fn every_reason_is_told() {
    let unwished = Ask { ideal: None, best: None, ..camera(1, High) };
    let silent = Ask { best: None, ..camera(2, High) };
    let missing = Ask { best: Some(Medium), ..camera(3, High) };
    let asks = [unwished, silent, missing, camera(4, Low), camera(5, High)];
    let reasons = |means: &Means| -> Vec<Reason> {
        allocate(&asks, means).grants.iter().map(|grant| grant.reason).collect()
    };
    let rest = [Reason::Unwished, Reason::NotSent, Reason::NotSent, Reason::Wished];
    assert_eq!(reasons(&means(9_000))[..4], rest);
    assert_eq!(reasons(&means(1_000))[4], Reason::Capacity);
    assert_eq!(reasons(&Means { is_limit: true, ..means(1_000) })[4], Reason::Limit);
    assert_eq!(reasons(&Means { may_pause: true, ..means(0) })[4], Reason::Paused);
}

#[test]
fn what_barely_fits_is_kept_but_not_taken_anew() {
    let fresh = camera(1, Medium);
    assert_eq!(layers(&allocate(&[fresh], &means(510))), [Some(Low)]);
    let held = Ask { held: Some(Medium), ..fresh };
    assert_eq!(layers(&allocate(&[held], &means(510))), [Some(Medium)]);
    assert_eq!(layers(&allocate(&[held], &means(490))), [Some(Low)], "down at once");
    let waiting = Means { may_rise: false, ..means(5_000) };
    assert_eq!(layers(&allocate(&[fresh], &waiting)), [Some(Low)], "up in its time");
    assert_eq!(layers(&allocate(&[held], &waiting)), [Some(Medium)]);
}

fn any_layer() -> impl Strategy<Value = Option<Quality>> {
    prop_oneof![Just(None), Just(Some(Low)), Just(Some(Medium)), Just(Some(High))]
}

prop_compose! {
    fn any_ask()(
        is_screen in any::<bool>(),
        costs in (1..400_u64, 1..900_u64, 1..3_000_u64),
        sent in any::<[bool; 3]>(),
        wished in any_layer(),
        held in any_layer(),
    ) -> Ask {
        let (low, medium, high) = (costs.0, costs.0 + costs.1, costs.0 + costs.1 + costs.2);
        let costs = [low, medium, high];
        let bits = per_layer([0, 1, 2].map(|place| sent[place].then_some(costs[place])));
        let usable = list(&per_layer(sent));
        let fitting = usable.iter().copied().rfind(|quality| Some(*quality) <= wished);
        let best = wished.and_then(|_| fitting.or(usable.first().copied()));
        Ask { track: TrackKey(0), is_screen, ideal: wished, best, bits, held }
    }
}

fn any_asks() -> impl Strategy<Value = Vec<Ask>> {
    proptest::collection::vec(any_ask(), 0..7).prop_map(|mut asks| {
        for (ask, track) in asks.iter_mut().zip(1..) {
            ask.track = TrackKey(track);
        }
        asks
    })
}

fn cost(asks: &[Ask], allocation: &Allocation) -> u64 {
    let each = asks.iter().zip(&allocation.grants);
    each.filter_map(|(ask, grant)| *ask.bits.of(grant.layer?)).sum()
}

/// The model: the list of all steps in their order, each taken if it fits.
fn model(asks: &[Ask], means: &Means) -> Vec<(u64, bool)> {
    let mut levels = vec![0_usize; asks.len()];
    let ladders: Vec<Vec<(Quality, u64)>> = asks
        .iter()
        .map(|ask| {
            let sent = QUALITIES.into_iter().filter_map(|quality| Some((quality, (*ask.bits.of(quality))?)));
            sent.filter(|(quality, _)| Some(*quality) <= ask.best).collect()
        })
        .collect();
    let mut taken = Vec::new();
    let mut spent = 0;
    for round in 0..3 {
        for screens in [true, false] {
            for (place, ask) in asks.iter().enumerate().filter(|(_, ask)| ask.is_screen == screens) {
                if round > 0 && levels[place] == 0 {
                    continue;
                }
                let Some((quality, bits)) = ladders[place].get(levels[place]).copied() else { continue };
                let before = levels[place].checked_sub(1).map_or(0, |level| ladders[place][level].1);
                let total = spent + bits - before;
                let held = Some(quality) <= ask.held;
                let fits = if held {
                    total <= means.bits
                } else {
                    means.may_rise && total * 115 / 100 <= means.bits
                };
                let is_taken = fits || (round == 0 && !means.may_pause);
                if is_taken {
                    levels[place] += 1;
                    spent = total;
                }
                taken.push((ask.track.0, is_taken));
            }
        }
    }
    taken.sort_by_key(|(track, _)| *track);
    taken
}

fn steps(asks: &[Ask], allocation: &Allocation) -> Vec<(TrackKey, usize)> {
    let each = asks.iter().zip(&allocation.grants);
    each.map(|(ask, grant)| {
        let below = QUALITIES
            .into_iter()
            .filter(|quality| Some(*quality) <= grant.layer && ask.bits.of(*quality).is_some());
        (ask.track, below.count())
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_takes_the_steps_that_the_model_takes(
        asks in any_asks(), bits in 0..12_000_u64, may_rise in any::<bool>(), may_pause in any::<bool>(),
    ) {
        let means = Means { bits, is_limit: false, may_rise, may_pause };
        let allocation = allocate(&asks, &means);
        let model = model(&asks, &means);
        for (track, count) in steps(&asks, &allocation) {
            let expected = model.iter().filter(|(other, taken)| *other == track.0 && *taken).count();
            prop_assert_eq!(count, expected, "{:?}", track);
        }
    }

    #[test]
    fn it_is_never_more_than_there_is_unless_everything_is_at_its_lowest(
        asks in any_asks(), bits in 0..12_000_u64, may_pause in any::<bool>(),
    ) {
        let allocation = allocate(&asks, &Means { bits, is_limit: false, may_rise: true, may_pause });
        let lowest = |ask: &Ask| list(&ask.bits.each(|_, bits| bits.is_some())).first().copied();
        let is_lowest = asks.iter().zip(&allocation.grants).all(|(ask, grant)| grant.layer == lowest(ask) || grant.layer.is_none());
        prop_assert!(cost(&asks, &allocation) <= bits || (is_lowest && !may_pause));
        for (ask, grant) in asks.iter().zip(&allocation.grants) {
            prop_assert!(grant.layer <= ask.best, "nobody gets more than was wished");
            prop_assert!(may_pause || grant.layer.is_some() == ask.best.is_some(), "nobody is held back");
        }
    }

    /// More capacity: in the order of importance, the first picture whose share changes gets more.
    #[test]
    fn more_means_never_cost_the_most_important(
        asks in any_asks(), bits in 0..12_000_u64, more in 0..3_000_u64, may_pause in any::<bool>(),
    ) {
        let means = |bits| Means { bits, is_limit: false, may_rise: true, may_pause };
        let (small, large) = (allocate(&asks, &means(bits)), allocate(&asks, &means(bits + more)));
        let mut order: Vec<usize> = (0..asks.len()).collect();
        order.sort_by_key(|place| !asks[*place].is_screen);
        let count = |allocation: &Allocation, round: usize, place: usize| steps(&asks, allocation)[place].1 > round;
        let rounds = (0..3).flat_map(|round| order.iter().map(move |place| (round, *place)));
        let mut shares = rounds.map(|(round, place)| (count(&small, round, place), count(&large, round, place)));
        let first = shares.find(|(before, after)| before != after);
        prop_assert!(first.is_none_or(|(before, after)| !before && after));
    }

    #[test]
    fn the_same_means_again_change_nothing(
        asks in any_asks(), bits in 0..12_000_u64, may_rise in any::<bool>(), may_pause in any::<bool>(),
    ) {
        let means = Means { bits, is_limit: false, may_rise, may_pause };
        let first = allocate(&asks, &means);
        let again: Vec<Ask> = asks.iter().zip(&first.grants).map(|(ask, grant)| Ask { held: grant.layer, ..*ask }).collect();
        prop_assert_eq!(layers(&allocate(&again, &Means { may_rise: true, ..means })).len(), asks.len());
        prop_assert_eq!(layers(&allocate(&again, &means)), layers(&first));
    }
}
