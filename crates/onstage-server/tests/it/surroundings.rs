//! Would catch a handler's panic that reaches the caller, an origin that may call though nobody named it, a missing header.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Method, Request};
use tower::ServiceExt as _;

use crate::support::on_each;

async fn broken() -> &'static str {
    panic!("the roof")
}

#[tokio::test]
async fn a_panic_is_a_problem_and_the_server_goes_on() {
    on_each(async |stand| {
        let router = stand.server.dress(Router::new().route("/broken", get(broken)));
        let request = || Request::get("/broken").body(Body::empty()).unwrap();
        for _ in 0..2 {
            let answer = router.clone().oneshot(request()).await.unwrap();
            assert_eq!(answer.status(), 500);
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
        }
        stand.expect_error("the roof");
    })
    .await;
}

#[tokio::test]
async fn only_named_origins_may_call_from_a_browser() {
    on_each(async |stand| {
        let ask = async |origin: &str| {
            let request = Request::builder()
                .method(Method::OPTIONS)
                .uri("/v1/sessions")
                .header("origin", origin)
                .header("access-control-request-method", "POST");
            stand.send(request.body(Body::empty()).unwrap()).await
        };
        let friend = ask("https://friend.example").await;
        assert_eq!(friend.headers["access-control-allow-origin"], "https://friend.example");
        let stranger = ask("https://stranger.example").await;
        assert!(!stranger.headers.contains_key("access-control-allow-origin"));
    })
    .await;
}

#[tokio::test]
async fn answers_carry_their_headers_and_problems_their_place() {
    on_each(async |stand| {
        let answer = stand.get("/v1/me?token=secret", "").await;
        answer.expect_problem(401, "accounts/unauthenticated");
        assert_eq!(answer.body["type"], "/problems/accounts/unauthenticated");
        assert_eq!(answer.body["instance"], "/v1/me", "without its query");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        let again = stand.get("/v1/me", "").await;
        assert_ne!(answer.headers["x-request-id"], again.headers["x-request-id"]);
    })
    .await;
}
