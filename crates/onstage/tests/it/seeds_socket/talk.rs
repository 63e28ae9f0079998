//! Heartbeats, words and reactions.

use serde_json::{Value, json};

use super::house::shows;
use super::{play, seed, shows as shows_seed};

#[tokio::test]
async fn s3_5_and_30_a_heartbeat_is_answered() {
    for show in shows().await {
        let mut client = show.enter(&show.host).await;
        client.send(seed("s3_5_ping")).await;
        let pong = client.hear("pong").await;
        assert!(pong["timestamp"].as_str().unwrap().ends_with('Z'));
    }
}

#[tokio::test]
async fn s3_6_and_16_what_one_says_everybody_reads() {
    for show in shows().await {
        let mut host = show.enter(&show.host).await;
        let viewer = show.person("viewer").await;
        let mut theirs = show.enter(&viewer).await;
        theirs.send(seed("s3_6_chat")).await;
        for client in [&mut host, &mut theirs] {
            let said = client.hear("chat_message").await;
            shows_seed("s3_16_chat_message", &said);
            assert_eq!((&said["user_id"], &said["username"]), (&json!(viewer.id), &json!(viewer.handle)));
            assert_eq!(said["message"], "Hello!");
            assert!(said["id"].is_string() && said.get("history").is_none());
        }
    }
}

#[tokio::test]
async fn s3_7_17_and_40_the_four_reactions_arrive_as_they_were_sent() {
    for show in shows().await {
        let mut host = show.enter(&show.host).await;
        let viewer = show.person("viewer").await;
        let mut theirs = show.enter(&viewer).await;
        // The third of the four lost its last byte in the document: both candidates are taken (K19).
        for emoji in ["❤️", "🔥", "👏", "👍", "😮"] {
            theirs.send(play("s3_7_reaction", [("reaction", emoji)])).await;
            for client in [&mut host, &mut theirs] {
                let reaction = client.hear("reaction").await;
                shows_seed("s3_17_reaction", &reaction);
                assert_eq!((&reaction["user_id"], &reaction["reaction"]), (&json!(viewer.id), &json!(emoji)));
                assert_eq!(reaction["username"], viewer.handle.as_str());
            }
        }
        theirs.send(play("s3_7_reaction", [("reaction", "🦀")])).await;
        assert_eq!(theirs.hear("error").await["action"], "reaction");
    }
}

#[tokio::test]
async fn s3_34_everything_is_pushed_and_nothing_is_asked_for() {
    for show in shows().await {
        let mut host = show.enter(&show.host).await;
        let viewer = show.person("viewer").await;
        let mut theirs = show.enter(&viewer).await;
        // What other languages do arrives here as well, without a question of this client's.
        let message = json!({ "session_id": show.id, "message": "from REST", "message_type": "text" });
        show.post("/live/send-message", &viewer.token, message).await;
        host.until(|frame| frame["message"] == "from REST").await;
        let body = json!({ "session_id": show.id, "request_type": "guest", "message": "Me" });
        show.post("/live/request-guest", &viewer.token, body).await;
        host.hear_of("guest_request", &viewer.id).await;
        host.send(play("s3_9_respond_guest", [("target_user_id", &viewer.id)])).await;
        theirs.hear_of("guest_joined", &viewer.id).await;
        let muted = json!({ "session_id": show.id, "user_id": viewer.id, "action": "mute_audio" });
        show.post("/live/manage-participant", &show.host.token, muted).await;
        theirs.hear("force_mute_audio").await;
        show.post(&format!("/live/end/{}", show.id), &show.host.token, Value::Null).await;
        theirs.hear("session_ended").await;
    }
}

#[tokio::test]
async fn k9_a_frame_in_somebody_elses_name_changes_nothing() {
    for show in shows().await {
        let viewer = show.person("viewer").await;
        let mut theirs = show.enter(&viewer).await;
        let mut forged = seed("s3_6_chat");
        forged["user_id"] = json!(show.host.id);
        theirs.send(forged).await;
        let error = theirs.hear("error").await;
        assert_eq!(
            (&error["action"], &error["code"]),
            (&json!("chat"), &json!("accounts/identity_mismatch"))
        );
        assert_eq!(error["problem"]["status"], 403);
        let mut own = seed("s3_6_chat");
        own["user_id"] = json!(viewer.id);
        theirs.send(own).await;
        assert_eq!(theirs.hear("chat_message").await["user_id"], viewer.id.as_str());
    }
}

#[tokio::test]
async fn hard_case_17_malformed_actions_are_told_and_harm_nobody() {
    for show in shows().await {
        let mut host = show.enter(&show.host).await;
        let viewer = show.person("viewer").await;
        let mut theirs = show.enter(&viewer).await;
        for frame in [
            json!(null),
            json!([1, [2, [3]]]),
            json!({ "action": 7 }),
            json!({ "action": "chat", "message": { "deep": [{}] } }),
            json!({ "action": "participant_action", "target_user_id": "nobody", "action_type": -1 }),
        ] {
            theirs.send(frame.clone()).await;
            let error = theirs.hear("error").await;
            assert!(error["code"].is_string() && error["message"].is_string(), "{frame}: {error}");
            assert!(
                error["problem"]["status"].as_u64().is_some_and(|status| status < 500),
                "{frame}: {error}"
            );
        }
        host.send(seed("s3_6_chat")).await;
        theirs.hear("chat_message").await;
    }
}
