//! Catches frames that are torn, merged or lost when the bytes come in other pieces than they were sent.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn frames_are_the_same_however_the_bytes_are_cut(
        frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..20),
        pieces in proptest::collection::vec(1_usize..400, 1..40),
    ) {
        let mut bytes = Vec::new();
        for frame in &frames {
            frame_into(frame, &mut bytes);
        }
        let (mut unframer, mut found, mut rest) = (Unframer::default(), Vec::new(), bytes.as_slice());
        for length in pieces.iter().cycle() {
            let (piece, later) = rest.split_at((*length).min(rest.len()));
            unframer.push(piece);
            while let Some(Some(frame)) = unframer.next_frame() {
                found.push(frame);
            }
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(found, frames);
    }
}

#[test]
fn reaches_frame_bytes_max() {
    let mut unframer = Unframer::default();
    let mut bytes = Vec::new();
    frame_into(&[7; FRAME_BYTES_MAX], &mut bytes);
    unframer.push(&bytes);
    assert_eq!(unframer.next_frame(), Some(Some(vec![7; FRAME_BYTES_MAX])));
    unframer.push(&u16::try_from(FRAME_BYTES_MAX + 1).unwrap().to_be_bytes());
    assert_eq!(unframer.next_frame(), None, "the length alone is enough to close");
}
