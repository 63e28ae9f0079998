//! What strangers and broken clients can send: catches panics, stolen sessions, and limits that do not hold.

use std::net::SocketAddr;
use std::time::Duration;

use onstage_sfu::limits::{
    ADDRESSES_PER_PEER_MAX, DATA_MESSAGE_BYTES_MAX, DATA_WAITING_MAX, DISCONNECTED_FOR_MAX, OUTPUTS_MAX, PEERS_MAX,
    REMOTE_CANDIDATES_MAX, ROOMS_MAX, SUBSCRIPTIONS_PER_PEER_MAX, TRACKS_PER_PEER_MAX, UFRAGS_PER_PEER_MAX,
};
use onstage_sfu::{
    Control, DataChannel, EndReason, Input, Notice, PeerKey, PeerOptions, PeerRole, Refusal, RoomKey, Shard,
    ShardConfig, TrackKey, TrackSource, Wish,
};
use proptest::prelude::*;

use super::support::{CAMERA, MICROPHONE, ROOM, World, assert_one_stream, description, key, stage};

fn open(peer: u64, role: PeerRole) -> Control {
    Control::OpenPeer { peer: PeerKey(peer), room: ROOM, role, options: PeerOptions::default() }
}

#[test]
fn a_forged_address_does_not_steal_a_session() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let victim = world.bots[viewers[0]].address;
    // A participant with a session of its own sends its (valid) checks as if from the victim's address.
    let thief = world.open(PeerRole::Publisher);
    world.publish(thief, &[(TrackKey(9), TrackSource::Camera)]);
    world.run(Duration::from_millis(20));
    world.bots[thief].address = victim;
    for _ in 0..20 {
        let now = world.now;
        world.bots[thief].tell_time(now);
        for (_, contents) in world.bots[thief].take_sent() {
            world.inject(victim, &contents);
        }
        world.film(host, &[0, 1, 2], Duration::from_millis(100));
    }
    world.bots.truncate(thief);
    let before = world.got(viewers[0], CAMERA).len();
    let ssrc = world.got(viewers[0], CAMERA)[0].ssrc;
    let asked = world.shard.track_counters(CAMERA).unwrap().key_frames_asked;
    world.bots[viewers[0]].ask_key_frame(ssrc);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let got = world.got(viewers[0], CAMERA);
    assert!(got.len() > before + 100, "the victim still sees");
    assert!(world.shard.track_counters(CAMERA).unwrap().key_frames_asked > asked, "and is still heard");
    assert_one_stream(&got);
}

