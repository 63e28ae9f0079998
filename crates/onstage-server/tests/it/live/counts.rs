//! Viewers now, at most, and the other numbers of a session.

use onstage_domain::{Event, sessions};
use serde_json::json;

use super::Show;
use super::seed::Seed;
use crate::support::{Person, Stand, on_each};

async fn counts(stand: &Stand, show: &Show) -> (u64, u64, u64) {
    let details = stand.details_live(show).await;
    let number = |name: &str| details[name].as_u64().unwrap();
    (number("viewer_count"), number("peak_viewers"), number("guest_count"))
}

/// The last count of viewers that was told, and by which event.
fn told(stand: &Stand, show: &Show) -> (&'static str, u32) {
    let mut told = stand.listener.of(show.id).into_iter().rev();
    told.find_map(|envelope| match &envelope.data {
        Event::Session(
            sessions::Event::ViewerJoined { viewer_count, .. }
            | sessions::Event::ViewerLeft { viewer_count, .. }
            | sessions::Event::ViewersChanged { viewer_count, .. },
        ) => Some((envelope.data.name(), *viewer_count)),
        Event::Session(_) | Event::Stage(_) | Event::Moderation(_) | Event::Chat(_) => None,
    })
    .unwrap()
}

async fn leave(stand: &Stand, show: &Show, person: &Person) {
    stand.post(&format!("/v1/sessions/{}/leave", show.id), &person.token, json!({})).await.expect(200);
}

#[tokio::test]
async fn s1_13_viewers_and_their_peak_follow_everybody_to_the_stage_and_back() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let first = stand.join_live(&show, "first").await;
        stand.join_live(&show, "second").await;
        assert_eq!(
            (counts(&stand, &show).await, told(&stand, &show)),
            ((2, 2, 0), ("session.viewer_joined", 2))
        );
        let request = stand.ask_live(&show, &first).await;
        stand.respond_live(&show.host, &request, "approved").await.expect(200);
        assert_eq!(
            (counts(&stand, &show).await, told(&stand, &show)),
            ((1, 2, 1), ("session.viewers_changed", 1))
        );
        stand.join_live(&show, "third").await;
        assert_eq!(
            (counts(&stand, &show).await, told(&stand, &show)),
            ((2, 2, 1), ("session.viewer_joined", 2))
        );
        stand.manage_live(&show.host, &show, (&first, "demote")).await.expect(200);
        assert_eq!(
            (counts(&stand, &show).await, told(&stand, &show)),
            ((3, 3, 0), ("session.viewer_joined", 3))
        );
        leave(&stand, &show, &first).await;
        assert_eq!(
            (counts(&stand, &show).await, told(&stand, &show)),
            ((2, 3, 0), ("session.viewer_left", 2))
        );
        let active = stand.get("/live/active", "").await.expect(200);
        assert_eq!(active[0]["viewer_count"], 2);
    })
    .await;
}

#[tokio::test]
async fn s1_13_who_leaves_from_the_stage_or_is_put_out_is_no_viewer_on_the_way() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let (leaving, unruly) =
            (stand.guest_live(&show, "leaving").await, stand.guest_live(&show, "unruly").await);
        stand.join_live(&show, "viewer").await;
        assert_eq!(counts(&stand, &show).await, (1, 1, 2));
        leave(&stand, &show, &leaving).await;
        assert_eq!(
            (counts(&stand, &show).await, told(&stand, &show)),
            ((1, 1, 1), ("session.viewer_left", 1))
        );
        stand.connect(&unruly, show.id, true).await;
        stand.manage_live(&show.host, &show, (&unruly, "kick")).await.expect(200);
        assert_eq!(counts(&stand, &show).await, (1, 1, 0));
        stand.connect(&unruly, show.id, false).await;
        assert_eq!(counts(&stand, &show).await, (1, 1, 0));
        let noisy = stand.join_live(&show, "noisy").await;
        assert_eq!(counts(&stand, &show).await, (2, 2, 0));
        stand.manage_live(&show.host, &show, (&noisy, "kick")).await.expect(200);
        assert_eq!(
            (counts(&stand, &show).await, told(&stand, &show)),
            ((1, 2, 0), ("session.viewer_left", 1))
        );
    })
    .await;
}

#[tokio::test]
async fn s1_36_the_numbers_of_a_session_are_there_while_it_runs() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let viewer = stand.join_live(&show, "viewer").await;
        stand.guest_live(&show, "guest").await;
        stand.say_live(&show, &viewer, "hello").await.expect(200);
        let heart = Seed::read("react").request(&[("session_id", json!(show.id))]).0;
        stand.post("/live/react", &viewer.token, heart).await.expect(200);
        stand.clock.wind_ms(30_000);
        let details = stand.details_live(&show).await;
        assert_eq!((&details["viewer_count"], &details["peak_viewers"]), (&json!(1), &json!(2)));
        let stats = stand.get(&format!("/ws/live/{}/stats", show.id), &viewer.token).await.expect(200);
        assert_eq!(
            (&stats["messages"], &stats["reactions"], &stats["duration_seconds"]),
            (&json!(1), &json!(1), &json!(30))
        );
    })
    .await;
}
