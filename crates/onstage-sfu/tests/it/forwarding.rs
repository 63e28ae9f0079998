//! What a switch does to the pictures around it, and fewer pictures a second: catches half pictures, and counters
//! that jump where pictures are left out.

use std::time::Duration;

use onstage_sfu::{Control, PeerRole, Quality, Wish};
use str0m::media::Rid;
use str0m::rtp::ExtensionValues;

use super::support::bot::{Got, RIDS, Raw};
use super::support::{CAMERA, FRAME, World, assert_one_stream, key, stage};

/// Every picture that was begun is whole: all parts, and the last has the marker.
fn assert_whole_pictures(got: &[Got], parts: u8) {
    let mut got = got.to_vec();
    got.sort_by_key(|got| got.number);
    for pair in got.windows(2) {
        let (first, second) = (pair[0].marks.unwrap(), pair[1].marks.unwrap());
        if second.is_first_of_frame {
            assert_eq!(first.part + 1, parts, "the picture before is whole");
            assert!(pair[0].is_end, "and says so");
        }
    }
}

/// Sends the parts of two layers in turn, so that a key frame of one begins in the middle of a picture of the other.
fn film_entwined(world: &mut World, host: usize, span: Duration) {
    let end = world.now + span;
    while world.now < end {
        world.bots[host].tell_time(world.now);
        world.bots[host].send_frame_slowly(0, &[0, 2], 4);
        world.run(FRAME);
    }
}

#[test]
fn a_switch_cuts_no_picture() {
    let (mut world, host, viewers) = stage(1);
    let viewer = viewers[0];
    film_entwined(&mut world, host, Duration::from_secs(1));
    for round in 0..12 {
        let quality = if round % 2 == 0 { Quality::Low } else { Quality::High };
        world.tell(Control::SetWish { peer: key(viewer), track: CAMERA, wish: Wish::AtMost(quality) });
        film_entwined(&mut world, host, Duration::from_millis(1_300));
    }
    let got = world.got(viewer, CAMERA);
    assert_one_stream(&got);
    assert_whole_pictures(&got, 4);
    let mut layers: Vec<_> = got.iter().map(|got| got.marks.unwrap().layer).collect();
    layers.dedup();
    assert!(layers.len() >= 10, "{layers:?}");
}

#[test]
fn a_picture_that_never_ends_holds_up_no_switch() {
    let (mut world, host, viewers) = stage(1);
    let viewer = viewers[0];
    let wish = |quality| Control::SetWish { peer: key(viewer), track: CAMERA, wish: Wish::AtMost(quality) };
    world.tell(wish(Quality::Low));
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    // The first two parts of a picture, and nothing more of this layer.
    world.bots[host].tell_time(world.now);
    world.bots[host].send_parts(0, 0, 0..2, 3);
    world.tell(wish(Quality::High));
    world.film(host, &[2], Duration::from_secs(2));
    let got = world.got(viewer, CAMERA);
    assert_one_stream(&got);
    let large = got.iter().filter(|got| got.marks.unwrap().layer == 2).count();
    assert!(large > 90, "{large} packets of the large layer");
}

/// VP8 with three layers of time: 0 2 1 2.
fn film_in_layers(world: &mut World, host: usize, from: u16, count: u16) {
    let payload_type = 96;
    for picture in from..from + count {
        world.bots[host].tell_time(world.now);
        let temporal = [0_u8, 2, 1, 2][usize::from(picture % 4)];
        // The first picture of a layer after layer 0 relies on that alone.
        let is_sync = temporal != 0 && picture % 4 != 3;
        let is_key = picture % 64 == 0;
        for part in 0..2_u8 {
            let id = (0x7ff0 + picture) & 0x7fff;
            let [high, low] = id.to_be_bytes();
            let contents = [
                0x80 | if part == 0 { 0x10 } else { 0 },
                0xe0,
                0x80 | high,
                low,
                (picture / 4) as u8,
                temporal << 6 | u8::from(is_sync) << 5,
                u8::from(!(is_key && part == 0)),
                temporal,
                part,
            ];
            let packet = Raw {
                payload_type,
                number: u64::from(picture) * 2 + u64::from(part) + 65_400,
                timestamp: u32::from(picture) * 3_000,
                is_end: part == 1,
                contents: &contents,
                extensions: ExtensionValues::default(),
            };
            world.bots[host].send_raw(0, Some(Rid::from(RIDS[0])), packet);
        }
        world.run(FRAME);
    }
    world.run(FRAME);
}

