//! Every named limit, reached: catches queues and lists that grow for as long as someone feeds them.

use std::net::SocketAddr;
use std::time::Duration;

use onstage_sfu::limits::{
    ADDRESSES_PER_PEER_MAX, ARRIVALS_MAX, DATA_CHANNELS_MAX, DATA_MESSAGE_BYTES_MAX, DATA_WAITING_MAX,
    DISCONNECTED_FOR_MAX, OUTPUTS_MAX, PEERS_MAX, REMOTE_CANDIDATES_MAX, RESEND_AGE_MAX,
    RESENT_LOSSY_PERCENT_MAX, ROOMS_MAX, SSRCS_PER_PEER_MAX, SUBSCRIPTIONS_PER_PEER_MAX, TRACKS_PER_PEER_MAX,
    UFRAGS_PER_PEER_MAX,
};
use onstage_sfu::{
    Control, DataChannel, EndReason, Input, Notice, Output, PeerKey, PeerOptions, PeerRole, Refusal, RoomKey,
    Shard, ShardConfig, TrackKey, TrackSource, Transport,
};

use super::support::{CAMERA, ROOM, World, assert_one_stream, description, key, stage};

fn open(peer: u64, role: PeerRole) -> Control {
    Control::OpenPeer { peer: PeerKey(peer), room: ROOM, role, options: PeerOptions::default() }
}

#[test]
fn reaches_disconnected_for_max() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0], Duration::from_secs(1));
    let gone = world.bots[viewers[0]].address;
    world.loss = Some(Box::new(move |datagram| datagram.source == gone));
    world.run(Duration::from_secs(3));
    assert!(!world.has_notice(|notice| matches!(notice, Notice::PeerEnded { .. })));
    world.run(DISCONNECTED_FOR_MAX + Duration::from_secs(40));
    let viewer = key(viewers[0]);
    assert!(world.has_notice(|notice| *notice == Notice::PeerDisconnected { peer: viewer }));
    let ended = Notice::PeerEnded { peer: viewer, reason: EndReason::IceTimeout };
    assert!(world.has_notice(|notice| *notice == ended));
}

#[test]
fn who_comes_back_in_time_stays() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let gone = world.bots[viewers[0]].address;
    world.loss = Some(Box::new(move |datagram| datagram.source == gone));
    let viewer = key(viewers[0]);
    world.run_until(Duration::from_secs(60), |world| {
        world.has_notice(|notice| *notice == Notice::PeerDisconnected { peer: viewer })
    });
    world.loss = None;
    world.run(Duration::from_secs(10));
    assert_eq!(world.shard.is_connected(viewer), Some(true));
    let before = world.got(viewers[0], CAMERA).len();
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    assert!(world.got(viewers[0], CAMERA).len() > before);
}

#[test]
fn who_never_connects_ends() {
    let mut world = World::new();
    let viewer = world.open(PeerRole::Publisher);
    world.run(Duration::from_secs(61));
    let ended = Notice::PeerEnded { peer: key(viewer), reason: EndReason::NeverConnected };
    assert!(world.has_notice(|notice| *notice == ended));
}

/// A shard without bots.
#[expect(clippy::disallowed_methods, reason = "virtual time starts somewhere")]
fn bare() -> (Shard, impl FnMut(&mut Shard, Control) -> Result<(), Refusal>) {
    let now = std::time::Instant::now();
    let mut shard = Shard::new(
        ShardConfig { candidates: vec!["10.0.0.1:1".parse().unwrap()], tcp_candidates: Vec::new() },
        now,
    );
    shard.handle(now, Input::Control(Control::OpenRoom { room: ROOM })).unwrap();
    (shard, move |shard: &mut Shard, control| {
        let outcome = shard.handle(now, Input::Control(control));
        while shard.poll().is_some() {}
        outcome
    })
}

#[test]
fn reaches_rooms_max() {
    let (mut shard, mut tell) = bare();
    for room in 1..u64::try_from(ROOMS_MAX).unwrap() {
        tell(&mut shard, Control::OpenRoom { room: RoomKey(room + 1) }).unwrap();
    }
    assert_eq!(tell(&mut shard, Control::OpenRoom { room: RoomKey(0) }), Err(Refusal::Full("ROOMS_MAX")));
    tell(&mut shard, Control::CloseRoom { room: RoomKey(2) }).unwrap();
    tell(&mut shard, Control::OpenRoom { room: RoomKey(0) }).unwrap();
}

