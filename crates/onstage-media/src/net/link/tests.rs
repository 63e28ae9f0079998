//! Catches a link that grows without end behind a full send buffer, or cuts datagrams it should take whole.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use onstage_sfu::Transport;

use super::super::socket::bind;
use super::*;

fn link() -> Link {
    Link::new(bind("127.0.0.1:0".parse().unwrap()).unwrap())
}

fn transmit(link: &Link, contents: Vec<u8>) -> Transmit {
    Transmit { transport: Transport::Udp, source: link.address(), destination: link.address(), contents }
}

#[test]
fn reaches_parked_max() {
    let mut link = link();
    for serial in 0..=PARKED_MAX {
        let next = transmit(&link, serial.to_be_bytes().to_vec());
        link.park(next);
    }
    assert_eq!(link.parked.len(), PARKED_MAX);
    assert_eq!(link.dropped(), 1);
    assert_eq!(link.parked[0].contents, 1_usize.to_be_bytes(), "the oldest went");
}

#[test]
fn reaches_datagram_bytes_max() {
    let mut link = link();
    let mut poll = mio::Poll::new().unwrap();
    let registry = poll.registry().try_clone().unwrap();
    registry.register(link.source(), mio::Token(0), mio::Interest::READABLE).unwrap();
    let whole = transmit(&link, vec![7; DATAGRAM_BYTES_MAX + 10]);
    link.send(whole);
    link.flush();
    let mut events = mio::Events::with_capacity(4);
    poll.poll(&mut events, Some(std::time::Duration::from_secs(5))).unwrap();
    let (_, bytes) = link.receive().expect("a datagram on loopback");
    assert_eq!(bytes.len(), DATAGRAM_BYTES_MAX, "the rest is cut, nothing breaks");
    assert!(link.receive().is_none());
}
