//! Ways between client and shard: catches sessions that only work on the first path they found.

use std::net::SocketAddr;
use std::time::Duration;

use onstage_sfu::{Control, FeedbackProfile, IceMode, PeerOptions, PeerRole, TrackSource};

use super::support::{CAMERA, World, assert_no_contradiction, assert_one_stream, key, stage};

#[test]
fn full_ice_and_transport_wide_feedback_carry_a_picture() {
    let options =
        PeerOptions { ice: IceMode::Full, feedback: FeedbackProfile::Stage, ..PeerOptions::default() };
    let mut world = World::new();
    let host = world.open_with(PeerRole::Publisher, options);
    let viewer = world.open_with(PeerRole::Subscriber, options);
    world.publish(host, &[(CAMERA, TrackSource::Camera)]);
    world.subscribe(viewer, CAMERA);
    world.run(Duration::from_secs(3));
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let offer = &world.bots[viewer].offers[0];
    assert!(offer.contains("transport-cc") && !offer.contains("goog-remb"), "{offer}");
    assert!(!offer.contains("ice-lite"));
    let got = world.got(viewer, CAMERA);
    assert!(got.len() > 120, "{} packets", got.len());
    assert_one_stream(&got);
}

#[test]
fn a_host_that_restarts_ice_is_still_seen() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    for _ in 0..3 {
        let offer = world.bots[host].offer_restart();
        let tracks = world.answer_from_shard(host, offer);
        assert_eq!(tracks.len(), 2, "its tracks stay");
        world.film(host, &[0, 1, 2], Duration::from_secs(2));
    }
    let got = world.got(viewers[0], CAMERA);
    assert_one_stream(&got);
    assert!(got.last().unwrap().at + Duration::from_millis(200) > world.now);
}

#[test]
fn a_host_whose_address_changes_is_seen_again() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let moved: SocketAddr = "10.0.77.7:9999".parse().unwrap();
    world.bots[host].address = moved;
    world.film(host, &[0, 1, 2], Duration::from_secs(6));
    let got = world.got(viewers[0], CAMERA);
    assert!(
        got.last().unwrap().at + Duration::from_millis(200) > world.now,
        "its checks speak for the new address"
    );
    assert_no_contradiction(&got);
}

#[test]
fn a_viewer_whose_address_changes_sees_again() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    world.bots[viewers[0]].address = "10.0.77.8:9999".parse().unwrap();
    world.film(host, &[0, 1, 2], Duration::from_secs(30));
    let got = world.got(viewers[0], CAMERA);
    assert!(got.last().unwrap().at + Duration::from_millis(200) > world.now);
    assert_no_contradiction(&got);
}

#[test]
fn what_comes_to_another_local_address_counts_as_the_advertised_one() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let before = world.shard.track_counters(CAMERA).unwrap().packets_in;
    world.bots[host].tell_time(world.now);
    world.bots[host].send_frame(0, 0, 3);
    let source = world.bots[host].address;
    for (_, contents) in world.bots[host].take_sent() {
        let destination = "192.168.0.5:7882".parse().unwrap();
        let input = onstage_sfu::Input::Datagram {
            transport: onstage_sfu::Transport::Udp,
            source,
            destination,
            contents: &contents,
        };
        world.shard.handle(world.now, input).unwrap();
    }
    assert_eq!(world.shard.track_counters(CAMERA).unwrap().packets_in, before + 3);
    world.tell(Control::ClosePeer { peer: key(viewers[0]) });
}
