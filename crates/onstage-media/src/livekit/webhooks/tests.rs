//! Catches events that come twice out of order, never, or for ever; files that break; queues without end.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unchecked_time_subtraction,
    reason = "tests"
)]

mod files;

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use proptest::prelude::*;

use super::outbox::*;
use super::trouble::Trouble;
use super::*;

fn parcel(serial: u64, room: &str) -> Parcel {
    Parcel { serial, room: room.into(), at: 0, body: Arc::from(format!("{{\"n\":{serial}}}")) }
}

fn outbox(receivers: usize) -> Outbox {
    Outbox::new((0..receivers).map(|number| number.to_string()).collect())
}

const YOUNG: Duration = Duration::ZERO;

#[test]
fn a_room_waits_for_its_own_and_for_nobody_else() {
    let now = Instant::now();
    let mut outbox = outbox(1);
    outbox.add(parcel(0, "a"), &[0]);
    outbox.add(parcel(1, "a"), &[0]);
    outbox.add(parcel(2, "b"), &[0]);
    let first = outbox.take(0, now).unwrap();
    assert_eq!(first.serial, 0);
    assert_eq!(outbox.take(0, now).unwrap().serial, 2, "another room goes on");
    assert_eq!(outbox.take(0, now), None, "its own room waits");
    assert_eq!(outbox.settle(0, &first, Outcome::Taken, (now, YOUNG)), Settled::Done);
    assert_eq!(outbox.take(0, now).unwrap().serial, 1);
}

#[test]
fn a_failure_is_tried_again_later_and_later_and_in_order() {
    let mut now = Instant::now();
    let mut outbox = outbox(1);
    outbox.add(parcel(0, "a"), &[0]);
    outbox.add(parcel(1, "a"), &[0]);
    let mut waits = Vec::new();
    for _ in 0..9 {
        let tried = outbox.take(0, now).unwrap();
        assert_eq!(tried.serial, 0);
        assert_eq!(outbox.settle(0, &tried, Outcome::Failed, (now, YOUNG)), Settled::Again);
        let due = outbox.due(0, now).unwrap();
        assert_eq!(outbox.take(0, due - Duration::from_millis(1)), None, "not before its time");
        waits.push((due - now).as_millis());
        now = due;
    }
    assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    let tried = outbox.take(0, now).unwrap();
    outbox.settle(0, &tried, Outcome::Taken, (now, YOUNG));
    assert_eq!(outbox.take(0, now).unwrap().serial, 1, "and the next at once");
}

#[test]
fn reaches_retry_after_max() {
    let now = Instant::now();
    let mut outbox = outbox(1);
    outbox.add(parcel(0, "a"), &[0]);
    let mut at = now;
    for _ in 0..100 {
        let tried = outbox.take(0, at).unwrap();
        outbox.settle(0, &tried, Outcome::Failed, (at, YOUNG));
        at = outbox.due(0, at).unwrap();
    }
    assert!(at - now <= RETRY_AFTER_MAX * 100);
}

#[test]
fn reaches_unwanted_tries_max() {
    let mut now = Instant::now();
    let mut outbox = outbox(1);
    outbox.add(parcel(0, "a"), &[0]);
    outbox.add(parcel(1, "a"), &[0]);
    for tries in 1..=UNWANTED_TRIES_MAX {
        let tried = outbox.take(0, now).unwrap();
        let settled = outbox.settle(0, &tried, Outcome::Unwanted, (now, YOUNG));
        assert_eq!(settled == Settled::GivenUp, tries == UNWANTED_TRIES_MAX);
        now = outbox.due(0, now).unwrap();
    }
    assert_eq!(outbox.take(0, now).unwrap().serial, 1, "the room goes on");
}

