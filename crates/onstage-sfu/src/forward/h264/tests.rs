//! Catches key frames that are missed, counted twice, or seen where there are none.

use super::*;

fn starts(payload: &[u8]) -> bool {
    KeyFrames::default().starts(payload, 1)
}

#[test]
fn each_packing_of_a_key_frame_is_seen() {
    assert!(starts(&[0x67, 0x42]), "parameter sets alone");
    assert!(starts(&[0x65, 1, 2]), "a whole picture");
    assert!(starts(&[0x7c, 0x85, 1]), "the first fragment of a picture");
    assert!(!starts(&[0x7c, 0x05, 1]), "a later fragment");
    assert!(starts(&[0x78, 0, 2, 0x67, 1, 0, 1, 0x68]), "aggregated parameter sets");
    assert!(starts(&[0x78, 0, 1, 0x09, 0, 2, 0x65, 1]), "a picture behind a delimiter");
    assert!(!starts(&[0x78, 0, 1, 0x09, 0, 2, 0x41, 1]));
}

#[test]
fn what_is_no_key_frame_is_none() {
    for payload in
        [&[][..], &[0x41, 1], &[0x68, 1], &[0x7c], &[0x7c, 0x81], &[0x78], &[0x78, 0], &[0x78, 0, 9, 0x67]]
    {
        assert!(!starts(payload), "{payload:?}");
    }
}

#[test]
fn parameter_sets_and_their_picture_are_one_key_frame() {
    let mut frames = KeyFrames::default();
    assert!(frames.starts(&[0x78, 0, 2, 0x67, 1, 0, 1, 0x68], 5));
    assert!(!frames.starts(&[0x7c, 0x85, 1], 5));
    assert!(!frames.starts(&[0x41, 1], 6));
    assert!(frames.starts(&[0x7c, 0x85, 1], 7), "a picture that relies on earlier parameter sets");
}

#[test]
fn reaches_units_max() {
    let mut payload = vec![0x78];
    for _ in 0..UNITS_MAX {
        payload.extend([0, 1, 0x09]);
    }
    payload.extend([0, 1, 0x67]);
    assert!(!starts(&payload));
}
