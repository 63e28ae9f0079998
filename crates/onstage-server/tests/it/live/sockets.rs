//! What stands beside the sockets: who is told of a request, and the two REST calls of the live socket document (S3).

use onstage_domain::event::Audience;
use serde_json::{Value, json};

use super::seed::Seed;
use crate::support::on_each;

#[tokio::test]
async fn s1_40_a_request_is_pushed_to_those_who_manage_guests_and_ice_servers_come_with_the_entry() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let guest = stand.join_live(&show, "guest").await;
        stand.ask_live(&show, &guest).await;
        let told = stand.listener.of(show.id);
        let request = told.iter().find(|envelope| envelope.data.name() == "stage.requested").unwrap();
        assert_eq!(request.data.audience(), Audience::ManagersAnd(guest.id));
        assert!(request.seq.is_some(), "also for a host who was away for a moment");
        let body = Seed::read("join").request(&[("session_id", json!(show.id))]).0;
        let joined = stand.post("/live/join", &guest.token, body).await.expect(200);
        let server = &joined["webrtc_config"]["ice_servers"][0];
        assert_eq!(server["urls"], json!(["stun:127.0.0.1:3478"]));
    })
    .await;
}

#[tokio::test]
async fn s3_3_numbers_are_for_whoever_may_see_the_session_by_header_token_or_ticket() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let (viewer, unruly) =
            (stand.join_live(&show, "viewer").await, stand.join_live(&show, "unruly").await);
        stand.guest_live(&show, "guest").await;
        let path = format!("/ws/live/{}/stats", show.id);
        let stats = stand.get(&path, &viewer.token).await.expect(200);
        let expected = json!({
            "session_id": show.id, "status": "live", "viewer_count": 2, "peak_viewers": 3, "guest_count": 1,
            "participants": 4, "messages": 0, "reactions": 0, "duration_seconds": 0,
        });
        assert_eq!(stats, expected);
        let by_token = stand.get(&format!("{path}?token={}", viewer.token), "").await.expect(200);
        assert_eq!(by_token, expected);
        let ticket = stand.post("/v1/tickets", &viewer.token, json!({})).await.expect(201);
        let by_ticket = format!("{path}?token={}", ticket["ticket"].as_str().unwrap());
        assert_eq!(stand.get(&by_ticket, "").await.expect(200), expected);
        stand.get(&by_ticket, "").await.expect_problem(401, "accounts/unauthenticated");
        stand.get(&path, "").await.expect_problem(401, "accounts/unauthenticated");
        stand.get(&format!("{path}?token=x"), "").await.expect_problem(401, "accounts/unauthenticated");
        let watcher = stand.anonymous().await;
        stand.get(&format!("{path}?token={watcher}"), "").await.expect(200);
        stand.manage_live(&show.host, &show, (&unruly, "kick")).await.expect(200);
        stand.get(&path, &unruly.token).await.expect_problem(403, "moderation/blocked");
        let nobody = format!("/ws/live/{}/stats", show.host.id);
        stand.get(&nobody, &viewer.token).await.expect_problem(404, "sessions/not_found");
    })
    .await;
}

#[tokio::test]
async fn s3_4_the_host_ends_by_post_and_by_delete() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let viewer = stand.join_live(&show, "viewer").await;
        let body = Seed::read("start-curl").request(&[]).0;
        let other = stand.post("/live/start", &show.host.token, body).await.expect(200);
        let path = format!("/ws/live/{}/end", show.id);
        stand.post(&path, &viewer.token, Value::Null).await.expect_problem(403, "sessions/owner_only");
        let by_token = format!("{path}?token={}", show.host.token);
        let ended = stand.post(&by_token, "", Value::Null).await.expect(200);
        Seed::read("end").assert_answers(&ended);
        assert_eq!(ended["session_id"], json!(show.id));
        let path = format!("/ws/live/{}/end", other["id"].as_str().unwrap());
        let ended = stand.delete(&path, &show.host.token).await.expect(200);
        Seed::read("end").assert_answers(&ended);
        stand.delete(&path, &show.host.token).await.expect_problem(409, "sessions/ended");
    })
    .await;
}
