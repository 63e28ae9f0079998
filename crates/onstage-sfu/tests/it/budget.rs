//! What a viewer is sent over ways that carry less than it wishes: catches pictures larger than the way, pictures that stay
//! small on a wide one, pictures held back from who did not allow it, and sound that waits behind pictures.

use std::time::{Duration, Instant};

use onstage_sfu::{Control, FeedbackProfile, Notice, PeerOptions, PeerRole, TrackSource, Wish};

use super::support::narrow::Narrow;
use super::support::{CAMERA, FRAME, MICROPHONE, World, assert_one_stream, key};

/// Packets of a frame for each layer: about 75, 230 and 610 kbit/s.
const PARTS: [u8; 3] = [2, 6, 16];

const SECOND: Duration = Duration::from_secs(1);

/// A host and one viewer of camera and microphone.
fn watched(options: PeerOptions) -> (World, usize, usize) {
    let mut world = World::new();
    let host = world.open(PeerRole::Publisher);
    let viewer = world.open_with(PeerRole::Subscriber, options);
    world.publish(host, &[(CAMERA, TrackSource::Camera), (MICROPHONE, TrackSource::Microphone)]);
    for track in [CAMERA, MICROPHONE] {
        world.subscribe(viewer, track);
    }
    world.run_until(5 * SECOND, |world| {
        world.bots.iter().all(|bot| bot.is_connected) && world.bots[viewer].mid_to_track.len() == 2
    });
    (world, host, viewer)
}

fn audience() -> PeerOptions {
    PeerOptions::default()
}

fn on_stage() -> PeerOptions {
    PeerOptions { feedback: FeedbackProfile::Stage, ..PeerOptions::default() }
}

/// Films all layers at their own rates; the viewer may report an estimate each second.
fn film(world: &mut World, (host, viewer): (usize, usize), span: Duration, estimate: Option<u64>) {
    let end = world.now + span;
    let mut report_at = world.now;
    while world.now < end {
        world.bots[host].tell_time(world.now);
        for (layer, parts) in PARTS.into_iter().enumerate() {
            world.bots[host].send_frame(0, layer, parts);
        }
        world.bots[host].send_sound(1, 30);
        if let Some(bits) = estimate.filter(|_| world.now >= report_at) {
            report_at += SECOND;
            if let Some(ssrc) = world.got(viewer, CAMERA).first().map(|got| got.ssrc) {
                world.bots[viewer].estimate(ssrc, bits);
            }
        }
        world.run(FRAME);
    }
}

fn layers_since(world: &World, viewer: usize, since: Instant) -> Vec<u8> {
    let got = world.got(viewer, CAMERA).into_iter().filter(|got| got.at >= since);
    let mut layers: Vec<u8> = got.map(|got| got.marks.unwrap().layer).collect();
    layers.dedup();
    layers
}

fn starved(world: &World) -> Vec<bool> {
    let told = |notice: &Notice| match notice {
        Notice::Starved { track: CAMERA, is_starved, .. } => Some(*is_starved),
        _ => None,
    };
    world.notices.iter().filter_map(told).collect()
}

#[test]
fn who_never_reports_is_not_bounded() {
    let (mut world, host, viewer) = watched(audience());
    film(&mut world, (host, viewer), 6 * SECOND, None);
    assert_eq!(layers_since(&world, viewer, world.now - SECOND), [2]);
    assert_eq!(world.shard.counters().peers_short, 0);
}

#[test]
fn a_way_that_is_full_gets_a_smaller_layer_at_once_and_the_large_one_later() {
    let (mut world, host, viewer) = watched(audience());
    film(&mut world, (host, viewer), 4 * SECOND, Some(2_000_000));
    assert_eq!(layers_since(&world, viewer, world.now - SECOND), [2]);
    film(&mut world, (host, viewer), SECOND, Some(400_000));
    film(&mut world, (host, viewer), 3 * SECOND, Some(400_000));
    assert_eq!(layers_since(&world, viewer, world.now - 3 * SECOND), [1]);
    assert_eq!(world.shard.counters().peers_short, 1);
    let widened = world.now;
    film(&mut world, (host, viewer), 8 * SECOND, Some(2_000_000));
    assert_eq!(layers_since(&world, viewer, widened), [1, 2]);
    film(&mut world, (host, viewer), 16 * SECOND, Some(2_000_000));
    assert_eq!(world.shard.counters().peers_short, 0);
    assert_eq!(starved(&world), [false; 0], "a smaller picture is a picture");
    assert_one_stream(&world.got(viewer, CAMERA));
}

