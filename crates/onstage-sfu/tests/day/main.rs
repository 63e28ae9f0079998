//! A day of shows in virtual time: catches what each join leaves behind, by the bytes that are held. Alone in its process,
//! because every byte of it counts.
#![allow(
    unreachable_pub,
    dead_code,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "tests"
)]

#[path = "../it/support/mod.rs"]
mod support;

use std::alloc::System;
use std::time::Duration;

use onstage_sfu::{Control, Input, PeerKey, PeerRole, TrackSource};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use self::support::{CAMERA, MICROPHONE, ROOM, World, key};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// A show begins every ten minutes.
const SHOW_EVERY: Duration = Duration::from_secs(600);
const SHOWS_A_DAY: usize = 144;
/// By then every list has the room that it needs.
const SHOWS_TO_SETTLE: usize = 12;
/// More than lists differ by from show to show, and less than a few hundred joins with a hundred bytes each.
const BYTES_LEFT_MAX: usize = 16 * 1024;

fn held() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// Four people come, one of them never connects, one sends and receives by one connection; there is a picture.
fn show(world: &mut World) {
    let host = world.open(PeerRole::Publisher);
    let viewers = [world.open(PeerRole::Subscriber), world.open(PeerRole::Subscriber)];
    world.publish(host, &[(CAMERA, TrackSource::Camera), (MICROPHONE, TrackSource::Microphone)]);
    for viewer in viewers {
        world.subscribe(viewer, CAMERA);
        world.subscribe(viewer, MICROPHONE);
    }
    world.run_until(Duration::from_secs(5), |world| {
        world.bots.iter().all(|bot| bot.is_connected)
            && viewers.iter().all(|viewer| world.bots[*viewer].mid_to_track.len() == 2)
    });
    let absent = Control::OpenPeer {
        peer: PeerKey(99),
        room: ROOM,
        role: PeerRole::Single,
        options: Default::default(),
    };
    world.tell(absent);
    world.film(host, &[0, 1, 2], Duration::from_millis(400));
    assert!(world.got(viewers[1], CAMERA).len() > 10, "there is a picture");
}

/// Some leave, the others are never heard of again. Then nothing happens until the next show.
fn end(world: &mut World, number: usize) {
    for bot in 0..world.bots.len() {
        if (bot + number).is_multiple_of(2) {
            world.tell(Control::ClosePeer { peer: key(bot) });
        }
    }
    world.bots.clear();
    world.notices = Vec::new();
    let next = world.now + SHOW_EVERY;
    while world.now < next {
        world.now = world.shard.timeout().map_or(next, |due| due.clamp(world.now, next));
        world.shard.handle(world.now, Input::Clock).unwrap();
        while world.shard.poll().is_some() {}
    }
    let counters = world.shard.counters();
    assert_eq!((counters.peers, counters.tracks, counters.faults), (0, 0, 0));
}

#[test]
fn a_day_of_joins_and_leaves_holds_no_more_than_its_first_hours() {
    let mut world = World::new();
    let mut settled = 0;
    for number in 0..SHOWS_A_DAY {
        show(&mut world);
        end(&mut world, number);
        if number == SHOWS_TO_SETTLE {
            settled = held();
        }
    }
    let left = held().saturating_sub(settled);
    assert!(left <= BYTES_LEFT_MAX, "{left} bytes of {} shows are held", SHOWS_A_DAY - SHOWS_TO_SETTLE);
}
