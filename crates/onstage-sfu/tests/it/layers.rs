//! Which layer a viewer gets: catches wrong choices, switches off key frames, and streams that a decoder would stumble over.

use std::time::Duration;

use onstage_sfu::{Control, Notice, PeerRole, Quality, Wish};

use super::support::bot::Got;
use super::support::{CAMERA, World, assert_one_stream, key, stage};

fn wish(world: &mut World, viewer: usize, wish: Wish) {
    world.tell(Control::SetWish { peer: key(viewer), track: CAMERA, wish });
}

fn layers(got: &[Got]) -> Vec<u8> {
    let mut layers: Vec<_> = got.iter().map(|got| got.marks.unwrap().layer).collect();
    layers.dedup();
    layers
}

const SMALL: Wish = Wish::Size { width: 320, height: 180 };
const LARGE: Wish = Wish::Size { width: 1280, height: 720 };

#[test]
fn who_asks_small_gets_small_and_who_asks_large_gets_large() {
    let (mut world, host, viewers) = stage(2);
    wish(&mut world, viewers[0], SMALL);
    wish(&mut world, viewers[1], LARGE);
    world.film(host, &[0, 1, 2], Duration::from_secs(3));
    assert_eq!(layers(&world.got(viewers[0], CAMERA)), [0]);
    assert_eq!(layers(&world.got(viewers[1], CAMERA)).last(), Some(&2));
    let until_large =
        world.got(viewers[1], CAMERA).iter().position(|got| got.marks.unwrap().layer == 2).unwrap();
    assert!(
        until_large <= 6,
        "what comes first is shown until the right one is there, {until_large} packets"
    );
    let before = world.got(viewers[0], CAMERA).len();
    wish(&mut world, viewers[0], LARGE);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let got = world.got(viewers[0], CAMERA);
    assert_eq!(layers(&got), [0, 2]);
    let switched = got[before..].iter().position(|got| got.marks.unwrap().layer == 2).unwrap();
    assert!(switched < 60, "the switch took {switched} packets");
    assert!(got.len() > before + 150, "the picture never stopped");
    assert_one_stream(&got);
    wish(&mut world, viewers[0], SMALL);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let got = world.got(viewers[0], CAMERA);
    assert_eq!(layers(&got), [0, 2, 0]);
    assert_one_stream(&got);
    assert_one_stream(&world.got(viewers[1], CAMERA));
}

#[test]
fn a_tile_that_flickers_switches_now_and_then_only_and_ends_as_it_was_wished_last() {
    let (mut world, host, viewers) = stage(1);
    wish(&mut world, viewers[0], LARGE);
    world.film(host, &[0, 1, 2], Duration::from_secs(3));
    for round in 0..40 {
        wish(&mut world, viewers[0], if round % 2 == 0 { SMALL } else { LARGE });
        world.film(host, &[0, 1, 2], Duration::from_millis(133));
    }
    wish(&mut world, viewers[0], SMALL);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let got = world.got(viewers[0], CAMERA);
    let layers = layers(&got);
    assert!(layers.len() <= 12, "{layers:?} in five seconds");
    assert_eq!(layers.last(), Some(&0));
    assert_one_stream(&got);
}

#[test]
fn thirty_switches_are_one_stream() {
    let (mut world, host, viewers) = stage(1);
    for round in 0..30 {
        let wished = [SMALL, LARGE, Wish::AtMost(Quality::Medium)][round % 3];
        wish(&mut world, viewers[0], wished);
        world.film(host, &[0, 1, 2], Duration::from_millis(1_300));
    }
    let got = world.got(viewers[0], CAMERA);
    assert_one_stream(&got);
    assert!(layers(&got).len() >= 30, "{:?}", layers(&got));
}

#[test]
fn a_layer_that_dies_is_replaced() {
    let (mut world, host, viewers) = stage(1);
    wish(&mut world, viewers[0], LARGE);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    world.film(host, &[0, 1], Duration::from_secs(5));
    world.film(host, &[0, 1, 2], Duration::from_secs(3));
    let got = world.got(viewers[0], CAMERA);
    assert_eq!(layers(&got), [2, 1, 2]);
    assert_one_stream(&got);
}

