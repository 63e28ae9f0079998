//! Would catch a large room in which everybody is told of everybody (K33, hard case 8).

use std::time::Duration;

use onstage_delivery::Limits;
use onstage_domain::{Event, samples, sessions};
use serde_json::Value;

use crate::world::House;

fn joined(viewer_count: u32) -> Event {
    Event::Session(sessions::Event::ViewerJoined { participant: samples::viewer(), viewer_count })
}

fn named(name: &str) -> Event {
    samples::samples().into_iter().find(|event| event.name() == name).unwrap()
}

fn sum(events: &[Value], field: &str) -> u64 {
    events.iter().filter_map(|event| event["data"][field].as_u64()).sum()
}

fn quick(batch_above: usize) -> Limits {
    Limits { batch_above, presence_window: Duration::from_millis(100), ..Limits::default() }
}

#[tokio::test]
async fn above_the_threshold_joins_and_reactions_are_counted() {
    let house = House::with(quick(2)).await;
    let mut clients = Vec::new();
    for n in 1..=3 {
        clients.push(house.listener(n).await);
    }
    for n in 0..300 {
        house.world.publish(joined(n));
        house.world.publish(named("chat.reacted"));
    }
    let each: u64 = match named("chat.reacted") {
        Event::Chat(onstage_domain::chat::Event::Reacted { count, .. }) => u64::from(count),
        other => panic!("{other:?}"),
    };
    for client in &mut clients {
        let mut events = Vec::new();
        let reactions = |events: &[Value]| -> u64 {
            let counts = events.iter().filter_map(|event| event["data"]["counts"].as_object());
            counts.flat_map(|counts| counts.values()).filter_map(Value::as_u64).sum()
        };
        while sum(&events, "joined") < 300 || reactions(&events) < 300 * each {
            events.extend(client.events(1).await);
        }
        assert!(events.len() < 40, "{} messages for 600 happenings", events.len());
        assert!(events.iter().all(|event| event["name"] != "session.viewer_joined"));
        assert!(events.iter().all(|event| event["after"] == 0));
    }
}

#[tokio::test]
async fn reaches_told_singly_per_window_max() {
    let house = House::with(quick(200)).await;
    let mut client = house.listener(1).await;
    for n in 0..500 {
        house.world.publish(joined(n));
    }
    let mut events = Vec::new();
    let singly =
        |events: &[Value]| events.iter().filter(|event| event["name"] == "session.viewer_joined").count();
    while singly(&events) + usize::try_from(sum(&events, "joined")).unwrap() < 500 {
        events.extend(client.events(1).await);
    }
    assert!(events.len() < 150, "{} messages for 500 joins", events.len());
    assert_eq!(events.last().unwrap()["data"]["viewer_count"], 499);
}

#[tokio::test]
async fn below_the_threshold_everybody_is_named() {
    let house = House::with(quick(200)).await;
    let mut client = house.listener(1).await;
    house.world.publish(joined(1));
    house.world.publish(named("chat.reacted"));
    let events = client.events(2).await;
    assert_eq!(
        (&events[0]["name"], &events[1]["name"]),
        (&"session.viewer_joined".into(), &"chat.reacted".into())
    );
}

#[tokio::test]
async fn watchers_that_come_as_counts_are_added_up() {
    let house = House::with(quick(0)).await;
    let mut client = house.listener(1).await;
    for n in 1..=300 {
        let change = sessions::Event::ViewersChanged { joined: 2, left: 1, viewer_count: n };
        house.world.publish(Event::Session(change));
    }
    let mut events = Vec::new();
    while sum(&events, "joined") < 600 {
        events.extend(client.events(1).await);
    }
    assert!(events.len() < 20, "{} messages for 300 counts", events.len());
    assert_eq!(
        (sum(&events, "left"), events.last().unwrap()["data"]["viewer_count"].as_u64()),
        (300, Some(300))
    );
}
