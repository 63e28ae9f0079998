//! Catches one person, or all together, holding more of the relay than there is.

#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use std::time::Duration;

use super::*;
use crate::places::NoPlace;

#[test]
fn reaches_allocations_per_user_max() {
    let quota = quota();
    let places: Vec<_> =
        (0..ALLOCATIONS_PER_USER_MAX).map(|_| quota.enter("ada".to_owned()).unwrap()).collect();
    assert_eq!(quota.enter("ada".to_owned()).unwrap_err(), NoPlace::Own);
    assert!(quota.enter("bob".to_owned()).is_ok());
    drop(places);
    assert!(quota.enter("ada".to_owned()).is_ok());
}

#[test]
fn reaches_allocations_max() {
    let quota = quota();
    let places: Vec<_> = (0..ALLOCATIONS_MAX).map(|user| quota.enter(user.to_string()).unwrap()).collect();
    assert_eq!(quota.enter("one more".to_owned()).unwrap_err(), NoPlace::Total);
    drop(places);
    assert!(quota.enter("one more".to_owned()).is_ok());
}

#[test]
fn reaches_relayed_bytes_per_second_max() {
    let begin = Instant::now();
    let mut meter = Meter::new(begin);
    let (mut passed, mut second) = (0_u32, 0_u32);
    for millisecond in 0..5_000_u64 {
        for _ in 0..10 {
            let takes = meter.takes(begin + Duration::from_millis(millisecond), 1_000);
            passed += if takes { 1_000 } else { 0 };
        }
        second = if millisecond == 999 { passed } else { second };
    }
    assert!(second <= 2 * RELAYED_BYTES_PER_SECOND_MAX, "{second}");
    let steady = (passed - second) / 4;
    let most = RELAYED_BYTES_PER_SECOND_MAX;
    assert!(steady <= most && steady >= most / 10 * 9, "{steady} of {most}");
}
