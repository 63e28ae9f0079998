//! Hard case 17: nonsense is answered with a problem, harms nobody else, and leaves no ERROR in the log.

use futures_util::SinkExt as _;
use reqwest::{Client, Method};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::running::{Installation, Running};

async fn raw(server: &Running, path: &str, token: &str, body: Vec<u8>) -> (u16, String) {
    let request =
        Client::new().post(format!("{}{path}", server.url)).header("content-type", "application/json");
    match request.bearer_auth(token).body(body).send().await {
        Ok(response) => {
            let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
            (response.status().as_u16(), kind)
        }
        // The server may close while the client still sends.
        Err(_) => (413, "application/problem+json".to_owned()),
    }
}

#[tokio::test]
async fn hard_case_17_malformed_bodies_are_problems() {
    let installation = Installation::new().with("ONSTAGE_LIMITS_ENABLED", "false");
    let server = installation.start();
    let ada = server.sign_up("ada").await;
    let session = server.go_live(&ada).await;
    let deep = format!("{}1{}", "{\"a\":".repeat(1_000), "}".repeat(1_000));
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("truncated", b"{\"title\":\"Sh".to_vec()),
        ("bad UTF-8", b"{\"title\":\"\xff\xfe\"}".to_vec()),
        ("1,000 deep", deep.into_bytes()),
        ("an array", b"[1,2,3]".to_vec()),
        ("a number", b"-1".to_vec()),
        ("10 MB", vec![b' '; 10 * 1024 * 1024]),
        (
            "negative numbers",
            br#"{"title":"T","mode":"voice","settings":{"max_guests":-1,"slow_mode_s":-9}}"#.to_vec(),
        ),
        ("huge numbers", br#"{"title":"T","mode":"voice","settings":{"slow_mode_s":1e400}}"#.to_vec()),
        ("wrong types", br#"{"title":{},"mode":[],"settings":"x"}"#.to_vec()),
    ];
    for (what, body) in bodies {
        let (status, kind) = raw(&server, "/v1/sessions", &ada, body).await;
        assert!((400..500).contains(&status), "{what}: {status}");
        assert_eq!(kind, "application/problem+json", "{what}");
    }
    for path in ["/v1/sessions/not-an-id", "/v1/sessions/%ff%fe", "/v1/sessions/..%2f..%2fetc%2fpasswd"] {
        let (status, _) = server.call(Method::GET, path, &ada, serde_json::Value::Null).await;
        assert_eq!(status, 404, "{path}");
    }
    for token in ["x", "a.b.c", &"e".repeat(9_000), "eyJhbGciOiJub25lIn0.e30."] {
        let (status, _) = server.call(Method::GET, "/v1/me", token, serde_json::Value::Null).await;
        assert!(matches!(status, 401 | 431), "{token:.20}: {status}");
    }
    assert_eq!(server.get(&format!("/v1/sessions/{session}"), &ada).await["status"], "live");
    assert_eq!(server.get("/readyz", "").await["status"], "ready");
    assert!(!installation.log().contains("ERROR"), "{}", installation.log());
}

#[tokio::test]
async fn hard_case_17_malformed_frames_harm_nobody_else() {
    let installation = Installation::new();
    let server = installation.start();
    let (ada, bob) = (server.sign_up("ada").await, server.sign_up("bob").await);
    let session = server.go_live(&ada).await;
    let mut well = server.socket(&ada).await;
    well.subscribe(&session, None).await;
    let mut broken = server.socket(&bob).await;
    for frame in
        ["{", "null", "[[[[", r#"{"id":1,"type":"command","name":"stage.kick","data":{"session_id":7}}"#]
    {
        broken.socket.send(Message::text(frame)).await.unwrap();
        assert!(broken.next().await.unwrap()["problem"]["code"].is_string(), "{frame}");
    }
    // The server may close while the client still sends.
    let _closed = broken.socket.send(Message::text("x".repeat(10 * 1024 * 1024))).await;
    server.post(&format!("/v1/sessions/{session}/messages"), &ada, json!({ "text": "all is well" })).await;
    well.until(|event| event["data"]["message"]["text"] == "all is well").await;
    assert!(!installation.log().contains("ERROR"), "{}", installation.log());
}
