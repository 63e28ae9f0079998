//! Catches key frames that are missed, or seen where there are none.

use super::*;

#[test]
fn a_sequence_starts_where_its_header_says() {
    assert!(starts_key_frame(&[0x18, 1]));
    assert!(!starts_key_frame(&[0x10, 1]));
    assert!(!starts_key_frame(&[0x98, 1]), "continues a unit");
    assert!(!starts_key_frame(&[]));
}
