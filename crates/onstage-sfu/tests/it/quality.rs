//! The word for a connection: catches loss that nobody is told of, words that flicker, and the loss of one told of another.

use std::time::Duration;

use onstage_sfu::{ConnectionQuality, Notice};

use super::support::{World, key, stage};

fn words(world: &World, bot: usize) -> Vec<ConnectionQuality> {
    let told = |notice: &Notice| match notice {
        Notice::Quality { peer, quality, .. } if *peer == key(bot) => Some(*quality),
        _ => None,
    };
    world.notices.iter().filter_map(told).collect()
}

/// Every n-th packet of media that `to` is sent, or that `from` sends, is lost.
fn lose(world: &mut World, bot: usize, one_in: u64) {
    let address = world.bots[bot].address;
    let mut count = 0_u64;
    world.loss = Some(Box::new(move |datagram| {
        let is_his = datagram.source == address || datagram.destination == address;
        let is_media = datagram.contents[0] >= 128 && !(192..=223).contains(&datagram.contents[1]);
        count += u64::from(is_his && is_media);
        is_his && is_media && count.is_multiple_of(one_in)
    }));
}

#[test]
fn who_loses_packets_is_told_so_and_others_are_not() {
    let (mut world, host, viewers) = stage(2);
    world.film(host, &[0], Duration::from_secs(12));
    assert_eq!(words(&world, viewers[0]), []);
    lose(&mut world, viewers[0], 5);
    world.film(host, &[0], Duration::from_secs(20));
    assert_eq!(
        words(&world, viewers[0]).last(),
        Some(&ConnectionQuality::Poor),
        "{:?}",
        words(&world, viewers[0])
    );
    assert_eq!(words(&world, viewers[1]), []);
    assert_eq!(words(&world, host), []);
    world.loss = None;
    world.film(host, &[0], Duration::from_secs(30));
    assert_eq!(words(&world, viewers[0]).last(), Some(&ConnectionQuality::Excellent));
    assert!(words(&world, viewers[0]).len() <= 4, "{:?}", words(&world, viewers[0]));
}

#[test]
fn a_publisher_whose_packets_are_lost_is_told_so() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0], Duration::from_secs(4));
    lose(&mut world, host, 25);
    world.film(host, &[0], Duration::from_secs(12));
    assert_eq!(words(&world, host).last(), Some(&ConnectionQuality::Fair), "{:?}", words(&world, host));
    assert_eq!(words(&world, viewers[0]), [], "the way down is as good as ever");
}
