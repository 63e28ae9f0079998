//! Catches alarms that ring twice, never, or after they were taken back.
#![allow(clippy::arithmetic_side_effects, clippy::disallowed_methods, reason = "tests")]

use std::time::Duration;

use super::*;

#[test]
fn each_rings_once_at_its_earliest() {
    let now = Instant::now();
    let soon = now + Duration::from_secs(1);
    let late = now + Duration::from_secs(2);
    let mut alarms = Alarms::default();
    let (one, other) = (Alarm::Session(PeerKey(1)), Alarm::Session(PeerKey(2)));
    alarms.arm(late, one);
    alarms.arm(soon, one);
    alarms.arm(late, one);
    alarms.arm(soon, other);
    alarms.disarm(other);
    assert_eq!(alarms.next(), Some(soon));
    assert_eq!(alarms.ring(now), None);
    assert_eq!(alarms.ring(late), Some(one));
    assert_eq!(alarms.ring(late), None);
    assert_eq!(alarms.next(), None);
}
