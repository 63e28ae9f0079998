//! Where a cluster's webhooks arrive: signed by the key that both sides know, or refused.

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use livekit_protocol as proto;
use serde::Deserialize;

use super::Cluster;
use crate::clock;

/// What the signature covers: a digest of the body (RFC 4648 §4).
#[derive(Deserialize)]
struct Claims {
    sha256: String,
}

/// Longest webhook that is read.
pub(crate) const WEBHOOK_BYTES_MAX: usize = 256 * 1024;

pub(super) fn router(cluster: Cluster) -> Router {
    Router::new()
        .route("/webhooks/livekit", post(hear))
        .layer(DefaultBodyLimit::max(WEBHOOK_BYTES_MAX))
        .with_state(cluster)
}

async fn hear(
    State(cluster): State<Cluster>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<&'static str, (StatusCode, &'static str)> {
    let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = token.strip_prefix("Bearer ").unwrap_or(token);
    let claims = cluster.inner.tokens.read::<Claims>(token, clock::now());
    if claims.is_err() || claims.is_ok_and(|claims| claims.sha256 != STANDARD.encode(digest(&SHA256, &body)))
    {
        return Err((StatusCode::UNAUTHORIZED, "this webhook is not signed with our key"));
    }
    let event: proto::WebhookEvent =
        serde_json::from_slice(&body).map_err(|_| (StatusCode::BAD_REQUEST, "this is no webhook event"))?;
    let name = event.room.as_ref().map(|room| room.name.as_str()).unwrap_or_default();
    if let Some(room) = cluster.room_named(name) {
        room.hear(&event);
    }
    Ok("ok")
}
