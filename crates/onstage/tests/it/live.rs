//! Would catch an S1 client whose calls no longer work from start to end against the real server.

use reqwest::Method;
use serde_json::{Value, json};

use crate::running::{Installation, Running};

async fn start(server: &Running, token: &str) -> Value {
    server
        .post(
            "/live/start",
            token,
            json!({ "title": "Test Live", "session_type": "camera", "allow_guests": true }),
        )
        .await
}

#[tokio::test]
async fn s1_a_show_from_start_to_end() {
    let installation = Installation::new();
    let server = installation.start();
    let (host, viewer) = (server.sign_up("creator").await, server.sign_up("viewer").await);

    let started = start(&server, &host).await;
    let session = started["id"].as_str().unwrap();
    assert_eq!((&started["host_username"], &started["guest_count"]), (&json!("creator"), &json!(0)));
    assert_eq!(started["access_token"], started["webrtc_config"]["participant_token"]);
    assert!(started["webrtc_config"]["server_url"].as_str().unwrap().starts_with("ws://"));

    let joined = server.post("/live/join", &viewer, json!({ "session_id": session })).await;
    assert_eq!((&joined["role"], &joined["can_request_guest"]), (&json!("viewer"), &json!(true)));
    assert_eq!(joined["room_name"], started["room_name"]);
    let again = server.post("/live/join", &host, json!({ "session_id": session })).await;
    assert_eq!(again["role"], "host");
    let token = server.post("/v1/tokens/anonymous", "", json!({})).await["access_token"].clone();
    let watcher = server.post("/live/join", token.as_str().unwrap(), json!({ "session_id": session })).await;
    assert_eq!(watcher["can_request_guest"], false);

    let active = server.get("/live/active?limit=20", "").await;
    assert_eq!((&active[0]["id"], &active[0]["max_guests"]), (&json!(session), &json!(10)));

    let people = server.get(&format!("/live/participants/{session}"), &viewer).await;
    let roles: Vec<(&str, &str)> = people
        .as_array()
        .unwrap()
        .iter()
        .map(|person| (person["username"].as_str().unwrap(), person["role"].as_str().unwrap()))
        .collect();
    assert_eq!(roles, [("creator", "host"), ("viewer", "viewer")]);

    for text in ["Hello everyone!", "And again"] {
        let body = json!({ "session_id": session, "message": text, "message_type": "text" });
        assert_eq!(server.post("/live/send-message", &viewer, body).await["message"], text);
    }
    let messages = server.get(&format!("/live/messages/{session}?limit=1"), &viewer).await;
    assert_eq!(messages[0]["message"], "And again");
    let before = messages[0]["id"].as_str().unwrap();
    let older = server.get(&format!("/live/messages/{session}?limit=1&before={before}"), &viewer).await;
    assert_eq!(older[0]["message"], "Hello everyone!");

    let refused = server.call(Method::POST, &format!("/live/end/{session}"), &viewer, json!({})).await;
    assert_eq!(refused.0, 403);
    let ended = server.post(&format!("/live/end/{session}"), &host, Value::Null).await;
    assert_eq!(ended["message"], "Live session ended successfully");
    assert!(ended["duration_seconds"].is_i64());
    assert_eq!(server.get("/live/active", "").await, json!([]));
}

#[tokio::test]
async fn s1_mistakes_are_told_with_their_status() {
    let installation = Installation::new();
    let server = installation.start();
    let (host, viewer) = (server.sign_up("creator").await, server.sign_up("viewer").await);
    let started = start(&server, &host).await;
    let session = started["id"].as_str().unwrap();
    let me = server.get("/v1/me", &host).await["account"]["id"].clone();
    let nobody = "01900000-0000-7000-8000-000000000000";
    let gift = json!({ "session_id": session, "message": "Hi", "message_type": "gift" });
    let forged = json!({ "session_id": session, "message": "Hi", "user_id": me });
    for (path, token, body, status) in [
        ("/live/start", host.as_str(), json!({}), 422),
        ("/live/start", "", json!({ "title": "T" }), 401),
        ("/live/join", &viewer, json!({ "session_id": nobody }), 404),
        ("/live/join", &viewer, json!({ "session_id": "x" }), 422),
        ("/live/send-message", &viewer, gift, 400),
        ("/live/send-message", &viewer, forged, 403),
        ("/live/request-guest", &viewer, json!({}), 422),
    ] {
        let (answered, problem) = server.call(Method::POST, path, token, body).await;
        assert_eq!(answered, status, "{path}: {problem}");
        assert!(problem["code"].is_string() && problem["detail"].is_string(), "{path}: {problem}");
    }
    let messages = server.get(&format!("/live/messages/{session}"), &host).await;
    assert_eq!(messages, json!([]), "nothing was changed by a refused call");
}
