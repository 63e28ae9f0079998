//! The thinnest thread: a picture, sound and data from one browser to another, and what stops them.

use std::time::Duration;

use onstage_sfu::{Codec, Control, DataChannel, Notice, PeerRole, TrackKey, TrackSource};

use super::support::{World, key};

const CAMERA: TrackKey = TrackKey(1);
const MICROPHONE: TrackKey = TrackKey(2);
const FRAME: Duration = Duration::from_millis(33);

/// A publisher with camera and microphone, and a viewer of both, connected.
fn stage() -> (World, usize, usize) {
    let mut world = World::new();
    let host = world.open(PeerRole::Publisher);
    let viewer = world.open(PeerRole::Subscriber);
    let tracks =
        world.publish(host, &[(CAMERA, TrackSource::Camera), (MICROPHONE, TrackSource::Microphone)]);
    assert_eq!(tracks.len(), 2);
    assert_eq!(tracks[0].codec, Codec::Vp8);
    world.subscribe(viewer, CAMERA);
    world.subscribe(viewer, MICROPHONE);
    world.run_until(Duration::from_secs(5), |world| {
        world.bots.iter().all(|bot| bot.is_connected) && world.bots[viewer].mid_to_track.len() == 2
    });
    (world, host, viewer)
}

#[test]
fn picture_and_sound_arrive() {
    let (mut world, host, viewer) = stage();
    for _ in 0..100 {
        world.bots[host].tell_time(world.now);
        for layer in 0..3 {
            world.bots[host].send_frame(0, layer, 2);
        }
        world.bots[host].send_sound(1, 30);
        world.run(FRAME);
    }
    let bot = &world.bots[viewer];
    let pictures = bot.got.iter().filter(|got| got.marks.is_some()).count();
    let sounds = bot.got.iter().filter(|got| got.payload.len() == 4).count();
    assert!(pictures > 150, "{pictures} packets of picture");
    assert!(sounds > 90, "{sounds} packets of sound");
    assert!(world.has_notice(|notice| matches!(notice, Notice::Subscribed { track: CAMERA, .. })));
}

#[test]
fn data_arrives() {
    let (mut world, host, viewer) = stage();
    world.run(Duration::from_secs(1));
    world.bots[host].send_data("_reliable", b"hello");
    world.run(Duration::from_secs(1));
    assert!(world.has_notice(|notice| matches!(
        notice,
        Notice::DataReceived { peer, channel: DataChannel::Reliable, contents } if *peer == key(host) && contents == b"hello"
    )));
    for channel in [DataChannel::Reliable, DataChannel::Lossy, DataChannel::DataTrack] {
        let contents = channel.label().as_bytes().into();
        world.tell(Control::SendData { peers: vec![key(viewer)], channel, contents });
    }
    world.run(Duration::from_secs(1));
    let labels: Vec<_> = world.bots[viewer].data.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(labels.len(), 3, "{labels:?}");
}
