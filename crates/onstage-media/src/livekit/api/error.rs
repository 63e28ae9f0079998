//! Twirp's errors: a code, a sentence, and the HTTP status that belongs to the code.

use axum::Json;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::livekit::room::RoomRefusal;
use crate::livekit::tokens::TokenRefusal;

/// The codes that are used (Twirp's wire specification, version 7, "Error codes").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    InvalidArgument,
    Malformed,
    NotFound,
    BadRoute,
    Unauthenticated,
    ResourceExhausted,
    FailedPrecondition,
    Unimplemented,
    Internal,
    Unavailable,
}

impl Code {
    /// Word and status.
    fn told(self) -> (&'static str, StatusCode) {
        match self {
            Self::InvalidArgument => ("invalid_argument", StatusCode::BAD_REQUEST),
            Self::Malformed => ("malformed", StatusCode::BAD_REQUEST),
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND),
            Self::BadRoute => ("bad_route", StatusCode::NOT_FOUND),
            Self::Unauthenticated => ("unauthenticated", StatusCode::UNAUTHORIZED),
            Self::ResourceExhausted => ("resource_exhausted", StatusCode::TOO_MANY_REQUESTS),
            Self::FailedPrecondition => ("failed_precondition", StatusCode::PRECONDITION_FAILED),
            Self::Unimplemented => ("unimplemented", StatusCode::NOT_IMPLEMENTED),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
            Self::Unavailable => ("unavailable", StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

/// A call that did nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TwirpError {
    pub(crate) code: Code,
    pub(crate) message: String,
    invalid_route: Option<String>,
}

impl TwirpError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), invalid_route: None }
    }

    /// What a missing grant, another room's grant and no token have in common on this wire.
    pub(crate) fn denied() -> Self {
        Self::new(Code::Unauthenticated, "permissions denied")
    }

    pub(crate) fn of_token(refusal: TokenRefusal) -> Self {
        match refusal {
            TokenRefusal::Expired => Self::new(Code::Unauthenticated, "token is expired"),
            TokenRefusal::Early => Self::new(Code::Unauthenticated, "token is not valid yet"),
            TokenRefusal::Missing
            | TokenRefusal::Invalid
            | TokenRefusal::NoJoin
            | TokenRefusal::NoIdentity
            | TokenRefusal::NoRoom
            | TokenRefusal::TooLong
            | TokenRefusal::Unseen => Self::denied(),
        }
    }

    pub(crate) fn no_room() -> Self {
        Self::new(Code::NotFound, crate::livekit::admission::NO_SUCH_ROOM)
    }

    /// Paths are shortened: they come from outside.
    pub(crate) fn bad_route(method: &Method, path: &str, why: &str) -> Self {
        let path: String = path.chars().take(200).collect();
        let invalid_route = Some(format!("{} {path}", method.as_str().chars().take(20).collect::<String>()));
        Self { code: Code::BadRoute, message: format!("{why} {path:?}"), invalid_route }
    }
}

impl From<RoomRefusal> for TwirpError {
    fn from(refusal: RoomRefusal) -> Self {
        let code = match refusal {
            RoomRefusal::NoParticipant | RoomRefusal::NoTrack => Code::NotFound,
            RoomRefusal::StageDecides | RoomRefusal::OwnMute => Code::FailedPrecondition,
            RoomRefusal::TooLong(_) => Code::InvalidArgument,
        };
        Self::new(code, refusal.to_string())
    }
}

impl IntoResponse for TwirpError {
    fn into_response(self) -> Response {
        let (code, status) = self.code.told();
        let mut body = json!({ "code": code, "msg": self.message });
        if let (Some(route), Value::Object(fields)) = (self.invalid_route, &mut body) {
            fields.insert("meta".to_owned(), json!({ "twirp_invalid_route": route }));
        }
        (status, Json(body)).into_response()
    }
}
