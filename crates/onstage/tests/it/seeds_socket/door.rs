//! Coming in: the address, who is refused before the upgrade, the first frames, and coming again.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::types;
use super::house::shows;
use super::{play, seed, shows as shows_seed};

#[tokio::test]
async fn s3_2_the_documents_address_lets_in_whoever_the_token_names() {
    for show in shows().await {
        let viewer = show.person("viewer").await;
        let mut client = show.knock(&viewer, "").await;
        let first = client.first().await;
        assert_eq!(first["participants"][0]["username"], show.host.handle.as_str());
        let came = client.hear_of("user_joined", &viewer.id).await;
        assert_eq!(came["username"], viewer.handle.as_str(), "not the address's USER");
    }
}

#[tokio::test]
async fn s3_2_who_is_refused_is_refused_before_the_upgrade() {
    for show in shows().await {
        let viewer = show.person("viewer").await;
        let nowhere = format!("/ws/live/01900000-0000-7000-8000-000000000000?token={}", viewer.token);
        let unreadable = format!("/ws/live/session123?token={}", viewer.token);
        let nobody = format!("/ws/live/{}?username=USER", show.id);
        for (address, status, code) in [
            (nobody.as_str(), 401, "accounts/unauthenticated"),
            (&show.address("a.b.c"), 401, "accounts/unauthenticated"),
            (&nowhere, 404, "sessions/not_found"),
            (&unreadable, 404, "sessions/not_found"),
        ] {
            let (answered, problem) = show.refused(address).await;
            assert_eq!((answered, &problem["code"]), (status, &json!(code)), "{address}");
            assert_eq!(problem["status"], status);
            assert!(
                problem["title"].is_string() && problem["detail"].is_string() && problem["type"].is_string()
            );
        }
    }
}

#[tokio::test]
async fn s3_13_the_first_frame_names_staged_people_then_viewers() {
    for show in shows().await {
        let (mut host, _theirs, guest) = show.on_stage().await;
        let viewer = show.person("viewer").await;
        let _seen = show.enter(&viewer).await;
        host.hear_of("user_joined", &viewer.id).await;
        let late = show.person("late").await;
        let mut client = show.knock(&late, "").await;
        let first = client.first().await;
        let roles: Vec<(&str, &str)> = first["participants"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|person| person["user_id"] != late.id.as_str())
            .map(|person| (person["username"].as_str().unwrap(), person["role"].as_str().unwrap()))
            .collect();
        let host_handle = show.host.handle.as_str();
        assert_eq!(roles, [(host_handle, "host"), (&guest.handle, "guest"), (&viewer.handle, "viewer")]);
        let wanted = &seed("s3_13_current_participants")["participants"][0];
        for person in first["participants"].as_array().unwrap() {
            for field in wanted.as_object().unwrap().keys() {
                assert!(person.get(field).is_some(), "{person} lacks {field}");
            }
        }
        assert!(first["viewer_count"].as_u64().unwrap() >= 1 && first["seq"].is_i64());
    }
}

#[tokio::test]
async fn s3_14_who_comes_is_told_to_everybody() {
    for show in shows().await {
        let mut host = show.enter(&show.host).await;
        let viewer = show.person("viewer").await;
        let _theirs = show.enter(&viewer).await;
        let came = host.hear_of("user_joined", &viewer.id).await;
        shows_seed("s3_14_user_joined", &came);
        assert_eq!((&came["username"], &came["role"]), (&json!(viewer.handle), &json!("viewer")));
        assert_eq!(came["viewer_count"], 1);
    }
}

#[tokio::test]
async fn s3_15_and_48_who_leaves_is_told_to_everybody() {
    for show in shows().await {
        let (mut host, theirs, guest) = show.on_stage().await;
        let viewer = show.person("viewer").await;
        let seen = show.enter(&viewer).await;
        host.hear_of("user_joined", &viewer.id).await;
        seen.leave().await;
        let went = host.hear_of("user_left", &viewer.id).await;
        shows_seed("s3_15_user_left", &went);
        assert_eq!((&went["username"], &went["viewer_count"]), (&json!(viewer.handle), &json!(0)));
        // A guest without a connection is gone for the peers, though the seat is kept.
        theirs.leave().await;
        let dropped = host.hear_of("user_left", &guest.id).await;
        shows_seed("s3_15_user_left", &dropped);
        assert_eq!(dropped["reconnecting"], true);
        let _theirs = show.enter(&guest).await;
        let back = host.hear_of("user_joined", &guest.id).await;
        shows_seed("s3_14_user_joined", &back);
        assert_eq!(back["role"], "guest");
    }
}

