//! Shows that each kind of input gets as deep as it is meant to: a fuzzer that stays at the door finds nothing.

use super::*;

/// One piece of an input.
fn piece(what: u8, bytes: &[u8]) -> Vec<u8> {
    let [low, high] = u16::try_from(bytes.len()).unwrap().to_le_bytes();
    [&[what, low, high], bytes].concat()
}

#[test]
fn pictures_and_sounds_reach_the_viewer() {
    let quiet = rtp(&[]);
    let filmed = rtp(&[piece(1, &PICTURE), piece(2, &[0xe0, 1, 2, 3]), piece(7, &[])].concat());
    assert_eq!(filmed.packets_in, quiet.packets_in + 1);
    assert_eq!(filmed.sent, quiet.sent + 2);
    let gated = rtp(&[piece(5 | 16, &[]), piece(1, &PICTURE), piece(7, &[])].concat());
    assert_eq!((gated.packets_in, gated.sent), (quiet.packets_in + 1, quiet.sent));
}

#[test]
fn a_lost_picture_reaches_the_host() {
    let quiet = rtcp(&[piece(0xff, &[])].concat());
    // PSFB, PLI (RFC 4585 §6.3.1).
    for ssrc in [b"SSR0", b"SSR1"] {
        let lost = rtcp(
            &[piece(0xff, &[]), piece(1, &[&[0x81, 206, 0, 2, 0, 0, 0, 1][..], ssrc].concat())].concat(),
        );
        if lost.key_frames_asked > quiet.key_frames_asked {
            return;
        }
    }
    panic!("nobody was asked for a key frame");
}

#[test]
fn what_was_sent_is_sent_again_on_request() {
    let quiet = rtcp(&[]);
    // RTPFB, generic NACK (RFC 4585 §6.2.1): the newest number and the sixteen behind it of each stream.
    let nack = |digit: u8| {
        let body = [&[0x81, 205, 0, 3, 0, 0, 0, 1][..], b"SSR", &[digit], b"Q", &[digit], &[0, 0]].concat();
        piece(1, &body)
    };
    let asked = rtcp(&[nack(b'0'), nack(b'1'), nack(b'2')].concat());
    assert!(asked.sent > quiet.sent, "{asked:?} against {quiet:?}");
}

#[test]
fn messages_reach_the_room() {
    assert_eq!(sctp(&[piece(4, b"hello"), piece(3, b"there"), piece(7, &[])].concat()).messages, 2);
}

#[test]
fn strangers_and_changed_checks_are_told_apart() {
    assert_eq!(datagrams(&piece(0, &[0x80; 40])).unknown, 1);
    assert_eq!(datagrams(&piece(3, &[0, 0])).unknown, 0, "a check finds its session, wherever it comes from");
}

#[test]
fn descriptions_are_read() {
    let good = "candidate:1 1 udp 2122260223 10.9.9.9 5 typ host";
    assert_eq!(offer(&[&[0], good.as_bytes()].concat()).accepted, 1);
    assert_eq!(offer(b"\0v=0\r\n").accepted, 0);
    assert_eq!(answer(b"v=0\r\n").accepted, 1, "it names no m-line");
}

#[test]
fn pictures_and_sounds_of_every_codec_are_read() {
    let fragment = [0x7c, 0x85, 0x88];
    let aggregate = [0x78, 0, 2, 0x67, 0x42, 0, 1, 0x65];
    let starts: [(u8, &[u8]); 5] =
        [(0, &PICTURE), (1, &fragment), (8 | 1, &aggregate), (2, &[0x8e, 0x81, 1, 0x20]), (3, &[0x18, 0x0a])];
    for (what, bytes) in starts {
        assert_eq!(payload(&piece(what, bytes)).key_frames, 1, "{what}");
    }
    let redundant = [0xef, 0, 8, 2, 0x6f, 9, 9, 4];
    assert_eq!(payload(&[piece(4, &redundant), piece(4, &redundant[..6])].concat()).accepted, 1);
}

#[test]
fn every_codec_reaches_the_viewer() {
    let quiet = rtp(&[]);
    let start: [(u8, &[u8]); 4] =
        [(0, &PICTURE), (1, &[0x65, 0x88]), (2, &[0x8e, 0x81, 1, 0x20]), (3, &[0x18, 0x0a])];
    for (codec, bytes) in start {
        let filmed = rtp(&[piece(codec << 5 | 1, bytes), piece(7, &[])].concat());
        assert_eq!(filmed.packets_in, quiet.packets_in + 1, "{codec}");
        assert_eq!(filmed.sent, quiet.sent + 1, "{codec}");
    }
    let redundant = [0xe0, 0xef, 0, 8, 2, 0x6f, 9, 9, 4];
    let spoken = rtp(&[piece(0x80 | 2, &redundant), piece(7, &[])].concat());
    assert_eq!(spoken.sent, quiet.sent + 1);
}
