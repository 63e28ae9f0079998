//! Bad networks and fickle viewers together: catches what only shows when packets are lost, late and doubled across
//! layer switches and mutes.

use std::time::Duration;

use onstage_sfu::{Control, Quality, Wish};
use proptest::prelude::*;

use super::support::{CAMERA, World, assert_no_contradiction, key, stage};

/// A small generator: a run is told by its seed.
fn dice(mut state: u64) -> impl FnMut(u64) -> u64 {
    move |sides| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    }
}

fn bad_weather(world: &mut World, seed: u64, lost_percent: u64) {
    let mut loss = dice(seed);
    let mut late = dice(seed ^ 0xabcd);
    world.loss = Some(Box::new(move |datagram| {
        let is_media = datagram.contents[0] >= 128;
        is_media && loss(100) < lost_percent
    }));
    world.jitter = Some(Box::new(move || Duration::from_millis(if late(4) == 0 { late(25) } else { 0 })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_contradicts_itself_and_the_picture_comes_back(
        seed in any::<u64>(), lost_percent in 0..15_u64, steps in proptest::collection::vec(0..7_u8, 4..16),
    ) {
        let (mut world, host, viewers) = stage(2);
        world.film(host, &[0, 1, 2], Duration::from_secs(1));
        bad_weather(&mut world, seed, lost_percent);
        for step in steps {
            let wish = match step {
                0 => Wish::AtMost(Quality::Low),
                1 => Wish::AtMost(Quality::Medium),
                2 => Wish::Nothing,
                _ => Wish::AtMost(Quality::High),
            };
            world.tell(Control::SetWish { peer: key(viewers[0]), track: CAMERA, wish });
            if step == 5 {
                world.tell(Control::SetGate { track: CAMERA, open: false });
            }
            let layers: &[usize] = if step == 6 { &[0, 1] } else { &[0, 1, 2] };
            world.film(host, layers, Duration::from_millis(700));
            world.tell(Control::SetGate { track: CAMERA, open: true });
        }
        world.loss = None;
        world.jitter = None;
        world.tell(Control::SetWish { peer: key(viewers[0]), track: CAMERA, wish: Wish::AtMost(Quality::High) });
        // Who lost much is given less, and more again only after a while.
        world.film(host, &[0, 1, 2], Duration::from_secs(16));
        for viewer in &viewers {
            let got = world.got(*viewer, CAMERA);
            assert_no_contradiction(&got);
            let fresh = got.iter().filter(|got| got.at + Duration::from_secs(1) > world.now).count();
            prop_assert!(fresh > 60, "{fresh} packets in the last second");
            prop_assert_eq!(got.last().unwrap().marks.unwrap().layer, 2);
        }
        prop_assert_eq!(world.shard.counters().faults, 0);
    }
}
