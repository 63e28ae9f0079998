//! m-lines over a long show: catches descriptions that grow without end, and offers that overtake each other.

use std::time::Duration;

use onstage_sfu::{Control, Notice, PeerRole, Refusal, TrackKey, TrackSource};
use str0m::media::Mid;

use super::support::{CAMERA, MICROPHONE, World, assert_one_stream, description, key, stage};

fn lines(world: &World, bot: usize) -> usize {
    world.bots[bot].offers.last().unwrap().lines().filter(|line| line.starts_with("m=")).count()
}

#[test]
fn who_subscribes_again_gets_the_old_line() {
    let (mut world, host, viewers) = stage(1);
    let viewer = viewers[0];
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let mid = world.mid_of(viewer, CAMERA);
    for _ in 0..5 {
        world.tell(Control::Unsubscribe { peer: key(viewer), track: CAMERA });
        world.run(Duration::from_millis(400));
        let offer = world.bots[viewer].offers.last().unwrap();
        assert!(offer.contains("a=inactive"), "{offer}");
        assert!(!offer.contains("TR_1"), "a freed line names nobody");
        world.subscribe(viewer, CAMERA);
        world.run(Duration::from_millis(400));
        assert_eq!(world.mid_of(viewer, CAMERA), mid);
        world.film(host, &[0, 1, 2], Duration::from_secs(1));
    }
    assert_eq!(lines(&world, viewer), 3);
    let got = world.got(viewer, CAMERA);
    assert!(got.len() > 6 * 60, "{} packets", got.len());
    assert_one_stream(&got);
}

#[test]
fn another_track_takes_a_freed_line_under_its_own_name() {
    let (mut world, host, viewers) = stage(1);
    let viewer = viewers[0];
    let guest = world.open(PeerRole::Publisher);
    let other = TrackKey(11);
    world.publish(guest, &[(other, TrackSource::Camera)]);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let mid = world.mid_of(viewer, CAMERA);
    world.tell(Control::RemoveTrack { track: CAMERA });
    world.run(Duration::from_millis(400));
    world.subscribe(viewer, other);
    world.run(Duration::from_millis(400));
    assert_eq!(world.mid_of(viewer, other), mid);
    let offer = world.bots[viewer].offers.last().unwrap();
    assert!(offer.contains(&format!("a=msid:PA_{guest}|TR_11 TR_11")), "{offer}");
    assert!(!offer.contains("TR_1 "), "{offer}");
    world.film(guest, &[0, 1, 2], Duration::from_secs(2));
    let got = world.got(viewer, other);
    assert!(got.len() > 200, "{}", got.len());
    assert_one_stream(&got);
}

#[test]
fn forty_guests_up_and_down_need_no_more_lines_than_were_used_at_once() {
    let mut world = World::new();
    let viewer = world.open(PeerRole::Subscriber);
    world.run(Duration::from_secs(1));
    for round in 0..40 {
        let guest = world.open(PeerRole::Publisher);
        let track = TrackKey(100 + round);
        world.publish(guest, &[(track, TrackSource::Camera)]);
        world.subscribe(viewer, track);
        world.run(Duration::from_millis(400));
        world.tell(Control::ClosePeer { peer: key(guest) });
        world.run(Duration::from_millis(400));
    }
    assert!(lines(&world, viewer) <= 3, "{} lines", lines(&world, viewer));
}

#[test]
fn one_offer_at_a_time() {
    let (mut world, host, viewers) = stage(1);
    let viewer = viewers[0];
    world.run(Duration::from_secs(1));
    world.bots[viewer].is_answering = false;
    let offers = world.bots[viewer].offers.len();
    let screen = TrackKey(3);
    world.publish(host, &[(screen, TrackSource::Screen)]);
    world.subscribe(viewer, screen);
    world.run(Duration::from_secs(1));
    world.tell(Control::Unsubscribe { peer: key(viewer), track: MICROPHONE });
    world.run(Duration::from_secs(1));
    assert_eq!(world.bots[viewer].offers.len(), offers + 1, "the second waits for the answer to the first");
    let stale =
        world.try_tell(Control::AcceptAnswer { peer: key(viewer), offer_id: 1, sdp: "v=0\r\n".into() });
    assert!(stale.is_err());
    let offer = world.bots[viewer].offers.last().unwrap().clone();
    let sdp = world.bots[viewer].answer(&offer);
    world.bots[viewer].is_answering = true;
    world.tell(Control::AcceptAnswer { peer: key(viewer), offer_id: 0, sdp: sdp.clone() });
    world.run(Duration::from_secs(1));
    assert_eq!(world.bots[viewer].offers.len(), offers + 2);
    let again = world.try_tell(Control::AcceptAnswer { peer: key(viewer), offer_id: 0, sdp });
    assert_eq!(again, Err(Refusal::StaleAnswer));
}

