//! Who is let in: the checks of `/rtc`, answered the same by `/rtc/validate`, and words that clients look for.

use std::time::Duration;

use base64::Engine as _;
use livekit_protocol as proto;
use onstage_domain::At;
use onstage_domain::media::MediaGrant;
use onstage_domain::ports::{AccessRequest, CarryOut};
use prost::Message as _;
use serde_json::json;

use super::support::bot::connect;
use super::support::*;

async fn validate(server: &Server, token: &str) -> (u16, String) {
    let (status, headers, body) = server.get(&format!("/rtc/validate?access_token={token}"), false).await;
    assert_eq!(headers.get("access-control-allow-origin").map(String::as_str), Some("*"));
    assert!(headers["content-type"].starts_with("text/plain"));
    assert!(token.is_empty() || !body.contains(token), "the token is not echoed");
    (status, body)
}

#[tokio::test]
async fn the_door_and_validate_agree() {
    let server = Server::start(false).await;
    server.open().await;
    server.person(user(3), false, MediaGrant::NOTHING).await;
    let good = token(&user(1).to_string(), ROOM);
    let no_join =
        signed(&json!({"iss": KEY, "sub": "x", "exp": now_seconds() + 60, "video": {"room": ROOM}}), SECRET);
    let expired = signed(
        &json!({"iss": KEY, "sub": "x", "exp": 1_000, "video": {"roomJoin": true, "room": ROOM}}),
        SECRET,
    );
    let forged = signed(
        &json!({"iss": KEY, "sub": "x", "exp": now_seconds() + 60, "video": {"roomJoin": true, "room": ROOM}}),
        "wrong",
    );
    let cases = [
        (good, 200, "success"),
        (String::new(), 401, "no access token"),
        (no_join, 401, "permissions denied"),
        (expired, 401, "expired"),
        (forged, 401, "invalid token"),
        (token(&user(1).to_string(), "elsewhere"), 404, "requested room does not exist"),
        (token(&user(3).to_string(), ROOM), 403, "removed"),
    ];
    for (token, status, words) in cases {
        let (answered, body) = validate(&server, &token).await;
        assert_eq!(answered, status, "{body}");
        assert!(body.contains(words), "{body}");
        let joined = connect(&server, &token, "").await;
        assert_eq!(joined.err(), (status != 200).then_some(status));
    }
}

#[tokio::test]
async fn what_does_not_exist_says_so_without_the_magic_sentence() {
    let server = Server::start(false).await;
    server.open().await;
    let token = token(&user(1).to_string(), ROOM);
    for path in ["/rtc/v1", "/rtc", "/rtc/other", "/rtc/v1/other"] {
        let (status, headers, body) = server.get(&format!("{path}?access_token={token}"), false).await;
        assert_eq!((status, headers["access-control-allow-origin"].as_str()), (404, "*"), "{path}");
        assert!(!body.contains("requested room"), "{path}: clients fall back to v0 only without it");
    }
    let (status, _, _) = server.get(&format!("//rtc/validate?access_token={token}"), false).await;
    assert_eq!(status, 200, "a doubled slash comes from a base address that ends in one");
}

/// A join request of a client that says nothing in particular.
fn join_request() -> String {
    let wrapped = proto::WrappedJoinRequest {
        compression: proto::wrapped_join_request::Compression::None.into(),
        join_request: proto::JoinRequest::default().encode_to_vec(),
    };
    base64::engine::general_purpose::URL_SAFE.encode(wrapped.encode_to_vec())
}

#[tokio::test]
async fn one_connection_needs_its_join_request() {
    let server = Server::start(false).await;
    server.open().await;
    let token = token(&user(1).to_string(), ROOM);
    let request = join_request();
    let cases = [
        ("/rtc/v1/validate?".to_owned(), 400),
        ("/rtc/v1/validate?join_request=%25&".to_owned(), 400),
        (format!("/rtc/v1/validate?join_request={request}&"), 200),
        (format!("//rtc/v1/validate?join_request={request}&"), 200),
        (format!("/rtc/validate?join_request={request}&"), 200),
    ];
    for (path, expected) in cases {
        let (status, headers, body) = server.get(&format!("{path}access_token={token}"), false).await;
        assert_eq!(
            (status, headers["access-control-allow-origin"].as_str()),
            (expected, "*"),
            "{path}: {body}"
        );
    }
    let (status, _, _) = server.get(&format!("/rtc/v1/validate?join_request={request}"), false).await;
    assert_eq!(status, 401, "the token comes first");
    let (status, _, _) = server.get(&format!("/rtc/v1?access_token={token}"), true).await;
    assert_eq!(status, 400, "for sockets too");
}

