//! Would catch a wire time without milliseconds or `Z`, and a moment that stops the server.

use onstage_domain::At;

use super::{parse_rfc3339, rfc3339};

#[test]
fn always_milliseconds_and_z() {
    assert_eq!(rfc3339(At(0)), "1970-01-01T00:00:00.000Z");
    assert_eq!(rfc3339(At(1_763_705_400_123)), "2025-11-21T06:10:00.123Z");
}

#[test]
fn the_ends_of_time_do_not_stop_the_server() {
    assert_eq!(rfc3339(At(i64::MAX)), "9999-12-30T22:00:00.999Z");
    assert_eq!(rfc3339(At(i64::MIN)), "-009999-01-02T01:59:59.000Z");
}

#[test]
fn reads_what_it_writes_and_other_offsets() {
    assert_eq!(parse_rfc3339(&rfc3339(At(1_763_705_400_123))), Some(At(1_763_705_400_123)));
    assert_eq!(parse_rfc3339("2025-11-21T07:10:00+01:00"), Some(At(1_763_705_400_000)));
    assert_eq!(parse_rfc3339("yesterday"), None);
}