#[test]
fn an_offer_without_answer_ends_the_subscriber() {
    let (mut world, _, viewers) = stage(1);
    let viewer = viewers[0];
    world.bots[viewer].is_answering = false;
    world.tell(Control::Unsubscribe { peer: key(viewer), track: MICROPHONE });
    world.run(Duration::from_secs(16));
    assert!(world.has_notice(|notice| matches!(
        notice,
        Notice::PeerEnded { reason: onstage_sfu::EndReason::AnswerTimeout, .. }
    )));
}

#[test]
fn a_restart_of_ice_keeps_the_picture() {
    let (mut world, host, viewers) = stage(1);
    let viewer = viewers[0];
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    world.tell(Control::RestartIce { peer: key(viewer) });
    world.film(host, &[0, 1, 2], Duration::from_secs(3));
    assert_eq!(world.bots[viewer].offers.len(), 2);
    let ufrag = |offer: &str| offer.lines().find(|line| line.starts_with("a=ice-ufrag")).unwrap().to_owned();
    let offers = &world.bots[viewer].offers;
    assert_ne!(ufrag(&offers[0]), ufrag(&offers[1]));
    let got = world.got(viewer, CAMERA);
    assert_one_stream(&got);
    assert!(got.last().unwrap().at + Duration::from_millis(200) > world.now, "it still flows");
}

#[test]
fn a_restart_while_the_first_offer_waits_repeats_it() {
    let mut world = World::new();
    let viewer = world.open(PeerRole::Subscriber);
    world.bots[viewer].is_answering = false;
    world.run(Duration::from_millis(50));
    world.tell(Control::RestartIce { peer: key(viewer) });
    let offers = &world.bots[viewer].offers;
    assert_eq!(offers.len(), 2);
    assert_eq!(offers[0], offers[1]);
}

#[test]
fn a_restart_abandons_the_offer_in_flight() {
    let (mut world, host, viewers) = stage(1);
    let viewer = viewers[0];
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    world.bots[viewer].is_answering = false;
    let screen = TrackKey(3);
    world.publish(host, &[(screen, TrackSource::Screen)]);
    world.subscribe(viewer, screen);
    world.run(Duration::from_secs(1));
    world.bots[viewer].is_answering = true;
    world.tell(Control::RestartIce { peer: key(viewer) });
    world.run(Duration::from_secs(1));
    assert_eq!(world.bots[viewer].mid_to_track.len(), 3);
    assert!(
        world.has_notice(|notice| matches!(notice, Notice::Subscribed { track, .. } if *track == screen))
    );
    assert_eq!(lines(&world, viewer), 4);
}

#[test]
fn a_track_that_the_host_gives_up_stops() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    let mid: Mid = world.bots[host].outgoing[0].mid;
    let offer = world.bots[host].offer_without(mid);
    let tracks = world.answer_from_shard(host, offer);
    assert_eq!(tracks.len(), 1, "the microphone stays");
    assert!(world.has_notice(|notice| matches!(notice, Notice::TrackStopped { track: CAMERA })));
    world.run(Duration::from_secs(1));
    assert_eq!(world.bots[viewers[0]].mid_to_track.len(), 1);
}

#[test]
fn a_track_that_is_expected_can_be_subscribed_before_it_is_there() {
    let mut world = World::new();
    let host = world.open(PeerRole::Publisher);
    let viewer = world.open(PeerRole::Subscriber);
    let wanted = description(host, CAMERA, TrackSource::Camera);
    world.tell(Control::ExpectTrack { peer: key(host), track: CAMERA, description: wanted });
    world.subscribe(viewer, CAMERA);
    world.run(Duration::from_secs(1));
    assert!(world.bots[viewer].mid_to_track.is_empty());
    let offer = world.bots[host].offer(&[("unknown-to-us".to_owned(), TrackSource::Camera)]);
    let tracks = world.answer_from_shard(host, offer);
    assert_eq!(tracks[0].track, CAMERA, "the only one of its kind");
    world.run(Duration::from_secs(1));
    world.film(host, &[0, 1, 2], Duration::from_secs(1));
    assert_one_stream(&world.got(viewer, CAMERA));
}

#[test]
fn a_known_id_is_not_given_to_a_stranger_of_its_kind() {
    let mut world = World::new();
    let host = world.open(PeerRole::Publisher);
    let screen = TrackKey(3);
    for (track, source) in [(CAMERA, TrackSource::Camera), (screen, TrackSource::Screen)] {
        let description = description(host, track, source);
        world.tell(Control::ExpectTrack { peer: key(host), track, description });
    }
    // The first m-line has an id of the browser's own; the second names the track that waits longest.
    let additions =
        [("made-up".to_owned(), TrackSource::Screen), (format!("cid{}", CAMERA.0), TrackSource::Camera)];
    let offer = world.bots[host].offer(&additions);
    let tracks = world.answer_from_shard(host, offer);
    let cid_of = |track| tracks.iter().find(|bound| bound.track == track).unwrap().sdp_cid.clone();
    assert_eq!(cid_of(CAMERA), "cid1");
    assert_eq!(cid_of(screen), "made-up");
}
