//! The HTTP side of signalling: `/rtc` for sockets, `/rtc/validate` for clients that want to know why not.

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, AUTHORIZATION, USER_AGENT,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::admission::{Admission, Refused};
use super::query::RawQuery;
use super::socket::{self, SIGNAL_BYTES_MAX};

/// All routes of this crate. A doubled slash comes from base addresses that end in one.
pub(crate) fn router(admission: Admission) -> Router {
    Router::new()
        .route("/rtc", get(join))
        .route("//rtc", get(join))
        .route("/rtc/validate", get(validate))
        .route("//rtc/validate", get(validate))
        .route("/rtc/{*rest}", axum::routing::any(nothing_here))
        .route("//rtc/{*rest}", axum::routing::any(nothing_here))
        .with_state(admission)
}

async fn join(
    State(admission): State<Admission>,
    Query(query): Query<RawQuery>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else { return nothing_here().await };
    let wishes = query.read(text(&headers, USER_AGENT));
    if wishes.join_request {
        return nothing_here().await;
    }
    match admission.admit(token(&headers, &query)).await {
        Ok((room, bearer)) => upgrade
            .max_message_size(SIGNAL_BYTES_MAX)
            .max_frame_size(SIGNAL_BYTES_MAX)
            .on_upgrade(move |socket| socket::serve(socket, room, bearer, wishes)),
        Err(refused) => refused.into_response(),
    }
}

async fn validate(
    State(admission): State<Admission>,
    Query(query): Query<RawQuery>,
    headers: HeaderMap,
) -> Response {
    match admission.admit(token(&headers, &query)).await {
        Ok(_) => with_cors((StatusCode::OK, "success").into_response()),
        Err(refused) => refused.into_response(),
    }
}

/// As if there were no endpoint: clients fall back to what there is.
async fn nothing_here() -> Response {
    with_cors((StatusCode::NOT_FOUND, "404 page not found").into_response())
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        with_cors((self.status, self.text).into_response())
    }
}

fn with_cors(mut response: Response) -> Response {
    let any = axum::http::HeaderValue::from_static("*");
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    response.headers_mut().insert(ACCESS_CONTROL_EXPOSE_HEADERS, any);
    response
}

/// From the header, else from the query.
fn token<'a>(headers: &'a HeaderMap, query: &'a RawQuery) -> Option<&'a str> {
    text(headers, AUTHORIZATION).strip_prefix("Bearer ").or_else(|| query.access_token())
}

fn text(headers: &HeaderMap, name: axum::http::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
