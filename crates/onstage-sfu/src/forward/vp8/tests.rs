//! Catches misread descriptors: a wrong id shows as a frozen picture, a misread length as a broken one.
#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn read(bytes: &[u8], newest: Option<u16>) -> Option<Vp8Payload> {
    Vp8Payload::read(Arc::from(bytes), newest)
}

#[test]
fn a_full_descriptor_is_read() {
    let payload = read(&[0x90, 0xf0, 0x81, 0x02, 9, 0x23, 0x00, 1, 2], None).unwrap();
    assert_eq!(payload.ids, Ids { picture: Some(0x102), tl0: Some(9), key: Some(3) });
    assert!(payload.starts_key_frame);
}

#[test]
fn a_delta_frame_and_a_later_part_start_nothing() {
    assert!(!read(&[0x90, 0xf0, 0x81, 0x02, 9, 0x23, 0x01, 1], None).unwrap().starts_key_frame);
    assert!(!read(&[0x80, 0xf0, 0x81, 0x02, 9, 0x23, 0x00, 1], None).unwrap().starts_key_frame);
}

#[test]
fn a_short_picture_id_is_widened_beside_the_newest() {
    let short = |id: u8| [0x90, 0xf0, id, 9, 0x23, 0x00, 7];
    let first = read(&short(100), None).unwrap();
    assert_eq!(first.ids.picture, Some(100));
    assert_eq!(&*first.contents, &[0x90, 0xf0, 0x80, 100, 9, 0x23, 0x00, 7]);
    assert_eq!(read(&short(3), Some(127)).unwrap().ids.picture, Some(131));
    assert_eq!(read(&short(126), Some(131)).unwrap().ids.picture, Some(126));
    assert_eq!(read(&short(2), Some(0x7fff)).unwrap().ids.picture, Some(2));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40), newest in any::<Option<u16>>()) {
        if let Some(payload) = read(&bytes, newest.map(|id| id & PICTURE_MASK)) {
            let ids = Ids { picture: Some(0xffff), tl0: Some(1), key: Some(0xff) };
            prop_assert!(payload.patch(ids).is_some());
        }
    }

    #[test]
    fn widening_keeps_the_low_bits_and_stays_near(short in 0..128_u8, newest in 0..0x8000_u16) {
        let wide = extended(short, Some(newest));
        prop_assert_eq!(wide & 0x7f, u16::from(short));
        let distance = wide.wrapping_sub(newest) & PICTURE_MASK;
        prop_assert!(!(64..0x8000 - 64).contains(&distance));
    }
}
