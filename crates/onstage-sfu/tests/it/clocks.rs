//! Sound and picture together: catches lips that move before or after the words.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use onstage_sfu::{Control, Quality, Wish};

use super::support::bot::Got;
use super::support::{CAMERA, MICROPHONE, assert_no_contradiction, key, stage};

/// The moment for which a packet stands, on its sender's clock; `None` before the first report.
fn stands_for(got: &Got, rate_hz: i64) -> Option<i64> {
    let report = got.report?;
    let told = report.ntp_time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let ticks = got.timestamp.wrapping_sub(report.rtp_time.numer() as u32).cast_signed();
    Some(i64::try_from(told.as_micros()).unwrap() + i64::from(ticks) * 1_000_000 / rate_hz)
}

/// A small generator: a run is told by its seed.
fn dice(mut state: u64) -> impl FnMut(u64) -> u64 {
    move |sides| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    }
}

#[test]
fn lips_and_words_stay_together_over_switches() {
    let (mut world, host, viewers) = stage(1);
    let viewer = viewers[0];
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let mut late = dice(7);
    // Layers take their own time on the way up: the bot sends them one after another.
    world.jitter = Some(Box::new(move || Duration::from_millis(late(45))));
    world.film(host, &[0, 1, 2], Duration::from_secs(10));
    let since = world.now;
    for round in 0..24 {
        let wish = Wish::AtMost([Quality::Low, Quality::High, Quality::Medium][round % 3]);
        world.tell(Control::SetWish { peer: key(viewer), track: CAMERA, wish });
        world.film(host, &[0, 1, 2], Duration::from_millis(1_300));
    }
    world.jitter = None;
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let picture = world.got(viewer, CAMERA);
    assert_no_contradiction(&picture);
    // Picture and sound with the same count were made at the same moment.
    let sound: HashMap<u32, i64> = world
        .got(viewer, MICROPHONE)
        .iter()
        .filter_map(|got| {
            let count = u32::from_be_bytes(got.payload[..4].try_into().unwrap());
            Some((count, stands_for(got, 48_000)?))
        })
        .collect();
    let mut worst = 0;
    let mut compared = 0;
    let mut layers = Vec::new();
    for got in picture.iter().filter(|got| got.at > since) {
        let marks = got.marks.unwrap();
        layers.push(marks.layer);
        let (Some(seen), Some(heard)) = (stands_for(got, 90_000), sound.get(&marks.frame)) else { continue };
        worst = worst.max((seen - heard).abs());
        compared += 1;
    }
    layers.dedup();
    assert!(layers.len() > 15, "{layers:?}");
    assert!(compared > 1_500, "{compared} packets compared");
    assert!(worst <= 40_000, "{worst} us apart");
}
