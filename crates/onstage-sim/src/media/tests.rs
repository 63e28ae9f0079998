//! Catches films that a browser could not decode or that would not loop, and packets that an SFU would misread.

#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]

use std::sync::Arc;

use proptest::prelude::*;

use super::vp8::{self, Numbers, PART_BYTES_MAX};
use super::{CAST, Film, FilmLayer, Mark, Part, Player, Source, Voice, ivf, ogg};

/// One key frame, and what follows it in three parts of 48, 48 and 24 pictures.
const PICTURES: usize = 1 + 47 + 47 + 23;

#[test]
fn every_person_has_three_layers_with_one_key_frame_for_all_parts() {
    for person in &CAST {
        let film = person.film().unwrap();
        let sizes: Vec<_> = film.layers.iter().map(|layer| (layer.width, layer.height)).collect();
        assert_eq!(sizes, [(320, 180), (640, 360), (1280, 720)], "{}", person.name);
        for layer in &film.layers {
            let Source::Drawn(pictures) = &layer.source else { panic!("not drawn") };
            assert_eq!(pictures.len(), PICTURES, "{}", person.name);
            let keys = pictures.iter().filter(|picture| vp8::is_key(picture)).count();
            assert_eq!(keys, 1, "{}: only the first picture is a key frame", person.name);
            assert!(
                pictures.iter().all(|picture| picture[0] & 0x10 != 0),
                "no hidden pictures: they are not timed"
            );
        }
    }
}

#[test]
fn every_voice_is_as_long_as_the_part_in_which_its_owner_speaks() {
    for person in &CAST {
        let voice = person.voice().unwrap();
        let packets = 200 + u64::from(voice.packet(200, true) != voice.packet(0, true));
        for place in [0, 1, 77] {
            assert_eq!(
                voice.packet(place, true),
                voice.packet(place + packets, true),
                "{} loops",
                person.name
            );
        }
        assert_eq!(voice.packet(50, false).len(), 3, "silence is one small packet");
    }
}

#[test]
fn all_files_together_stay_small() {
    let mut total = 0;
    for person in &CAST {
        for layer in person.film().unwrap().layers {
            if let Source::Drawn(pictures) = layer.source {
                total += pictures.iter().map(|picture| picture.len()).sum::<usize>();
            }
        }
        let voice = person.voice().unwrap();
        total += (0..200).map(|place| voice.packet(place, true).len()).sum::<usize>();
    }
    assert!(total < 900_000, "{total} bytes of film and voice in the binary");
}

/// The numbers of the pictures that a player shows, by their content.
fn shown(player: &mut Player, pictures: &[Box<[u8]>], wishes: &[bool]) -> Vec<usize> {
    let show = |wish: &bool| {
        let picture = player.next_picture(*wish, 0);
        pictures.iter().position(|one| **one == *picture).unwrap()
    };
    wishes.iter().map(show).collect()
}

/// Catches a picture that is shown after another than the one it was drawn after: browsers would show rubbish.
#[test]
fn every_part_begins_at_the_key_frame_and_goes_on_in_order() {
    let film = CAST[0].film().unwrap();
    let Source::Drawn(pictures) = &film.layers[0].source else { panic!("not drawn") };
    // Equal pictures (somebody sits still) cannot be told apart, so each is its own here.
    let numbered: Arc<[Box<[u8]>]> =
        (0..pictures.len()).map(|n| Box::from(n.to_be_bytes().as_slice())).collect();
    let layer = FilmLayer { source: Source::Drawn(Arc::clone(&numbered)), ..film.layers[0].clone() };
    let mut player = Player::new(layer, 0);
    let quiet = shown(&mut player, &numbered, &[false; 50]);
    assert_eq!(quiet, (0..48).chain(0..2).collect::<Vec<_>>(), "listens, again and again");
    player.act(Part::Speaking);
    let speaking = shown(&mut player, &numbered, &[false; 50]);
    assert_eq!(speaking, [0].into_iter().chain(48..95).chain([0, 48]).collect::<Vec<_>>());
    assert_eq!(shown(&mut player, &numbered, &[true, false]), [0, 48], "a wanted key frame comes at once");
    player.act(Part::Waving);
    let waving = shown(&mut player, &numbered, &[false; 26]);
    assert_eq!(
        waving,
        [0].into_iter().chain(95..118).chain([0, 1]).collect::<Vec<_>>(),
        "waves once, then listens"
    );
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
