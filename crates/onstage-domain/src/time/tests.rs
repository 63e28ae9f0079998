//! Would catch a moment that wraps around at the end of time, and a duration that runs backwards.

use super::*;

#[test]
fn moments_stop_at_the_end_of_time() {
    assert_eq!(At(i64::MAX).plus_ms(1), At(i64::MAX));
    assert_eq!(At(i64::MIN).plus_ms(-1), At(i64::MIN));
    assert_eq!(At(5).plus_ms(-7), At(-2));
}

#[test]
fn a_duration_is_never_negative() {
    assert_eq!(At(10).since_ms(At(4)), 6);
    assert_eq!(At(4).since_ms(At(10)), 0);
    assert_eq!(At(i64::MAX).since_ms(At(i64::MIN)), i64::MAX);
}
