//! Who speaks: catches speakers that are never told, never fall silent, or were muted.

use std::time::Duration;

use onstage_sfu::{Control, Notice, SpeakerLevel};

use super::support::{MICROPHONE, World, stage};

fn talk(world: &mut World, host: usize, below_db: i8, span: Duration) {
    let end = world.now + span;
    while world.now < end {
        world.bots[host].tell_time(world.now);
        world.bots[host].send_sound(1, below_db);
        world.run(Duration::from_millis(20));
    }
}

fn told(world: &World) -> Vec<Vec<SpeakerLevel>> {
    let speakers = |notice: &Notice| match notice {
        Notice::Speakers { speakers, .. } => Some(speakers.clone()),
        _ => None,
    };
    world.notices.iter().filter_map(speakers).collect()
}

#[test]
fn a_voice_is_told_and_falls_silent() {
    let (mut world, host, _) = stage(1);
    world.run(Duration::from_secs(1));
    talk(&mut world, host, 60, Duration::from_secs(2));
    assert!(told(&world).is_empty(), "a whisper is no speech");
    talk(&mut world, host, 5, Duration::from_secs(2));
    let loud = told(&world).last().unwrap().clone();
    assert_eq!(loud[0].track, MICROPHONE);
    assert!(loud[0].level() > 0.3, "{loud:?}");
    talk(&mut world, host, 90, Duration::from_secs(3));
    assert!(told(&world).last().unwrap().is_empty());
    let count = told(&world).len();
    world.run(Duration::from_secs(5));
    assert_eq!(told(&world).len(), count, "nothing new, nothing told");
}

#[test]
fn who_is_muted_does_not_speak() {
    let (mut world, host, _) = stage(1);
    world.run(Duration::from_secs(1));
    talk(&mut world, host, 5, Duration::from_secs(1));
    world.tell(Control::SetGate { track: MICROPHONE, open: false });
    talk(&mut world, host, 5, Duration::from_secs(1));
    assert!(told(&world).last().unwrap().is_empty());
}
