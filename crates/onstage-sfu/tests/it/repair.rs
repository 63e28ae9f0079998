//! Loss on the way down: catches packets that are not resent, and pictures decoded twice.

use std::collections::HashSet;
use std::time::Duration;

use super::support::{CAMERA, assert_one_stream, stage};

#[test]
fn what_a_viewer_lost_is_sent_again_once() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let viewer = world.bots[viewers[0]].address;
    let mut count = 0;
    world.loss = Some(Box::new(move |datagram| {
        let is_media = datagram.contents[0] >= 128 && !(192..=223).contains(&datagram.contents[1]);
        let is_rtx = datagram.contents[1] & 0x7f == 97;
        if datagram.destination != viewer || !is_media || is_rtx {
            return false;
        }
        count += 1;
        count % 20 == 0
    }));
    world.film(host, &[0, 1, 2], Duration::from_secs(5));
    world.loss = None;
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let got = world.got(viewers[0], CAMERA);
    let numbers: HashSet<_> = got.iter().map(|got| got.number).collect();
    assert_eq!(numbers.len(), got.len(), "nothing comes twice");
    assert_one_stream(&got);
}

#[test]
fn what_the_host_lost_on_the_way_up_reaches_the_viewer() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let source = world.bots[host].address;
    let mut count = 0;
    world.loss = Some(Box::new(move |datagram| {
        let is_media = datagram.contents[0] >= 128 && !(192..=223).contains(&datagram.contents[1]);
        let is_rtx = datagram.contents[1] & 0x7f == 97;
        count += u32::from(datagram.source == source && is_media && !is_rtx);
        datagram.source == source && is_media && !is_rtx && count % 17 == 0
    }));
    world.film(host, &[0, 1, 2], Duration::from_secs(5));
    world.loss = None;
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let got = world.got(viewers[0], CAMERA);
    let numbers: HashSet<_> = got.iter().map(|got| got.number).collect();
    assert_eq!(numbers.len(), got.len(), "nothing comes twice");
    assert_one_stream(&got);
}

#[test]
fn padding_leaves_no_hole() {
    let (mut world, host, viewers) = stage(1);
    for round in 0..90_u32 {
        world.bots[host].tell_time(world.now);
        for layer in 0..3 {
            world.bots[host].send_frame(0, layer, 2);
            if round % 3 == 0 {
                world.bots[host].send_empty(0, layer);
            }
        }
        world.run(Duration::from_millis(33));
    }
    let got = world.got(viewers[0], CAMERA);
    assert!(got.len() > 120);
    assert_one_stream(&got);
}
