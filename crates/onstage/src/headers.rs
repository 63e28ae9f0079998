//! What the browser is told to allow, and which pages may use the sign-in cookie.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_SECURITY_POLICY, COOKIE, HOST, HeaderName, ORIGIN, STRICT_TRANSPORT_SECURITY};
use http::{HeaderMap, HeaderValue};

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const ALLOWED: &str = "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), \
    fullscreen=(self), picture-in-picture=(self), screen-wake-lock=(self), geolocation=(), payment=(), usb=(), \
    serial=(), midi=(), hid=()";
/// Addresses that read the sign-in cookie.
const COOKIE_PATHS: &str = "/v1/tokens";

/// Content Security Policy and Permissions Policy on every answer.
pub(crate) fn around(router: Router, addresses: &[String]) -> Router {
    let policy = HeaderValue::from_str(&content_policy(addresses)).ok();
    let secure = addresses.iter().all(|url| url.starts_with("https://"));
    router.layer(map_response(move |response| {
        std::future::ready(with_policies(response, policy.as_ref(), secure))
    }))
}

fn with_policies(mut response: Response, policy: Option<&HeaderValue>, secure: bool) -> Response {
    let headers = response.headers_mut();
    if let Some(policy) = policy {
        headers.entry(CONTENT_SECURITY_POLICY).or_insert_with(|| policy.clone());
    }
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(ALLOWED));
    if secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// Everything from here; sockets by name as well, because not every browser counts them as `'self'`.
fn content_policy(addresses: &[String]) -> String {
    let mut sockets: Vec<String> = addresses.iter().map(|url| url.replacen("http", "ws", 1)).collect();
    sockets.dedup();
    let sockets = sockets.join(" ");
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob:; media-src 'self' blob: mediastream:; font-src 'self'; worker-src 'self' blob:; \
         manifest-src 'self'; connect-src 'self' {sockets}; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'; object-src 'none'"
    )
}

/// A page of another site may not use the sign-in cookie, whatever the browser would send along.
pub(crate) fn same_origin_cookies(router: Router, url: &str) -> Router {
    router.layer(from_fn_with_state(Arc::<str>::from(url), check_origin))
}

async fn check_origin(State(url): State<Arc<str>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let uses_cookie = request.uri().path().starts_with(COOKIE_PATHS) && headers.contains_key(COOKIE);
    if uses_cookie && !is_same_origin(headers, &url) {
        return onstage_server::nothing_here().await.into_response();
    }
    next.run(request).await
}

/// No `Origin` at all is a program; a browser's must be ours.
fn is_same_origin(headers: &HeaderMap, url: &str) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let same_host = origin.split_once("://").is_some_and(|(_, place)| Some(place) == host);
    origin == url || same_host
}

#[cfg(test)]
mod tests;
