//! `/healthz`: the process lives. `/readyz`: the database and the media threads answer.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use onstage_media::Engine;
use onstage_server::Server;
use serde_json::json;

#[derive(Clone)]
struct Parts {
    server: Server,
    media: Engine,
}

/// Both addresses.
pub(crate) fn router(server: Server, media: Engine) -> Router {
    Router::new()
        .route("/healthz", get(async || Json(json!({ "status": "alive" }))))
        .route("/readyz", get(ready))
        .with_state(Parts { server, media })
}

async fn ready(State(parts): State<Parts>) -> Response {
    let (database, media) = (parts.server.is_ready().await, parts.media.is_alive());
    let body = Json(json!({ "status": if database && media { "ready" } else { "waiting" },
        "database": database, "media": media }));
    let status = if database && media { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, body).into_response()
}
