//! A problem as an HTTP answer.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use onstage_dialects::problem::{PROBLEM_JSON, problem_body, retry_after_s};
use onstage_domain::problem::{Code, Problem};

use crate::fault::Fault;

/// What a handler answers instead of its body.
#[derive(Clone, Debug)]
pub(crate) struct Refused(pub(crate) Problem);

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self(fault.into())
    }
}

impl From<Code> for Refused {
    fn from(code: Code) -> Self {
        Self(Problem::new(code))
    }
}

impl IntoResponse for Refused {
    /// The body comes later: only the outermost layer knows which address was called.
    fn into_response(self) -> Response {
        let mut response = StatusCode::from_u16(self.0.code.status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of a problem.
pub(super) fn written(problem: &Problem, instance: &str) -> Response {
    let status = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = serde_json::to_string(&problem_body(problem, Some(instance))).unwrap_or_default();
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if let Some(seconds) = retry_after_s(problem) {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The problem behind an error answer that a library made.
pub(super) fn of_status(status: StatusCode) -> Problem {
    Problem::new(match status.as_u16() {
        401 => Code::Unauthenticated,
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        413 => Code::TooLarge,
        415 => Code::UnsupportedType,
        422 => Code::Invalid,
        429 => Code::TooFast,
        408 | 503 | 504 => Code::TryLater,
        400..=499 => Code::Unreadable,
        _ => Code::Fault,
    })
}

/// For addresses that do not exist.
pub async fn nothing_here() -> Response {
    Refused::from(Code::NotFound).into_response()
}

/// For addresses that exist with another method.
pub async fn method_not_allowed() -> Response {
    Refused::from(Code::MethodNotAllowed).into_response()
}
