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

#[test]
fn messages_reach_the_relay_and_pass_it() {
    assert_eq!((turn(&piece(0, b"nonsense")).read, turn(&piece(4, b"check")).controls), (0, 1));
    assert_eq!(turn(&piece(8 | 4, b"check")).controls, 0, "there is leave for the first of us alone");
    // CHANNEL-NUMBER 0x4001 and XOR-PEER-ADDRESS of our second address (RFC 8656 §14.1, RFC 8489 §14.2).
    let bind = [0, 0x0c, 4, 0x40, 1, 0, 0, 0, 0x12, 8, 0, 1, 0x3f, 0xd9, 0x2b, 0x12, 0xa4, 0x40];
    let bound =
        [piece(9 << 3 | 1, &bind), piece(1 << 3 | 3, b"media"), piece(1 << 3 | 5, b"answer")].concat();
    assert_eq!(turn(&bound).controls, 2);
    let by_stream = [piece(9 << 3 | 1, &bind), piece(2, b"\x40\x01\0\x05med"), piece(2, b"ia\0\0\0")];
    assert_eq!(turn(&by_stream.concat()).controls, 1);
    assert_eq!(turn(&[piece(15 << 3 | 7, &[]), piece(4, b"late")].concat()).controls, 0);
}

#[test]
fn fragments_restart() {
    let restart = b"\0a=ice-ufrag:new\r\na=ice-pwd:a password of now\r\na=candidate:1\r\n";
    assert_eq!(fragment(restart), Reached { read: 1, controls: 1 });
    assert_eq!(fragment(b"\0a=end-of-candidates"), Reached { read: 1, controls: 0 });
    assert_eq!(fragment(b"nothing\0nothing"), Reached::default());
}