#[test]
fn fewer_pictures_a_second_are_still_one_stream() {
    let (mut world, host, viewers) = stage(2);
    let frames = |world: &mut World, max| {
        world.tell(Control::LimitFrames { peer: key(viewers[0]), track: CAMERA, frames_per_second_max: max });
    };
    film_in_layers(&mut world, host, 0, 64);
    frames(&mut world, Some(15));
    film_in_layers(&mut world, host, 64, 64);
    frames(&mut world, Some(8));
    film_in_layers(&mut world, host, 128, 64);
    frames(&mut world, None);
    film_in_layers(&mut world, host, 192, 64);
    let mut got = world.got(viewers[0], CAMERA);
    got.sort_by_key(|got| got.number);
    let id = |got: &Got| u16::from_be_bytes([got.payload[2] & 0x7f, got.payload[3]]);
    for pair in got.windows(2) {
        assert_eq!(pair[1].number, pair[0].number + 1, "numbers follow each other");
        let is_next = pair[1].payload[0] & 0x10 != 0;
        assert_eq!(id(&pair[1]), (id(&pair[0]) + u16::from(is_next)) & 0x7fff, "picture ids too");
    }
    let seen = |from: u32, temporal: u8| {
        let of_span = |got: &&Got| (from * 3_000..(from + 64) * 3_000).contains(&got.timestamp);
        got.iter().filter(of_span).filter(|got| got.payload[7] == temporal).count()
    };
    assert_eq!([seen(0, 0), seen(0, 1), seen(0, 2)], [32, 32, 64], "everything");
    assert_eq!([seen(64, 0), seen(64, 1), seen(64, 2)], [32, 32, 0], "half of them");
    assert_eq!([seen(128, 0), seen(128, 1), seen(128, 2)], [32, 0, 0], "a quarter");
    assert_eq!([seen(192, 0), seen(192, 1), seen(192, 2)], [32, 32, 64], "everything again");
    assert_eq!(world.got(viewers[1], CAMERA).len(), 512, "others get all");
}

#[test]
fn a_viewer_whose_address_changes_goes_on() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    for round in 1..4 {
        world.bots[viewers[0]].address = format!("10.9.0.{round}:{}", 4_000 + round).parse().unwrap();
        world.film(host, &[0, 1, 2], Duration::from_secs(8));
    }
    assert_no_gap(&world, viewers[0]);
}

#[test]
fn a_host_whose_address_changes_goes_on() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    for round in 1..4 {
        world.bots[host].address = format!("10.9.1.{round}:{}", 4_000 + round).parse().unwrap();
        world.film(host, &[0, 1, 2], Duration::from_secs(8));
    }
    assert_no_gap(&world, viewers[0]);
}

fn assert_no_gap(world: &World, viewer: usize) {
    let got = world.got(viewer, CAMERA);
    let gaps = got.windows(2).map(|pair| pair[1].at - pair[0].at);
    let longest = gaps.chain([world.now - got.last().unwrap().at]).max().unwrap();
    assert!(longest <= Duration::from_secs(3), "{longest:?} without a picture");
    assert!(world.bots.iter().all(|bot| bot.is_connected));
}

#[test]
fn a_line_that_is_used_again_sends_under_another_name() {
    let (mut world, host, viewers) = stage(1);
    let viewer = viewers[0];
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let mid = world.mid_of(viewer, CAMERA);
    let mut names = vec![world.got(viewer, CAMERA).last().unwrap().ssrc];
    for _ in 0..3 {
        world.tell(Control::Unsubscribe { peer: key(viewer), track: CAMERA });
        world.run(Duration::from_millis(400));
        world.subscribe(viewer, CAMERA);
        world.run(Duration::from_millis(400));
        world.film(host, &[0, 1, 2], Duration::from_secs(1));
        assert_eq!(world.mid_of(viewer, CAMERA), mid, "the line is the same");
        let name = world.got(viewer, CAMERA).last().unwrap().ssrc;
        assert!(!names.contains(&name), "a browser shows nothing under an SSRC that it knows from before");
        let offer = world.bots[viewer].offers.last().unwrap();
        assert!(offer.contains(&format!("a=ssrc:{} cname:", *name)), "the offer says so: {offer}");
        names.push(name);
    }
    let guest = world.open(PeerRole::Subscriber);
    world.subscribe(guest, CAMERA);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    assert_one_stream(&world.got(guest, CAMERA));
}
