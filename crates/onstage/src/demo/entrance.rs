//! The way into the demo's host's chair: one address with a secret in it, a page, a button.
//!
//! It exists in `onstage demo` alone. The button signs in as the demo's host, exactly as the sign-in page would.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use onstage_sim::demo::Credentials;
use serde_json::json;
use tower::ServiceExt as _;

use crate::house::House;

const ENTRANCE: &str = include_str!("entrance.html");
const INSIDE: &str = include_str!("inside.html");
const CAST: &str = include_str!("cast.svg");

/// The show that is on.
#[derive(Clone, Debug)]
pub(super) struct Tonight {
    pub(super) session: String,
    pub(super) host: Credentials,
}

/// The door, and what is behind it.
pub(super) struct Entrance {
    /// Whoever has it may host.
    code: String,
    tonight: Mutex<Option<Tonight>>,
    /// Somebody came in by it.
    pub(super) visited: Arc<AtomicBool>,
}

struct Doors {
    entrance: Arc<Entrance>,
    house: Arc<House>,
}

impl Entrance {
    pub(super) fn new() -> Self {
        Self {
            code: format!("{:032x}", rand::random::<u128>()),
            tonight: Mutex::new(None),
            visited: Arc::default(),
        }
    }

    pub(super) fn path(&self) -> String {
        format!("/demo/{}", self.code)
    }

    pub(super) fn open(&self, tonight: Tonight) {
        *self.tonight.lock().unwrap_or_else(PoisonError::into_inner) = Some(tonight);
    }

    pub(super) fn close(&self) {
        *self.tonight.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn tonight(&self) -> Option<Tonight> {
        self.tonight.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The page and what its button does.
    pub(super) fn router(self: &Arc<Self>, house: Arc<House>) -> Router {
        let doors = Arc::new(Doors { entrance: Arc::clone(self), house });
        Router::new().route("/demo/{code}", get(look).post(enter)).with_state(doors)
    }
}

async fn look(State(doors): State<Arc<Doors>>, Path(code): Path<String>) -> Response {
    if code != doors.entrance.code {
        return onstage_server::nothing_here().await.into_response();
    }
    let watch = doors.entrance.tonight().map(|tonight| format!("/s/{}", tonight.session)).unwrap_or_default();
    let words = [("{{enter}}", doors.entrance.path()), ("{{watch}}", watch), ("{{cast}}", CAST.to_owned())];
    page(ENTRANCE, &words)
}

/// Signs in as the host and leads to the show.
async fn enter(
    State(doors): State<Arc<Doors>>,
    Path(code): Path<String>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
) -> Response {
    if code != doors.entrance.code {
        return onstage_server::nothing_here().await.into_response();
    }
    let Some(tonight) = doors.entrance.tonight() else { return between_shows() };
    let cookies = sign_in(&doors.house, &tonight.host, address).await;
    if cookies.is_empty() {
        return between_shows();
    }
    doors.entrance.visited.store(true, Ordering::Relaxed);
    let mut response = page(INSIDE, &[("{{session}}", tonight.session)]);
    response.headers_mut().extend(cookies.into_iter().map(|cookie| (SET_COOKIE, cookie)));
    response
}

/// What the sign-in page would get, from the same place.
async fn sign_in(house: &House, host: &Credentials, address: SocketAddr) -> Vec<HeaderValue> {
    let body = json!({ "handle": host.handle, "password": host.password, "cookie": true });
    let mut request = Request::new(Body::from(body.to_string()));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = http::Uri::from_static("/v1/tokens");
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    request.extensions_mut().insert(ConnectInfo(address));
    let Ok(response) = house.router().oneshot(request).await;
    response.headers().get_all(SET_COOKIE).iter().cloned().collect()
}

fn between_shows() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "The next show begins in a moment: go back and try again.\n")
        .into_response()
}

/// A page that may run nothing but its own script and style.
fn page(text: &str, words: &[(&str, String)]) -> Response {
    let nonce = format!("{:032x}", rand::random::<u128>());
    let mut text = text.replace("{{nonce}}", &nonce);
    for (name, word) in words {
        text = text.replace(name, word);
    }
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    let fixed = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let mut headers: HeaderMap =
        fixed.map(|(name, value)| (name, HeaderValue::from_static(value))).into_iter().collect();
    headers.extend(
        HeaderValue::from_str(&policy).ok().map(|value| (CONTENT_SECURITY_POLICY as HeaderName, value)),
    );
    (headers, text).into_response()
}
