//! Coming, going, coming back: what a bot does is what a person's phone does.

use livekit_protocol::{DisconnectReason, TrackSource};
use onstage_domain::UserId;
use onstage_domain::media::MediaGrant;
use onstage_sim::Fault;
use onstage_sim::rtc::{Ending, Options, Report, RtcClient, State};

use crate::house::{House, PATIENCE, everything, marked_film};

fn ending(report: &Report) -> Option<Ending> {
    match report.state {
        State::Ended(ending) => Some(ending),
        State::Joining | State::Joined | State::Connected | State::Away => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_does_what_it_is_told_in_order() {
    let house = House::open().await;
    let host = house.guest().await;
    let identity = host.to_string();
    let shown = house.show(host, marked_film()).await;
    let viewer = house.watch().await;
    for round in 0..40 {
        shown.mute(TrackSource::Microphone, round % 2 == 0).await.unwrap();
    }
    shown.unpublish(TrackSource::Camera).await.unwrap();
    let settled = |report: &Report| {
        let voice = report.track_of(&identity, TrackSource::Microphone)?;
        (!voice.muted && report.track_of(&identity, TrackSource::Camera).is_none()).then_some(())
    };
    viewer.wait("the last word", PATIENCE, settled).await.unwrap();
    shown.leave().await.unwrap();
    viewer
        .wait("the goodbye", PATIENCE, |report| (!report.people.contains_key(&identity)).then_some(()))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_socket_resumes_and_pictures_go_on() {
    let house = House::open().await;
    let host = house.guest().await;
    let identity = host.to_string();
    let shown = house.show(host, marked_film()).await;
    let viewer = house.watch().await;
    let pictures =
        |report: &Report| report.watch_of(&identity, TrackSource::Camera).map_or(0, |w| w.pictures);
    viewer.wait("pictures", PATIENCE, |report| (pictures(report) > 10).then_some(())).await.unwrap();

    for client in [&shown, &viewer] {
        client.drop_socket().await.unwrap();
        client.wait("the resume", PATIENCE, |report| (report.resumes == 1).then_some(())).await.unwrap();
        assert_eq!(client.report().joins, 1, "no full join was needed");
    }
    let before = pictures(&viewer.report());
    viewer
        .wait("more pictures", PATIENCE, |report| (pictures(report) > before + 30).then_some(()))
        .await
        .unwrap();
    let watch = viewer.report().watch_of(&identity, TrackSource::Camera).unwrap().clone();
    assert_eq!((watch.missing(), watch.repeated), (0, 0), "the stream never noticed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_identity_takes_the_place_of_the_earlier_one() {
    let house = House::open().await;
    let host = house.guest().await;
    let first = house.show(host, marked_film()).await;
    let _second = house.show(host, marked_film()).await;
    let reason = first.wait("the goodbye", PATIENCE, ending).await.unwrap();
    assert_eq!(reason, Ending::SentAway(DisconnectReason::DuplicateIdentity as i32));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_who_may_not_publish_is_refused_until_promoted() {
    let house = House::open().await;
    let user = UserId::new(uuid::Uuid::now_v7());
    let person = RtcClient::join(house.options(user, false)).await.unwrap();
    assert!(!person.report().may_publish);
    let other = house.watch().await;
    person.publish(Some(marked_film()), None).await.unwrap();
    person.wait("the refusal", PATIENCE, |report| (report.refusals > 0).then_some(())).await.unwrap();

    house.allow(user, true, everything()).await;
    person.wait("the promotion", PATIENCE, |report| report.may_publish.then_some(())).await.unwrap();
    person.unpublish(TrackSource::Camera).await.unwrap();
    person.publish(Some(marked_film()), None).await.unwrap();
    let identity = user.to_string();
    other
        .wait("the promoted", PATIENCE, |report| {
            report.watch_of(&identity, TrackSource::Camera).filter(|watch| watch.pictures > 10).map(|_| ())
        })
        .await
        .unwrap();

    house.allow(user, true, MediaGrant::default()).await;
    person.wait("the demotion", PATIENCE, |report| (!report.may_publish).then_some(())).await.unwrap();
    other
        .wait("that the track ends", PATIENCE, |report| {
            report.track_of(&identity, TrackSource::Camera).is_none().then_some(())
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_reaches_the_others() {
    let house = House::open().await;
    let host = house.guest().await;
    let shown = house.show(host, marked_film()).await;
    let viewer = house.watch().await;
    shown.wait("the channel", PATIENCE, |report| report.publishing.then_some(())).await.unwrap();
    viewer.wait("media", PATIENCE, |report| (report.packets_received() > 20).then_some(())).await.unwrap();
    for _ in 0..5 {
        shown.send_data("hello").await.unwrap();
    }
    viewer.wait("the messages", PATIENCE, |report| (report.data_received >= 5).then_some(())).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_token_is_refused() {
    let house = House::open().await;
    let good = house.options(house.guest().await, true);
    let forged = Options { token: format!("{}x", good.token), ..good };
    assert!(matches!(RtcClient::join(forged).await.unwrap_err(), Fault::Refused(401)));
}

#[tokio::test]
async fn a_bot_gives_up_after_its_attempts() {
    // Nobody listens there: the first attempt of a bot that has never been in is also its last.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let refused = RtcClient::join(Options::new(&format!("ws://{address}"), "token")).await.unwrap_err();
    assert!(matches!(refused, Fault::Ended), "{refused}");
}
