//! Catches a packet that keeps a forged sender, loses a field that a newer client added, or breaks the reader.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, deprecated, reason = "tests")]

use livekit_protocol as proto;
use proptest::prelude::*;
use prost::Message as _;

use super::*;

const ANN: Sender<'static> = Sender { sid: "PA_ann", identity: "ann", lossy: false };

fn forged() -> proto::DataPacket {
    proto::DataPacket {
        participant_identity: "somebody else".into(),
        participant_sid: "PA_else".into(),
        destination_identities: vec!["bob".into()],
        sequence: 7,
        value: Some(proto::data_packet::Value::User(proto::UserPacket {
            participant_sid: "PA_else".into(),
            participant_identity: "somebody else".into(),
            payload: b"hello".to_vec(),
            topic: Some("chat".into()),
            destination_sids: vec!["PA_bob".into()],
            ..proto::UserPacket::default()
        })),
        ..proto::DataPacket::default()
    }
}

#[test]
fn the_sender_is_who_sent_it() {
    let bytes = forged().encode_to_vec();
    let envelope = Envelope::read(&bytes).unwrap();
    assert_eq!(
        (envelope.sequence, envelope.identities.as_slice(), envelope.sids.as_slice()),
        (7, &["bob"][..], &["PA_bob"][..])
    );
    let read = proto::DataPacket::decode(envelope.signed(&ANN).as_slice()).unwrap();
    assert_eq!((read.participant_identity.as_str(), read.participant_sid.as_str()), ("ann", "PA_ann"));
    assert_eq!(read.sequence, 7);
    let Some(proto::data_packet::Value::User(user)) = read.value else { panic!("the user packet is gone") };
    assert_eq!((user.participant_identity.as_str(), user.participant_sid.as_str()), ("ann", "PA_ann"));
    assert_eq!((user.payload.as_slice(), user.topic.as_deref()), (&b"hello"[..], Some("chat")));
}

#[test]
fn unknown_fields_survive() {
    let mut bytes = forged().encode_to_vec();
    put_bytes(&mut bytes, 999, b"from the future");
    let signed = Envelope::read(&bytes).unwrap().signed(&ANN);
    assert!(signed.windows(15).any(|window| window == b"from the future"));
}

#[test]
fn lossy_is_said() {
    let bytes = forged().encode_to_vec();
    let lossy = Sender { lossy: true, ..ANN };
    let read = proto::DataPacket::decode(Envelope::read(&bytes).unwrap().signed(&lossy).as_slice()).unwrap();
    assert_eq!(read.kind, i32::from(proto::data_packet::Kind::Lossy));
}

#[test]
fn metrics_go_to_nobody() {
    let packet = proto::DataPacket {
        value: Some(proto::data_packet::Value::Metrics(proto::MetricsBatch::default())),
        ..proto::DataPacket::default()
    };
    assert!(!Envelope::read(&packet.encode_to_vec()).unwrap().may_be_forwarded);
}

#[test]
fn reaches_fields_max() {
    let mut bytes = Vec::new();
    for _ in 0..FIELDS_MAX {
        put_bytes(&mut bytes, 999, b"");
    }
    assert!(Envelope::read(&bytes).is_some());
    put_bytes(&mut bytes, 999, b"");
    assert!(Envelope::read(&bytes).is_none());
}

#[test]
fn reaches_nonce_bytes_max() {
    let named = |length: usize| {
        let user = proto::UserPacket { nonce: vec![7; length], ..proto::UserPacket::default() };
        let value = Some(proto::data_packet::Value::User(user));
        let bytes = proto::DataPacket { value, ..proto::DataPacket::default() }.encode_to_vec();
        Envelope::read(&bytes).unwrap().nonce.map(<[u8]>::len)
    };
    assert_eq!(named(NONCE_BYTES_MAX), Some(NONCE_BYTES_MAX));
    assert_eq!(named(NONCE_BYTES_MAX + 1), None);
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Some(envelope) = Envelope::read(&bytes) {
            let signed = envelope.signed(&ANN);
            prop_assert!(Envelope::read(&signed).is_some());
        }
    }

    #[test]
    fn varints_come_back(value in any::<u64>()) {
        let mut bytes = Vec::new();
        put_varint(&mut bytes, value);
        prop_assert_eq!(take_varint(&mut bytes.as_slice()), Some(value));
    }
}
