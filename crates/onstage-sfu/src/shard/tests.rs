//! Catches a session whose fault takes others along, and peers that leave something behind.
#![allow(clippy::arithmetic_side_effects, clippy::disallowed_methods, reason = "tests")]

use std::time::Duration;

use super::*;
use crate::control::{PeerOptions, PeerRole};
use crate::limits::CONNECT_WITHIN;
use crate::notice::EndReason;

const ROOM: RoomKey = RoomKey(1);

fn shard() -> Shard {
    let now = Instant::now();
    let mut shard = Shard::new(
        ShardConfig { candidates: vec!["10.0.0.1:1".parse().unwrap()], tcp_candidates: Vec::new() },
        now,
    );
    shard.handle(now, Input::Control(Control::OpenRoom { room: ROOM })).unwrap();
    shard
}

fn open(shard: &mut Shard, peer: u64, role: PeerRole) {
    let control =
        Control::OpenPeer { peer: PeerKey(peer), room: ROOM, role, options: PeerOptions::default() };
    shard.handle(shard.now, Input::Control(control)).unwrap();
}

fn notices(shard: &mut Shard) -> Vec<Notice> {
    std::iter::from_fn(|| shard.poll())
        .filter_map(|output| match output {
            Output::Notice(notice) => Some(notice),
            Output::Transmit(_) => None,
        })
        .collect()
}

#[test]
fn a_panic_costs_one_session() {
    let mut shard = shard();
    open(&mut shard, 1, PeerRole::Publisher);
    open(&mut shard, 2, PeerRole::Subscriber);
    notices(&mut shard);
    assert_eq!(shard.with_session(PeerKey(1), |_| -> u8 { panic!("a fault in a session") }), None);
    let ended = Notice::PeerEnded { peer: PeerKey(1), reason: EndReason::Fault };
    assert_eq!(notices(&mut shard), [ended]);
    assert_eq!((shard.counters().peers, shard.counters().faults), (1, 1));
    assert_eq!(shard.with_session(PeerKey(2), |peer| peer.key), Some(PeerKey(2)));
}

#[test]
fn nothing_is_left_of_who_is_gone() {
    let mut shard = shard();
    for peer in 0..50 {
        open(&mut shard, peer, if peer % 2 == 0 { PeerRole::Publisher } else { PeerRole::Subscriber });
    }
    notices(&mut shard);
    shard.handle(shard.now + Duration::from_secs(1), Input::Clock).unwrap();
    notices(&mut shard);
    for peer in 0..25 {
        shard.handle(shard.now, Input::Control(Control::ClosePeer { peer: PeerKey(peer) })).unwrap();
    }
    shard.handle(shard.now + CONNECT_WITHIN, Input::Clock).unwrap();
    notices(&mut shard);
    assert_eq!(shard.counters().peers, 0);
    assert!(shard.addresses.is_empty());
    assert_eq!(shard.alarms.next(), None);
    assert!(shard.rooms[&ROOM].peers.is_empty());
}
