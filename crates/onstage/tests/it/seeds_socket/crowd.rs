//! Many sockets of one session.

use serde_json::json;

use super::house::shows;
use super::play;

/// As many as a test on two cores opens within some seconds; nothing in the code knows this number.
const SOCKETS: usize = 60;

#[tokio::test]
async fn s3_42_every_socket_of_a_session_hears_and_none_is_refused() {
    for show in shows().await {
        let mut host = show.enter(&show.host).await;
        let mut crowd = Vec::new();
        for _ in 0..SOCKETS {
            let watcher = show.post("/v1/tokens/anonymous", "", json!({})).await;
            let token = watcher["access_token"].as_str().unwrap();
            crowd.push(show.enter_with(token).await);
        }
        host.send(play("s3_6_chat", [("message", "Welcome")])).await;
        for client in &mut crowd {
            let said = client.until(|frame| frame["message"] == "Welcome").await;
            assert_eq!(said.last().unwrap()["user_id"], show.host.id.as_str());
        }
        let stats = show.get(&format!("/ws/live/{}/stats", show.id), &show.host.token).await;
        assert_eq!(stats["viewer_count"], SOCKETS);
    }
}
