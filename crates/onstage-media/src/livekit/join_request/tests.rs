//! Catches join requests of stock clients that are misread, and packed ones that fill the memory.

use std::io::Write as _;

use flate2::Compression as Level;
use flate2::write::GzEncoder;

use super::*;

/// As livekit-client 2.23.0 sent it to resume (a public fact of the protocol; no secret is in it).
const RECORDED_RESUME: &str =
    "CAESQh-LCAAAAAAAAAPjEuRgFGIz0jMy1jOQEExgymJkEmLhYBRgtGB0YPTiD3CMNyrMdnYrc0rMrPRNAQBfOebuLgAAAA==";

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn wrapped(compression: Compression, join_request: Vec<u8>) -> String {
    let wrapped = proto::WrappedJoinRequest { compression: compression.into(), join_request };
    FORGIVING.encode(wrapped.encode_to_vec())
}

#[test]
fn a_stock_client_is_understood_with_and_without_padding() {
    for text in [RECORDED_RESUME, RECORDED_RESUME.trim_end_matches('=')] {
        let Wishes { query, opening } = read(text, "").unwrap();
        assert!(query.single && query.auto_subscribe && query.adaptive_stream && query.reconnect);
        assert!(!query.full_ice);
        assert_eq!(query.participant_sid, "PA_2qkCFvBaiyMd");
        assert_eq!((query.protocol, query.client_protocol), (17, 2));
        assert_eq!(query.capabilities, [i32::from(proto::client_info::Capability::CapCompressionDeflateRaw)]);
        assert_eq!(opening, Opening::default());
    }
}

#[test]
fn everything_in_it_is_kept() {
    let request = proto::JoinRequest {
        metadata: "m".into(),
        participant_attributes: [("hand".to_owned(), "up".to_owned())].into(),
        add_track_requests: vec![proto::AddTrackRequest { cid: "c".into(), ..Default::default() }],
        publisher_offer: Some(proto::SessionDescription { id: 1, sdp: "v=0".into(), ..Default::default() }),
        sync_state: Some(proto::SyncState::default()),
        ..proto::JoinRequest::default()
    };
    for text in [
        wrapped(Compression::None, request.encode_to_vec()),
        wrapped(Compression::Gzip, packed(&request.encode_to_vec())),
    ] {
        let Wishes { query, opening } = read(&text, "Mozilla/5.0 Firefox/140.0").unwrap();
        assert!(query.full_ice, "Firefox needs it");
        assert!(query.auto_subscribe, "nothing was said against it");
        assert_eq!((opening.metadata.as_str(), opening.attributes["hand"].as_str()), ("m", "up"));
        assert_eq!((opening.tracks[0].cid.as_str(), opening.offer.unwrap().id), ("c", 1));
        assert!(opening.sync_state.is_some());
    }
}

#[test]
fn what_cannot_be_read_is_a_bad_request() {
    let unknown = FORGIVING
        .encode(proto::WrappedJoinRequest { compression: 7, join_request: Vec::new() }.encode_to_vec());
    let cut = wrapped(Compression::Gzip, packed(&[7; 100])[..20].to_vec());
    let nonsense = wrapped(Compression::None, vec![0xff; 9]);
    for text in ["%", "AA", &unknown, &cut, &nonsense] {
        assert_eq!(read(text, "").unwrap_err().status, StatusCode::BAD_REQUEST, "{text}");
    }
}

#[test]
fn reaches_join_request_bytes_max() {
    let of = |length: usize| {
        // Field 3 (metadata): one byte of key and three of length.
        let request = proto::JoinRequest { metadata: "m".repeat(length - 4), ..Default::default() };
        assert_eq!(request.encoded_len(), length);
        read(&wrapped(Compression::Gzip, packed(&request.encode_to_vec())), "")
    };
    assert!(of(JOIN_REQUEST_BYTES_MAX).is_ok());
    assert!(of(JOIN_REQUEST_BYTES_MAX + 1).is_err());
    let bomb = wrapped(Compression::Gzip, packed(&vec![0; 32 * JOIN_REQUEST_BYTES_MAX]));
    assert!(read(&bomb, "").is_err());
}

#[test]
fn reaches_capabilities_max() {
    let client_info = proto::ClientInfo { capabilities: vec![1; CAPABILITIES_MAX + 1], ..Default::default() };
    let request = proto::JoinRequest { client_info: Some(client_info), ..Default::default() };
    let wishes = read(&wrapped(Compression::None, request.encode_to_vec()), "").unwrap();
    assert_eq!(wishes.query.capabilities.len(), CAPABILITIES_MAX);
}
