//! The gate of a track: catches a muted or dismissed person who is still seen or heard.

use std::time::Duration;

use onstage_sfu::{Control, Notice, Output, TrackKey};

use super::support::{CAMERA, MICROPHONE, ROOM, World, assert_one_stream, key, stage};

fn gate(world: &mut World, track: TrackKey, open: bool) {
    world.tell(Control::SetGate { track, open });
}

#[test]
fn a_closed_gate_lets_nothing_out_and_an_open_one_resumes_at_a_key_frame() {
    let (mut world, host, viewers) = stage(2);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    gate(&mut world, CAMERA, false);
    gate(&mut world, MICROPHONE, false);
    let out = |world: &World| {
        [CAMERA, MICROPHONE].map(|track| world.shard.track_counters(track).unwrap().packets_out)
    };
    let before = out(&world);
    // What was on the wire arrives; from then on nothing may.
    world.run(Duration::from_millis(20));
    let got: Vec<_> = viewers.iter().map(|viewer| world.bots[*viewer].got.len()).collect();
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    assert_eq!(out(&world), before);
    for (viewer, got) in viewers.iter().zip(&got) {
        assert_eq!(world.bots[*viewer].got.len(), *got, "not one packet leaves");
    }
    assert!(world.shard.track_counters(CAMERA).unwrap().packets_gated > 100);
    gate(&mut world, CAMERA, true);
    gate(&mut world, MICROPHONE, true);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    for viewer in &viewers {
        assert_one_stream(&world.got(*viewer, CAMERA));
        let sound = world.got(*viewer, MICROPHONE);
        assert!(sound.windows(2).all(|pair| pair[1].number == pair[0].number + 1));
    }
    assert!(out(&world)[0] > before[0] + 200);
}

/// How many packets a viewer, who lost the middle of every frame and asks for it again, gets after an order.
fn got_after(order: impl Fn(usize) -> Control) -> usize {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let viewer = world.bots[viewers[0]].address;
    let mut count = 0;
    world.loss = Some(Box::new(move |datagram| {
        let is_picture = datagram.contents[0] >= 128 && datagram.contents[1] & 0x7f == 96;
        count += u32::from(is_picture && datagram.destination == viewer);
        let is_lost = is_picture && datagram.destination == viewer && count % 3 == 2;
        // What it asks for meanwhile is not heard, so that all of it is still owed when the order comes.
        is_lost || datagram.source == viewer
    }));
    world.film(host, &[0, 1, 2], Duration::from_millis(60));
    world.tell(order(host));
    world.loss = None;
    world.run(Duration::from_millis(6));
    let before = world.bots[viewers[0]].got.len();
    world.run(Duration::from_secs(2));
    world.bots[viewers[0]].got.len() - before
}

#[test]
fn nothing_is_resent_after_an_order() {
    assert!(got_after(|_| Control::OpenRoom { room: ROOM }) > 0, "it is what happens otherwise");
    assert_eq!(got_after(|_| Control::SetGate { track: CAMERA, open: false }), 0);
    assert_eq!(got_after(|_| Control::RemoveTrack { track: CAMERA }), 0);
    assert_eq!(got_after(|host| Control::ClosePeer { peer: key(host) }), 0);
    assert_eq!(got_after(|_| Control::CloseRoom { room: ROOM }), 0);
}

#[test]
fn what_waits_to_be_polled_is_held_back_too() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    // A frame that reached the shard but was not polled when the order came.
    world.bots[host].tell_time(world.now);
    for layer in 0..3 {
        world.bots[host].send_frame(0, layer, 3);
    }
    let source = world.bots[host].address;
    let destination = "10.0.0.1:7882".parse().unwrap();
    for (_, contents) in world.bots[host].take_sent() {
        let input = onstage_sfu::Input::Datagram {
            transport: onstage_sfu::Transport::Udp,
            source,
            destination,
            contents: &contents,
        };
        world.shard.handle(world.now, input).unwrap();
    }
    let before = world.shard.track_counters(CAMERA).unwrap();
    gate(&mut world, CAMERA, false);
    world.run(Duration::from_secs(1));
    let after = world.shard.track_counters(CAMERA).unwrap();
    assert_eq!(after.packets_out, before.packets_out);
    assert!(after.packets_gated > before.packets_gated);
    assert_one_stream(&world.got(viewers[0], CAMERA));
}

#[test]
fn a_peer_that_is_closed_takes_its_tracks_along() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    world.tell(Control::ClosePeer { peer: key(host) });
    assert!(world.has_notice(|notice| matches!(notice, Notice::TrackStopped { track: CAMERA })));
    world.run(Duration::from_millis(20));
    let got = world.bots[viewers[0]].got.len();
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    assert_eq!(world.bots[viewers[0]].got.len(), got);
    assert!(world.bots[viewers[0]].mid_to_track.is_empty(), "the next offer has no tracks");
}

#[test]
fn what_was_about_to_be_sent_is_held_back_too() {
    let (mut world, host, _) = stage(3);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    world.bots[host].tell_time(world.now);
    world.bots[host].send_frame(0, 2, 3);
    let source = world.bots[host].address;
    let destination = "10.0.0.1:7882".parse().unwrap();
    for (_, contents) in world.bots[host].take_sent() {
        let input = onstage_sfu::Input::Datagram {
            transport: onstage_sfu::Transport::Udp,
            source,
            destination,
            contents: &contents,
        };
        world.shard.handle(world.now, input).unwrap();
    }
    // The turn has begun to come out when the order arrives: what has not come out stays in.
    let is_picture = |output: &Output| match output {
        Output::Transmit(transmit) => transmit.contents[0] >= 128 && transmit.contents[1] & 0x7f == 96,
        Output::Notice(_) => false,
    };
    let first = world.shard.poll().unwrap();
    assert!(is_picture(&first), "{first:?}");
    world
        .shard
        .handle(world.now, onstage_sfu::Input::Control(Control::SetGate { track: CAMERA, open: false }))
        .unwrap();
    while let Some(output) = world.shard.poll() {
        assert!(!is_picture(&output));
    }
}
