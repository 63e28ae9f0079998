//! Packets that others made or that were there before, from the right address: nothing of them gets through.

use std::cell::RefCell;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use onstage_sfu::PeerOptions;
use onstage_sfu::limits::KEY_FRAME_EVERY_LOW;

use super::plain::plain_stage;
use crate::support::{CAMERA, World, assert_one_stream, key, stage};

/// Everything that a bot sends, as an eavesdropper has it.
fn overheard(world: &mut World, bot: usize) -> Rc<RefCell<Vec<Vec<u8>>>> {
    let source = world.bots[bot].address;
    let heard = Rc::new(RefCell::new(Vec::new()));
    let ear = heard.clone();
    world.loss = Some(Box::new(move |datagram| {
        if datagram.source == source {
            ear.borrow_mut().push(datagram.contents.clone());
        }
        false
    }));
    heard
}

fn is_media(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, second, ..] if !(192..=223).contains(second))
}

fn is_feedback(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, 192..=223, ..])
}

fn packets_in(world: &World) -> u64 {
    world.shard.track_counters(CAMERA).unwrap().packets_in
}

/// The picture of a viewer is whole and goes on.
fn assert_sees_on(world: &World, viewer: usize) {
    let got = world.got(viewer, CAMERA);
    assert_one_stream(&got);
    assert!(got.last().unwrap().at + Duration::from_millis(200) > world.now, "the picture goes on");
}

#[test]
fn forged_media_from_the_right_address_changes_nothing() {
    let (mut world, host, viewers) = stage(1);
    let heard = overheard(&mut world, host);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let media: Vec<Vec<u8>> = heard.take().into_iter().filter(|datagram| is_media(datagram)).collect();
    let source = world.bots[host].address;
    for round in 0..30_u32 {
        for (place, datagram) in (0_u32..).zip(media.iter().take(60)) {
            let mut forged = datagram.clone();
            *forged.last_mut().unwrap() ^= 0x55;
            match place % 3 {
                // The same header, contents that nobody sealed.
                0 => {}
                // Far ahead in its stream.
                1 => forged[2] ^= 0x40,
                // In a stream of its own that claims the same line and layer.
                _ => forged[8..12].copy_from_slice(&(round * 1_000 + place).to_be_bytes()),
            }
            world.inject(source, &forged);
        }
        world.film(host, &[0, 1, 2], Duration::from_millis(66));
    }
    assert_eq!(world.shard.counters().faults, 0);
    assert_sees_on(&world, viewers[0]);
}

#[test]
fn media_that_was_there_before_is_not_forwarded_again() {
    let (mut world, host, viewers) = stage(1);
    let heard = overheard(&mut world, host);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let media: Vec<Vec<u8>> = heard.take().into_iter().filter(|datagram| is_media(datagram)).collect();
    world.run(Duration::from_millis(100));
    let (before, got) = (packets_in(&world), world.bots[viewers[0]].got.len());
    for _ in 0..3 {
        for datagram in &media {
            world.inject(world.bots[host].address, datagram);
        }
    }
    world.run(Duration::from_millis(100));
    assert!(media.len() > 300, "{} packets again", media.len());
    assert_eq!((packets_in(&world), world.bots[viewers[0]].got.len()), (before, got));
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    assert_sees_on(&world, viewers[0]);
}

#[test]
fn feedback_that_was_there_before_costs_next_to_nothing() {
    let (mut world, host, viewers) = stage(2);
    let address = world.bots[viewers[0]].address;
    let heard = overheard(&mut world, viewers[0]);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let ssrc = world.got(viewers[0], CAMERA)[0].ssrc;
    world.bots[viewers[0]].ask_key_frame(ssrc);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let feedback: Vec<Vec<u8>> = heard.take().into_iter().filter(|datagram| is_feedback(datagram)).collect();
    assert!(!feedback.is_empty(), "the viewer reports");
    let asked = world.shard.track_counters(CAMERA).unwrap().key_frames_asked;
    for _ in 0..60 {
        for datagram in feedback.iter().cycle().take(50) {
            world.inject(address, datagram);
        }
        world.film(host, &[0, 1, 2], Duration::from_millis(33));
    }
    let span = Duration::from_secs(2);
    let most = u64::try_from(span.as_millis() / KEY_FRAME_EVERY_LOW.as_millis()).unwrap() + 1;
    let more = world.shard.track_counters(CAMERA).unwrap().key_frames_asked - asked;
    assert!(more <= most, "{more} requests, {most} at most");
    assert_eq!(world.shard.is_connected(key(viewers[0])), Some(true));
    assert_sees_on(&world, viewers[1]);
}

