//! One socket, from the upgrade to the close: `/v1/events`, and S3's `/ws/live/{session_id}`.

mod catch_up;
mod credential;
mod live;
mod reader;
mod signals;
mod v1;
mod writer;

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use onstage_dialects::problem::{PROBLEM_JSON, problem_body, retry_after_s};
use onstage_dialects::v1::FRAME_LENGTH_MAX;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::{Seq, SessionId};

use crate::connection::credential::InAddress;
use crate::connection::reader::Reader;
use crate::hub::Hub;
use crate::language::{Language, Opening};
use crate::line::LineEnds;
use crate::tasks::spawn_named;

/// Default buffers of a socket would cost 134 KiB each.
const READ_BUFFER_SIZE: usize = 4_096;

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;
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
    let upgrade = upgrade.map_err(|_| not_a_socket())?;
    let Query(address) = address.map_err(|_| unreadable())?;
    let actor = match address.credential(headers) {
        None => None,
        Some(credential) => Some(hub.ports.authenticate.authenticate(credential).await?),
    };
    let (registered, ends) = hub.connect(Language::V1)?;
    let reader = Reader::new(Arc::clone(hub), registered, actor);
    Ok(begin(upgrade, reader, ends, None))
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
    let (registered, ends) = hub.connect(Language::Socket)?;
    let mut reader = Reader::new(Arc::clone(hub), registered, Some(actor.clone()));
    let opening = reader.enter(&actor, session).await?;
    let upgrade = upgrade.map_err(|_| not_a_socket())?;
    Ok(begin(upgrade, reader, ends, Some((opening, since))))
}

/// What a socket of one session begins with.
type Beginning = Option<(Opening, Option<Seq>)>;

fn begin(upgrade: WebSocketUpgrade, reader: Reader, ends: LineEnds, beginning: Beginning) -> Response {
    upgrade
        .read_buffer_size(READ_BUFFER_SIZE)
        .write_buffer_size(0)
        .max_message_size(FRAME_LENGTH_MAX)
        .max_frame_size(FRAME_LENGTH_MAX)
        .on_upgrade(move |socket| serve(socket, reader, ends, beginning))
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

async fn serve(socket: WebSocket, mut reader: Reader, ends: LineEnds, beginning: Beginning) {
    let (sink, stream) = socket.split();
    let LineEnds { frames, notes } = ends;
    spawn_named(
        "socket writer",
        writer::run(sink, frames, reader.line.clone(), reader.hub.limits.ping_every),
    );
    if let Some((opening, since)) = beginning {
        reader.begin_live(opening, since).await;
    }
    reader.run(stream, notes).await;
}
