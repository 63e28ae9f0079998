//! Who asks small gets small, who asks large gets large from its next key frame on, and the stream stays one stream.

use livekit_protocol::TrackSource;
use onstage_sim::rtc::{Report, RtcClient, TrackWatch};

use crate::house::{House, PATIENCE, marked_film};

/// How often a viewer of the first test changes its layer.
const SWITCHES: u64 = 4;
const CAMERA: TrackSource = TrackSource::Camera;

async fn camera_sid(viewer: &RtcClient, identity: &str) -> String {
    viewer
        .wait("the camera", PATIENCE, |report| {
            report.track_of(identity, CAMERA).map(|track| track.sid.clone())
        })
        .await
        .unwrap()
}

/// Waits until so many pictures came in this layer after the last switch.
async fn pictures_of_layer(viewer: &RtcClient, sid: &str, layer: u8, count: usize) {
    let newest = |report: &Report| {
        let kept = &report.tracks.get(sid)?.kept;
        let run =
            kept.iter().rev().take_while(|picture| picture.mark.is_some_and(|mark| mark.layer == layer));
        (run.count() >= count).then_some(())
    };
    viewer.wait("pictures of the wished layer", PATIENCE, newest).await.unwrap();
}

fn assert_one_stream(watch: &TrackWatch) {
    assert_eq!(watch.missing(), 0, "a number never came");
    assert_eq!(watch.repeated, 0, "a picture id came twice");
    assert_eq!(watch.backwards, 0, "time went backwards");
    assert_eq!(watch.broken, 0, "a picture could not be decoded: {:?}", watch.last_broken);
    assert!(watch.cut <= SWITCHES, "{} pictures were cut short by {SWITCHES} switches", watch.cut);
    let pictures: Vec<_> = watch.kept.iter().collect();
    for pair in pictures.windows(2) {
        let (before, after) = (pair[0].mark.unwrap(), pair[1].mark.unwrap());
        assert!(
            after.layer == before.layer || pair[1].key,
            "layer {} follows layer {} away from a key frame",
            after.layer,
            before.layer
        );
        if after.layer == before.layer && watch.cut == 0 {
            assert_eq!(after.number, before.number + 1, "layer {} skips or repeats a picture", after.layer);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_viewer_gets_the_layer_of_its_size_and_switches_at_key_frames() {
    let house = House::open().await;
    let host = house.guest().await;
    let shown = house.show(host, marked_film()).await;
    let (small, large) = (house.watch().await, house.watch().await);
    let sid = camera_sid(&small, &host.to_string()).await;
    camera_sid(&large, &host.to_string()).await;

    small.wish_size(&sid, 160, 90).await.unwrap();
    large.wish_size(&sid, 1280, 720).await.unwrap();
    pictures_of_layer(&small, &sid, 0, 30).await;
    pictures_of_layer(&large, &sid, 2, 30).await;

    // The two change places, and one goes to the middle after that.
    small.wish_size(&sid, 1280, 720).await.unwrap();
    large.wish_size(&sid, 160, 90).await.unwrap();
    pictures_of_layer(&small, &sid, 2, 30).await;
    pictures_of_layer(&large, &sid, 0, 30).await;
    small.wish_size(&sid, 600, 300).await.unwrap();
    pictures_of_layer(&small, &sid, 1, 30).await;

    for viewer in [&small, &large] {
        assert_one_stream(&viewer.report().tracks[&sid]);
    }
    let asked = shown.report().key_frames_asked;
    assert!(asked <= 30, "{asked} key frames were asked for: the throttle holds");
    assert!(!small.report().speakers.is_empty(), "the host speaks and is known to");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_viewer_sees_at_once_and_what_is_not_looked_at_is_not_sent() {
    let house = House::open().await;
    let host = house.guest().await;
    let _shown = house.show(host, marked_film()).await;
    let viewer = house.watch().await;
    let sid = camera_sid(&viewer, &host.to_string()).await;
    viewer
        .wait("a first picture", PATIENCE, |report| report.tracks.get(&sid)?.first_picture_at)
        .await
        .unwrap();

    viewer.look_away(&sid).await.unwrap();
    // Audio goes on: fifty packets are a second in which no picture may come (after those already on the way).
    let voice =
        |report: &Report| report.watch_of(&host.to_string(), TrackSource::Microphone).map(|w| w.packets);
    let heard = viewer.report().watch_of(&host.to_string(), TrackSource::Microphone).map_or(0, |w| w.packets);
    viewer.wait("sound", PATIENCE, |report| (voice(report)? >= heard + 25).then_some(())).await.unwrap();
    let pictures = viewer.report().tracks[&sid].packets;
    viewer.wait("more sound", PATIENCE, |report| (voice(report)? >= heard + 75).then_some(())).await.unwrap();
    assert_eq!(viewer.report().tracks[&sid].packets, pictures, "video was not looked at");

    viewer.wish_size(&sid, 160, 90).await.unwrap();
    pictures_of_layer(&viewer, &sid, 0, 10).await;
    assert_one_stream_with_pause(&viewer.report().tracks[&sid]);
}

/// As one stream, but pictures may be left out while nobody looked.
fn assert_one_stream_with_pause(watch: &TrackWatch) {
    assert_eq!((watch.missing(), watch.repeated, watch.backwards, watch.broken), (0, 0, 0, 0));
}