#[tokio::test]
async fn s3_39_a_newcomer_reads_the_last_fifty_messages_in_order() {
    for show in shows().await {
        for n in 1..=55 {
            let body =
                json!({ "session_id": show.id, "message": format!("line {n}"), "message_type": "text" });
            show.post("/live/send-message", &show.host.token, body).await;
        }
        let viewer = show.person("viewer").await;
        let mut client = show.enter(&viewer).await;
        let mut history = Vec::new();
        while history.len() < 50 {
            let frame = client.next().await.unwrap();
            if frame["history"] == true {
                shows_seed("s3_16_chat_message", &frame);
                history.push(frame["message"].as_str().unwrap().to_owned());
            }
        }
        let wanted: Vec<String> = (6..=55).map(|n| format!("line {n}")).collect();
        assert_eq!(history, wanted);
    }
}

#[tokio::test]
async fn s3_29_who_comes_back_with_since_hears_what_was_missed_once() {
    for show in shows().await {
        let mut host = show.enter(&show.host).await;
        let viewer = show.person("viewer").await;
        let mut client = show.enter(&viewer).await;
        host.send(play("s3_6_chat", [("message", "before")])).await;
        client.hear("chat_message").await;
        let since = client.seq;
        client.leave().await;
        for text in ["one", "two", "three"] {
            host.send(play("s3_6_chat", [("message", text)])).await;
            host.until(|frame| frame["message"] == text).await;
        }
        // The hook tries five times.
        for _ in 0..5 {
            let mut again = show.knock(&viewer, &format!("&since={since}")).await;
            let first = again.first().await;
            assert_eq!(first["seq"], since, "what follows goes on from here");
            let frames = again.until(|frame| frame["message"] == "three").await;
            let missed: Vec<&Value> = frames
                .iter()
                .filter(|frame| frame["type"] == "chat_message")
                .map(|frame| &frame["message"])
                .collect();
            assert_eq!(missed, ["one", "two", "three"]);
            assert!(frames.iter().all(|frame| frame.get("history").is_none()));
            again.leave().await;
        }
    }
}

#[tokio::test]
async fn s3_47_a_newcomer_is_named_to_those_there_and_they_to_the_newcomer() {
    for show in shows().await {
        let mut host = show.enter(&show.host).await;
        let viewer = show.person("viewer").await;
        let mut client = show.knock(&viewer, "").await;
        let first = client.next().await.unwrap();
        assert_eq!(types(std::slice::from_ref(&first)), ["current_participants"]);
        let known = first["participants"].as_array().unwrap();
        assert!(known.iter().any(|person| person["user_id"] == show.host.id.as_str()));
        host.hear_of("user_joined", &viewer.id).await;
    }
}

#[tokio::test]
async fn s3_3_stats_are_told_to_who_may_see_the_session() {
    for show in shows().await {
        let (mut host, _theirs, guest) = show.on_stage().await;
        let viewer = show.person("viewer").await;
        let _seen = show.enter(&viewer).await;
        host.hear_of("user_joined", &viewer.id).await;
        host.send(seed("s3_6_chat")).await;
        host.hear("chat_message").await;
        let path = format!("/ws/live/{}/stats", show.id);
        for (path, token) in
            [(path.clone(), guest.token.as_str()), (format!("{path}?token={}", viewer.token), "")]
        {
            let stats = show.get(&path, token).await;
            assert_eq!((&stats["session_id"], &stats["status"]), (&json!(show.id), &json!("live")));
            assert_eq!((&stats["viewer_count"], &stats["guest_count"]), (&json!(1), &json!(1)));
            assert_eq!((&stats["participants"], &stats["messages"]), (&json!(3), &json!(1)));
            for number in ["peak_viewers", "reactions", "duration_seconds"] {
                assert!(stats[number].is_u64(), "{number} of {stats}");
            }
        }
        assert_eq!(show.call(Method::GET, &path, "", Value::Null).await.0, 401);
        let nowhere = "/ws/live/01900000-0000-7000-8000-000000000000/stats";
        assert_eq!(show.call(Method::GET, nowhere, &guest.token, Value::Null).await.0, 404);
    }
}