/// The large layer is cut off as soon as the collapse is known, and the smallest is there a moment later.
#[test]
fn a_way_that_collapses_gets_the_smallest_layer_and_nothing_of_the_large_one_any_more() {
    let (mut world, host, viewer) = watched(audience());
    film(&mut world, (host, viewer), 4 * SECOND, Some(2_000_000));
    let told = world.now;
    film(&mut world, (host, viewer), SECOND, Some(250_000));
    let got: Vec<_> = world.got(viewer, CAMERA).into_iter().filter(|got| got.at > told).collect();
    let layer = |got: &super::support::bot::Got| got.marks.unwrap().layer;
    let last_large = got.iter().rfind(|got| layer(got) == 2).map_or(told, |got| got.at);
    let first_small = got.iter().find(|got| layer(got) == 0).expect("a small picture").at;
    assert!(last_large - told <= Duration::from_millis(200), "{:?}", last_large - told);
    assert!(first_small - told <= Duration::from_millis(500), "{:?}", first_small - told);
    assert!(got.iter().all(|got| layer(got) != 1), "no layer between");
    assert_one_stream(&world.got(viewer, CAMERA));
}

#[test]
fn a_small_estimate_of_who_is_sent_little_keeps_nobody_small() {
    let (mut world, host, viewer) = watched(audience());
    world.tell(Control::SetWish {
        peer: key(viewer),
        track: CAMERA,
        wish: Wish::Size { width: 320, height: 180 },
    });
    film(&mut world, (host, viewer), 4 * SECOND, Some(110_000));
    world.tell(Control::SetWish {
        peer: key(viewer),
        track: CAMERA,
        wish: Wish::Size { width: 1280, height: 720 },
    });
    film(&mut world, (host, viewer), 2 * SECOND, Some(130_000));
    assert_eq!(layers_since(&world, viewer, world.now - SECOND), [2]);
}

#[test]
fn an_order_bounds_what_flows_and_its_end_lifts_the_bound() {
    let (mut world, host, viewer) = watched(audience());
    film(&mut world, (host, viewer), 2 * SECOND, None);
    let limit = |bits_per_second_max| Control::LimitPeer { peer: key(viewer), bits_per_second_max };
    world.tell(limit(Some(20_000)));
    film(&mut world, (host, viewer), 2 * SECOND, None);
    assert_eq!(layers_since(&world, viewer, world.now - SECOND), [0], "the lowest is what everybody gets");
    assert_eq!(starved(&world), [false; 0]);
    world.tell(limit(Some(400_000)));
    film(&mut world, (host, viewer), 3 * SECOND, None);
    assert_eq!(layers_since(&world, viewer, world.now - SECOND), [1]);
    world.tell(limit(None));
    film(&mut world, (host, viewer), 2 * SECOND, None);
    assert_eq!(layers_since(&world, viewer, world.now - SECOND), [2]);
    assert_one_stream(&world.got(viewer, CAMERA));
}

#[test]
fn who_allows_it_has_the_picture_held_back_and_is_told_and_sound_goes_on() {
    let (mut world, host, viewer) = watched(PeerOptions { may_pause: true, ..audience() });
    film(&mut world, (host, viewer), 2 * SECOND, None);
    world.tell(Control::LimitPeer { peer: key(viewer), bits_per_second_max: Some(20_000) });
    film(&mut world, (host, viewer), SECOND, None);
    assert_eq!(starved(&world), [true]);
    assert_eq!(world.shard.counters().pictures_paused, 1);
    let held_back = world.now;
    film(&mut world, (host, viewer), 2 * SECOND, None);
    assert_eq!(layers_since(&world, viewer, held_back), [0; 0]);
    let sounds = world.got(viewer, MICROPHONE).iter().filter(|got| got.at >= held_back).count();
    assert!(sounds >= 50, "{sounds} sounds in two seconds");
    world.tell(Control::LimitPeer { peer: key(viewer), bits_per_second_max: None });
    film(&mut world, (host, viewer), 2 * SECOND, None);
    assert_eq!(starved(&world), [true, false]);
    assert_eq!(layers_since(&world, viewer, world.now - SECOND), [2]);
    assert_one_stream(&world.got(viewer, CAMERA));
}

