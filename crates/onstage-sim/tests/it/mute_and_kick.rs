//! A mute or a kick is enforced by the engine, at once, whatever the client does.

use std::time::{Duration, Instant};

use livekit_protocol::{DisconnectReason, TrackSource};
use onstage_domain::media::MediaGrant;
use onstage_sim::Fault;
use onstage_sim::rtc::{Ending, Report, RtcClient, State};

use crate::house::{House, PATIENCE, everything, marked_film};

/// What may still be on its way when the order has been carried out.
const ON_THE_WAY_MAX: Duration = Duration::from_millis(50);

async fn wait_for_packets(viewer: &RtcClient, identity: &str, source: TrackSource, more: u64) {
    let seen = |report: &Report| report.watch_of(identity, source).map_or(0, |watch| watch.packets);
    let before = seen(&viewer.report());
    viewer.wait("packets", PATIENCE, |report| (seen(report) >= before + more).then_some(())).await.unwrap();
}

/// Waits on the sender's own count, so that silence is measured while the bot demonstrably goes on sending.
async fn wait_until_sent(shown: &RtcClient, more: u64) {
    let before = shown.report().packets_sent;
    shown
        .wait("sending", PATIENCE, |report| (report.packets_sent >= before + more).then_some(()))
        .await
        .unwrap();
}

fn last_at(viewer: &RtcClient, identity: &str, source: TrackSource) -> Instant {
    viewer.report().watch_of(identity, source).and_then(|watch| watch.last_at).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_mute_nothing_of_the_track_arrives_and_the_client_cannot_undo_it() {
    let house = House::open().await;
    let host = house.guest().await;
    let identity = host.to_string();
    let shown = house.show(host, marked_film()).await;
    let viewer = house.watch().await;
    wait_for_packets(&viewer, &identity, TrackSource::Microphone, 20).await;
    wait_for_packets(&viewer, &identity, TrackSource::Camera, 20).await;

    house.allow(host, true, MediaGrant { host_muted_audio: true, ..everything() }).await;
    let muted_at = Instant::now();
    // The client insists; its camera goes on, which shows that time passes and the way is open.
    shown.mute(TrackSource::Microphone, false).await.unwrap();
    wait_until_sent(&shown, 300).await;
    wait_for_packets(&viewer, &identity, TrackSource::Camera, 100).await;
    let late = last_at(&viewer, &identity, TrackSource::Microphone).saturating_duration_since(muted_at);
    assert!(late <= ON_THE_WAY_MAX, "sound came {late:?} after the mute was enforced");

    house.allow(host, true, everything()).await;
    wait_for_packets(&viewer, &identity, TrackSource::Microphone, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_camera_mute_no_picture_arrives_and_it_comes_back_with_a_key_frame() {
    let house = House::open().await;
    let host = house.guest().await;
    let identity = host.to_string();
    let shown = house.show(host, marked_film()).await;
    let viewer = house.watch().await;
    wait_for_packets(&viewer, &identity, TrackSource::Camera, 20).await;

    house.allow(host, true, MediaGrant { host_muted_video: true, ..everything() }).await;
    let muted_at = Instant::now();
    wait_until_sent(&shown, 300).await;
    wait_for_packets(&viewer, &identity, TrackSource::Microphone, 25).await;
    let late = last_at(&viewer, &identity, TrackSource::Camera).saturating_duration_since(muted_at);
    assert!(late <= ON_THE_WAY_MAX, "a picture came {late:?} after the camera was switched off");

    let keys = viewer.report().watch_of(&identity, TrackSource::Camera).unwrap().key_frames;
    house.allow(host, true, everything()).await;
    wait_for_packets(&viewer, &identity, TrackSource::Camera, 20).await;
    let watch = viewer.report().watch_of(&identity, TrackSource::Camera).unwrap().clone();
    assert!(watch.key_frames > keys, "it starts again with a key frame");
    assert_eq!((watch.missing(), watch.repeated, watch.broken), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kick_nothing_arrives_and_no_token_lets_the_person_back() {
    let house = House::open().await;
    let host = house.guest().await;
    let identity = host.to_string();
    let shown = house.show(host, marked_film()).await;
    let viewer = house.watch().await;
    wait_for_packets(&viewer, &identity, TrackSource::Camera, 20).await;

    house.allow(host, false, MediaGrant::default()).await;
    let kicked_at = Instant::now();
    let gone = |report: &Report| match report.state {
        State::Ended(ending) => Some(ending),
        State::Joining | State::Joined | State::Connected | State::Away => None,
    };
    let ending = shown.wait("the goodbye", PATIENCE, gone).await.unwrap();
    assert_eq!(ending, Ending::SentAway(DisconnectReason::ParticipantRemoved as i32));
    viewer
        .wait("that the person is gone", PATIENCE, |report| {
            (!report.people.contains_key(&identity)).then_some(())
        })
        .await
        .unwrap();
    let report = viewer.report();
    let last = report.tracks.values().filter_map(|watch| watch.last_at).max().unwrap();
    let late = last.saturating_duration_since(kicked_at);
    assert!(late <= ON_THE_WAY_MAX, "something came {late:?} after the kick was enforced");

    for staged in [true, false] {
        let refused = RtcClient::join(house.options(host, staged)).await.unwrap_err();
        assert!(matches!(refused, Fault::Refused(403)), "{refused}");
    }
    house.allow(host, true, everything()).await;
    RtcClient::join(house.options(host, true)).await.unwrap();
}
