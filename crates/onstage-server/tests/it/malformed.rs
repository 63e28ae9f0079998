//! Would catch a malformed request that is answered by a fault, a panic, or not as a problem (hard case 17).

use axum::body::Body;
use http::{Method, Request};
use onstage_server::JSON_BODY_BYTES_MAX;
use serde_json::{Value, json};

use crate::support::{Answer, Stand, on_each};

async fn raw(stand: &Stand, path: &str, token: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("content-type", kind)
        .header("authorization", format!("Bearer {token}"));
    stand.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn unreadable_bodies_are_problems() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        let post =
            async |body: Vec<u8>| raw(&stand, "/v1/sessions", &ada.token, "application/json", body).await;
        let deep = "[".repeat(1_000) + &"]".repeat(1_000);
        let deep_object = "{\"title\":".repeat(1_000) + "1" + &"}".repeat(1_000);
        for body in ["{", "[1]", "7", "null", "\"text\"", "{\"title\": \"\u{0}", &deep, &deep_object] {
            post(body.as_bytes().to_vec()).await.expect_problem(400, "request/unreadable");
        }
        post(vec![b'{', b'"', 0xff, 0xfe, b'"', b':', b'1', b'}'])
            .await
            .expect_problem(400, "request/unreadable");
        raw(&stand, "/v1/sessions", &ada.token, "text/plain", "{}")
            .await
            .expect_problem(415, "request/unsupported_type");
        raw(&stand, "/v1/sessions", &ada.token, "application/json; charset=utf-8", "{}").await.expect(422);
        raw(&stand, "/v1/sessions", &ada.token, "text/plain", "").await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn reaches_json_body_bytes_max() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        let padded = |bytes: usize| {
            let empty = json!({"title": "T", "mode": "voice", "x": ""}).to_string().len();
            json!({"title": "T", "mode": "voice", "x": "x".repeat(bytes.saturating_sub(empty))}).to_string()
        };
        let post =
            async |body: String| raw(&stand, "/v1/sessions", &ada.token, "application/json", body).await;
        post(padded(JSON_BODY_BYTES_MAX)).await.expect(201);
        post(padded(JSON_BODY_BYTES_MAX + 1)).await.expect_problem(413, "request/too_large");
        post(padded(10 * 1024 * 1024)).await.expect_problem(413, "request/too_large");
    })
    .await;
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        let lost = stand.get("/v1/nowhere?token=secret", &ada.token).await;
        lost.expect_problem(404, "request/not_found");
        assert_eq!(lost.body["instance"], "/v1/nowhere");
        assert_eq!(lost.headers["x-content-type-options"], "nosniff");
        assert!(lost.headers.contains_key("x-request-id"));
        let wrong = stand.call(Method::PUT, "/v1/me", &ada.token, json!({})).await;
        wrong.expect_problem(405, "request/method_not_allowed");
        assert!(wrong.headers.contains_key("allow"));
        stand.get("/v1/sessions/not-an-id", &ada.token).await.expect_problem(404, "request/not_found");
        let nobody = "/v1/sessions/00000000-0000-7000-8000-000000000000";
        stand.get(nobody, &ada.token).await.expect_problem(404, "sessions/not_found");
        let key = [("idempotency-key", "has a space")];
        let answer = stand.call_with((Method::POST, "/v1/sessions"), &ada.token, json!({}), &key).await;
        answer.expect_problem(400, "request/unreadable");
    })
    .await;
}

/// Values that no field expects.
fn odd_values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(-1),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!(0.5),
        json!(true),
        json!(""),
        json!("\u{0}\u{202e}\u{fffd}"),
        json!("x".repeat(10_000)),
        json!([]),
        json!([[[[[{}]]]]]),
        json!({}),
        json!({"max_guests": -1, "slow_mode_s": "x", "layout": [], "max_participants": i64::MAX}),
        json!("00000000-0000-0000-0000-000000000000"),
    ]
}

