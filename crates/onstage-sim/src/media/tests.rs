//! Catches films that a browser could not decode or that would not loop, and packets that an SFU would misread.

#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]

use proptest::prelude::*;

use super::vp8::{self, Numbers, PART_BYTES_MAX};
use super::{CAST, Film, Mark, Player, Source, Voice, ivf, ogg};

#[test]
fn every_person_has_three_layers_that_start_with_a_key_frame_and_stay_without_another() {
    for person in &CAST {
        let film = person.film().unwrap();
        let sizes: Vec<_> = film.layers.iter().map(|layer| (layer.width, layer.height)).collect();
        assert_eq!(sizes, [(320, 180), (640, 360), (1280, 720)], "{}", person.name);
        for layer in &film.layers {
            let Source::Loop(pictures) = &layer.source else { panic!("not a loop") };
            assert_eq!(pictures.len(), 60, "{}", person.name);
            let keys = pictures.iter().filter(|picture| vp8::is_key(picture)).count();
            assert_eq!(keys, 1, "{}: only the first picture is a key frame", person.name);
        }
    }
}

#[test]
fn every_person_has_two_seconds_of_voice() {
    for person in &CAST {
        let voice = person.voice().unwrap();
        let first = voice.packet(0, true).to_vec();
        assert_eq!(voice.packet(101, true), first.as_slice(), "{} loops after 101 packets", person.name);
        assert_eq!(voice.packet(50, false).len(), 3, "silence is one small packet");
    }
}

#[test]
fn all_files_together_stay_small() {
    let total: usize = CAST
        .iter()
        .map(|person| {
            let film = person.film().unwrap();
            film.layers
                .iter()
                .map(|layer| match &layer.source {
                    Source::Loop(pictures) => pictures.iter().map(|p| p.len()).sum::<usize>(),
                    Source::Marked { .. } => 0,
                })
                .sum::<usize>()
        })
        .sum();
    assert!(total < 1_200_000, "{total} bytes of film in the binary");
}

#[test]
fn a_player_jumps_to_the_key_frame_when_one_is_wanted_and_loops_otherwise() {
    let film = CAST[0].film().unwrap();
    let mut player = Player::new(film.layers[0].clone(), 0);
    let keys: Vec<bool> = (0..130).map(|n| vp8::is_key(&player.next_picture(n == 70, n))).collect();
    let places: Vec<usize> = keys.iter().enumerate().filter(|(_, key)| **key).map(|(n, _)| n).collect();
    assert_eq!(places, [0, 60, 70], "and the next one only after another whole loop");
    assert!(vp8::is_key(&player.next_picture(false, 130)));
}

#[test]
fn a_marked_picture_survives_cutting_and_says_its_size() {
    let film = Film::marked(&[(320, 180, 3_000)], 30, 90);
    let mut player = Player::new(film.layers[0].clone(), 0);
    let picture = player.next_picture(false, 7);
    let numbers = Numbers { picture_id: 0x7fff, tl0: 255, key_index: 31 };
    let packets = vp8::packetise(&picture, numbers);
    assert_eq!(packets.len(), 3);
    let part = vp8::read(&packets[0]).unwrap();
    assert!(part.starts);
    assert_eq!(part.picture_id, Some(0x7fff));
    assert_eq!(part.key_size(), Some((320, 180)));
    assert_eq!(Mark::read(part.body), Some(Mark { layer: 0, number: 7 }));
    assert!(!vp8::read(&packets[1]).unwrap().starts);
    let next = numbers.next(true);
    assert_eq!(next, Numbers { picture_id: 0, tl0: 0, key_index: 0 }, "all numbers roll over");
}

#[test]
fn reaches_part_bytes_max() {
    let numbers = Numbers { picture_id: 1, tl0: 1, key_index: 0 };
    let one = vp8::packetise(&vec![1; PART_BYTES_MAX], numbers);
    let two = vp8::packetise(&vec![1; PART_BYTES_MAX + 1], numbers);
    assert_eq!((one.len(), two.len()), (1, 2));
}

#[test]
fn reaches_pictures_max() {
    let mut file = b"DKIF\0\0\x20\0VP80\x40\x01\xb4\0".to_vec();
    file.resize(32, 0);
    for _ in 0..=ivf::PICTURES_MAX {
        file.extend_from_slice(&[0; 12]);
    }
    assert_eq!(ivf::read(&file), Err(ivf::IvfError::TooLong));
}

#[test]
fn reaches_packets_max() {
    let mut file = Vec::new();
    for page in 0..=(ogg::PACKETS_MAX / 255 + 1) {
        file.extend_from_slice(b"OggS");
        file.resize(page * (27 + 255) + 26, 0);
        file.push(255);
        file.resize(file.len() + 255, 0);
    }
    assert_eq!(ogg::read(&file), Err(ogg::OggError::TooLong));
}

#[test]
fn reaches_marked_bytes_min() {
    let picture = Mark { layer: 2, number: 9 }.picture((1, 1), true, 0);
    assert_eq!(picture.len(), super::mark::MARKED_BYTES_MIN);
    assert_eq!(Mark::read(&picture), Some(Mark { layer: 2, number: 9 }));
}

#[test]
fn a_silent_voice_is_silent() {
    assert_eq!(Voice::silent().packet(3, true).len(), 3);
}

proptest! {
    #[test]
    fn cutting_and_joining_gives_the_picture_back(
        picture in proptest::collection::vec(any::<u8>(), 1..5_000), picture_id in 0u16..0x8000,
    ) {
        let numbers = Numbers { picture_id, tl0: 3, key_index: 4 };
        let packets = vp8::packetise(&picture, numbers);
        let mut joined = Vec::new();
        for (index, packet) in packets.iter().enumerate() {
            let part = vp8::read(packet).unwrap();
            prop_assert_eq!(part.starts, index == 0);
            prop_assert_eq!(part.picture_id, Some(picture_id));
            prop_assert_eq!(part.tl0, Some(3));
            joined.extend_from_slice(part.body);
        }
        prop_assert_eq!(joined, picture);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = vp8::read(&bytes).map(|part| part.key_size());
        let _ = ivf::read(&bytes);
        let _ = ogg::read(&bytes);
        let _ = Mark::read(&bytes);
    }
}