#[test]
fn reaches_peers_max() {
    let (mut shard, mut tell) = bare();
    for peer in 0..u64::try_from(PEERS_MAX).unwrap() {
        tell(&mut shard, open(peer, PeerRole::Publisher)).unwrap();
    }
    assert_eq!(tell(&mut shard, open(1 << 40, PeerRole::Publisher)), Err(Refusal::Full("PEERS_MAX")));
    assert_eq!(tell(&mut shard, open(5, PeerRole::Publisher)), Err(Refusal::KeyInUse));
    tell(&mut shard, Control::ClosePeer { peer: PeerKey(5) }).unwrap();
    tell(&mut shard, open(5, PeerRole::Publisher)).unwrap();
}

#[test]
fn reaches_tracks_per_peer_max() {
    let (mut shard, mut tell) = bare();
    tell(&mut shard, open(1, PeerRole::Publisher)).unwrap();
    let expect = |track: usize| {
        let track = TrackKey(u64::try_from(track).unwrap());
        Control::ExpectTrack {
            peer: PeerKey(1),
            track,
            description: description(0, track, TrackSource::Camera),
        }
    };
    for track in 0..TRACKS_PER_PEER_MAX {
        tell(&mut shard, expect(track)).unwrap();
    }
    assert_eq!(tell(&mut shard, expect(999)), Err(Refusal::Full("TRACKS_PER_PEER_MAX")));
    tell(&mut shard, Control::RemoveTrack { track: TrackKey(0) }).unwrap();
    tell(&mut shard, expect(999)).unwrap();
}

#[test]
fn reaches_subscriptions_per_peer_max() {
    let (mut shard, mut tell) = bare();
    tell(&mut shard, open(1, PeerRole::Subscriber)).unwrap();
    let tracks = u64::try_from(SUBSCRIPTIONS_PER_PEER_MAX).unwrap() + 1;
    for track in 0..tracks {
        let publisher = 2 + track;
        tell(&mut shard, open(publisher, PeerRole::Publisher)).unwrap();
        let track = TrackKey(track);
        let description = description(0, track, TrackSource::Camera);
        tell(&mut shard, Control::ExpectTrack { peer: PeerKey(publisher), track, description }).unwrap();
    }
    let subscribe = |track| Control::Subscribe { peer: PeerKey(1), track: TrackKey(track) };
    for track in 0..tracks - 1 {
        tell(&mut shard, subscribe(track)).unwrap();
    }
    assert_eq!(tell(&mut shard, subscribe(tracks - 1)), Err(Refusal::Full("SUBSCRIPTIONS_PER_PEER_MAX")));
    assert_eq!(tell(&mut shard, subscribe(0)), Ok(()), "again is no more");
}

#[test]
fn reaches_remote_candidates_max() {
    let (mut shard, mut tell) = bare();
    tell(&mut shard, open(1, PeerRole::Publisher)).unwrap();
    let candidate = |port: usize| Control::RemoteCandidate {
        peer: PeerKey(1),
        candidate: format!("candidate:{port} 1 udp 2122260223 10.9.9.9 {} typ host", port + 1),
    };
    for port in 0..REMOTE_CANDIDATES_MAX {
        tell(&mut shard, candidate(port)).unwrap();
    }
    assert_eq!(tell(&mut shard, candidate(9_000)), Err(Refusal::Full("REMOTE_CANDIDATES_MAX")));
    for ignored in ["", "candidate:1 1 udp 1 3e8c0.local 5 typ host", "nonsense"] {
        let control = Control::RemoteCandidate { peer: PeerKey(1), candidate: ignored.to_owned() };
        assert_eq!(tell(&mut shard, control), Ok(()), "{ignored}");
    }
}

