//! Would catch a call that hangs for ever, or takes the server down.

use axum::body::Body;
use axum::middleware::from_fn;
use axum::routing::get;
use http::StatusCode;
use tokio::time::Instant;
use tower::ServiceExt as _;

use super::*;

async fn call(router: Router) -> Response {
    let request = Request::builder().uri("/").body(Body::empty()).unwrap();
    router.layer(from_fn(answer)).oneshot(request).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn reaches_request_deadline() {
    let begun = Instant::now();
    let response = call(Router::new().route("/", get(std::future::pending::<()>))).await;
    assert_eq!((response.status(), begun.elapsed()), (StatusCode::SERVICE_UNAVAILABLE, REQUEST_DEADLINE));
    assert_eq!(response.extensions().get::<Refused>().unwrap().0.code, Code::TryLater);
}

#[tokio::test]
async fn a_handler_that_panics_is_a_fault() {
    async fn broken() {
        panic!("on purpose");
    }
    assert_eq!(call(Router::new().route("/", get(broken))).await.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
