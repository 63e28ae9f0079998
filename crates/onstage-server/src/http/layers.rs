//! What surrounds every call: request id, deadline, caught panics, headers, and a problem for every error.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method};
use onstage_dialects::problem::PROBLEM_JSON;
use onstage_domain::problem::{Code, Problem};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::{ClientAddress, JSON_BODY_BYTES_MAX, Refused, problem, redacted};
use crate::app::App;

/// The longest a call may take; sockets are past it once they are open.
pub const REQUEST_DEADLINE: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const CORS_AGE: Duration = Duration::from_secs(600);

/// Puts the common layers around a router: the server's own, and whatever the binary merges into it.
pub(crate) fn dress(router: Router, app: &Arc<App>) -> Router {
    router
        .layer(DefaultBodyLimit::max(JSON_BODY_BYTES_MAX))
        .layer(cors(&app.settings.cors_origins))
        .layer(from_fn_with_state(Arc::clone(app), surround))
}

fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, ACCEPT, IDEMPOTENCY_KEY])
        .expose_headers([REQUEST_ID, RETRY_AFTER])
        .max_age(CORS_AGE)
}

async fn surround(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let address = ClientAddress::of(request.extensions(), request.headers(), &app.settings.trusted_proxies);
    request.extensions_mut().insert(address);
    let id = app.uuid().to_string();
    let (method, shown, path) =
        (request.method().clone(), redacted(request.uri()), request.uri().path().to_owned());
    let response = answer(request, next).await;
    let mut response = as_problem(response, &path);
    tracing::debug!(%method, address = shown, status = response.status().as_u16(), id, "answered");
    add_headers(response.headers_mut(), &id);
    response
}

/// The answer of the router, or what stands for it when it takes too long or panics.
async fn answer(request: Request, next: Next) -> Response {
    let guarded = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(REQUEST_DEADLINE, guarded).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            tracing::error!(panic = panic_text(&*panic), "a handler panicked");
            Refused::from(Code::Fault).into_response()
        }
        Err(_) => Refused(Problem::new(Code::TryLater).retry_after_ms(1_000)).into_response(),
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}

/// Errors leave as problems, whoever made them; headers that say more (`Allow`) stay.
fn as_problem(response: Response, path: &str) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_problem(response.headers()) {
        return response;
    }
    let refused = response.extensions().get::<Refused>().cloned();
    let refused = refused.unwrap_or_else(|| Refused(problem::of_status(status)));
    let mut written = problem::written(&refused.0, path);
    for (name, value) in response.headers() {
        let describes_body = name == CONTENT_TYPE || name == http::header::CONTENT_LENGTH;
        if !describes_body && !written.headers().contains_key(name) {
            written.headers_mut().append(name, value.clone());
        }
    }
    written
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(PROBLEM_JSON.as_bytes()))
}

fn add_headers(headers: &mut HeaderMap, id: &str) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
    headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
}

#[cfg(test)]
mod tests;
