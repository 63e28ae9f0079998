//! One connection for both ways: catches tracks on m-lines that the client did not offer for them, m-lines that lead a
//! double life, and clients that are asked to offer again and again.

use std::time::Duration;

use onstage_sfu::{
    Control, DataChannel, FeedbackProfile, IceMode, Notice, PeerOptions, PeerRole, Refusal, TrackKey,
    TrackSource,
};

use super::support::{CAMERA, MICROPHONE, World, assert_one_stream, description, key, stage};

/// The m-lines of an answer, each as its lines.
fn sections(answer: &str) -> Vec<Vec<&str>> {
    let mut sections: Vec<Vec<&str>> = Vec::new();
    for line in answer.lines() {
        if line.starts_with("m=") {
            sections.push(Vec::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push(line);
        }
    }
    sections
}

fn section<'a>(answer: &'a str, mid: &str) -> Vec<&'a str> {
    let name = format!("a=mid:{mid}");
    sections(answer).into_iter().find(|section| section.contains(&name.as_str())).expect("the m-line")
}

fn names_nothing(section: &[&str]) -> bool {
    !section.iter().any(|line| line.starts_with("a=msid") || line.starts_with("a=ssrc"))
}

fn last_answer(world: &World, bot: usize) -> &str {
    world.bots[bot].answers.last().expect("an answer")
}

fn asked(world: &World, bot: usize) -> Vec<(u32, u32)> {
    let asks = world.notices.iter().filter_map(|notice| match notice {
        Notice::SectionsNeeded { peer, audios, videos } if *peer == key(bot) => Some((*audios, *videos)),
        _ => None,
    });
    asks.collect()
}

/// A viewer with one connection, three lines of each kind and the data channels, as current clients come.
fn join(world: &mut World, tracks: &[TrackKey]) -> usize {
    let viewer = world.open(PeerRole::Single);
    for track in tracks {
        world.subscribe(viewer, *track);
    }
    let offer = world.bots[viewer].offer_lines(3, 3);
    world.answer_from_shard(viewer, offer);
    viewer
}

fn has_subscribed(world: &World, bot: usize, wanted: TrackKey) -> bool {
    world.has_notice(|notice| *notice == Notice::Subscribed { peer: key(bot), track: wanted })
}

#[test]
fn what_nothing_uses_has_no_name_and_data_goes_both_ways() {
    let mut world = World::new();
    let viewer = join(&mut world, &[]);
    let answer = last_answer(&world, viewer).to_owned();
    let lines = sections(&answer);
    assert_eq!(lines.len(), 7, "{answer}");
    for line in lines.iter().filter(|line| !line[0].starts_with("m=application")) {
        assert!(line.contains(&"a=sendonly"), "{line:?}");
        assert!(names_nothing(line), "{line:?}");
    }
    world.run_until(Duration::from_secs(5), |world| {
        world.has_notice(|notice| matches!(notice, Notice::DataOpen { .. }))
    });
    world.run(Duration::from_secs(1));
    assert_eq!(asked(&world, viewer), [], "nothing is missing");
    world.bots[viewer].send_data("_reliable", b"up");
    let down = Control::SendData {
        peers: vec![key(viewer)],
        channel: DataChannel::Reliable,
        contents: b"down".as_slice().into(),
    };
    world.tell(down);
    world.run(Duration::from_secs(1));
    assert_eq!(world.bots[viewer].data, [("_reliable".to_owned(), b"down".to_vec())]);
    assert!(world.has_notice(
        |notice| matches!(notice, Notice::DataReceived { contents, .. } if contents.as_slice() == b"up")
    ));
}

#[test]
fn what_is_subscribed_before_the_offer_is_in_its_answer() {
    let (mut world, host, _) = stage(0);
    let viewer = join(&mut world, &[CAMERA, MICROPHONE]);
    assert_eq!(world.bots[viewer].mid_to_track.len(), 2);
    let mid = world.mid_of(viewer, CAMERA).to_string();
    let line = section(last_answer(&world, viewer), &mid);
    assert!(line.contains(&"a=sendonly"), "{line:?}");
    assert!(line.contains(&"a=msid:PA_0|TR_1 TR_1"), "{line:?}");
    assert!(line.iter().any(|line| line.starts_with("a=ssrc-group:FID")), "{line:?}");
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    assert!(has_subscribed(&world, viewer, CAMERA) && has_subscribed(&world, viewer, MICROPHONE));
    let got = world.got(viewer, CAMERA);
    assert!(got.len() > 60, "{}", got.len());
    assert_one_stream(&got);
    assert!(world.got(viewer, MICROPHONE).len() > 30);
    assert_eq!(asked(&world, viewer), []);
}

