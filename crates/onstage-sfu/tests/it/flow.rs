//! The thinnest thread: picture, sound and data from one browser to another.

use std::time::Duration;

use onstage_sfu::{Control, DataChannel, Notice, Quality};

use super::support::{CAMERA, MICROPHONE, assert_one_stream, key, stage};

#[test]
fn picture_and_sound_arrive() {
    let (mut world, host, viewers) = stage(1);
    world.film(host, &[0, 1, 2], Duration::from_secs(3));
    let picture = world.got(viewers[0], CAMERA);
    assert!(picture.len() > 200, "{} packets of picture", picture.len());
    assert_one_stream(&picture);
    let sound = world.got(viewers[0], MICROPHONE);
    assert!(sound.len() > 85, "{} packets of sound", sound.len());
    assert!(world.has_notice(|notice| matches!(notice, Notice::Subscribed { track: CAMERA, .. })));
    let all = vec![Quality::Low, Quality::Medium, Quality::High];
    assert!(world.has_notice(
        |notice| matches!(notice, Notice::TrackStarted { track: CAMERA, layers } if *layers == all)
    ));
    let counters = world.shard.track_counters(CAMERA).unwrap();
    assert_eq!(counters.packets_out, u64::try_from(picture.len()).unwrap());
}

#[test]
fn a_track_is_in_the_first_offer() {
    let (world, _, viewers) = stage(1);
    let bot = &world.bots[viewers[0]];
    assert_eq!(bot.offers.len(), 1, "one offer is enough");
    let offer = &bot.offers[0];
    let kinds: Vec<_> = offer.lines().filter(|line| line.starts_with("m=")).map(|line| &line[2..7]).collect();
    assert_eq!(kinds, ["appli", "video", "audio"], "data first");
    assert!(offer.contains("a=msid:PA_0|TR_1 TR_1\r\n"), "{offer}");
    assert!(!offer.contains("transport-cc"), "the audience reports REMB");
    assert!(offer.contains("goog-remb"));
    assert!(offer.contains("a=ice-lite"));
}

#[test]
fn data_arrives() {
    let (mut world, host, viewers) = stage(1);
    world.run(Duration::from_secs(1));
    world.bots[host].send_data("_reliable", b"hello");
    world.run(Duration::from_secs(1));
    assert!(world.has_notice(|notice| matches!(
        notice,
        Notice::DataReceived { peer, channel: DataChannel::Reliable, contents }
            if *peer == key(host) && contents == b"hello"
    )));
    for channel in [DataChannel::Reliable, DataChannel::Lossy, DataChannel::DataTrack] {
        let contents = channel.label().as_bytes().into();
        world.tell(Control::SendData { peers: vec![key(viewers[0])], channel, contents });
    }
    world.run(Duration::from_secs(1));
    let mut labels: Vec<_> = world.bots[viewers[0]].data.iter().map(|(label, _)| label.as_str()).collect();
    labels.sort_unstable();
    assert_eq!(labels, ["_data_track", "_lossy", "_reliable"]);
}

#[test]
fn reliable_data_waits_for_room() {
    let (mut world, _, viewers) = stage(1);
    world.run(Duration::from_secs(1));
    let contents: std::sync::Arc<[u8]> = vec![7; 16_000].into();
    for _ in 0..40 {
        let contents = contents.clone();
        world.tell(Control::SendData {
            peers: vec![key(viewers[0])],
            channel: DataChannel::Reliable,
            contents,
        });
    }
    world.run(Duration::from_secs(20));
    assert_eq!(world.bots[viewers[0]].data.len(), 40);
}
