//! What strangers and broken clients can send: catches panics, stolen sessions, and limits that do not hold.

mod faults;
mod flood;
mod forged;
mod greedy;
mod logs;
mod plain;
mod replay;

use std::net::SocketAddr;
use std::time::Duration;

use onstage_sfu::{
    Control, DataChannel, Input, Notice, PeerKey, PeerOptions, PeerRole, Refusal, RoomKey, TrackKey,
    TrackSource, Wish,
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
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

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
}
