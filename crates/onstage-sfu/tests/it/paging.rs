//! A stage of fifty of which a viewer shows nine: catches packets for tiles that nobody sees, sounds that are missing, and
//! publishers who go on encoding for nobody.

use std::time::Duration;

use onstage_sfu::{Control, Notice, PeerRole, Quality, TrackKey, TrackSource, Wish};

use super::support::{FRAME, World, key};

const PEOPLE: usize = 50;
const SHOWN: usize = 9;

fn camera(person: usize) -> TrackKey {
    TrackKey(u64::try_from(person).unwrap() * 2 + 1)
}

fn microphone(person: usize) -> TrackKey {
    TrackKey(u64::try_from(person).unwrap() * 2 + 2)
}

fn film(world: &mut World, people: &[usize], frames: usize) {
    for _ in 0..frames {
        for person in people {
            let bot = &mut world.bots[*person];
            bot.tell_time(world.now);
            bot.send_frame(0, 0, 1);
            bot.send_sound(1, 30);
        }
        world.run(FRAME);
    }
}

#[test]
fn who_shows_nine_of_fifty_gets_nine_pictures_and_every_sound() {
    let mut world = World::new();
    let people: Vec<usize> = (0..PEOPLE).map(|_| world.open(PeerRole::Publisher)).collect();
    for person in &people {
        let tracks = [(camera(*person), TrackSource::Camera), (microphone(*person), TrackSource::Microphone)];
        world.publish(*person, &tracks);
    }
    let viewer = world.open(PeerRole::Subscriber);
    for person in &people {
        world.subscribe(viewer, camera(*person));
        world.subscribe(viewer, microphone(*person));
        let wish = if *person < SHOWN { Wish::AtMost(Quality::Low) } else { Wish::Nothing };
        world.tell(Control::SetWish { peer: key(viewer), track: camera(*person), wish });
    }
    world.run_until(Duration::from_secs(10), |world| {
        world.bots.iter().all(|bot| bot.is_connected) && world.bots[viewer].mid_to_track.len() == 2 * PEOPLE
    });
    film(&mut world, &people, 40);
    for person in &people {
        let (pictures, sounds) =
            (world.got(viewer, camera(*person)).len(), world.got(viewer, microphone(*person)).len());
        assert!(sounds >= 38, "{sounds} sounds of {person}");
        assert_eq!(pictures > 30, *person < SHOWN, "{pictures} pictures of {person}");
        assert!(*person < SHOWN || pictures == 0, "{pictures} pictures of {person} whom nobody sees");
    }
    world.run(Duration::from_secs(10));
    for person in &people {
        let told = |notice: &Notice| match notice {
            Notice::LayersWanted { track, best } if *track == camera(*person) => Some(*best),
            _ => None,
        };
        let last = world.notices.iter().rev().find_map(told);
        let wanted = (*person < SHOWN).then_some(Quality::Low);
        assert_eq!(last, Some(wanted), "of {person}");
    }
    // The page is turned: one comes, another goes.
    world.tell(Control::SetWish { peer: key(viewer), track: camera(20), wish: Wish::AtMost(Quality::Low) });
    world.tell(Control::SetWish { peer: key(viewer), track: camera(0), wish: Wish::Nothing });
    let wanted =
        |notice: &Notice| *notice == Notice::LayersWanted { track: camera(20), best: Some(Quality::Low) };
    assert!(world.has_notice(wanted), "up at once");
    let before = world.got(viewer, camera(0)).len();
    film(&mut world, &[0, 20], 20);
    assert_eq!(world.got(viewer, camera(0)).len(), before);
    assert!(world.got(viewer, camera(20)).len() > 10, "{}", world.got(viewer, camera(20)).len());
    assert!(!world.bots[20].key_frames_asked.is_empty(), "a picture that was off starts at a key frame");
}

#[test]
fn a_camera_that_nobody_ever_subscribed_to_is_told_after_ten_seconds() {
    let mut world = World::new();
    let host = world.open(PeerRole::Publisher);
    world.publish(host, &[(camera(host), TrackSource::Camera)]);
    let off = |notice: &Notice| *notice == Notice::LayersWanted { track: camera(host), best: None };
    world.run(Duration::from_millis(9_900));
    assert!(!world.has_notice(off), "viewers may still come");
    world.run(Duration::from_millis(300));
    assert!(world.has_notice(off));
}