#[test]
fn a_picture_that_is_muted_while_it_is_held_back_comes_back_when_both_are_over() {
    let (mut world, host, viewer) = watched(PeerOptions { may_pause: true, ..audience() });
    film(&mut world, (host, viewer), 2 * SECOND, None);
    let limit = |bits_per_second_max| Control::LimitPeer { peer: key(viewer), bits_per_second_max };
    world.tell(limit(Some(20_000)));
    film(&mut world, (host, viewer), SECOND, None);
    world.tell(Control::SetGate { track: CAMERA, open: false });
    film(&mut world, (host, viewer), 2 * SECOND, None);
    world.tell(limit(None));
    world.tell(Control::SetGate { track: CAMERA, open: true });
    film(&mut world, (host, viewer), 2 * SECOND, None);
    assert_eq!(starved(&world), [true, false]);
    assert_eq!(layers_since(&world, viewer, world.now - SECOND), [2]);
}

/// Seconds out of so many in which the large layer flowed.
fn large_seconds(world: &mut World, both: (usize, usize), seconds: usize) -> usize {
    let large = |world: &mut World| {
        film(world, both, SECOND, None);
        layers_since(world, both.1, world.now - SECOND).contains(&2)
    };
    (0..seconds).filter(|_| large(world)).count()
}

#[test]
fn on_stage_a_wide_way_is_used_and_a_narrow_one_is_found() {
    let (mut world, host, viewer) = watched(on_stage());
    film(&mut world, (host, viewer), 2 * SECOND, None);
    let wide = large_seconds(&mut world, (host, viewer), 20);
    assert_eq!(wide, 20, "seconds in which the large layer flowed");
    let address = world.bots[viewer].address;
    world.narrow.insert(address, Narrow::new(350_000));
    film(&mut world, (host, viewer), 4 * SECOND, None);
    let narrow = large_seconds(&mut world, (host, viewer), 20);
    assert!(narrow <= 10, "large for {narrow} of 20 seconds on a way that does not carry it");
    let seen = world.got(viewer, CAMERA).iter().filter(|got| got.at + 20 * SECOND >= world.now).count();
    assert!(seen > 600, "{seen} packets of a picture in 20 seconds");
    world.narrow.remove(&address);
    let again = (0..60).any(|_| large_seconds(&mut world, (host, viewer), 1) == 1);
    assert!(again, "the wide way is used again");
}

/// The layer that a viewer gets now.
fn flowing(world: &World, viewer: usize) -> usize {
    world.got(viewer, CAMERA).last().expect("a picture").marks.unwrap().layer.into()
}

#[test]
fn sound_overtakes_the_pictures_that_wait_to_be_paced() {
    let (mut world, host, viewer) = watched(on_stage());
    film(&mut world, (host, viewer), 4 * SECOND, None);
    let before = world.now;
    world.bots[host].tell_time(world.now);
    // A burst of 250 packets takes a while at the pace of the estimate.
    let flowing = flowing(&world, viewer);
    world.bots[host].send_frame(0, flowing, 250);
    world.bots[host].send_sound(1, 30);
    world.run(SECOND);
    let pictures: Vec<_> = world.got(viewer, CAMERA).into_iter().filter(|got| got.at > before).collect();
    let sound = world.got(viewer, MICROPHONE).into_iter().find(|got| got.at > before).expect("a sound");
    assert!(pictures.len() >= 250, "{} packets", pictures.len());
    let last = pictures.last().unwrap().at;
    assert!(last > sound.at + Duration::from_millis(5), "pictures are paced: {:?}", last - before);
    assert!(sound.at - before <= Duration::from_millis(15), "sound took {:?}", sound.at - before);
}

#[test]
fn reaches_paced_a_turn_max() {
    let (mut world, host, viewer) = watched(on_stage());
    film(&mut world, (host, viewer), 4 * SECOND, None);
    let before = world.got(viewer, CAMERA).len();
    let flowing = flowing(&world, viewer);
    world.bots[host].tell_time(world.now);
    for _ in 0..3 {
        world.bots[host].send_frame(0, flowing, 250);
    }
    world.run(3 * SECOND);
    let parts = onstage_sfu::limits::PACED_A_TURN_MAX * 2;
    assert!(world.got(viewer, CAMERA).len() - before > parts, "what one turn does not send the next ones do");
}
