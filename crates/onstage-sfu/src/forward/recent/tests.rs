//! Catches a joiner who is handed a torn picture, or the past at the speed of the past.
#![allow(clippy::arithmetic_side_effects, clippy::disallowed_methods, reason = "tests")]

use std::sync::Arc;
use std::time::Duration;

use str0m::rtp::ExtensionValues;

use super::*;
use crate::control::Quality;
use crate::formats::Format;
use crate::forward::munger::{Moment, Stamp, StreamId};
use crate::forward::payload::Reader;
use crate::forward::vp8::Ids;
use crate::notice::Codec;

fn vp8_spec() -> str0m::format::CodecSpec {
    str0m::format::CodecSpec {
        codec: str0m::format::Codec::Vp8,
        clock_rate: str0m::media::Frequency::NINETY_KHZ,
        channels: None,
        format: str0m::format::FormatParams::default(),
    }
}

fn packet(number: u64, is_key: bool, arrived: Instant) -> Packet {
    let bytes: Arc<[u8]> = Arc::from([0x90, 0x80, 0x81, 0x02, u8::from(!is_key), 7]);
    let payload = Reader::default().read(Codec::Vp8, bytes, 0);
    assert_eq!(payload.starts_key_frame, is_key);
    Packet {
        layer: Quality::Low,
        stream: StreamId(1),
        format: Format::of(&vp8_spec()).unwrap(),
        stamp: Stamp { number, timestamp: u32::try_from(number).unwrap() * 3_000, ids: Ids::default() },
        marker: true,
        moment: Moment { arrived, made: Some(arrived) },
        extensions: ExtensionValues::default(),
        payload,
    }
}

fn numbers(recent: &Recent, now: Instant) -> Vec<u64> {
    recent.handed_out(now).iter().map(|packet| packet.stamp.number).collect()
}

#[test]
fn it_begins_at_the_last_key_frame() {
    let now = Instant::now();
    let mut recent = Recent::default();
    for number in 0..10 {
        recent.note(&packet(number, number == 2 || number == 6, now));
    }
    assert_eq!(numbers(&recent, now), [6, 7, 8, 9]);
    recent.clear();
    assert!(numbers(&recent, now).is_empty());
}

#[test]
fn a_hole_ends_it() {
    let now = Instant::now();
    let mut recent = Recent::default();
    recent.note(&packet(1, true, now));
    recent.note(&packet(2, false, now));
    recent.note(&packet(4, false, now));
    assert!(numbers(&recent, now).is_empty());
    recent.note(&packet(5, false, now));
    assert!(numbers(&recent, now).is_empty(), "until the next key frame");
}

#[test]
fn its_frames_are_a_moment_apart_and_the_newest_on_time() {
    let start = Instant::now();
    let mut recent = Recent::default();
    for number in 1..=10 {
        recent.note(&packet(number, number == 1, start + Duration::from_millis(33 * number)));
    }
    let now = start + Duration::from_millis(340);
    let handed_out = recent.handed_out(now);
    let times: Vec<_> = handed_out.iter().map(|packet| packet.stamp.timestamp).collect();
    assert_eq!(times.last(), Some(&30_000));
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] == HURRIED_FRAME_TICKS));
    assert!(handed_out.iter().all(|packet| packet.moment.arrived == now));
}

#[test]
fn reaches_recent_packets_max() {
    let now = Instant::now();
    let mut recent = Recent::default();
    let limit = u64::try_from(RECENT_PACKETS_MAX).unwrap();
    for number in 0..limit {
        recent.note(&packet(number, number == 0, now));
    }
    assert_eq!(numbers(&recent, now).len(), RECENT_PACKETS_MAX);
    recent.note(&packet(limit, false, now));
    assert!(numbers(&recent, now).is_empty());
}

#[test]
fn reaches_recent_for_max() {
    let now = Instant::now();
    let mut recent = Recent::default();
    recent.note(&packet(0, true, now));
    assert_eq!(numbers(&recent, now + RECENT_FOR_MAX / 2).len(), 1);
    assert!(numbers(&recent, now + RECENT_FOR_MAX).is_empty());
    recent.note(&packet(1, false, now + RECENT_FOR_MAX));
    assert!(numbers(&recent, now).is_empty());
}
