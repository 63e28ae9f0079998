//! Catches rooms that outlive their session, tokens that open what an order closed, and rooms without number.

use onstage_domain::media::MediaGrant;
use onstage_domain::ports::{ObserveMedia, Pending};
use uuid::Uuid;

use super::*;
use crate::livekit::tokens::Tokens;

struct Deaf;

impl ObserveMedia for Deaf {
    fn observe_media(&self, _: onstage_domain::media::MediaFact) -> Pending<'_, ()> {
        Box::pin(async {})
    }
}

/// Without shards no task is started: only the lists are looked at.
fn directory() -> Directory {
    let surroundings = Surroundings {
        tokens: Tokens::new("key", "secret"),
        ice_servers: crate::ice::IceServers::default(),
        node_id: String::new(),
    };
    Directory::new(Workshop {
        surroundings: Arc::new(surroundings),
        shards: Vec::new(),
        facts: Facts::to(Arc::new(Deaf)),
        webhooks: Webhooks::default(),
    })
}

fn session() -> SessionId {
    SessionId::new(Uuid::from_u128(1))
}

fn user() -> UserId {
    UserId::new(Uuid::from_u128(2))
}

fn open(open: bool) -> MediaOrder {
    MediaOrder::Session { session: session(), room_name: "show".into(), open }
}

fn person(admitted: bool) -> MediaOrder {
    MediaOrder::Person { session: session(), user: user(), admitted, grant: MediaGrant::NOTHING }
}

#[tokio::test]
async fn the_door_follows_the_orders() {
    let directory = directory();
    assert!(matches!(directory.door("show", None, false), Door::Missing));
    directory.take(open(true));
    assert!(matches!(directory.door("show", Some(user()), false), Door::Open(_)));
    directory.take(person(false));
    assert!(matches!(directory.door("show", Some(user()), true), Door::Denied));
    assert!(matches!(directory.door("show", None, false), Door::Open(_)), "only this person");
    directory.take(person(true));
    assert!(matches!(directory.door("show", Some(user()), false), Door::Open(_)), "allowed back");
    directory.take(open(false));
    assert!(matches!(directory.door("show", None, false), Door::Missing));
}

#[tokio::test]
async fn a_denial_that_comes_before_its_session_counts() {
    let directory = directory();
    directory.take(person(false));
    directory.take(open(true));
    assert!(matches!(directory.door("show", Some(user()), false), Door::Denied));
}

#[tokio::test]
async fn replayed_orders_make_no_second_room() {
    let directory = directory();
    directory.take(open(true));
    assert!(directory.take(open(true)).is_empty());
    assert_eq!(directory.take_all().len(), 1);
}

#[tokio::test]
async fn a_room_that_broke_is_made_anew() {
    let directory = directory();
    directory.take(open(true));
    directory.take(person(false));
    let Door::Open(broken) = directory.door("show", None, false) else { panic!("no room") };
    // Without shards the room has no task, as after a panic.
    assert!(broken.work.is_closed());
    let Door::Open(_) = directory.door("show", None, false) else { panic!("no new room") };
    assert!(matches!(directory.door("show", Some(user()), false), Door::Denied), "and knows its orders");
    assert_eq!(directory.take_all().len(), 1);
}

#[tokio::test]
async fn reaches_rooms_without_session_max() {
    let directory = directory();
    let mut rooms = Vec::new();
    for number in 0..ROOMS_WITHOUT_SESSION_MAX {
        // Without a task behind it a room counts as ended and is swept: keep its end open.
        let (work, inputs) = mpsc::channel(1);
        let handle = RoomHandle { session: None, work, present: Arc::default() };
        rooms.push(inputs);
        let key = RoomKey(u64::try_from(number).unwrap() + 1_000_000);
        let mut inner = directory.lock();
        inner.by_name.insert(number.to_string(), key);
        inner.rooms.insert(key, handle);
    }
    assert!(matches!(directory.door("one more", None, true), Door::Full));
    assert!(matches!(directory.door("0", None, true), Door::Open(_)), "those that are there stay open");
    rooms.pop();
    assert!(!matches!(directory.door("one more", None, true), Door::Full), "an ended one gives its place");
}