#[test]
fn reaches_event_age_max() {
    let now = Instant::now();
    let mut outbox = outbox(1);
    outbox.add(parcel(0, "a"), &[0]);
    let tried = outbox.take(0, now).unwrap();
    let almost = EVENT_AGE_MAX - Duration::from_secs(1);
    assert_eq!(outbox.settle(0, &tried, Outcome::Failed, (now, almost)), Settled::Again);
    let now = outbox.due(0, now).unwrap();
    let tried = outbox.take(0, now).unwrap();
    assert_eq!(outbox.settle(0, &tried, Outcome::Failed, (now, EVENT_AGE_MAX)), Settled::GivenUp);
    assert_eq!((outbox.take(0, now), outbox.bytes()), (None, 0));
}

#[test]
fn reaches_events_kept_max() {
    let mut outbox = outbox(2);
    let most = u64::try_from(EVENTS_KEPT_MAX).unwrap();
    for serial in 0..most {
        assert!(outbox.add(parcel(serial, "a"), &[0, 1]).is_empty());
    }
    let under_way = outbox.take(0, Instant::now()).unwrap();
    assert_eq!(outbox.add(parcel(most, "a"), &[0, 1]), [0], "the oldest goes");
    outbox.settle(0, &under_way, Outcome::Taken, (Instant::now(), YOUNG));
    for receiver in [0, 1] {
        assert_eq!(outbox.take(receiver, Instant::now()).unwrap().serial, 1);
    }
    assert_eq!(outbox.waiting().len(), EVENTS_KEPT_MAX);
}

#[test]
fn reaches_event_bytes_kept_max() {
    let mut outbox = outbox(1);
    let body: Arc<str> = Arc::from("x".repeat(1024 * 1024));
    let big = |serial| Parcel { body: Arc::clone(&body), ..parcel(serial, "a") };
    for serial in 0..32 {
        assert!(outbox.add(big(serial), &[0]).is_empty());
    }
    assert_eq!(outbox.bytes(), EVENT_BYTES_KEPT_MAX);
    assert_eq!(outbox.add(big(32), &[0]), [0]);
    assert_eq!(outbox.bytes(), EVENT_BYTES_KEPT_MAX);
}

proptest! {
    /// Against a model of plain lists: each receiver gets every event of a room once and in order, whatever fails.
    #[test]
    fn each_receiver_gets_each_event_once_and_in_order(
        rooms in prop::collection::vec(0_u8..4, 1..40),
        luck in prop::collection::vec((0_usize..2, prop::bool::weighted(0.6)), 0..400),
    ) {
        let mut now = Instant::now();
        let mut outbox = outbox(2);
        let mut wanted: BTreeMap<(usize, String), VecDeque<u64>> = BTreeMap::new();
        for (serial, room) in (0_u64..).zip(&rooms) {
            for receiver in 0..2 {
                wanted.entry((receiver, room.to_string())).or_default().push_back(serial);
            }
            outbox.add(parcel(serial, &room.to_string()), &[0, 1]);
        }
        let mut got: BTreeMap<(usize, String), VecDeque<u64>> = BTreeMap::new();
        let always = std::iter::repeat([(0, true), (1, true)]).flatten();
        for (receiver, works) in luck.into_iter().chain(always) {
            let Some(due) = outbox.due(receiver, now) else {
                if outbox.due(0, now).is_none() && outbox.due(1, now).is_none() { break; }
                continue;
            };
            now = due.max(now);
            let Some(tried) = outbox.take(receiver, now) else { continue };
            if works {
                got.entry((receiver, tried.room.clone())).or_default().push_back(tried.serial);
            }
            let outcome = if works { Outcome::Taken } else { Outcome::Failed };
            outbox.settle(receiver, &tried, outcome, (now, YOUNG));
        }
        prop_assert_eq!(got, wanted);
        prop_assert_eq!((outbox.bytes(), outbox.waiting().len()), (0, 0));
    }
}

