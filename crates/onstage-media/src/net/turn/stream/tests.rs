//! Catches messages that are torn, merged or lost when the bytes come in other pieces than they were sent.

#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn message() -> impl Strategy<Value = Vec<u8>> {
    (any::<bool>(), proptest::collection::vec(any::<u8>(), 0..300)).prop_map(|(is_channel, body)| {
        if is_channel {
            let length = u16::try_from(body.len()).unwrap().to_be_bytes();
            [&[0x40, 0x01][..], &length, &body].concat()
        } else {
            let body: Vec<u8> = body.iter().copied().cycle().take(body.len() / 4 * 4).collect();
            let length = u16::try_from(body.len()).unwrap().to_be_bytes();
            [&[0, 1][..], &length, &[7; 16], &body].concat()
        }
    })
}

proptest! {
    #[test]
    fn messages_are_the_same_however_the_bytes_are_cut(
        sent in proptest::collection::vec(message(), 0..20),
        pieces in proptest::collection::vec(1_usize..400, 1..40),
    ) {
        let mut bytes = Vec::new();
        for message in &sent {
            message_into(message, &mut bytes);
        }
        let (mut messages, mut found, mut rest) = (Messages::default(), Vec::new(), bytes.as_slice());
        for length in pieces.iter().cycle() {
            let (piece, later) = rest.split_at((*length).min(rest.len()));
            messages.push(piece);
            while let Next::Message(message) = messages.next_message() {
                found.push(message);
            }
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(found, sent);
    }
}

#[test]
fn reaches_message_bytes_max() {
    let mut messages = Messages::default();
    let body = MESSAGE_BYTES_MAX.checked_sub(20).unwrap();
    let header = |body: usize| [&[0, 1][..], &u16::try_from(body).unwrap().to_be_bytes()].concat();
    messages.push(&header(body));
    assert_eq!(messages.next_message(), Next::More);
    let mut messages = Messages::default();
    messages.push(&header(body.checked_add(4).unwrap()));
    assert_eq!(messages.next_message(), Next::Garbage, "the length alone is enough to close");
    let mut messages = Messages::default();
    messages.push(b"GET / HTTP/1.1");
    assert_eq!(messages.next_message(), Next::Garbage);
}
