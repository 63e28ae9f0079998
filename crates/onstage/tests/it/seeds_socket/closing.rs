//! The end of a session, and the codes of the close.

use reqwest::Method;
use serde_json::{Value, json};

use super::house::{Show, shows};
use super::shows as shows_seed;

#[tokio::test]
async fn s3_4_and_28_the_end_is_told_to_all_and_closes_their_sockets() {
    for (method, body) in [(Method::POST, json!({})), (Method::DELETE, Value::Null)] {
        for show in shows().await {
            end(&show, method.clone(), body.clone()).await;
        }
    }
}

async fn end(show: &Show, method: Method, body: Value) {
    let viewer = show.person("viewer").await;
    let mut theirs = show.enter(&viewer).await;
    let path = format!("/ws/live/{}/end", show.id);
    assert_eq!(show.call(method.clone(), &path, &viewer.token, Value::Null).await.0, 403);
    let (status, ended) = show.call(method, &format!("{path}?token={}", show.host.token), "", body).await;
    assert_eq!(status, 200, "{ended}");
    assert_eq!(ended["message"], "Live session ended successfully");
    assert_eq!((&ended["session_id"], ended["duration_seconds"].is_i64()), (&json!(show.id), true));
    let (frames, code) = theirs.until_closed().await;
    shows_seed("s3_28_session_ended", frames.last().unwrap());
    assert_eq!((&frames.last().unwrap()["reason"], code), (&json!("owner"), 4410));
    // Who comes now is told the same.
    let (late, code) = show.knock(&viewer, "").await.until_closed().await;
    assert_eq!((&late.last().unwrap()["type"], code), (&json!("session_ended"), 4410));
}

#[tokio::test]
async fn s3_2_who_signs_out_is_closed_with_4401() {
    for show in shows().await {
        let viewer = show.person("viewer").await;
        let mut theirs = show.enter(&viewer).await;
        let (status, answer) = show.call(Method::DELETE, "/v1/tokens", &viewer.token, json!({})).await;
        assert!((200..300).contains(&status), "{status} {answer}");
        assert_eq!(theirs.until_closed().await.1, 4401);
        let (status, _) = show.refused(&show.address(&viewer.token)).await;
        assert_eq!(status, 401);
    }
}
