//! `/healthz`: the process lives. `/readyz`: the database answers, and the media threads or the cluster do.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use onstage_dialects::problem::{PROBLEM_JSON, problem_body};
use onstage_domain::{Code, Problem};
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
    answer(parts.server.is_ready().await, parts.media.answers().await, parts.media.word())
}

/// A server that is not ready answers with a problem, as every error of the API, that says what it waits for.
fn answer(database: bool, media: bool, engine: &str) -> Response {
    if database && media {
        let body = json!({ "status": "ready", "database": true, "media": true, "engine": engine });
        return Json(body).into_response();
    }
    let problem = problem_body(&Problem::new(Code::TryLater), Some("/readyz"));
    let mut body = serde_json::to_value(problem).unwrap_or_default();
    if let Some(body) = body.as_object_mut() {
        body.insert("database".to_owned(), database.into());
        body.insert("media".to_owned(), media.into());
        body.insert("engine".to_owned(), engine.into());
    }
    let kind = [(CONTENT_TYPE, PROBLEM_JSON)];
    (StatusCode::SERVICE_UNAVAILABLE, kind, body.to_string()).into_response()
}

#[cfg(test)]
mod tests;
