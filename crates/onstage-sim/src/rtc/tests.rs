//! Catches counters that would hide what a viewer suffers: holes, repetitions, pictures that cannot be decoded.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use std::time::{Duration, Instant};

use super::peer::Peer;
use super::{Arrival, PICTURES_KEPT_MAX, TrackWatch};
use crate::media::Mark;
use crate::media::vp8::{self, Numbers};

struct Stage {
    watch: TrackWatch,
    start: Instant,
    number: u64,
    numbers: Numbers,
    timestamp: u32,
}

impl Stage {
    fn new() -> Self {
        let numbers = Numbers { picture_id: 0x7ffe, tl0: 0, key_index: 0 };
        Self {
            watch: TrackWatch::keeping_pictures(true),
            start: Instant::now(),
            number: 65_000,
            numbers,
            timestamp: 1,
        }
    }

    /// Plays a picture of three packets, without those at the places in `lost`.
    fn play(&mut self, key: bool, lost: &[usize]) {
        self.numbers = self.numbers.next(key);
        self.timestamp = self.timestamp.wrapping_add(3_000);
        let picture = Mark { layer: 1, number: self.timestamp }.picture((640, 360), key, 3_000);
        let packets = vp8::packetise(&picture, self.numbers);
        for (index, payload) in packets.iter().enumerate() {
            if !lost.contains(&index) {
                self.arrive(payload, index + 1 == packets.len());
            }
            self.number += 1;
        }
    }

    fn arrive(&mut self, payload: &[u8], marker: bool) {
        let at = self.start + Duration::from_millis(self.number);
        let arrival = Arrival { at, number: self.number, timestamp: self.timestamp, marker, payload };
        self.watch.arrived(arrival, true);
    }
}

#[test]
fn an_unbroken_stream_is_counted_whole() {
    let mut stage = Stage::new();
    stage.play(true, &[]);
    for _ in 0..9 {
        stage.play(false, &[]);
    }
    let watch = &stage.watch;
    assert_eq!((watch.packets, watch.pictures, watch.key_frames), (30, 10, 1));
    assert_eq!((watch.missing(), watch.repeated, watch.backwards, watch.broken), (0, 0, 0, 0));
    assert_eq!(watch.width, 640);
    assert_eq!(watch.kept[0].mark.unwrap().layer, 1);
}

#[test]
fn after_a_hole_nothing_counts_until_the_next_key_frame() {
    let mut stage = Stage::new();
    stage.play(true, &[]);
    stage.play(false, &[1]);
    stage.play(false, &[]);
    stage.play(true, &[]);
    stage.play(false, &[]);
    let watch = &stage.watch;
    assert_eq!((watch.missing(), watch.pictures, watch.broken), (1, 3, 2));
}

#[test]
fn a_picture_that_a_key_frame_cuts_short_is_no_damage_and_any_other_cut_is() {
    let mut stage = Stage::new();
    stage.play(true, &[]);
    stage.play(false, &[2]);
    stage.number -= 1;
    stage.play(true, &[]);
    assert_eq!((stage.watch.cut, stage.watch.broken, stage.watch.pictures), (1, 0, 2));
    stage.play(false, &[2]);
    stage.number -= 1;
    stage.play(false, &[]);
    assert_eq!((stage.watch.cut, stage.watch.broken), (1, 2), "the cut one and the one after it");
}

#[test]
fn a_viewer_that_starts_in_the_middle_sees_nothing_before_a_key_frame() {
    let mut stage = Stage::new();
    stage.play(false, &[]);
    stage.play(false, &[]);
    assert_eq!(stage.watch.pictures, 0);
    assert_eq!(stage.watch.first_picture_at, None);
    stage.play(true, &[]);
    assert_eq!(stage.watch.pictures, 1);
}

#[test]
fn a_picture_that_comes_twice_is_noticed() {
    let mut stage = Stage::new();
    stage.play(true, &[]);
    stage.play(false, &[]);
    let (numbers, timestamp) = (stage.numbers, stage.timestamp);
    stage.play(false, &[]);
    stage.numbers =
        Numbers { picture_id: numbers.picture_id.wrapping_sub(1) % vp8::PICTURE_ID_MODULUS, ..numbers };
    stage.timestamp = timestamp - 3_000;
    stage.play(false, &[]);
    assert_eq!((stage.watch.repeated, stage.watch.backwards), (1, 1));
}

#[test]
fn another_stream_of_the_same_track_is_not_a_hole() {
    let mut stage = Stage::new();
    stage.play(true, &[]);
    stage.watch.new_stream();
    stage.number += 10_000;
    stage.numbers.picture_id = 77;
    stage.play(true, &[]);
    assert_eq!((stage.watch.missing(), stage.watch.repeated, stage.watch.pictures), (0, 0, 2));
}

#[test]
fn reaches_pictures_kept_max() {
    let mut stage = Stage::new();
    stage.play(true, &[]);
    for _ in 0..PICTURES_KEPT_MAX + 5 {
        stage.play(false, &[]);
    }
    assert_eq!(stage.watch.kept.len(), PICTURES_KEPT_MAX);
}

#[tokio::test]
async fn a_drain_ends() {
    let now = Instant::now();
    let mut peer = Peer::open([127, 0, 0, 1].into(), now).await.unwrap();
    let later = now + Duration::from_secs(1);
    peer.on_time(later).unwrap();
    assert!(peer.deadline > later, "a drained peer waits for a moment in the future");
}