#[test]
fn an_announced_layer_that_never_comes_is_not_waited_for() {
    let (mut world, host, viewers) = stage(1);
    wish(&mut world, viewers[0], LARGE);
    world.film(host, &[0], Duration::from_secs(4));
    let got = world.got(viewers[0], CAMERA);
    assert!(got.len() > 200, "{} packets", got.len());
    assert_one_stream(&got);
}

#[test]
fn many_joiners_cost_one_key_frame() {
    let (mut world, host, viewers) = stage(12);
    world.film(host, &[0, 1, 2], Duration::from_secs(3));
    for viewer in &viewers {
        assert_one_stream(&world.got(*viewer, CAMERA));
    }
    let asked = world.shard.track_counters(CAMERA).unwrap().key_frames_asked;
    assert!(asked <= 4, "{asked} key frames asked for");
}

#[test]
fn a_lost_picture_is_asked_for_once_a_second() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(3));
    let asked = world.shard.track_counters(CAMERA).unwrap().key_frames_asked;
    let ssrc = world.got(viewers[0], CAMERA)[0].ssrc;
    for _ in 0..40 {
        world.bots[viewers[0]].ask_key_frame(ssrc);
        world.film(host, &[0, 1, 2], Duration::from_millis(50));
    }
    let more = world.shard.track_counters(CAMERA).unwrap().key_frames_asked - asked;
    assert!((1..=4).contains(&more), "{more} in two to three seconds");
}

#[test]
fn wishing_nothing_stops_the_picture() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    wish(&mut world, viewers[0], Wish::Nothing);
    world.run(Duration::from_millis(50));
    let before = world.got(viewers[0], CAMERA).len();
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    assert_eq!(world.got(viewers[0], CAMERA).len(), before);
    wish(&mut world, viewers[0], SMALL);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let got = world.got(viewers[0], CAMERA);
    assert!(got.len() > before + 100);
    assert_one_stream(&got);
}

#[test]
fn demand_goes_up_at_once_and_down_after_a_while() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let told = |world: &World| {
        let wanted = |notice: &Notice| match notice {
            Notice::LayersWanted { track: CAMERA, best } => Some(*best),
            _ => None,
        };
        world.notices.iter().filter_map(wanted).collect::<Vec<_>>()
    };
    assert_eq!(told(&world), [], "all layers is what it starts with");
    wish(&mut world, viewers[0], SMALL);
    world.run(Duration::from_secs(4));
    assert_eq!(told(&world), []);
    world.run(Duration::from_secs(2));
    assert_eq!(told(&world), [Some(Quality::Low)]);
    wish(&mut world, viewers[0], LARGE);
    assert_eq!(told(&world), [Some(Quality::Low), Some(Quality::High)]);
    world.tell(Control::Unsubscribe { peer: key(viewers[0]), track: CAMERA });
    world.run(Duration::from_secs(6));
    assert_eq!(told(&world).last(), Some(&None));
}

#[test]
fn a_restarted_camera_is_the_same_stream() {
    let (mut world, host, viewers) = stage(1);
    wish(&mut world, viewers[0], SMALL);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    for _ in 0..3 {
        let before = world.got(viewers[0], CAMERA).len();
        world.bots[host].change_source(0, 0);
        world.film(host, &[0, 1, 2], Duration::from_secs(2));
        let got = world.got(viewers[0], CAMERA);
        assert!(got.len() > before + 120, "{} after {before}", got.len());
        assert_one_stream(&got);
    }
}

#[test]
fn who_joins_a_moment_after_a_key_frame_costs_none() {
    let (mut world, host, _) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(5));
    let asked = |world: &World| world.shard.track_counters(CAMERA).unwrap().key_frames_asked;
    let before = asked(&world);
    for _ in 0..4 {
        let viewer = world.open(PeerRole::Subscriber);
        world.subscribe(viewer, CAMERA);
        let joined = world.now;
        world.film(host, &[0, 1, 2], Duration::from_millis(180));
        let got = world.got(viewer, CAMERA);
        let waited = got.first().map(|got| got.at - joined);
        assert!(waited.is_some_and(|waited| waited < Duration::from_millis(180)), "{waited:?}");
        assert_one_stream(&got);
    }
    assert_eq!(asked(&world), before + 1, "the first asks, the others are handed what came");
}
