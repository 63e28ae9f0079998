//! Catches switches away from key frames and viewers left in the dark while some layer flows.
#![allow(clippy::arithmetic_side_effects, clippy::disallowed_methods, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::layers::QUALITIES;

fn layers(usable: &[Quality], version: u64) -> LayersNow {
    let mut layers = LayersNow { version, ..LayersNow::default() };
    for quality in usable {
        *layers.usable.of_mut(*quality) = true;
    }
    layers
}

#[test]
fn it_waits_for_the_key_frame_of_its_target() {
    let now = Instant::now();
    let all = layers(&QUALITIES, 1);
    let mut selector = Selector::new(Wish::AtMost(Quality::High));
    selector.aim(&all, now);
    assert_eq!(selector.wants_key_frame(), Some(Quality::High));
    assert_eq!(selector.judge(Quality::Low, true), Verdict::Drop);
    assert_eq!(selector.judge(Quality::High, false), Verdict::Drop);
    assert_eq!(selector.judge(Quality::High, true), Verdict::Switch);
    assert_eq!(selector.judge(Quality::High, false), Verdict::Forward);
    assert_eq!(selector.wants_key_frame(), None);
    selector.note_broken();
    assert_eq!(selector.wants_key_frame(), Some(Quality::High));
    assert_eq!(selector.judge(Quality::High, true), Verdict::Forward);
    assert_eq!(selector.wants_key_frame(), None);
}

#[test]
fn impatience_takes_the_lowest() {
    let now = Instant::now();
    let all = layers(&QUALITIES, 1);
    let mut selector = Selector::new(Wish::AtMost(Quality::High));
    selector.aim(&all, now);
    selector.aim(&all, now + LAYER_PATIENCE);
    assert_eq!(selector.judge(Quality::Low, true), Verdict::Switch);
    selector.aim(&all, now + LAYER_PATIENCE);
    assert_eq!(selector.wants_key_frame(), Some(Quality::High), "and goes on to what was wished");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_only_switches_at_key_frames_and_never_against_the_wish(
        steps in proptest::collection::vec((0..3_usize, any::<bool>(), 0..8_u8, 0..300_u64), 1..200),
    ) {
        let mut now = Instant::now();
        let mut selector = Selector::new(Wish::AtMost(Quality::High));
        let mut shown: Option<Quality> = None;
        for (version, (layer, is_key, alive, gap)) in steps.into_iter().enumerate() {
            now += std::time::Duration::from_millis(gap);
            let usable: Vec<_> = QUALITIES.into_iter().enumerate().filter(|(bit, _)| alive >> bit & 1 == 1).map(|(_, q)| q).collect();
            selector.aim(&layers(&usable, version as u64), now);
            let layer = QUALITIES[layer];
            match selector.judge(layer, is_key) {
                Verdict::Switch => {
                    prop_assert!(is_key && shown != Some(layer));
                    shown = Some(layer);
                }
                Verdict::Forward => prop_assert_eq!(shown, Some(layer)),
                Verdict::Drop => prop_assert_ne!(shown, Some(layer)),
            }
        }
    }
}
