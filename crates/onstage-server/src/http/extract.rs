//! What a handler is handed: who calls, ids of the path, a body that was read, wishes of the query.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use onstage_dialects::v1::{self, FromReply, ListQuery};
use onstage_domain::ports::Credential;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::{Actor, Command, IdempotencyKey, Query as Question, Reply};
use serde::de::DeserializeOwned;

use super::Refused;
use crate::app::App;
use crate::dispatch;

/// Who calls: from the token and from nothing else.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) actor: Actor,
    pub(crate) key: Option<IdempotencyKey>,
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        let token = bearer(&parts.headers).ok_or(Code::Unauthenticated)?;
        let actor = app.authenticate(Credential::Token(token)).await?;
        Ok(Self { actor, key: idempotency_key(&parts.headers)? })
    }
}

/// The token of the `Authorization` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().and_then(IdempotencyKey::parse);
    let unreadable =
        || Problem::because(Code::Unreadable, "Idempotency-Key is 1 to 255 visible ASCII characters");
    key.map(Some).ok_or_else(unreadable)
}

/// Ids of the path; what cannot be an id names nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Ids<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(ids)| Self(ids)).map_err(|_| Code::NotFound.into())
    }
}

/// `?limit&cursor` and the like; whoever uses one refuses what does not read.
#[derive(Clone, Debug)]
pub(crate) struct Wishes(pub(crate) ListQuery);

impl<S: Send + Sync> FromRequestParts<S> for Wishes {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let query = Query::<ListQuery>::from_request_parts(parts, state).await;
        let unreadable = || Problem::because(Code::Unreadable, "the query has a parameter more than once");
        Ok(Self(query.map(|Query(query)| query).map_err(|_| unreadable())?))
    }
}

/// Cookies of the request.
#[derive(Clone, Debug)]
pub(crate) struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// The value of a cookie.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Cookies {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let lines = parts.headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        Ok(Self(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()))
    }
}

/// A JSON body; an empty one is `{}`.
#[derive(Clone, Debug)]
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let is_json = is_json(request.headers());
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
            if too_large { Code::TooLarge } else { Code::Unreadable }
        })?;
        if bytes.is_empty() {
            return read(b"{}");
        }
        if is_json { read(&bytes) } else { Err(Code::UnsupportedType.into()) }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// Every object becomes a body (its fields tell their mistakes later); anything else is unreadable.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<JsonBody<T>, Refused> {
    let unreadable = |error: serde_json::Error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Problem::because(
            Code::Unreadable,
            format!("the body is not a JSON object that can be read ({place})"),
        )
    };
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(unreadable)?;
    if !value.is_object() {
        return Err(Problem::because(Code::Unreadable, "the body is a JSON object").into());
    }
    Ok(JsonBody(serde_json::from_value(value).map_err(unreadable)?))
}

/// Body and path to a command, its reply as the body that belongs to it.
pub(crate) async fn perform<B: v1::Body, R: FromReply>(
    app: &Arc<App>,
    caller: Caller,
    target: B::Target,
    body: B,
) -> Result<Json<R>, Refused> {
    let command = v1::command_of(body, target, caller.actor.user_id)?;
    perform_as(app, caller, command).await
}

/// A command that needs no body.
pub(crate) async fn perform_as<R: FromReply>(
    app: &Arc<App>,
    caller: Caller,
    command: Command,
) -> Result<Json<R>, Refused> {
    let reply = dispatch::execute(app, &caller.actor, command, caller.key).await?;
    Ok(Json(v1::rendered(reply)?))
}

/// A question.
pub(crate) async fn question(app: &Arc<App>, caller: &Caller, question: Question) -> Result<Reply, Refused> {
    Ok(dispatch::ask(app, &caller.actor, question).await?)
}
