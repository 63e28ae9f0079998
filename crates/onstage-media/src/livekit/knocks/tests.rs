//! Catches one address that takes the doors from everybody, and a school that is taken for such a one.

#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use std::time::Duration;

use super::*;

/// After so long all joins of an address are allowed again.
const FULL_AFTER: Duration = Duration::from_secs(30);

fn address(number: u32) -> CalledFrom {
    CalledFrom(IpAddr::from((0x0a00_0000 + number).to_be_bytes()))
}

fn came(knocks: &Knocks, from: CalledFrom, (count, now): (u32, Instant)) -> Vec<HalfOpen> {
    (0..count).filter_map(|_| knocks.knock(from, now).ok()).collect()
}

#[test]
fn reaches_joins_at_once_per_address_max() {
    let (knocks, now) = (Knocks::new(true), Instant::now());
    let most = JOINS_AT_ONCE_PER_ADDRESS_MAX;
    assert_eq!(came(&knocks, address(1), (2 * most, now)).len(), most as usize);
    let refused = knocks.knock(address(1), now).unwrap_err();
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(knocks.refused(), u64::from(most) + 1);
    assert!(knocks.knock(address(2), now).is_ok(), "others still come in");
    let later = now + FULL_AFTER;
    assert_eq!(
        came(&knocks, address(1), (2 * most, later)).len(),
        most as usize,
        "not less than before, and not more"
    );
}

#[test]
fn reaches_joins_per_second_per_address_max() {
    let (knocks, begin) = (Knocks::new(true), Instant::now());
    came(&knocks, address(1), (JOINS_AT_ONCE_PER_ADDRESS_MAX, begin));
    let seconds = (1..=20).map(|second| begin + Duration::from_secs(second));
    for now in seconds {
        let taken = came(&knocks, address(1), (200, now)).len();
        assert_eq!(taken, JOINS_PER_SECOND_PER_ADDRESS_MAX as usize);
    }
}

#[test]
fn two_hundred_behind_one_router_come_twice_at_once() {
    let (knocks, now) = (Knocks::new(true), Instant::now());
    assert_eq!(came(&knocks, address(1), (400, now)).len(), 400);
}

#[test]
fn reaches_half_open_per_address_max() {
    let (knocks, begin) = (Knocks::new(true), Instant::now());
    let mut held = came(&knocks, address(1), (JOINS_AT_ONCE_PER_ADDRESS_MAX, begin));
    let later = begin + FULL_AFTER;
    held.extend(came(&knocks, address(1), (200, later)));
    assert_eq!(held.len(), HALF_OPEN_PER_ADDRESS_MAX);
    assert!(knocks.knock(address(2), later).is_ok(), "others still come in");
    held.truncate(1);
    assert!(knocks.knock(address(1), later).is_ok(), "whose media is up does not count");
}

#[test]
fn reaches_half_open_max() {
    let (knocks, now) = (Knocks::new(true), Instant::now());
    let most = u32::try_from(HALF_OPEN_MAX).unwrap();
    let held: Vec<_> = (0..most).filter_map(|number| knocks.knock(address(number), now).ok()).collect();
    assert_eq!(held.len(), HALF_OPEN_MAX);
    assert_eq!(knocks.knock(address(most), now).unwrap_err().status, StatusCode::SERVICE_UNAVAILABLE);
    drop(held);
    assert!(knocks.knock(address(most), now).is_ok());
}

#[test]
fn reaches_knocking_addresses_max() {
    let (knocks, begin) = (Knocks::new(true), Instant::now());
    let remembered = |knocks: &Knocks| knocks.joins.remembered();
    let most = u32::try_from(KNOCKING_ADDRESSES_MAX).unwrap();
    let come = |numbers: std::ops::Range<u32>, now| {
        numbers.for_each(|number| drop(knocks.knock(address(number), now)))
    };
    come(0..most, begin);
    assert_eq!(remembered(&knocks), KNOCKING_ADDRESSES_MAX);
    come(most..most + 1, begin + Duration::from_secs(5));
    assert_eq!(remembered(&knocks), 1, "who came long ago is forgotten");
    come(0..2 * most, begin + Duration::from_secs(10));
    assert!(remembered(&knocks) <= KNOCKING_ADDRESSES_MAX);
}

#[test]
fn without_limits_nobody_is_too_many() {
    let knocks = Knocks::new(false);
    assert_eq!(came(&knocks, address(1), (5_000, Instant::now())).len(), 5_000);
}

#[test]
fn a_network_of_version_6_is_one_customer() {
    let (knocks, now) = (Knocks::new(true), Instant::now());
    let from = |number: u128| CalledFrom(IpAddr::from((0x2001_0db8_u128 << 96 | number).to_be_bytes()));
    let taken = (0..2_000).filter(|number| knocks.knock(from(*number), now).is_ok()).count();
    assert_eq!(taken, JOINS_AT_ONCE_PER_ADDRESS_MAX as usize);
}