#[test]
fn reaches_data_message_bytes_max() {
    let (mut world, _, viewers) = stage(1);
    world.run(Duration::from_secs(1));
    let send = |bytes: usize| Control::SendData {
        peers: vec![key(viewers[0])],
        channel: DataChannel::Reliable,
        contents: vec![1; bytes].into(),
    };
    let refused = world.try_tell(send(DATA_MESSAGE_BYTES_MAX + 1));
    assert_eq!(refused, Err(Refusal::Full("DATA_MESSAGE_BYTES_MAX")));
    world.tell(send(DATA_MESSAGE_BYTES_MAX));
    world.run(Duration::from_secs(5));
    assert_eq!(world.bots[viewers[0]].data[0].1.len(), DATA_MESSAGE_BYTES_MAX);
}

#[test]
fn reaches_data_waiting_max() {
    let mut world = World::new();
    let viewer = world.open(PeerRole::Subscriber);
    // The channel is not open yet, so everything waits.
    for _ in 0..=DATA_WAITING_MAX {
        let contents = [1].into();
        world.tell(Control::SendData { peers: vec![key(viewer)], channel: DataChannel::Reliable, contents });
    }
    let dropped = Notice::DataDropped { peer: key(viewer), channel: DataChannel::Reliable };
    assert_eq!(world.notices.iter().filter(|notice| **notice == dropped).count(), 1);
    world.run(Duration::from_secs(5));
    assert_eq!(world.bots[viewer].data.len(), DATA_WAITING_MAX);
}

#[test]
fn reaches_addresses_per_peer_max() {
    let (mut world, host, viewers) = stage(1);
    // A viewer whose network changes its port again and again stays reachable at the newest.
    for round in 0..ADDRESSES_PER_PEER_MAX + 4 {
        let address: SocketAddr = format!("10.0.9.1:{}", 7_000 + round).parse().unwrap();
        world.bots[viewers[0]].address = address;
        world.run(Duration::from_millis(50));
        let now = world.now + Duration::from_secs(3);
        world.bots[viewers[0]].tell_time(now);
        world.pump();
        world.run(Duration::from_secs(4));
    }
    world.film(host, &[0], Duration::from_millis(500));
    assert_eq!(world.shard.counters().faults, 0);
}

#[test]
fn reaches_ufrags_per_peer_max() {
    let (mut world, host, viewers) = stage(1);
    for _ in 0..UFRAGS_PER_PEER_MAX + 2 {
        world.tell(Control::RestartIce { peer: key(viewers[0]) });
        world.run(Duration::from_millis(500));
    }
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let got = world.got(viewers[0], CAMERA);
    assert_one_stream(&got);
    assert_eq!(world.shard.is_connected(key(viewers[0])), Some(true));
}

/// Hands the shard, without polling it, frames that the host sends all at once.
fn flood(world: &mut World, host: usize, frames: usize) {
    world.bots[host].tell_time(world.now);
    for _ in 0..frames {
        world.bots[host].send_frame(0, 2, 3);
    }
    let source = world.bots[host].address;
    let destination = "10.0.0.1:7882".parse().unwrap();
    for (_, contents) in world.bots[host].take_sent() {
        world
            .shard
            .handle(
                world.now,
                Input::Datagram { transport: Transport::Udp, source, destination, contents: &contents },
            )
            .unwrap();
    }
}

#[test]
fn reaches_arrivals_max() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let before = world.shard.track_counters(CAMERA).unwrap();
    flood(&mut world, host, ARRIVALS_MAX / 3 + 50);
    let after = world.shard.track_counters(CAMERA).unwrap();
    assert!(after.packets_out > before.packets_out, "a full turn is fanned out before it ends");
    world.run(Duration::from_secs(1));
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    assert_one_stream(&world.got(viewers[0], CAMERA));
}

#[test]
fn reaches_outputs_max() {
    let audience = OUTPUTS_MAX / ARRIVALS_MAX + 1;
    let (mut world, host, _) = stage(audience);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    // More than may wait for its turn, so that all of it is fanned out before anything is polled.
    flood(&mut world, host, ARRIVALS_MAX / 3 + 1);
    let mut sent = 0;
    while let Some(output) = world.shard.poll() {
        sent += usize::from(matches!(output, Output::Transmit(_)));
    }
    // The two packets that came after it had their turn when there was room again.
    assert!(sent <= OUTPUTS_MAX + 2 * audience, "{sent} datagrams");
    assert!(world.shard.counters().datagrams_dropped > 0);
    assert_eq!(world.shard.counters().faults, 0);
}

