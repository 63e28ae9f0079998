//! The web app, inside the binary: hashed files for ever, everything that is nobody else's the app's first page.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderValue, Method, StatusCode};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// Addresses that belong to somebody else: what is not there is a problem, not a page of the app.
const NOT_PAGES: &[&str] = &[
    "/v1",
    "/live",
    "/api",
    "/ws",
    "/rtc",
    "/twirp",
    "/whip",
    "/whep",
    "/functions",
    "/problems",
    "/healthz",
    "/readyz",
    "/metrics",
    "/assets",
];

/// Names with a hash of their content never change.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// Answers what no route does.
pub(crate) async fn page(request: Request) -> Response {
    let path = request.uri().path();
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return onstage_server::nothing_here().await.into_response();
    }
    let name = path.trim_start_matches('/');
    if let Some(file) = Dist::get(name).filter(|_| !name.is_empty()) {
        return answer(&request, name, file);
    }
    if NOT_PAGES.iter().any(|prefix| path == *prefix || path.strip_prefix(prefix).is_some_and(is_below))
        || names_a_file(path)
    {
        return onstage_server::nothing_here().await.into_response();
    }
    match Dist::get("index.html") {
        Some(index) => answer(&request, "index.html", index),
        None => no_app(),
    }
}

/// Pages of the app have no dot in their address; a file that is not there, or that a scanner hopes for, has.
fn names_a_file(path: &str) -> bool {
    path.contains('.') || path.to_ascii_lowercase().contains("%2e")
}

fn is_below(rest: &str) -> bool {
    rest.starts_with('/')
}

fn answer(request: &Request, name: &str, file: EmbeddedFile) -> Response {
    let tag = entity_tag(&file.metadata.sha256_hash());
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = match file.data {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        };
        Response::new(body)
    };
    let hashed = name.starts_with("assets/");
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(if hashed { FOR_EVER } else { ASK_AGAIN }));
    if let Ok(kind) = HeaderValue::from_str(file.metadata.mimetype()) {
        headers.insert(CONTENT_TYPE, kind);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}

fn entity_tag(hash: &[u8; 32]) -> String {
    let head: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{head}\"")
}

fn no_app() -> Response {
    let text = "Onstage runs, but this binary has no web app inside: build web/ first (make build).\n";
    (StatusCode::NOT_FOUND, [(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
