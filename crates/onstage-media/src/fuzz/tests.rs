//! Shows that each kind of input gets as deep as it is meant to: a fuzzer that stays at the door finds nothing.

use livekit_protocol::signal_request::Message as Ask;

use super::*;

fn piece(what: u8, bytes: &[u8]) -> Vec<u8> {
    let [low, high] = u16::try_from(bytes.len()).unwrap().to_le_bytes();
    [&[what, low, high], bytes].concat()
}

#[test]
fn signalling_reaches_the_shard() {
    let add = proto::AddTrackRequest {
        cid: "mic".into(),
        source: proto::TrackSource::Microphone.into(),
        ..proto::AddTrackRequest::default()
    };
    let request = proto::SignalRequest { message: Some(Ask::AddTrack(add)) };
    let quiet = signal(&[]);
    let binary = signal(&piece(0, &request.encode_to_vec()));
    let json = signal(&piece(2, &serde_json::to_vec(&request).unwrap()));
    assert_eq!((binary.read, json.read), (1, 1));
    assert!(binary.controls > quiet.controls, "a track is expected");
}

#[test]
fn packets_are_passed_on() {
    let bytes = proto::DataPacket { sequence: 1, ..proto::DataPacket::default() }.encode_to_vec();
    assert_eq!(packet(&piece(1, &bytes)).read, 1);
}

#[test]
fn joins_are_read() {
    assert_eq!(join(&piece(1, b"auto_subscribe=1&sid=PA_x&protocol=15")).read, 1);
    assert_eq!(join(&piece(2, b"{\"browser\":\"firefox\"}")).read, 1);
    assert_eq!(join(&piece(0, b"????")).read, 0);
}

#[test]
fn calls_are_read() {
    assert_eq!(twirp(&piece(5, b"{\"room\":\"show\",\"identity\":\"ann\"}")).read, 1);
    assert_eq!(twirp(&piece(5, b"{")).read, 0);
}

#[test]
fn frames_are_cut() {
    assert_eq!(frames(&[piece(0, b"\0\x03ab"), piece(0, b"c\0\0")].concat()).read, 2);
}
