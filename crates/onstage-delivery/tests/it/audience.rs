//! Would catch an event that reaches somebody who may not hear it, and a place that is not kept up to date.

use onstage_domain::samples;
use onstage_domain::stage::{Event as Stage, ParticipantView, RequestState, RequestView, Role};
use onstage_domain::{Event, sessions};

use crate::world::{House, session, texts};

fn named(name: &str) -> Event {
    samples::samples().into_iter().find(|event| event.name() == name).unwrap()
}

fn request() -> RequestView {
    match named("stage.requested") {
        Event::Stage(Stage::Requested { request }) => request,
        other => panic!("{other:?}"),
    }
}

fn promoted(n: u8, role: Role) -> Event {
    let actor = samples::actor(n);
    let participant = ParticipantView { user_id: actor.user_id, role, ..samples::guest() };
    Event::Stage(Stage::RoleChanged { participant, by: samples::user(0), by_handle: "mara".to_owned() })
}

#[tokio::test]
async fn a_request_is_heard_by_the_managers_and_the_person() {
    let house = House::open().await;
    house.world.set_role(0, Role::Owner);
    let mut owner = house.listener(0).await;
    let mut asker = house.listener(1).await;
    let mut stranger = house.listener(2).await;
    let request = RequestView { user_id: samples::user(1), ..request() };
    house.world.publish(Event::Stage(Stage::Requested { request }));
    house.world.chat("next");
    assert_eq!(owner.events(2).await[0]["name"], "stage.requested");
    assert_eq!(asker.events(2).await[0]["name"], "stage.requested");
    let heard = stranger.events(1).await;
    assert_eq!(texts(&heard), ["next"]);
    assert_eq!((heard[0]["seq"].as_i64(), heard[0]["prev"].as_i64()), (Some(2), Some(0)));
}

#[tokio::test]
async fn who_is_promoted_starts_over_with_what_managers_see() {
    let house = House::open().await;
    let mut person = house.listener(1).await;
    house.world.set_role(1, Role::Cohost);
    house.world.set_requests(vec![RequestView { state: RequestState::Pending, ..request() }]);
    house.world.publish(promoted(1, Role::Cohost));
    assert_eq!(person.events(1).await[0]["name"], "stage.role_changed");
    assert_eq!(person.next().await["resync"], true);
    let snapshot = person.next().await;
    assert_eq!(snapshot["snapshot"]["me"]["may_manage"], true);
    assert_eq!(snapshot["snapshot"]["requests"].as_array().unwrap().len(), 1);
    house.world.publish(named("stage.allowed_back"));
    assert_eq!(person.events(1).await[0]["name"], "stage.allowed_back");
}

#[tokio::test]
async fn who_is_demoted_hears_no_more_of_it() {
    let house = House::open().await;
    house.world.set_role(1, Role::Cohost);
    let mut person = house.listener(1).await;
    house.world.publish(promoted(1, Role::Guest));
    house.world.publish(named("stage.allowed_back"));
    house.world.chat("next");
    let heard = person.events(2).await;
    assert_eq!((heard[0]["name"].as_str(), texts(&heard)), (Some("stage.role_changed"), vec!["next"]));
}

#[tokio::test]
async fn the_switch_takes_managing_from_cohosts() {
    let house = House::open().await;
    house.world.set_role(1, Role::Cohost);
    let mut cohost = house.listener(1).await;
    let mut session = samples::session_view();
    session.settings.cohosts_manage_guests = false;
    house.world.publish(Event::Session(sessions::Event::Updated { session }));
    house.world.publish(named("stage.allowed_back"));
    house.world.chat("next");
    let heard = cohost.events(2).await;
    assert_eq!((heard[0]["name"].as_str(), texts(&heard)), (Some("session.updated"), vec!["next"]));
}

#[tokio::test]
async fn what_was_missed_is_filtered_as_well() {
    let house = House::open().await;
    house.world.chat("1");
    house.world.publish(named("stage.allowed_back"));
    let mut viewer = house.socket(1).await;
    viewer.subscribe(session(), Some(0)).await;
    assert_eq!(texts(&viewer.events(1).await), ["1"]);
    assert_eq!(viewer.next().await["caught_up"], 2);
    house.world.chat("3");
    assert_eq!(viewer.events(1).await[0]["prev"], 2);
}

#[tokio::test]
async fn presence_is_told_at_the_first_socket_and_after_the_last() {
    let house = House::open().await;
    let first = house.listener(1).await;
    let second = house.listener(1).await;
    house.until(|| house.world.presence() == [(samples::user(1), true)]).await;
    drop(first);
    house.until_connections(1).await;
    assert_eq!(house.world.presence().len(), 1);
    drop(second);
    house.until(|| house.world.presence() == [(samples::user(1), true), (samples::user(1), false)]).await;
}
