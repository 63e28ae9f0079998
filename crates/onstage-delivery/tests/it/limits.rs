//! Would catch a queue or a list that grows without an end.

use onstage_delivery::Limits;
use onstage_domain::ports::{HangUp, Publish as _};
use onstage_domain::samples;
use serde_json::json;
use tokio_tungstenite::tungstenite::Error;

use crate::world::{House, another_session, session, texts};

#[tokio::test]
async fn reaches_connections_max() {
    let house = House::with(Limits { connections: 2, ..Limits::default() }).await;
    let first = house.socket(1).await;
    let _second = house.socket(2).await;
    let refused = house.stranger("").await;
    assert!(matches!(refused, Err(Error::Http(response)) if response.status() == 503));
    drop(first);
    house.until_connections(1).await;
    house.socket(3).await;
}

#[tokio::test]
async fn reaches_sockets_per_person_max() {
    let house = House::open().await;
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(house.socket(1).await);
    }
    let refused = house.stranger("?token=user-1").await;
    assert!(
        matches!(refused, Err(Error::Http(response)) if response.status() == 429),
        "with its token in the address"
    );
    let refused = house.live_at("?token=user-1").await;
    assert!(
        matches!(refused, Err(Error::Http(response)) if response.status() == 429),
        "nor in another dialect"
    );
    let mut late = house.stranger("").await.unwrap();
    late.send(json!({ "id": 1, "type": "authenticate", "access_token": "user-1" })).await;
    assert_eq!(late.next().await["problem"]["code"], "request/too_fast", "nor signing in later");
    house.socket(2).await;
    open.pop();
    house.until_connections(20).await;
    late.send(json!({ "id": 2, "type": "authenticate", "access_token": "user-1" })).await;
    assert_eq!(late.next().await["ok"], true, "a place that is given up is taken by who waits");
    let mut first = open.swap_remove(0);
    first.send(json!({ "id": 3, "type": "authenticate", "access_token": "user-1" })).await;
    assert_eq!(first.next().await["ok"], true, "a newer token takes no place of its own");
}

#[tokio::test]
async fn reaches_subscriptions_per_socket_max() {
    let house = House::with(Limits { subscriptions: 2, ..Limits::default() }).await;
    let mut client = house.socket(1).await;
    for n in 1..=2 {
        client.subscribe(another_session(n), None).await;
        client.next().await;
    }
    client.send(json!({ "id": 3, "type": "subscribe", "session_id": session() })).await;
    assert_eq!(client.next().await["problem"]["code"], "request/too_fast");
    client.subscribe(another_session(1), None).await;
}

/// The inbox of a room is full, so most of this is never told to it: the log has it.
#[tokio::test]
async fn reaches_room_queue_max() {
    let house = House::with(Limits { room_queue: 2, ..Limits::default() }).await;
    let mut client = house.listener(1).await;
    for n in 0..100 {
        house.world.chat(format!("{n}"));
    }
    let heard = client.events(100).await;
    let expected: Vec<String> = (0..100).map(|n| format!("{n}")).collect();
    assert_eq!(texts(&heard), expected);
}

/// More in one turn than a frame may carry.
#[tokio::test]
async fn reaches_room_turn_max() {
    let house = House::open().await;
    let mut client = house.listener(1).await;
    for n in 0..150 {
        house.world.chat(format!("{n}"));
    }
    let mut heard = 0;
    while heard < 150 {
        let events = client.next().await["events"].as_array().unwrap().len();
        assert!(events <= 64, "{events} in one frame");
        heard += events;
    }
}

/// A log of several pages, and a memory of the room that is shorter than what is missed.
#[tokio::test]
async fn reaches_log_page_max() {
    let house = House::with(Limits { recent_events: 1, ..Limits::default() }).await;
    let _keeps_the_room_open = house.listener(2).await;
    for n in 1..=450 {
        house.world.chat(format!("{n}"));
    }
    let mut client = house.socket(1).await;
    client.subscribe(session(), Some(0)).await;
    assert_eq!(client.events(450).await.len(), 450);
    assert_eq!(client.next().await["caught_up"], 450);
}

#[tokio::test]
async fn reaches_recent_events_max() {
    let house = House::with(Limits { recent_events: 1, room_queue: 1, ..Limits::default() }).await;
    let mut client = house.listener(1).await;
    for n in 1..=20 {
        house.world.chat(format!("{n}"));
    }
    assert_eq!(client.events(20).await.len(), 20);
    client.subscribe(session(), Some(3)).await;
    assert_eq!(client.events(17).await[0]["seq"], 4);
    assert_eq!(client.next().await["caught_up"], 20);
}

#[tokio::test]
async fn reaches_catch_up_events_max() {
    let house = House::with(Limits { catch_up_events: 10, ..Limits::default() }).await;
    for n in 1..=11 {
        house.world.chat(format!("{n}"));
    }
    let mut client = house.socket(1).await;
    client.subscribe(session(), Some(0)).await;
    assert_eq!(client.next().await["resync"], true);
    assert_eq!(client.next().await["seq"], 11);
    client.subscribe(session(), Some(1)).await;
    assert_eq!(client.events(10).await.len(), 10);
}

/// A session that is always further than what the subscriber has read.
#[tokio::test]
async fn reaches_catch_up_rounds_max() {
    let house = House::with(Limits { recent_events: 1, ..Limits::default() }).await;
    let _keeps_the_room_open = house.listener(2).await;
    house.world.chat("1");
    house.world.run_away(true);
    let mut client = house.socket(1).await;
    client.subscribe(session(), Some(0)).await;
    assert_eq!(client.close_code().await, 1013);
}

/// A reader that is busy with one command while it is removed from session after session.
#[tokio::test]
async fn reaches_notes_max() {
    const SESSIONS: u8 = 65;
    let house = House::with(Limits { subscriptions: 100, ..Limits::default() }).await;
    let mut client = house.socket(1).await;
    for n in 0..SESSIONS {
        client.subscribe(another_session(n), None).await;
        client.next().await;
    }
    house.world.hang();
    let data = json!({ "session_id": session(), "kind": "heart" });
    client.send(json!({ "id": 1, "type": "command", "name": "chat.react", "data": data })).await;
    house.until(|| house.world.commands().len() == 1).await;
    for n in 0..SESSIONS {
        house.delivery.hang_up(HangUp::Kicked(another_session(n), samples::user(1)));
    }
    assert_eq!(client.close_code().await, 1013);
}

/// More waits for a socket than is written to it at once: all of it comes, in order.
#[tokio::test]
async fn reaches_wires_per_write_max() {
    const EVENTS: usize = 64 * 20;
    let house = House::open().await;
    let mut client = house.listener(1).await;
    for n in 0..EVENTS {
        house.world.chat(format!("{n}"));
    }
    let heard = client.events(EVENTS).await;
    let seqs: Vec<i64> = heard.iter().map(|event| event["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=i64::try_from(EVENTS).unwrap()).collect::<Vec<_>>());
}
