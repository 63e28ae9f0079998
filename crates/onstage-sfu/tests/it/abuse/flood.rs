//! Publishers and callers that send too much, or nonsense: bounded, said once in the log, and nobody beside them notices.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use onstage_sfu::limits::{CONNECT_WITHIN, MEDIA_LINES_MAX, PEERS_MAX, SSRCS_PER_PEER_MAX};
use onstage_sfu::{
    Control, EndReason, Input, Notice, Output, PeerKey, PeerOptions, PeerRole, Refusal, TrackKey,
    TrackSource, fuzz,
};

use str0m::format::Codec;
use str0m::rtp::RtpWrite;

use super::logs;
use super::plain::{open, plain_stage};
use crate::support::picture::{Marks, payload};
use crate::support::{CAMERA, FRAME, MICROPHONE, ROOM, World, assert_one_stream, key, stage};

/// The camera of somebody else, whose viewers are nobody's victims.
const BESIDE: TrackKey = TrackKey(70);

/// Films for a while from both hosts; before each frame `does` does its worst.
fn film_beside(
    world: &mut World,
    (host, beside): (usize, usize),
    span: Duration,
    mut does: impl FnMut(&mut World),
) {
    let end = world.now + span;
    while world.now < end {
        does(world);
        world.bots[beside].tell_time(world.now);
        for layer in 0..3 {
            world.bots[beside].send_frame(0, layer, 3);
        }
        world.film(host, &[0, 1, 2], FRAME);
    }
}

/// The viewer has the whole picture of the other host up to now.
fn assert_unaffected(world: &World, viewer: usize) {
    assert_eq!(world.shard.counters().faults, 0);
    let got = world.got(viewer, BESIDE);
    assert_one_stream(&got);
    assert!(got.last().unwrap().at + Duration::from_millis(200) > world.now, "the picture goes on");
}

/// Adds another host, seen by the viewer too.
fn add_beside(world: &mut World, beside: usize, viewer: usize) {
    world.publish(beside, &[(BESIDE, TrackSource::Camera)]);
    world.subscribe(viewer, BESIDE);
    world.run_until(Duration::from_secs(5), |world| {
        world.bots[beside].is_connected && world.bots[viewer].mid_to_track.len() == 3
    });
}

#[test]
fn two_thousand_streams_of_one_publisher_are_a_few_hundred() {
    let (mut world, host, viewers) = plain_stage(1, PeerOptions::default());
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let beside = open(&mut world, PeerRole::Publisher, PeerOptions::default());
    add_beside(&mut world, beside, viewers[0]);
    // A packet of a new stream names its line and layer; this one does.
    let source = world.bots[host].address;
    let sample = Rc::new(RefCell::new(Vec::new()));
    let ear = sample.clone();
    world.loss = Some(Box::new(move |datagram| {
        let is_new =
            datagram.source == source && datagram.contents[0] == 0x90 && datagram.contents[1] & 0x7f == 96;
        if is_new && ear.borrow().is_empty() {
            ear.borrow_mut().extend_from_slice(&datagram.contents);
        }
        false
    }));
    world.bots[host].change_source(0, 2);
    world.film(host, &[2], FRAME);
    let sample = sample.take();
    let before = world.shard.track_counters(CAMERA).unwrap().packets_in;
    let mut ssrc = 0x5000_0000_u32;
    film_beside(&mut world, (host, beside), Duration::from_secs(2), |world| {
        for _ in 0..34 {
            ssrc += 1;
            let mut packet = sample.clone();
            packet[8..12].copy_from_slice(&ssrc.to_be_bytes());
            world.inject(source, &packet);
        }
    });
    assert!(ssrc - 0x5000_0000 > 2_000, "two thousand streams");
    let taken = world.shard.track_counters(CAMERA).unwrap().packets_in - before;
    // Three layers of three packets a frame are its honest share.
    let honest = 9 * 2_000 / 33 + 20;
    let most = u64::try_from(SSRCS_PER_PEER_MAX).unwrap() + honest;
    assert!((200..most).contains(&taken), "{taken} packets were taken, {most} at most");
    assert_unaffected(&world, viewers[0]);
}