#[tokio::test]
async fn odd_values_in_every_documented_field_are_never_a_fault() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        let session = stand.go_live(&ada).await;
        let api = serde_json::to_value(onstage_server::openapi()).unwrap();
        for (path, operations) in api["paths"].as_object().unwrap() {
            let address = path.replace("{id}", &session.to_string());
            let address = address.replace("{session_id}", &session.to_string());
            let address = address.replace(['{', '}'], "");
            for (method, operation) in operations.as_object().unwrap() {
                let method: Method = method.to_uppercase().parse().unwrap();
                if ends_things(&method, path) {
                    continue;
                }
                for body in bodies(&api, operation, &session.to_string()) {
                    let answer = stand.call(method.clone(), &address, &ada.token, body.clone()).await;
                    let status = answer.status.as_u16();
                    assert!(status < 500, "{method} {path} {body}: {status} {}", answer.body);
                    assert!(
                        status < 400 || answer.body["code"].is_string(),
                        "{method} {path}: {}",
                        answer.body
                    );
                }
            }
        }
        stand.get("/v1/me", &ada.token).await.expect(200);
    })
    .await;
}

/// Calls after which the test could not go on.
fn ends_things(method: &Method, path: &str) -> bool {
    matches!((method.as_str(), path), ("DELETE", "/v1/me" | "/v1/tokens"))
        || path.split('/').any(|part| part == "end")
        || path.ends_with("/leave")
}

/// Each documented field with each odd value, all fields odd at once, and no field at all.
fn bodies(api: &Value, operation: &Value, session: &str) -> Vec<Value> {
    let schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
    let name = schema.and_then(|reference| reference.rsplit('/').next()).unwrap_or_default();
    let fields = api["components"]["schemas"][name]["properties"].as_object();
    let names: Vec<&String> = fields.map(|fields| fields.keys().collect()).unwrap_or_default();
    let mut bodies = vec![json!({})];
    for odd in odd_values() {
        bodies.push(
            names.iter().map(|name| ((*name).clone(), odd.clone())).collect::<serde_json::Map<_, _>>().into(),
        );
        bodies.extend(names.iter().map(|name| json!({ *name: odd })));
        if names.iter().any(|name| *name == "session_id") {
            bodies.extend(names.iter().map(|name| json!({ "session_id": session, *name: odd })));
        }
    }
    bodies
}

#[tokio::test]
async fn odd_queries_are_never_a_fault() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        let session = stand.go_live(&ada).await;
        let odd = ["", "-1", "99999999999999999999", "x", "%00", "%ff%fe", "1e9", "..%2f", "%F0%9F%8E%AD"];
        for place in ["people", "events", "requests", "invitations", "messages"] {
            for key in ["limit", "cursor", "since", "before", "state"] {
                for value in odd {
                    let path = format!("/v1/sessions/{session}/{place}?{key}={value}");
                    let answer = stand.get(&path, &ada.token).await;
                    assert!(answer.status.as_u16() < 500, "{path}: {}", answer.body);
                }
            }
        }
        for place in ["live/messages", "live/guest-requests", "live/session", "live/active"] {
            for key in ["limit", "before", "status"] {
                for value in odd {
                    let path = format!("/{place}/{session}?{key}={value}")
                        .replace(&format!("active/{session}"), "active");
                    let answer = stand.get(&path, &ada.token).await;
                    assert!(answer.status.as_u16() < 500, "{path}: {}", answer.body);
                }
            }
        }
        for value in odd {
            let answer = stand.get(&format!("/ws/live/{session}/stats?token={value}"), "").await;
            assert!(answer.status.as_u16() < 500, "{value}: {}", answer.body);
        }
    })
    .await;
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_refused_and_not_guessed() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        let show = format!("/v1/sessions/{}", stand.go_live(&ada).await);
        let lists =
            ["people", "events", "requests", "invitations", "messages"].map(|list| format!("{show}/{list}"));
        for list in lists.iter().map(String::as_str).chain(["/v1/sessions", "/v1/accounts", "/v1/audit"]) {
            for key in ["limit", "cursor"] {
                let answer = stand.get(&format!("{list}?{key}=many"), &ada.token).await;
                answer.expect_problem(422, "request/invalid");
                assert_eq!(answer.body["errors"][0]["pointer"], format!("/{key}"), "{list}");
            }
            let twice = stand.get(&format!("{list}?limit=1&limit=2"), &ada.token).await;
            twice.expect_problem(400, "request/unreadable");
            stand.get(&format!("{list}?limit=100000"), &ada.token).await.expect(200);
        }
        let answer = stand.get(&format!("{show}/events?since=yesterday"), &ada.token).await;
        answer.expect_problem(422, "request/invalid");
        assert_eq!(answer.body["errors"][0]["pointer"], "/since");
    })
    .await;
}
