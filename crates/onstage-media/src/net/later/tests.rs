//! Catches sound that waits behind handshakes, handshakes out of order, and a queue without an end.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use super::*;

const HELLO: [u8; 3] = [22, 254, 253];

fn source(port: u16) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], port))
}

fn late(port: u16) -> Arrival<Vec<u8>> {
    let (source, destination) = (source(port), source(1));
    Arrival { transport: Transport::Udp, source, destination, contents: HELLO.to_vec() }
}

#[test]
fn handshakes_wait_in_their_order_and_nothing_else_does() {
    let mut later = Later::default();
    let (check, packet, report) = ([0, 1], [128, 96], [128, 200]);
    for at_once in [&check[..], &packet[..], &report[..], &[]] {
        assert!(!later.takes(at_once), "{at_once:?}");
    }
    assert!(later.takes(&HELLO) && later.is_empty());
    later.put(late(1));
    later.put(late(2));
    let order: Vec<_> = std::iter::from_fn(|| later.next()).map(|late| late.source.port()).collect();
    assert_eq!(order, [1, 2]);
}

#[test]
fn reaches_later_waiting_max() {
    let mut later = Later::default();
    for _ in 0..LATER_WAITING_MAX {
        assert!(later.takes(&HELLO));
        later.put(late(1));
    }
    assert!(!later.takes(&HELLO), "it is handed in at once instead");
    later.next();
    assert!(later.takes(&HELLO));
}
