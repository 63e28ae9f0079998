//! Would catch a cluster that is asked without a pause, or not again for hours.

use super::*;

#[test]
fn reaches_again_after_max() {
    let waits: Vec<Duration> =
        std::iter::successors(Some(AGAIN_AFTER), |wait| Some(longer(*wait))).take(8).collect();
    assert!(waits.is_sorted());
    assert_eq!(waits.first(), Some(&AGAIN_AFTER));
    assert_eq!(waits.last(), Some(&AGAIN_AFTER_MAX));
}