#[test]
fn two_with_one_connection_each_see_each_other() {
    let mut world = World::new();
    let options = [
        PeerOptions::default(),
        PeerOptions { ice: IceMode::Full, feedback: FeedbackProfile::Stage, ..PeerOptions::default() },
    ];
    let people = options.map(|options| world.open_with(PeerRole::Single, options));
    let tracks = [[TrackKey(1), TrackKey(2)], [TrackKey(11), TrackKey(12)]];
    for (bot, [camera, microphone]) in people.into_iter().zip(tracks) {
        let offer = world.bots[bot].offer_lines(3, 3);
        world.answer_from_shard(bot, offer);
        world.publish(bot, &[(camera, TrackSource::Camera), (microphone, TrackSource::Microphone)]);
    }
    for (bot, theirs) in people.into_iter().zip([tracks[1], tracks[0]]) {
        for track in theirs {
            world.subscribe(bot, track);
        }
    }
    world.run_until(Duration::from_secs(10), |world| {
        people.iter().all(|bot| world.bots[*bot].is_connected && world.bots[*bot].mid_to_track.len() == 2)
    });
    assert_eq!(asked(&world, people[0]), [(0, 0)], "there is room: one offer moves both");
    assert_eq!(asked(&world, people[1]), [(0, 0)]);
    for _ in 0..60 {
        for bot in people {
            world.film(bot, &[0, 1, 2], Duration::from_millis(33));
        }
    }
    for (bot, [camera, microphone]) in people.into_iter().zip([tracks[1], tracks[0]]) {
        let got = world.got(bot, camera);
        assert!(got.len() > 100, "{}", got.len());
        assert_one_stream(&got);
        assert!(world.got(bot, microphone).len() > 30);
    }
}

/// Guests with a camera each.
fn guests(world: &mut World, cameras: std::ops::Range<u64>) -> Vec<usize> {
    cameras
        .map(|camera| {
            let guest = world.open(PeerRole::Publisher);
            world.publish(guest, &[(TrackKey(camera), TrackSource::Camera)]);
            guest
        })
        .collect()
}

#[test]
fn lines_that_are_missing_are_asked_for_once_and_by_number() {
    let mut world = World::new();
    let guests = guests(&mut world, 100..105);
    let viewer = join(&mut world, &[]);
    for camera in 100..105 {
        world.subscribe(viewer, TrackKey(camera));
    }
    world.run_until(Duration::from_secs(10), |world| world.bots[viewer].mid_to_track.len() == 5);
    assert_eq!(asked(&world, viewer), [(0, 2)]);
    world.run(Duration::from_secs(5));
    assert_eq!(asked(&world, viewer), [(0, 2)], "nothing more is missing");
    for (guest, camera) in guests.into_iter().zip(100..) {
        world.film(guest, &[0, 1, 2], Duration::from_secs(1));
        assert_one_stream(&world.got(viewer, TrackKey(camera)));
    }
}

#[test]
fn a_client_that_does_not_do_it_is_not_asked_again_for_the_same() {
    let mut world = World::new();
    guests(&mut world, 100..104);
    let viewer = join(&mut world, &[TrackKey(100), TrackKey(101), TrackKey(102)]);
    world.bots[viewer].is_answering = false;
    world.subscribe(viewer, TrackKey(103));
    world.run(Duration::from_secs(10));
    assert_eq!(asked(&world, viewer), [(0, 1)]);
    let offer = world.bots[viewer].offer_lines(0, 0);
    world.answer_from_shard(viewer, offer);
    world.run(Duration::from_secs(10));
    assert_eq!(asked(&world, viewer), [(0, 1)], "its next offer has no line more either");
    guests(&mut world, 104..105);
    world.subscribe(viewer, TrackKey(104));
    world.run(Duration::from_secs(10));
    assert_eq!(asked(&world, viewer), [(0, 1), (0, 2)]);
}

