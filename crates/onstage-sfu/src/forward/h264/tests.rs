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

#[test]
fn parameter_sets_that_came_once_go_before_every_later_key_frame() {
    let mut frames = KeyFrames::default();
    frames.starts(&[0x65, 1], 1);
    assert_eq!(frames.missing(1), None, "none are known");
    frames.starts(&[0x67, 1, 2], 2);
    frames.starts(&[0x68, 3], 2);
    frames.starts(&[0x65, 1], 2);
    assert_eq!(frames.missing(2), None, "they came with this picture");
    assert!(frames.starts(&[0x7c, 0x85, 1], 3));
    assert_eq!(frames.missing(3).as_deref(), Some(&[0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3][..]));
    frames.starts(&[0x78, 0, 2, 0x67, 9, 0, 2, 0x68, 8], 4);
    assert!(frames.starts(&[0x65, 1], 5));
    assert_eq!(frames.missing(5).as_deref(), Some(&[0x78, 0, 2, 0x67, 9, 0, 2, 0x68, 8][..]));
}

#[test]
fn reaches_parameter_set_bytes_max() {
    let mut frames = KeyFrames::default();
    let mut long = vec![0x67; PARAMETER_SET_BYTES_MAX];
    frames.starts(&long, 1);
    frames.starts(&[0x68, 1], 1);
    assert!(frames.missing(2).is_some_and(|packet| packet.len() > PARAMETER_SET_BYTES_MAX));
    long.push(0);
    long[1] = 1;
    frames.starts(&long, 3);
    assert!(
        frames.missing(4).is_some_and(|packet| packet.get(4) == Some(&0x67)),
        "the longer one is not kept"
    );
}
