//! Clients that can send what they like: shard and bots on cryptography that hides and proves nothing.

use std::time::{Duration, Instant};

use onstage_sfu::{Control, Input, PeerOptions, PeerRole, Shard, ShardConfig, TrackSource, fuzz};
use str0m::{Candidate, RtcConfig};

use crate::support::{CAMERA, MICROPHONE, ROOM, World};

/// A host with camera and microphone and as many viewers, all connected; nothing has been filmed.
pub fn plain_stage(viewers: usize, options: PeerOptions) -> (World, usize, Vec<usize>) {
    stage_on(fuzz::plain_shard, viewers, options)
}

/// The same on another kind of shard.
pub fn stage_on(
    shard: fn(ShardConfig, Instant) -> Shard,
    viewers: usize,
    options: PeerOptions,
) -> (World, usize, Vec<usize>) {
    let mut world = World::new();
    let candidates = vec!["10.0.0.1:7882".parse().unwrap()];
    world.shard = shard(ShardConfig { candidates, tcp_candidates: Vec::new() }, world.now);
    world.shard.handle(world.now, Input::Control(Control::OpenRoom { room: ROOM })).unwrap();
    let host = open(&mut world, PeerRole::Publisher, options);
    let viewers: Vec<_> = (0..viewers).map(|_| open(&mut world, PeerRole::Subscriber, options)).collect();
    world.publish(host, &[(CAMERA, TrackSource::Camera), (MICROPHONE, TrackSource::Microphone)]);
    for viewer in &viewers {
        world.subscribe(*viewer, CAMERA);
        world.subscribe(*viewer, MICROPHONE);
    }
    let watched = viewers.clone();
    world.run_until(Duration::from_secs(5), |world| {
        world.bots.iter().all(|bot| bot.is_connected)
            && watched.iter().all(|viewer| world.bots[*viewer].mid_to_track.len() == 2)
    });
    (world, host, viewers)
}

/// A peer whose bot is on plain cryptography too.
pub fn open(world: &mut World, role: PeerRole, options: PeerOptions) -> usize {
    let index = world.open_with(role, options);
    let bot = &mut world.bots[index];
    bot.rtc = RtcConfig::new()
        .set_crypto_provider(fuzz::crypto())
        .set_rtp_mode(true)
        .clear_codecs()
        .enable_opus(true, false)
        .enable_vp8(true)
        .build(world.now);
    bot.rtc.add_local_candidate(Candidate::host(bot.address, "udp").unwrap());
    index
}

/// One RTCP packet: count or format, type, and the rest.
pub fn feedback(format: u8, kind: u8, rest: &[u8]) -> Vec<u8> {
    let words = u16::try_from(rest.len() / 4).unwrap().to_be_bytes();
    [&[0x80 | format, kind][..], &words, rest].concat()
}

/// A generic NACK (RFC 4585 §6.2.1) for these numbers and the sixteen behind each.
pub fn nack(ssrc: u32, numbers: &[u16]) -> Vec<u8> {
    let mut rest = [1_u32.to_be_bytes(), ssrc.to_be_bytes()].concat();
    for number in numbers {
        rest.extend(number.to_be_bytes());
        rest.extend([0xff, 0xff]);
    }
    feedback(1, 205, &rest)
}

/// A lost picture (RFC 4585 §6.3.1), then the same in the older way (RFC 5104 §4.3.1).
pub fn lost_picture(ssrc: u32, count: u8) -> Vec<u8> {
    let to = [1_u32.to_be_bytes(), ssrc.to_be_bytes()].concat();
    let from = [&1_u32.to_be_bytes()[..], &[0; 4], &ssrc.to_be_bytes(), &[count, 0, 0, 0]].concat();
    [feedback(1, 206, &to), feedback(4, 206, &from)].concat()
}
