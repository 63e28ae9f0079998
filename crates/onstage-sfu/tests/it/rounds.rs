//! In which order a turn leaves: catches subscribers who always come last, packets of one subscriber that do not leave
//! together, and a gate that closes too late for who would come next.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use onstage_sfu::{Control, Input, Output, Shard, Transport};

use super::support::{CAMERA, FRAME, MICROPHONE, World, stage};

/// Hands in a picture of three packets and a sound, as one turn.
fn hand_in(world: &mut World, host: usize) {
    world.now += FRAME;
    let bot = &mut world.bots[host];
    bot.tell_time(world.now);
    bot.send_frame(0, 2, 3);
    bot.send_sound(1, 30);
    let (source, transport) = (bot.address, Transport::Udp);
    for (destination, contents) in bot.take_sent() {
        let datagram = Input::Datagram { transport, source, destination, contents: &contents };
        world.shard.handle(world.now, datagram).unwrap();
    }
}

/// To whom the next media goes.
fn next_media(shard: &mut Shard) -> Option<SocketAddr> {
    while let Some(output) = shard.poll() {
        if let Output::Transmit(transmit) = output
            && matches!(transmit.contents[..], [128..=191, 0..=191 | 224.., ..])
        {
            return Some(transmit.destination);
        }
    }
    None
}

fn watching(viewers: usize) -> (World, usize) {
    let (mut world, host, _) = stage(viewers);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    world.run(Duration::from_secs(1));
    (world, host)
}

#[test]
fn everybody_is_first_in_turn_and_gets_everything_at_once() {
    let (mut world, host) = watching(3);
    let mut firsts = HashSet::new();
    for _ in 0..12 {
        hand_in(&mut world, host);
        let mut to: Vec<_> = std::iter::from_fn(|| next_media(&mut world.shard)).collect();
        assert_eq!(to.len(), 3 * 4, "three packets of the picture and the sound, for each");
        to.dedup();
        let served: HashSet<_> = to.iter().collect();
        assert!(served.len() == 3 && to.len() <= 4, "one after the other: {to:?}");
        firsts.insert(to[0]);
    }
    assert_eq!(firsts.len(), 3);
}

#[test]
fn a_gate_that_closes_during_a_turn_holds_for_who_comes_next() {
    let (mut world, host) = watching(3);
    hand_in(&mut world, host);
    let served = next_media(&mut world.shard).unwrap();
    for track in [CAMERA, MICROPHONE] {
        world.shard.handle(world.now, Input::Control(Control::SetGate { track, open: false })).unwrap();
    }
    let later: Vec<_> = std::iter::from_fn(|| next_media(&mut world.shard)).collect();
    assert!(later.is_empty(), "after {served}: {later:?}");
}
