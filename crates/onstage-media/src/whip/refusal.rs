//! What an HTTP session answers: problems (RFC 9457), and headers that pages of every origin may read.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use onstage_domain::{Code, Problem};
use serde_json::json;

use crate::livekit::admission::Refused;

/// A problem on its way out.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self(Problem::new(code))
    }
}

impl From<Refused> for Refusal {
    /// The door's plain words, as everybody else gets them.
    fn from(refused: Refused) -> Self {
        let code = match refused.status {
            StatusCode::UNAUTHORIZED => Code::Unauthenticated,
            StatusCode::FORBIDDEN => Code::Blocked,
            StatusCode::NOT_FOUND => Code::SessionNotFound,
            StatusCode::SERVICE_UNAVAILABLE => Code::TryLater,
            StatusCode::TOO_MANY_REQUESTS => Code::TooFast,
            _ => Code::Unreadable,
        };
        let problem = Problem::because(code, refused.text);
        Self(if code == Code::TooFast { problem.retry_after_ms(1_000) } else { problem })
    }
}

impl From<BytesRejection> for Refusal {
    fn from(rejection: BytesRejection) -> Self {
        let is_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
        Self(Problem::new(if is_large { Code::TooLarge } else { Code::Unreadable }))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Problem { code, detail, errors, retry_after_ms } = self.0;
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({
            "type": format!("/problems/{}", code.name()),
            "title": code.title(),
            "status": code.status(),
            "detail": detail,
            "code": code.name(),
            "errors": errors,
            "retry_after_ms": retry_after_ms,
        });
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if code.status() == 401 {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if code.status() == 429 || code.status() == 503 {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        for_every_origin(response)
    }
}

/// The text of a body.
pub(super) fn text(body: Result<Bytes, BytesRejection>) -> Result<String, Refusal> {
    String::from_utf8(body?.to_vec()).map_err(|_| Code::Unreadable.into())
}

/// Lets pages of every origin call, and read what they need.
pub(super) fn for_every_origin(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "OPTIONS, POST, PATCH, DELETE"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type, If-Match"),
        (ACCESS_CONTROL_EXPOSE_HEADERS, "Location, ETag, Link, Accept-Post, Accept-Patch, Retry-After"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