#[test]
fn reaches_media_lines_max() {
    let (mut world, host, viewers) = stage(1);
    let line = |place: usize| format!("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:{place}\r\na=sendonly\r\n");
    let sdp = |lines: usize| {
        let lines: String = (0..lines).map(line).collect();
        format!("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n{lines}")
    };
    let full = Err(Refusal::Full("MEDIA_LINES_MAX"));
    for lines in [MEDIA_LINES_MAX + 1, 500] {
        let offer = Control::AcceptOffer { peer: key(host), offer_id: 2, sdp: sdp(lines) };
        assert_eq!(world.try_tell(offer), full);
        world.tell(Control::RestartIce { peer: key(viewers[0]) });
        world.bots[viewers[0]].is_answering = false;
        world.tell(Control::RestartIce { peer: key(viewers[0]) });
        let offer_id = world.notices.iter().rev().find_map(|notice| match notice {
            Notice::Offer { offer_id, .. } => Some(*offer_id),
            _ => None,
        });
        let answer =
            Control::AcceptAnswer { peer: key(viewers[0]), offer_id: offer_id.unwrap(), sdp: sdp(lines) };
        assert_eq!(world.try_tell(answer), full);
        world.bots[viewers[0]].is_answering = true;
    }
    let fits = Control::AcceptOffer { peer: key(host), offer_id: 2, sdp: sdp(MEDIA_LINES_MAX) };
    assert_ne!(world.try_tell(fits), full, "as many are read");
}

/// One packet of a track without layers, whatever it holds.
fn send_payload(world: &mut World, bot: usize, track: usize, number: u64, contents: Vec<u8>) {
    let now = world.now;
    let bot = &mut world.bots[bot];
    let payload_type = bot.rtc.codec_config().find(|param| param.spec().codec == Codec::Vp8).unwrap().pt();
    let mid = bot.outgoing[track].mid;
    let mut api = bot.rtc.direct_api();
    let stream = api.stream_tx_by_mid(mid, None).expect("a stream to send on");
    let timestamp = (number as u32).wrapping_mul(3_000);
    stream.write_rtp(RtpWrite::new(payload_type, number.into(), timestamp, now, contents).marker(true));
    bot.tell_time(now);
}

#[test]
fn pictures_that_are_none_spoil_no_other() {
    let (mut world, host, viewers) = plain_stage(1, PeerOptions::default());
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let beside = open(&mut world, PeerRole::Publisher, PeerOptions::default());
    add_beside(&mut world, beside, viewers[0]);
    let screen = TrackKey(72);
    world.publish(host, &[(screen, TrackSource::Screen)]);
    world.subscribe(viewers[0], screen);
    world.run_until(Duration::from_secs(5), |world| world.bots[viewers[0]].mid_to_track.len() == 4);
    let mut number = 100_u64;
    film_beside(&mut world, (host, beside), Duration::from_secs(4), |world| {
        for length in [0, 1, 2, 5, 40, 1_150] {
            number += 1;
            let seed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let garbage = seed.to_be_bytes().into_iter().cycle().take(length).collect();
            send_payload(world, host, 2, number, garbage);
        }
    });
    assert_unaffected(&world, viewers[0]);
    assert_one_stream(&world.got(viewers[0], CAMERA));
    let heard = world.got(viewers[0], MICROPHONE);
    assert!(
        heard.windows(2).all(|pair| pair[1].number == pair[0].number + 1),
        "the same person is heard too"
    );
    let good = Marks {
        is_first_of_frame: true,
        is_key_frame: true,
        picture: 1,
        tl0: 1,
        key: 1,
        layer: 0,
        frame: 77_777,
        part: 0,
    };
    send_payload(&mut world, host, 2, number + 1, payload(good));
    world.film(host, &[0, 1, 2], Duration::from_millis(200));
    let got = world.got(viewers[0], screen);
    assert!(
        got.iter().any(|got| got.marks.is_some_and(|marks| marks.frame == 77_777)),
        "a picture passes again"
    );
}