#[test]
fn a_receiver_that_is_down_is_told_of_less_and_less_often_and_once_when_it_is_back() {
    let (begun, mut trouble) = (Instant::now(), Trouble::default());
    let told: Vec<u64> = (0..24 * 3_600)
        .filter_map(|second| trouble.failed(begun + Duration::from_secs(second)))
        .map(|lasts| lasts.as_secs())
        .collect();
    assert_eq!(told[..5], [0, 60, 180, 420, 900]);
    assert!(told.len() < 15, "{told:?}");
    assert!(trouble.taken() && !trouble.taken());
    let again = begun + Duration::from_secs(24 * 3_600);
    assert_eq!(trouble.failed(again), None, "one that comes and goes is no flood either");
    assert!(!trouble.taken(), "what was not said needs no end");
    let days_later = begun + Duration::from_secs(4 * 24 * 3_600);
    assert_eq!(trouble.failed(days_later), Some(Duration::ZERO));
    assert_eq!(trouble.failed(days_later + Duration::from_secs(60)), Some(Duration::from_secs(60)));
}

#[test]
fn what_waits_is_counted_for_each_receiver() {
    let (now, mut outbox) = (Instant::now(), outbox(2));
    for serial in 0..3 {
        outbox.add(parcel(serial, "a"), &[0, 1]);
    }
    let first = outbox.take(0, now).unwrap();
    outbox.settle(0, &first, Outcome::Taken, (now, YOUNG));
    assert_eq!((outbox.waiting_for(0), outbox.waiting_for(1), outbox.waiting_for(2)), (2, 3, 0));
}

#[test]
fn a_signature_names_body_and_key() {
    let tokens = crate::livekit::tokens::Tokens::new("key", "secret");
    let now = onstage_domain::At(1_800_000_000_000);
    let token = sign::signature(&tokens, "{}", now).unwrap();
    let claims = tokens.read::<serde_json::Value>(&token, now).unwrap();
    // echo -n '{}' | openssl dgst -sha256 -binary | base64
    assert_eq!(claims["sha256"], "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=");
    assert_eq!((&claims["iss"], &claims["iat"]), (&"key".into(), &1_800_000_000.into()));
}

#[test]
fn addresses_are_named_by_their_host_alone() {
    let config =
        WebhookConfig { urls: vec!["https://hooks.example:8443/in?key=secret".into()], folder: None };
    let shown = format!("{config:?}");
    assert!(shown.contains("hooks.example:8443") && !shown.contains("secret"), "{shown}");
    assert!(!sign::name_of(&config.urls[0]).contains("secret"));
}

fn surroundings() -> Arc<Surroundings> {
    Arc::new(Surroundings {
        tokens: crate::livekit::tokens::Tokens::new("key", "secret"),
        ice_servers: crate::ice::IceServers::default(),
        node_id: String::new(),
    })
}

#[tokio::test]
async fn reaches_webhook_urls_max() {
    let urls = |count| WebhookConfig { urls: vec!["http://127.0.0.1:1/".into(); count], folder: None };
    assert!(Webhooks::start(&urls(WEBHOOK_URLS_MAX), &surroundings()).unwrap().is_on());
    assert!(Webhooks::start(&urls(WEBHOOK_URLS_MAX + 1), &surroundings()).is_err());
    assert!(!Webhooks::start(&urls(0), &surroundings()).unwrap().is_on());
}

#[tokio::test]
async fn reaches_work_waiting_max() {
    let (work, waiting) = mpsc::channel(WORK_WAITING_MAX);
    let shared = Arc::new(Shared {
        outbox: Mutex::new(outbox(1)),
        bells: vec![Notify::new()],
        dropped: AtomicU64::new(0),
        told_dropped: AtomicBool::new(false),
    });
    let closing = CancellationToken::new().drop_guard();
    let near = Near { work, shared: Arc::clone(&shared), _closing: closing };
    let webhooks = Webhooks(Some(Arc::new(near)));
    for _ in 0..=WORK_WAITING_MAX {
        webhooks.tell(WebhookEvent::default());
    }
    assert_eq!(
        (webhooks.dropped(), Webhooks::default().dropped()),
        (1, 0),
        "counted, and the room did not wait"
    );
    drop(waiting);
}
