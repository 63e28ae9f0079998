//! Would catch a socket that stays open for somebody who signed out, was banned or was kicked.

use onstage_delivery::Limits;
use onstage_domain::ports::{HangUp, Publish as _};
use onstage_domain::{Event, FamilyId, samples, stage};
use serde_json::json;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Error;

use crate::world::{House, session, texts, token};

#[tokio::test]
async fn sign_out_and_ban_close_with_4401_and_nobody_else() {
    let house = House::open().await;
    let mut out = house.listener(1).await;
    let mut banned = house.listener(2).await;
    let mut other = house.listener(3).await;
    house.delivery.hang_up(HangUp::Family(FamilyId::new(samples::user(1).uuid())));
    house.delivery.hang_up(HangUp::User(samples::user(2)));
    assert_eq!(out.close_code().await, 4401);
    assert_eq!(banned.close_code().await, 4401);
    house.world.chat("still here");
    assert_eq!(texts(&other.events(1).await), ["still here"]);
}

#[tokio::test]
async fn a_kicked_person_is_told_hears_nothing_more_and_cannot_come_back() {
    let house = House::open().await;
    let mut kicked = house.listener(1).await;
    let mut other = house.listener(2).await;
    house.until(|| house.world.presence().len() == 2).await;
    house.world.block(1);
    house.delivery.hang_up(HangUp::Kicked(session(), samples::user(1)));
    let last = kicked.next().await;
    assert_eq!((&last["removed"], &last["problem"]["code"]), (&json!(true), &json!("moderation/blocked")));
    house.until(|| house.world.presence().last() == Some(&(samples::user(1), false))).await;
    house.world.chat("without them");
    assert_eq!(texts(&other.events(1).await), ["without them"]);
    kicked.send(json!({ "id": 9, "type": "subscribe", "session_id": session(), "since": 0 })).await;
    let answer = kicked.next().await;
    assert_eq!((&answer["reply_to"], &answer["problem"]["status"]), (&json!(9), &json!(403)));
}

/// Whoever comes in while the kick is decided has a snapshot from before it: the event itself puts them out.
#[tokio::test]
async fn the_kick_itself_ends_a_subscription_that_is_older_than_it() {
    let house = House::open().await;
    let mut kicked = house.listener(1).await;
    let mut other = house.listener(2).await;
    house.world.publish(kick(1));
    assert_eq!(kicked.events(1).await[0]["name"], "stage.kicked");
    assert_eq!(kicked.next().await["removed"], true);
    house.until(|| house.world.presence().contains(&(samples::user(1), false))).await;
    house.world.chat("without them");
    assert_eq!(texts(&other.events(2).await), ["without them"]);
}

fn kick(n: u8) -> Event {
    let actor = samples::actor(n);
    let (user_id, handle, by) = (actor.user_id, actor.handle, samples::user(0));
    Event::Stage(stage::Event::Kicked { user_id, handle, by, by_handle: "mara".to_owned(), reason: None })
}

#[tokio::test]
async fn a_server_that_goes_down_says_so_and_takes_no_new_sockets() {
    let house = House::open().await;
    let mut client = house.listener(1).await;
    house.delivery.drain();
    assert_eq!(client.close_code().await, 1012);
    let refused = house.stranger("").await;
    assert!(matches!(refused, Err(Error::Http(response)) if response.status() == 503));
}

#[tokio::test]
async fn credentials_in_the_address_are_judged_before_the_upgrade() {
    let house = House::open().await;
    for query in ["?ticket=forged", "?token=forged"] {
        let refused = house.stranger(query).await;
        let Err(Error::Http(response)) = refused else { panic!("{query} was let in") };
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
    let mut client = house.stranger(&format!("?ticket={}", token(1))).await.unwrap();
    client.subscribe(session(), None).await;
}

#[tokio::test]
async fn a_forged_token_in_the_first_frame_is_told_and_closed() {
    let house = House::open().await;
    let mut client = house.stranger("").await.unwrap();
    client.send(json!({ "id": 1, "type": "authenticate", "access_token": "forged" })).await;
    assert_eq!(client.next().await["problem"]["code"], "accounts/unauthenticated");
    assert_eq!(client.close_code().await, 4401);
}

#[tokio::test]
async fn reaches_authenticate_wait_ms() {
    let limits = Limits { authenticate_wait: Duration::from_millis(50), ..Limits::default() };
    let house = House::with(limits).await;
    let mut client = house.stranger("").await.unwrap();
    assert_eq!(client.close_code().await, 4401);
}

#[tokio::test]
async fn reaches_silence_ms_max() {
    let limits = Limits {
        silence: Duration::from_millis(80),
        ping_every: Duration::from_secs(60),
        ..Limits::default()
    };
    let house = House::with(limits).await;
    let mut silent = house.socket(1).await;
    assert_eq!(silent.close_code().await, 4408);
}

#[tokio::test]
async fn an_answer_to_a_ping_is_a_sign_of_life() {
    let limits = Limits {
        silence: Duration::from_millis(400),
        ping_every: Duration::from_millis(50),
        ..Limits::default()
    };
    let house = House::with(limits).await;
    let mut client = house.listener(1).await;
    // The client's library answers pings while it reads; three times the silence goes by.
    let read = tokio::time::timeout(Duration::from_millis(1_200), client.message()).await;
    assert!(read.is_err(), "the socket was closed or spoke: {read:?}");
}
