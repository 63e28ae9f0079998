//! LiveKit's room service (Twirp): protobuf or JSON in, the same out; who may call what; what a room does with it.

mod error;
#[cfg(feature = "fuzz")]
pub(crate) mod fuzz;
mod grants;
mod json;
mod methods;
mod rooms;
mod shapes;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method as HttpMethod};
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use self::error::{Code, TwirpError};
use self::grants::{ApiClaims, ApiGrant};
use self::json::Codec;
use self::methods::Method;
use super::admission::Admission;
use super::routes::{bearer_token, text};
use crate::clock::now;
use crate::pace::{Pace, PerSecond};

/// Longest body that is read.
pub(crate) const API_BODY_BYTES_MAX: usize = 1024 * 1024;
/// Calls with a wrong token that are answered with 401 in a second; further ones with 429. Right tokens are not counted.
pub(crate) const FAILED_CALLS_PER_SECOND_MAX: usize = 50;

/// What the service works on.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    admission: Admission,
    failed: Arc<Mutex<Pace>>,
}

/// `/twirp/<service>/<method>`. A doubled slash comes from base addresses that end in one.
pub(crate) fn router(admission: Admission) -> Router {
    let pace = PerSecond { messages: FAILED_CALLS_PER_SECOND_MAX, bytes: usize::MAX };
    let failed = Arc::new(Mutex::new(Pace::new(pace, Instant::now())));
    Router::new()
        .route("/twirp/{service}/{method}", any(serve))
        .route("//twirp/{service}/{method}", any(serve))
        .route("/twirp/{service}", any(nowhere))
        .route("/twirp/{service}/{method}/{*rest}", any(nowhere))
        .route("//twirp/{service}", any(nowhere))
        .route("//twirp/{service}/{method}/{*rest}", any(nowhere))
        .with_state(Api { admission, failed })
}

async fn nowhere(request: Request) -> TwirpError {
    TwirpError::bad_route(request.method(), request.uri().path(), "no handler for path")
}

async fn serve(
    State(api): State<Api>,
    Path((service, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    match api.call(&service, &method, request).await {
        Ok((codec, body)) => ([(CONTENT_TYPE, codec.content_type())], body).into_response(),
        Err(error) => error.into_response(),
    }
}

impl Api {
    /// What can be judged without the body, then the body, then the room.
    async fn call(
        &self,
        service: &str,
        method: &str,
        request: Request,
    ) -> Result<(Codec, Vec<u8>), TwirpError> {
        let (method, codec, grant) = self.admit((service, method), &request)?;
        let body = read(request.into_body()).await?;
        self.admission.wait_for_doors().await.map_err(|_| TwirpError::new(Code::Unavailable, "not ready"))?;
        let answer = self.carry_out(method, codec, &body, &grant).await?;
        Ok((codec, answer))
    }

    /// Token, path, type, kind of grant: in this order, so that strangers learn nothing and nothing of theirs is read.
    fn admit(
        &self,
        (service, method): (&str, &str),
        request: &Request,
    ) -> Result<(Method, Codec, ApiGrant), TwirpError> {
        let grant = self.granted(request.headers())?;
        let lost = |why| TwirpError::bad_route(request.method(), request.uri().path(), why);
        let method = match (service, Method::named(method)) {
            ("livekit.RoomService", Some(method)) => method,
            ("livekit.Egress" | "livekit.Ingress" | "livekit.SIP" | "livekit.AgentDispatchService", _) => {
                return Err(TwirpError::new(Code::Unimplemented, "this service is not offered here"));
            }
            _ => return Err(lost("no handler for path")),
        };
        if request.method() != HttpMethod::POST {
            return Err(lost("only POST is allowed for path"));
        }
        let content_type = text(request.headers(), CONTENT_TYPE);
        let codec = Codec::named(content_type).ok_or_else(|| lost("unexpected Content-Type for path"))?;
        if !method.may_be_called(&grant) {
            return Err(TwirpError::denied());
        }
        Ok((method, codec, grant))
    }

    /// What a valid token grants. Wrong ones are counted, so that guessing stays slow and quiet.
    fn granted(&self, headers: &HeaderMap) -> Result<ApiGrant, TwirpError> {
        let token = bearer_token(headers).unwrap_or_default();
        let claims = self.admission.surroundings.tokens.read::<ApiClaims>(token, now());
        let refused = match claims {
            Ok(claims) => match claims.video {
                Some(grant) => return Ok(grant),
                None => TwirpError::denied(),
            },
            Err(refusal) => TwirpError::of_token(refusal),
        };
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.takes(Instant::now(), 0) {
            return Err(refused);
        }
        Err(TwirpError::new(Code::ResourceExhausted, "too many calls with a wrong token"))
    }
}

async fn read(body: Body) -> Result<axum::body::Bytes, TwirpError> {
    axum::body::to_bytes(body, API_BODY_BYTES_MAX)
        .await
        .map_err(|_| TwirpError::new(Code::Malformed, "the body cannot be read or is longer than 1 MiB"))
}

#[cfg(test)]
mod tests;
