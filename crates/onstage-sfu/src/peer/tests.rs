//! Catches a session that never comes to rest and takes the whole thread with it.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use super::*;

#[test]
fn reaches_polls_max() {
    let mut steps = 0;
    let outcome = step_until_done(|| {
        steps += 1;
        Step::More
    });
    assert_eq!((outcome, steps), (Err(Broken), POLLS_MAX));
    assert_eq!(step_until_done(|| Step::Done), Ok(()));
}