#[test]
fn checks_with_a_wrong_password_move_nothing() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let mut checks = Vec::new();
    world.bots[viewers[0]].tell_time(world.now + Duration::from_secs(3));
    for (_, contents) in world.bots[viewers[0]].take_sent() {
        if contents[0] < 2 {
            checks.push(contents);
        }
    }
    assert!(!checks.is_empty(), "the viewer checks its path");
    let stranger: SocketAddr = "203.0.113.9:4444".parse().unwrap();
    for check in &mut checks {
        let end = check.len() - 12;
        check[end] ^= 0xff;
        world.inject(stranger, check);
    }
    let before = world.shard.counters().datagrams_unknown;
    world.inject(stranger, &[0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(world.shard.counters().datagrams_unknown, before + 1, "the stranger is still a stranger");
}

#[test]
fn a_session_description_that_makes_no_sense_is_refused() {
    let (mut world, host, viewers) = stage(1);
    for sdp in ["", "v=0\r\n", "m=video 9 X 96\r\n", "v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\n"] {
        let offer = Control::AcceptOffer { peer: key(host), offer_id: 1, sdp: sdp.to_owned() };
        assert!(matches!(world.try_tell(offer), Err(Refusal::Sdp(_))), "{sdp:?}");
        let answer = Control::AcceptAnswer { peer: key(viewers[0]), offer_id: 1, sdp: sdp.to_owned() };
        assert!(world.try_tell(answer).is_err(), "{sdp:?}");
    }
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    assert_one_stream(&world.got(viewers[0], CAMERA));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_datagram_ends_anyones_session(
        datagrams in proptest::collection::vec(
            (0..4_u8, any::<u8>(), proptest::collection::vec(any::<u8>(), 0..120)), 1..60,
        ),
    ) {
        let (mut world, host, viewers) = stage(1);
        let sources = [world.bots[host].address, world.bots[viewers[0]].address, "203.0.113.9:1".parse().unwrap()];
        for (class, second, mut contents) in datagrams {
            // Something that looks like STUN, DTLS, RTP, RTCP from the address of someone who is in.
            let first = [0_u8, 22, 128, 129][usize::from(class)];
            contents.insert(0, second);
            contents.insert(0, first);
            for source in sources {
                world.inject(source, &contents);
            }
        }
        world.film(host, &[0, 1, 2], Duration::from_secs(1));
        let has_ended = world.has_notice(|notice| matches!(notice, Notice::PeerEnded { .. }));
        prop_assert!(!has_ended);
        prop_assert_eq!(world.shard.counters().faults, 0);
        assert_one_stream(&world.got(viewers[0], CAMERA));
    }

    #[test]
    fn no_change_to_a_real_offer_panics(
        place in any::<prop::sample::Index>(), what in "[ -~\r\n]{0,12}", length in 0..40_usize,
    ) {
        let mut world = World::new();
        let host = world.open(PeerRole::Publisher);
        let offer = world.bots[host].offer(&[("cid1".to_owned(), TrackSource::Camera)]);
        let wanted = description(host, CAMERA, TrackSource::Camera);
        world.tell(Control::ExpectTrack { peer: key(host), track: CAMERA, description: wanted });
        let start = place.index(offer.len());
        let end = (start + length).min(offer.len());
        let mut bytes = offer.into_bytes();
        bytes.splice(start..end, what.bytes());
        let sdp = String::from_utf8_lossy(&bytes).into_owned();
        let _ = world.try_tell(Control::AcceptOffer { peer: key(host), offer_id: 1, sdp });
        world.run(Duration::from_millis(100));
        prop_assert_eq!(world.shard.counters().faults, 0);
    }

    #[test]
    fn no_order_of_instructions_breaks_the_shard(
        steps in proptest::collection::vec((0..14_u8, 1..4_u64, 1..4_u64, any::<bool>()), 1..80),
    ) {
        let (mut world, host, _) = stage(1);
        for (step, peer, track, flag) in steps {
            let (peer, track) = (PeerKey(peer), TrackKey(track));
            let wish = if flag { Wish::Nothing } else { Wish::Size { width: 640, height: 360 } };
            let control = match step {
                0 => Control::Subscribe { peer, track },
                1 => Control::Unsubscribe { peer, track },
                2 | 3 => Control::SetGate { track, open: flag },
                4 => Control::SetWish { peer, track, wish },
                5 => Control::RestartIce { peer },
                6 => Control::Negotiate { peer },
                7 if flag => Control::RemoveTrack { track },
                8 => Control::ExpectTrack { peer, track, description: description(0, track, TrackSource::Screen) },
                9 => Control::RemoteCandidate {
                    peer,
                    candidate: "candidate:1 1 udp 2122260223 10.9.9.9 5 typ host".to_owned(),
                },
                10 => Control::SendData { peers: vec![peer], channel: DataChannel::Lossy, contents: [1].into() },
                11 if flag => Control::ClosePeer { peer },
                12 => open(peer.0 + 10, PeerRole::Subscriber),
                _ => Control::OpenRoom { room: RoomKey(2) },
            };
            // Bots exist for the first peers only.
            let opens_for_nobody = matches!(control, Control::OpenPeer { .. });
            if opens_for_nobody {
                let _ = world.shard.handle(world.now, Input::Control(control));
                let _ = world.shard.handle(world.now, Input::Control(Control::ClosePeer { peer: PeerKey(peer.0 + 10) }));
            } else {
                let _ = world.try_tell(control);
            }
            world.film(host, &[0, 1, 2], Duration::from_millis(66));
        }
        prop_assert_eq!(world.shard.counters().faults, 0);
    }
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
    let mut shard = Shard::new(ShardConfig { candidates: vec!["10.0.0.1:1".parse().unwrap()] }, now);
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

#[test]
fn a_wrong_role_is_refused() {
    let (mut world, host, viewers) = stage(1);
    let (host, viewer) = (key(host), key(viewers[0]));
    let wrong = Err(Refusal::WrongRole);
    assert_eq!(world.try_tell(Control::Subscribe { peer: host, track: MICROPHONE }), wrong);
    assert_eq!(world.try_tell(Control::RestartIce { peer: host }), wrong);
    let offer = Control::AcceptOffer { peer: viewer, offer_id: 1, sdp: String::new() };
    assert_eq!(world.try_tell(offer), wrong);
    let description = description(0, TrackKey(77), TrackSource::Camera);
    let expect = Control::ExpectTrack { peer: viewer, track: TrackKey(77), description };
    assert_eq!(world.try_tell(expect), wrong);
    let unknown = Control::SetGate { track: TrackKey(77), open: false };
    assert_eq!(world.try_tell(unknown), Err(Refusal::UnknownTrack));
    let _ = OUTPUTS_MAX;
}
