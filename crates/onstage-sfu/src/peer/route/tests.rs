//! Catches media that goes on to an address where nobody is, and a stranger who draws it to his.
#![allow(clippy::arithmetic_side_effects, clippy::disallowed_methods, reason = "tests")]

use super::*;

fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], port))
}

/// A binding request with USE-CANDIDATE and a user name.
fn check(transaction: u8) -> Vec<u8> {
    let mut check = vec![0, 1, 0, 44, 0x21, 0x12, 0xa4, 0x42];
    check.extend([transaction; 12]);
    check.extend([0, 0x06, 0, 3, b'a', b':', b'b', 0, 0, 0x25, 0, 0]);
    check.extend([0, 0x24, 0, 4, 1, 2, 3, 4]);
    check.extend([0, 0x08, 0, 20]);
    check.extend([0; 20]);
    check
}

fn response(transaction: u8) -> Vec<u8> {
    let mut response = vec![1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    response.extend([transaction; 12]);
    response
}

#[test]
fn media_follows_an_address_that_is_named_proven_and_alone_alive() {
    let mut route = Route::default();
    let start = Instant::now();
    route.hear(at(1), &[0x80], start);
    route.hear(at(2), &check(7), start + SILENT_AFTER / 2);
    assert_eq!(route.now(at(1), start + SILENT_AFTER), at(1), "it proved nothing");
    route.answer(at(2), &response(9));
    route.answer(at(3), &response(7));
    assert_eq!(route.now(at(1), start + SILENT_AFTER), at(1), "not by this answer");
    route.answer(at(2), &response(7));
    assert_eq!(route.now(at(1), start + SILENT_AFTER / 2), at(1), "the old one spoke a moment ago");
    assert_eq!(route.now(at(1), start + SILENT_AFTER), at(2));
    assert_eq!(route.now(at(2), start + SILENT_AFTER), at(2));
    route.hear(at(1), &[0x80], start + SILENT_AFTER);
    assert_eq!(route.now(at(1), start + SILENT_AFTER * 2), at(1), "it is back");
}

#[test]
fn a_move_is_told_once_when_the_new_address_is_sent_to() {
    let mut route = Route::default();
    let start = Instant::now();
    route.hear(at(1), &check(5), start);
    route.answer(at(1), &response(5));
    assert!(!route.take_move(start), "it came, and did not move");
    route.hear(at(2), &check(7), start + SILENT_AFTER / 2);
    assert!(!route.take_move(start + SILENT_AFTER), "it proved nothing");
    route.answer(at(2), &response(7));
    assert!(!route.take_move(start + SILENT_AFTER / 2), "the old one spoke a moment ago");
    assert!(route.take_move(start + SILENT_AFTER));
    assert!(!route.take_move(start + SILENT_AFTER), "once");
}
