//! Catches key frames that are missed, or seen where there are none.

use super::*;

#[test]
fn a_key_frame_starts_with_its_lowest_layer() {
    assert!(starts_key_frame(&[0x08, 1]), "no picture id");
    assert!(starts_key_frame(&[0x88, 0x05, 1]), "7 bits of picture id");
    assert!(starts_key_frame(&[0xa8, 0x85, 0x05, 0x00, 1]), "15 bits and layers");
    assert!(!starts_key_frame(&[0xa8, 0x85, 0x05, 0x02, 1]), "the second spatial layer");
    assert!(!starts_key_frame(&[0xa0, 0x85, 0x05, 0x00, 1]), "not the first packet");
    assert!(!starts_key_frame(&[0xe8, 0x85, 0x05, 0x00, 1]), "refers to others");
    for cut in [&[][..], &[0xa8], &[0xa8, 0x85], &[0xa8, 0x85, 0x05]] {
        assert!(!starts_key_frame(cut), "{cut:?}");
    }
}