#[test]
fn a_flood_of_messages_holds_up_no_picture() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let flooder = world.open(PeerRole::Publisher);
    world.publish(flooder, &[(TrackKey(71), TrackSource::Microphone)]);
    world.run_until(Duration::from_secs(5), |world| {
        world.has_notice(|notice| *notice == Notice::DataOpen { peer: key(flooder) })
    });
    for _ in 0..60 {
        for _ in 0..40 {
            let bot = &mut world.bots[flooder];
            let (id, _) = bot.channels.iter().find(|(_, label)| label == "_reliable").unwrap();
            let _ = bot.rtc.channel(*id).expect("an open channel").write(true, &[0x55; 1_000]);
        }
        world.film(host, &[0, 1, 2], FRAME);
    }
    let heard =
        |notice: &&Notice| matches!(notice, Notice::DataReceived { peer, .. } if *peer == key(flooder));
    assert!(world.notices.iter().filter(heard).count() > 500, "what is too much is the room's to judge");
    assert_eq!(world.shard.counters().faults, 0);
    let got = world.got(viewers[0], CAMERA);
    assert_one_stream(&got);
    assert!(got.last().unwrap().at + Duration::from_millis(200) > world.now);
}

#[test]
fn ten_thousand_callers_that_never_connect_are_bounded_and_forgotten() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let open = world.shard.counters().peers;
    let mut refused = 0;
    for peer in 0..10_000_u64 {
        let control = Control::OpenPeer {
            peer: PeerKey(100_000 + peer),
            room: ROOM,
            role: PeerRole::Publisher,
            options: PeerOptions::default(),
        };
        match world.shard.handle(world.now, Input::Control(control)) {
            Ok(()) => {}
            Err(refusal) => {
                assert_eq!(refusal, Refusal::Full("PEERS_MAX"));
                refused += 1;
            }
        }
    }
    world.pump();
    assert_eq!(refused, 10_000 - (PEERS_MAX - open));
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let got = world.got(viewers[0], CAMERA);
    assert_one_stream(&got);
    assert!(got.last().unwrap().at + Duration::from_millis(200) > world.now, "who was in sees on");
    // Without the bots: they would each do something in every millisecond of the minute.
    let (mut ended, end) = (0, world.now + CONNECT_WITHIN + Duration::from_secs(1));
    while world.now < end {
        world.now = world.shard.timeout().map_or(end, |due| due.clamp(world.now, end));
        world.shard.handle(world.now, Input::Clock).unwrap();
        while let Some(output) = world.shard.poll() {
            let never = EndReason::NeverConnected;
            ended += usize::from(
                matches!(output, Output::Notice(Notice::PeerEnded { reason, .. }) if reason == never),
            );
        }
    }
    assert_eq!(ended, PEERS_MAX - open);
    assert!(world.shard.counters().peers <= open, "nothing is left of them");
}

#[test]
fn a_flood_of_nonsense_is_no_flood_in_the_log() {
    let (lines, ()) = logs::lines_of(|| {
        let (mut world, host, viewers) = plain_stage(1, PeerOptions::default());
        world.film(host, &[0, 1, 2], Duration::from_secs(1));
        let (from_host, from_viewer) = (world.bots[host].address, world.bots[viewers[0]].address);
        let stranger = "203.0.113.9:4444".parse().unwrap();
        for round in 0..2_000_u32 {
            let noise: Vec<u8> = round.to_be_bytes().into_iter().cycle().take(60).collect();
            for first in [0, 22, 128] {
                let datagram = [&[first], &noise[..]].concat();
                for source in [stranger, from_host, from_viewer] {
                    world.inject(source, &datagram);
                }
            }
            world.inject(from_host, &fuzz::sealed(&noise));
            world.inject(from_viewer, &fuzz::sealed_feedback(&noise, round));
            let offer = Control::AcceptOffer {
                peer: key(host),
                offer_id: 3,
                sdp: "v=0\r\nm=nonsense\r\n".to_owned(),
            };
            assert!(world.try_tell(offer).is_err());
            let candidate = "candidate:1 1 udp 1 10.9.9.9 9 typ host".to_owned();
            let _ = world.try_tell(Control::RemoteCandidate { peer: key(viewers[0]), candidate });
        }
    });
    assert!(lines.len() < 10, "{} lines: {:#?}", lines.len(), &lines[..10.min(lines.len())]);
}
