//! Catches answered connections without end.
#![allow(clippy::disallowed_methods, reason = "tests")]

use std::time::Duration;

use futures_util::FutureExt;
use uuid::Uuid;

use super::*;

fn user(number: usize) -> UserId {
    UserId::new(Uuid::from_u128(number.try_into().unwrap()))
}

#[test]
fn reaches_answered_max() {
    let places = places();
    let held: Vec<_> = (0..ANSWERED_MAX).map(|number| place(&places, user(number)).unwrap()).collect();
    assert_eq!(place(&places, user(ANSWERED_MAX)).unwrap_err().code, Code::TryLater);
    drop(held);
    assert!(place(&places, user(ANSWERED_MAX)).is_ok());
}

/// How many of so many are opened.
fn opened(openings: &Buckets<UserId>, asker: UserId, (count, now): (u32, Instant)) -> u32 {
    (0..count).map(|_| u32::from(in_time(openings, asker, now).is_ok())).sum()
}

#[test]
fn reaches_opened_at_once_per_person_max() {
    let (openings, now) = (openings(), Instant::now());
    assert_eq!(opened(&openings, user(1), (200, now)), OPENED_AT_ONCE_PER_PERSON_MAX);
    let refused = in_time(&openings, user(1), now).unwrap_err();
    assert_eq!(refused.code, Code::TooFast);
    let wait = Duration::from_millis(refused.retry_after_ms.unwrap().try_into().unwrap());
    assert_eq!(opened(&openings, user(1), (200, now + wait)), 1, "who waits as told comes in");
    assert_eq!(opened(&openings, user(2), (1, now)), 1, "others still come in");
}

#[test]
fn reaches_opened_per_second_per_person_max() {
    let (openings, begin) = (openings(), Instant::now());
    opened(&openings, user(1), (OPENED_AT_ONCE_PER_PERSON_MAX, begin));
    for second in 1..=20 {
        let now = begin + Duration::from_secs(second);
        assert_eq!(opened(&openings, user(1), (200, now)), OPENED_PER_SECOND_PER_PERSON_MAX);
    }
}

#[test]
fn reaches_opening_people_max() {
    let (openings, now) = (openings(), Instant::now());
    for number in 0..OPENING_PEOPLE_MAX {
        opened(&openings, user(number), (1, now));
    }
    assert_eq!(openings.remembered(), OPENING_PEOPLE_MAX);
    opened(&openings, user(OPENING_PEOPLE_MAX), (1, now));
    assert!(openings.remembered() <= OPENING_PEOPLE_MAX);
}

#[tokio::test]
async fn reaches_line_commands_max() {
    let (way, mut commands) = way();
    for _ in 0..LINE_COMMANDS_MAX {
        assert!(way.trickle(Vec::new()).now_or_never().is_some());
    }
    assert!(way.trickle(Vec::new()).now_or_never().is_none(), "it waits, and nothing piles up");
    assert!(matches!(commands.try_recv(), Ok(Command::Trickle(_))));
}