/// Whether a lost packet comes again when the viewer's request only gets through after `frames` frames of three
/// packets within `span`.
fn is_resent_after(frames: u32, span: Duration) -> bool {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let viewer = world.bots[viewers[0]].address;
    let mut lost = 0;
    world.loss = Some(Box::new(move |datagram| {
        let is_picture = datagram.contents[0] >= 128 && datagram.contents[1] & 0x7f == 96;
        lost += u32::from(datagram.destination == viewer && is_picture);
        datagram.source == viewer || (datagram.destination == viewer && is_picture && lost == 1)
    }));
    for _ in 0..frames {
        world.bots[host].tell_time(world.now);
        world.bots[host].send_frame(0, 2, 3);
        world.run(span / frames);
    }
    world.loss = None;
    world.film(host, &[0, 1, 2], Duration::from_millis(300));
    let mut numbers: Vec<_> = world.got(viewers[0], CAMERA).iter().map(|got| got.number).collect();
    numbers.sort_unstable();
    numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

#[test]
fn reaches_resend_age_max() {
    assert!(is_resent_after(10, RESEND_AGE_MAX / 2));
    assert!(!is_resent_after(10, RESEND_AGE_MAX * 2));
}

#[test]
fn reaches_resent_lossy_percent_max() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let viewer = world.bots[viewers[0]].address;
    let counts = std::rc::Rc::new(std::cell::Cell::new((0_u32, 0_u32, 0_u32)));
    let seen = counts.clone();
    world.loss = Some(Box::new(move |datagram| {
        let (mut first, mut again, mut turn) = seen.get();
        let kind = datagram.contents[1] & 0x7f;
        let is_media = datagram.destination == viewer && datagram.contents[0] >= 128;
        first += u32::from(is_media && kind == 96);
        again += u32::from(is_media && kind == 97);
        turn += 1;
        seen.set((first, again, turn));
        is_media && (kind == 96 || kind == 97) && turn % 2 == 0
    }));
    world.film(host, &[0, 1, 2], Duration::from_secs(10));
    let (first, again, _) = counts.get();
    let share = again * 100 / (first + again);
    let limit = u32::from(RESENT_LOSSY_PERCENT_MAX);
    assert!((limit / 2..limit + 8).contains(&share), "{share} of a hundred packets were resent");
}

#[test]
fn reaches_ssrcs_per_peer_max() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    for _ in 0..SSRCS_PER_PEER_MAX + 10 {
        world.bots[host].change_source(0, 0);
        world.film(host, &[0], Duration::from_millis(66));
    }
    let stuck = world.shard.track_counters(CAMERA).unwrap().packets_in;
    world.film(host, &[0], Duration::from_secs(1));
    assert_eq!(world.shard.track_counters(CAMERA).unwrap().packets_in, stuck, "no more sources are taken");
    world.publish(host, &[(TrackKey(3), TrackSource::Screen)]);
    world.film(host, &[0], Duration::from_secs(3));
    assert!(world.shard.track_counters(CAMERA).unwrap().packets_in > stuck, "a new offer starts over");
    assert_one_stream(&world.got(viewers[0], CAMERA));
}

#[test]
fn reaches_data_channels_max() {
    let (mut world, host, _) = stage(1);
    world.run(Duration::from_secs(1));
    let opened = world.bots[host].channels.len();
    for _ in opened..=DATA_CHANNELS_MAX {
        world.bots[host].open_channel("_reliable");
        world.run(Duration::from_millis(100));
    }
    let channels = world.bots[host].channels.clone();
    for (place, (id, _)) in channels.iter().enumerate() {
        world.bots[host].send_on(*id, &[u8::try_from(place).unwrap()]);
        world.run(Duration::from_millis(100));
    }
    let received =
        world.notices.iter().filter(|notice| matches!(notice, Notice::DataReceived { .. })).count();
    assert_eq!((channels.len(), received), (DATA_CHANNELS_MAX + 1, DATA_CHANNELS_MAX));
}
