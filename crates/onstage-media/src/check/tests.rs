//! Catches checks that take more of the server than they are worth, or that get in the way of rooms.

use super::*;

fn checks() -> Arc<Checks> {
    Arc::new(Checks::new(Vec::new(), IceServers::default(), Instant::now()))
}

fn enter(checks: &Checks, number: u64) -> Result<(), NotNow> {
    checks.enter(PeerKey(number), oneshot::channel().0)
}

#[test]
fn reaches_checks_max() {
    let checks = checks();
    for number in 0..u64::try_from(CHECKS_MAX).unwrap() {
        checks.lock().open.insert(PeerKey(number), None);
    }
    assert_eq!(enter(&checks, u64::MAX), Err(NotNow::Busy));
    checks.lock().open.remove(&PeerKey(1));
    assert_eq!(enter(&checks, u64::MAX), Ok(()));
}

#[test]
fn reaches_checks_per_second_max() {
    let checks = checks();
    let entered = (0..1_000).filter(|number| enter(&checks, *number).is_ok()).count();
    assert!((CHECKS_PER_SECOND_MAX..CHECKS_MAX).contains(&entered), "{entered}");
}

#[test]
fn rooms_of_checks_are_nobody_elses() {
    assert!(Checks::owns(room(0)) && Checks::owns(room(SHARDS_MAX.saturating_sub(1))));
    assert!(!Checks::owns(RoomKey(1)) && !Checks::owns(RoomKey(1_000_000_000)));
    let peer = room(3).0.wrapping_shl(SERIAL_BITS) | 7;
    assert_eq!(crate::livekit::room::room_of(peer), room(3));
}

#[tokio::test]
async fn a_shard_that_is_not_there_is_no_busy_server() {
    let wish = |shard| checks_begin(Wish { shard });
    assert_eq!(wish(Some(7)).await, Err(NotNow::Unreadable));
    assert_eq!(wish(None).await, Err(NotNow::Busy), "there is no shard in this test");
}

async fn checks_begin(wish: Wish) -> Result<String, NotNow> {
    checks().begin(String::new(), IceMode::Lite, wish).await
}

#[tokio::test]
async fn reaches_offer_bytes_max() {
    use tower::ServiceExt as _;
    let request = |length: usize| {
        axum::http::Request::post("/rtc/check")
            .header(CONTENT_TYPE, "application/sdp")
            .body(axum::body::Body::from(vec![b'v'; length]))
            .unwrap()
    };
    let answer = router(checks()).oneshot(request(OFFER_BYTES_MAX.saturating_add(1))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let answer = router(checks()).oneshot(request(OFFER_BYTES_MAX)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "there is no shard in this test");
}
