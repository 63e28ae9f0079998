//! One socket, from the upgrade to the close: `/v1/events`, and S3's `/ws/live/{session_id}`.

mod answers;
mod catch_up;
mod credential;
mod finish;
mod live;
mod reader;
mod signals;
mod task;
mod upgrade;
mod v1;

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use onstage_dialects::problem::{PROBLEM_JSON, problem_body, retry_after_s};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::{Seq, SessionId};

use crate::connection::credential::InAddress;
use crate::connection::reader::Reader;
use crate::connection::upgrade::Upgrade;
use crate::hub::Hub;
use crate::language::{Language, Opening};
use crate::line::LineEnd;

type Address = Result<Query<InAddress>, QueryRejection>;

/// `GET /v1/events`.
pub(crate) async fn events(
    State(hub): State<Arc<Hub>>,
    address: Address,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    match enter_v1(&hub, address, &headers, upgrade).await {
        Ok(response) => response,
        Err(problem) => refused(&problem, "/v1/events"),
    }
}

async fn enter_v1(
    hub: &Arc<Hub>,
    address: Address,
    headers: &HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, Problem> {
    let Query(address) = address.map_err(|_| unreadable())?;
    let actor = match address.credential(headers) {
        None => None,
        Some(credential) => Some(hub.ports.authenticate.authenticate(credential).await?),
    };
    let (registered, end) = hub.connect(Language::V1)?;
    let reader = Reader::new(Arc::clone(hub), registered, actor)?;
    begin(upgrade, reader, end, None)
}

/// `GET /ws/live/{session_id}`: everything that can be refused is refused before the upgrade.
pub(crate) async fn live(
    State(hub): State<Arc<Hub>>,
    Path(session): Path<String>,
    address: Address,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    match enter_live(&hub, &session, (address, &headers), upgrade).await {
        Ok(response) => response,
        Err(problem) => refused(&problem, &format!("/ws/live/{session}")),
    }
}

async fn enter_live(
    hub: &Arc<Hub>,
    session: &str,
    (address, headers): (Address, &HeaderMap),
    upgrade: Upgrade,
) -> Result<Response, Problem> {
    let Query(address) = address.map_err(|_| unreadable())?;
    let credential = address.credential(headers).ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    let actor = hub.ports.authenticate.authenticate(credential).await?;
    let session = uuid::Uuid::parse_str(session).map_err(|_| Problem::new(Code::SessionNotFound))?;
    let session = SessionId::new(session);
    let since = address.since()?;
    let (registered, end) = hub.connect(Language::Socket)?;
    let mut reader = Reader::new(Arc::clone(hub), registered, Some(actor.clone()))?;
    let opening = reader.enter(&actor, session).await?;
    begin(upgrade, reader, end, Some((Box::new(opening), since)))
}

/// What a socket of one session begins with.
type Beginning = Option<(Box<Opening>, Option<Seq>)>;

fn begin(upgrade: Upgrade, reader: Reader, end: LineEnd, beginning: Beginning) -> Result<Response, Problem> {
    upgrade.begin(move |socket| task::run(socket, reader, end, beginning)).ok_or_else(not_a_socket)
}

fn not_a_socket() -> Problem {
    Problem::because(Code::Unreadable, "this address speaks WebSocket")
}

fn unreadable() -> Problem {
    Problem::because(Code::Unreadable, "the query of this address could not be read")
}

/// A problem before the upgrade.
fn refused(problem: &Problem, path: &str) -> Response {
    let status = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(problem_body(problem, Some(path)))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if let Some(seconds) = retry_after_s(problem) {
        headers.insert(HeaderName::from_static("retry-after"), HeaderValue::from(seconds));
    }
    response
}