#[test]
fn a_freed_line_is_told_and_carries_the_next_track_under_another_ssrc() {
    let (mut world, host, _) = stage(0);
    let guest = guests(&mut world, 100..101)[0];
    let viewer = world.open(PeerRole::Single);
    world.subscribe(viewer, CAMERA);
    let offer = world.bots[viewer].offer_lines(1, 1);
    world.answer_from_shard(viewer, offer);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let mid = world.mid_of(viewer, CAMERA);
    let first = world.got(viewer, CAMERA).last().unwrap().ssrc;
    world.tell(Control::Unsubscribe { peer: key(viewer), track: CAMERA });
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let before = world.bots[viewer].got.len();
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    assert_eq!(world.bots[viewer].got.len(), before, "nothing flows any more");
    assert_eq!(asked(&world, viewer), [], "who gets less need not offer");
    world.subscribe(viewer, TrackKey(100));
    world.run_until(Duration::from_secs(10), |world| has_subscribed(world, viewer, TrackKey(100)));
    let answers: Vec<_> =
        world.bots[viewer].answers.iter().map(|answer| section(answer, &mid.to_string())).collect();
    assert_eq!(answers.len(), 3, "with a track, without, with another");
    assert!(answers[1].contains(&"a=inactive") && names_nothing(&answers[1]), "{:?}", answers[1]);
    assert!(answers[2].contains(&"a=msid:PA_1|TR_100 TR_100"), "{:?}", answers[2]);
    assert_eq!(world.mid_of(viewer, TrackKey(100)), mid);
    world.film(guest, &[0, 1, 2], Duration::from_secs(2));
    let got = world.got(viewer, TrackKey(100));
    assert!(got.len() > 150, "{}", got.len());
    assert_ne!(got.last().unwrap().ssrc, first);
    assert_one_stream(&got);
}

#[test]
fn forty_guests_up_and_down_need_no_more_lines_than_were_used_at_once() {
    let mut world = World::new();
    let viewer = join(&mut world, &[]);
    world.run(Duration::from_secs(1));
    for camera in 100..140 {
        let guest = guests(&mut world, camera..camera + 1)[0];
        world.subscribe(viewer, TrackKey(camera));
        world.run_until(Duration::from_secs(5), |world| has_subscribed(world, viewer, TrackKey(camera)));
        world.tell(Control::ClosePeer { peer: key(guest) });
        world.run(Duration::from_millis(400));
    }
    assert_eq!(sections(last_answer(&world, viewer)).len(), 7);
    assert!(asked(&world, viewer).iter().all(|asked| *asked == (0, 0)));
}

#[test]
fn a_line_that_the_client_gives_up_loses_its_track_to_another() {
    let (mut world, host, _) = stage(0);
    let viewer = join(&mut world, &[CAMERA]);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let mid = world.mid_of(viewer, CAMERA);
    world.bots[viewer].give_up_line(mid);
    let offer = world.bots[viewer].offer_without(mid);
    world.answer_from_shard(viewer, offer);
    let other = world.mid_of(viewer, CAMERA);
    assert_ne!(other, mid);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let got = world.got(viewer, CAMERA);
    assert!(got.len() > 60, "{}", got.len());
    assert_one_stream(&got);
}

#[test]
fn what_it_publishes_on_a_line_of_both_directions_is_not_named_back() {
    let mut world = World::new();
    let person = join(&mut world, &[]);
    let tracks = world.publish(person, &[(CAMERA, TrackSource::Camera)]);
    assert_eq!(tracks.len(), 1);
    let line = section(last_answer(&world, person), &tracks[0].mid);
    assert!(line.contains(&"a=recvonly"), "{line:?}");
    assert!(names_nothing(&line), "{line:?}");
    assert_eq!(world.bots[person].mid_to_track, []);
}

