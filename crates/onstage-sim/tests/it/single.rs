//! One connection for everything: catches a bot that has another layout than it says, and lines that nobody fills.

use livekit_protocol::TrackSource;
use onstage_domain::UserId;
use onstage_sim::rtc::{Options, RtcClient};

use crate::house::{House, PATIENCE, marked_film};

async fn sees_and_hears(viewer: &RtcClient, host: UserId) {
    let host = host.to_string();
    let enough = |pictures: u64, packets: u64| (pictures >= 10 && packets >= 10).then_some(());
    viewer
        .wait("pictures and sound", PATIENCE, |report| {
            let camera = report.watch_of(&host, TrackSource::Camera)?;
            enough(camera.pictures, report.watch_of(&host, TrackSource::Microphone)?.packets)
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_with_one_connection_gets_what_runs_and_what_comes_later() {
    let house = House::open().await;
    let (first, second) = (house.guest().await, house.guest().await);
    let _shown = house.show(first, marked_film()).await;
    let user = UserId::new(uuid::Uuid::now_v7());
    let viewer = RtcClient::join(Options { is_single: true, ..house.options(user, false) }).await.unwrap();
    sees_and_hears(&viewer, first).await;
    let _later = house.show(second, marked_film()).await;
    sees_and_hears(&viewer, second).await;
}