#[tokio::test]
async fn a_description_without_the_right_is_no_entry() {
    let server = Server::start(false).await;
    server.open().await;
    let token = token(&user(1).to_string(), ROOM);
    let attributes = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"hand":"up"}"#);
    let (status, _, body) =
        server.get(&format!("/rtc/validate?access_token={token}&attributes={attributes}"), false).await;
    assert_eq!((status, body.as_str()), (401, "permissions denied"));
}

#[tokio::test]
async fn request_lines_may_be_long() {
    let server = Server::start(false).await;
    server.open().await;
    let token = token(&user(1).to_string(), ROOM);
    for length in [3_000, 32_000, 60_000] {
        let padding = "p".repeat(length);
        let (status, _, _) =
            server.get(&format!("/rtc/validate?padding={padding}&access_token={token}"), false).await;
        assert_eq!(status, 200, "{length}: the whole offer of a client travels in its URL");
    }
}

#[tokio::test]
async fn the_header_is_as_good_as_the_query() {
    let server = Server::start(false).await;
    server.open().await;
    let request = http::Request::builder()
        .uri(format!("ws://{}/rtc", server.address))
        .header("Authorization", format!("Bearer {}", token(&user(1).to_string(), ROOM)))
        .header("Host", "test")
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", tokio_tungstenite::tungstenite::handshake::client::generate_key())
        .body(())
        .unwrap();
    assert!(tokio_tungstenite::connect_async(request).await.is_ok());
}

#[tokio::test]
async fn a_token_opens_a_room_only_where_that_is_allowed() {
    let server = Server::start(true).await;
    assert_eq!(validate(&server, &token("anybody", "mine")).await.0, 200);
    server.open().await;
    server.person(user(3), false, MediaGrant::NOTHING).await;
    assert_eq!(
        validate(&server, &token(&user(3).to_string(), ROOM)).await.0,
        403,
        "a session's room stays the session's"
    );
}

#[tokio::test]
async fn early_callers_wait_for_the_orders() {
    let server = Server::closed(false).await;
    let token = token(&user(1).to_string(), ROOM);
    let call = validate(&server, &token);
    let opening = async {
        server.open().await;
        server.media.open_doors();
    };
    let ((status, _), ()) = tokio::join!(call, opening);
    assert_eq!(status, 200, "not 404: a client would give up for good");
}

#[tokio::test]
async fn our_own_tokens_open_our_own_door() {
    let server = Server::start(false).await;
    server.open().await;
    let actor = onstage_domain::Actor {
        user_id: user(1),
        handle: "ann".into(),
        display_name: "Ann".into(),
        avatar_url: None,
        identity: onstage_domain::Identity::Account { operator: false },
        family: None,
    };
    let now = At(i64::try_from(now_seconds()).unwrap() * 1_000);
    let access =
        server.media.access(AccessRequest { room_name: ROOM, actor: &actor, staged: false, now }).unwrap();
    assert_eq!((access.url.as_str(), access.room_name.as_str()), ("wss://live.example", ROOM));
    assert_eq!(validate(&server, &access.token).await.0, 200);
    let claims = jsonwebtoken::dangerous::insecure_decode::<serde_json::Value>(&access.token).unwrap().claims;
    let video = &claims["video"];
    assert_eq!(claims["sub"], user(1).to_string());
    assert_eq!((&video["canPublish"], &video["canPublishData"]), (&json!(false), &json!(false)));
    assert_eq!((&video["canSubscribe"], &video["canUpdateOwnMetadata"]), (&json!(true), &json!(false)));
    let life = claims["exp"].as_i64().unwrap() - now.0 / 1_000;
    assert_eq!(Duration::from_secs(life.unsigned_abs()), Duration::from_secs(600));
}