#[test]
fn a_restart_by_the_client_keeps_both_directions() {
    let (mut world, host, _) = stage(0);
    let person = join(&mut world, &[CAMERA]);
    let own = TrackKey(50);
    world.publish(person, &[(own, TrackSource::Camera)]);
    let watcher = join(&mut world, &[own]);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    world.film(person, &[0, 1, 2], Duration::from_secs(1));
    let offer = world.bots[person].offer_restart();
    world.answer_from_shard(person, offer);
    let ufrag =
        |answer: &str| answer.lines().find(|line| line.starts_with("a=ice-ufrag")).unwrap().to_owned();
    let answers = &world.bots[person].answers;
    assert_ne!(ufrag(&answers[answers.len() - 2]), ufrag(&answers[answers.len() - 1]));
    let (before, theirs) = (world.got(person, CAMERA).len(), world.got(watcher, own).len());
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    world.film(person, &[0, 1, 2], Duration::from_secs(2));
    assert!(world.got(person, CAMERA).len() > before + 60);
    assert!(world.got(watcher, own).len() > theirs + 60);
    assert_one_stream(&world.got(person, CAMERA));
    assert_one_stream(&world.got(watcher, own));
}

#[test]
fn an_offer_of_five_hundred_lines_is_refused_by_name() {
    let mut world = World::new();
    let viewer = world.open(PeerRole::Single);
    let mut sdp = world.bots[viewer].offer_lines(1, 1);
    for mid in 100..598 {
        sdp.push_str(&format!("m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:{mid}\r\na=recvonly\r\n"));
    }
    let refused = world.try_tell(Control::AcceptOffer { peer: key(viewer), offer_id: 1, sdp });
    assert_eq!(refused, Err(Refusal::Full("MEDIA_LINES_MAX")));
    assert_eq!(world.shard.is_connected(key(viewer)), Some(false), "and the peer may try again");
}

#[test]
fn it_answers_no_offers_of_ours_and_a_subscriber_makes_none() {
    let mut world = World::new();
    let single = world.open(PeerRole::Single);
    let subscriber = world.open(PeerRole::Subscriber);
    let sdp = String::new();
    for refused in [
        Control::AcceptAnswer { peer: key(single), offer_id: 0, sdp: sdp.clone() },
        Control::RestartIce { peer: key(single) },
        Control::AcceptOffer { peer: key(subscriber), offer_id: 0, sdp },
        Control::ExpectTrack {
            peer: key(subscriber),
            track: CAMERA,
            description: description(subscriber, CAMERA, TrackSource::Camera),
        },
    ] {
        assert_eq!(world.try_tell(refused), Err(Refusal::WrongRole));
    }
}

#[test]
fn who_offers_only_once_gets_another_track_on_the_same_line_and_ssrc() {
    let (mut world, host, _) = stage(0);
    let guest = guests(&mut world, 100..101)[0];
    let viewer = world.open(PeerRole::Single);
    world.tell(Control::FixLines { peer: key(viewer) });
    let offer = world.bots[viewer].offer_lines(1, 1);
    world.answer_from_shard(viewer, offer);
    let answer = last_answer(&world, viewer).to_owned();
    let pictures = answer.split("m=video").nth(1).expect("a line for pictures");
    assert!(pictures.contains("a=sendonly") && pictures.contains("a=msid:onstage onstage-"), "{answer}");
    for (person, track) in [(host, CAMERA), (guest, TrackKey(100)), (host, CAMERA)] {
        world.subscribe(viewer, track);
        let before = world.bots[viewer].got.len();
        world.film(person, &[0, 1, 2], Duration::from_secs(2));
        assert!(world.bots[viewer].got.len() > before + 60, "{track:?} comes");
        world.tell(Control::Unsubscribe { peer: key(viewer), track });
    }
    let mut ssrcs: Vec<_> = world.bots[viewer].got.iter().map(|got| got.ssrc).collect();
    ssrcs.dedup();
    assert_eq!(ssrcs.len(), 1, "the line never changes its source");
    assert_one_stream(&world.bots[viewer].got);
    assert_eq!(asked(&world, viewer), [], "it is never asked to offer");
    assert_eq!(world.bots[viewer].answers.len(), 1);
}

#[test]
fn only_a_single_peer_has_fixed_lines() {
    let mut world = World::new();
    let subscriber = world.open(PeerRole::Subscriber);
    assert_eq!(world.try_tell(Control::FixLines { peer: key(subscriber) }), Err(Refusal::WrongRole));
}
