//! Would catch a limit that lets one too many through, never opens again, or grows without bound.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use uuid::Uuid;

use super::*;

fn somebody(number: u128) -> Whose {
    Whose::User(UserId::new(Uuid::from_u128(number)))
}

#[test]
fn exactly_the_allowance_passes_and_the_window_slides() {
    let rates = Rates::new(true);
    for second in 0..5 {
        rates.count(Rate::Requests, somebody(1), At(second * 1_000)).unwrap();
    }
    let refused = rates.count(Rate::Requests, somebody(1), At(5_000)).unwrap_err();
    assert_eq!(refused.retry_after_ms, Some(55_000));
    assert!(rates.count(Rate::Requests, somebody(1), At(59_999)).is_err());
    rates.count(Rate::Requests, somebody(1), At(60_000)).unwrap();
    assert!(
        rates.count(Rate::Requests, somebody(1), At(60_000)).is_err(),
        "the second one left at 61 s only"
    );
    rates.count(Rate::Requests, somebody(2), At(60_000)).unwrap();
}

fn passes(rate: Rate, window_ms: i64) -> usize {
    let rates = Rates::new(true);
    let passed = (0..1_000).take_while(|_| rates.count(rate, somebody(1), At(0)).is_ok()).count();
    let refused = rates.count(rate, somebody(1), At(1_000)).unwrap_err();
    assert_eq!(refused.retry_after_ms, Some(window_ms - 1_000));
    rates.count(rate, somebody(2), At(1_000)).unwrap();
    rates.count(rate, somebody(1), At(window_ms)).unwrap();
    passed
}

#[test]
fn reaches_sessions_an_hour_max() {
    assert_eq!(passes(Rate::Sessions, 3_600_000), SESSIONS_AN_HOUR_MAX);
}

#[test]
fn reaches_tickets_a_minute_max() {
    assert_eq!(passes(Rate::Tickets, 60_000), TICKETS_A_MINUTE_MAX);
}

#[test]
fn reaches_own_media_in_ten_seconds_max() {
    assert_eq!(passes(Rate::OwnMedia, 10_000), OWN_MEDIA_IN_TEN_SECONDS_MAX);
}

#[test]
fn switched_off_nothing_is_refused() {
    let rates = Rates::new(false);
    for _ in 0..100 {
        rates.count(Rate::SignUp, somebody(1), At(0)).unwrap();
    }
}

#[test]
fn neighbours_in_one_ipv6_network_share_a_window() {
    let one = Whose::address("2001:db8::1".parse().unwrap());
    assert_eq!(one, Whose::address("2001:db8::ffff".parse().unwrap()));
    assert_ne!(one, Whose::address("2001:db8:0:1::1".parse().unwrap()));
    assert_eq!(
        Whose::address("::ffff:10.0.0.1".parse().unwrap()),
        Whose::address("10.0.0.1".parse().unwrap())
    );
}

#[test]
fn reaches_rate_windows_max() {
    let rates = Rates::new(true);
    for number in 0..=RATE_WINDOWS_MAX {
        rates.count(Rate::SignUp, somebody(number as u128), At(0)).unwrap();
    }
    assert!(rates.len() <= RATE_WINDOWS_MAX, "{}", rates.len());
    assert!(rates.len() >= RATE_WINDOWS_MAX / 2, "not everybody is forgotten at once");
}