#[test]
fn checks_that_nobody_could_make_get_no_answer() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let heard = overheard(&mut world, viewers[0]);
    world.run(Duration::from_secs(6));
    let check =
        heard.take().into_iter().find(|datagram| datagram[0] < 2).expect("the viewer checks its path");
    let stranger: SocketAddr = "203.0.113.9:4444".parse().unwrap();
    let answered: Rc<RefCell<HashSet<SocketAddr>>> = Rc::default();
    let ear = answered.clone();
    world.loss = Some(Box::new(move |datagram| {
        ear.borrow_mut().insert(datagram.destination);
        false
    }));
    for round in 0..2_000_u32 {
        let mut forged = check.clone();
        match round % 3 {
            // The name of nobody: the first letters of the user name (RFC 8489 §14.3), behind header and attribute.
            0 => forged[24..28].copy_from_slice(&(round | 0x6060_6060).to_be_bytes()),
            // The right name, and integrity (RFC 8489 §14.5) made without the password.
            1 => {
                let end = forged.len() - 12;
                forged[end] ^= 0xff;
            }
            // Integrity that says no length at all.
            _ => forged.truncate(forged.len() - 8),
        }
        world.inject(stranger, &forged);
    }
    world.run(Duration::from_secs(1));
    assert!(!answered.borrow().contains(&stranger), "not one answer: nothing to amplify");
    let unknown = world.shard.counters().datagrams_unknown;
    world.inject(stranger, &[0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(world.shard.counters().datagrams_unknown, unknown + 1, "the stranger is still one");
    world.loss = None;
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    assert_sees_on(&world, viewers[0]);
}

/// Takes the header extensions out of a packet (RFC 3550 §5.3.1): once a stream is known, browsers leave out what names
/// its line and layer.
fn without_extensions(packet: &[u8]) -> Vec<u8> {
    if packet[0] & 0x10 == 0 {
        return packet.to_vec();
    }
    let mut packet = [&packet[..12], &packet[header_length(packet)..]].concat();
    packet[0] &= !0x10;
    packet
}

/// Length of a header with extensions.
fn header_length(packet: &[u8]) -> usize {
    16 + 4 * usize::from(u16::from_be_bytes([packet[14], packet[15]]))
}

#[test]
fn a_layer_that_a_forger_claims_stays_with_its_owner() {
    let (mut world, host, viewers) = plain_stage(1, PeerOptions::default());
    let source = world.bots[host].address;
    world.film(host, &[2], Duration::from_secs(1));
    let heard = overheard(&mut world, host);
    world.film(host, &[2], Duration::from_millis(100));
    let naming = heard.take().into_iter().find(|datagram| is_media(datagram) && datagram[0] == 0x90);
    let mut forged = naming.expect("a packet that names its line and layer");
    forged[8..12].copy_from_slice(&[9; 4]);
    // From here on the owner's packets name nothing any more.
    world.loss = Some(Box::new(move |datagram| datagram.source == source && is_media(&datagram.contents)));
    let before = packets_in(&world);
    let mut sent = 0;
    for round in 0..60 {
        world.bots[host].tell_time(world.now);
        world.bots[host].send_frame(0, 2, 3);
        for (_, contents) in world.bots[host].take_sent() {
            if is_media(&contents) {
                sent += 1;
                world.inject(source, &without_extensions(&contents));
            }
        }
        if round == 20 {
            // Shorter than any seal: nobody's key is behind it.
            world.inject(source, &forged[..header_length(&forged) + 4]);
        }
        world.run(Duration::from_millis(33));
    }
    assert_eq!(packets_in(&world) - before, sent, "every packet of the owner is taken");
    assert_sees_on(&world, viewers[0]);
}
