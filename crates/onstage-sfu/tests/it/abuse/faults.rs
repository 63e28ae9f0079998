//! Faults of ours, made on purpose inside one session: catches one that takes others along.

use std::time::Duration;

use onstage_sfu::{EndReason, Notice, PeerOptions, PeerRole, TrackKey, TrackSource, fuzz};

use super::plain::{feedback, open, stage_on};
use crate::support::{CAMERA, World, assert_one_stream, key};

const BESIDE: TrackKey = TrackKey(70);

/// Feedback of a bot that its session cannot open without a panic.
fn break_session(world: &mut World, bot: usize) {
    let address = world.bots[bot].address;
    let rest = [&1_u32.to_be_bytes()[..], b"test", &fuzz::BREAKS].concat();
    world.inject(address, &fuzz::sealed_feedback(&feedback(0, 204, &rest), 7));
}

#[test]
fn a_fault_inside_a_session_ends_that_session_only() {
    let (mut world, host, viewers) = stage_on(fuzz::breaking_shard, 2, PeerOptions::default());
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let beside = open(&mut world, PeerRole::Publisher, PeerOptions::default());
    world.publish(beside, &[(BESIDE, TrackSource::Camera)]);
    world.subscribe(viewers[1], BESIDE);
    world.run_until(Duration::from_secs(5), |world| {
        world.bots[beside].is_connected && world.bots[viewers[1]].mid_to_track.len() == 3
    });
    let before = world.shard.counters();
    for (place, broken) in [viewers[0], beside].into_iter().enumerate() {
        break_session(&mut world, broken);
        let ended = Notice::PeerEnded { peer: key(broken), reason: EndReason::Fault };
        assert!(world.has_notice(|notice| *notice == ended));
        let counters = world.shard.counters();
        assert_eq!((counters.faults, counters.peers), (place as u64 + 1, before.peers - place - 1));
        world.film(host, &[0, 1, 2], Duration::from_secs(1));
        let got = world.got(viewers[1], CAMERA);
        assert_one_stream(&got);
        assert!(got.last().unwrap().at + Duration::from_millis(200) > world.now, "the picture goes on");
    }
    assert!(world.has_notice(|notice| *notice == Notice::TrackStopped { track: BESIDE }));
    let ends = world.notices.iter().filter(|notice| matches!(notice, Notice::PeerEnded { .. })).count();
    assert_eq!(ends, 2, "nobody else's session");
}
