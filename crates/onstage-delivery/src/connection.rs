//! One socket of `/v1/events`, from the upgrade to the close.

mod catch_up;
mod reader;
mod writer;

use std::sync::Arc;

use axum::Json;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use onstage_dialects::problem::{PROBLEM_JSON, problem_body, retry_after_s};
use onstage_dialects::v1::FRAME_LENGTH_MAX;
use onstage_domain::Actor;
use onstage_domain::ports::Credential;
use onstage_domain::problem::Problem;
use serde::Deserialize;

use crate::hub::{Hub, Registered};
use crate::line::LineEnds;
use crate::meters::V1;
use crate::tasks::spawn_named;

/// Default buffers of a socket would cost 134 KiB each.
const READ_BUFFER_SIZE: usize = 4_096;
/// The path of this module, as problems name it.
const PATH: &str = "/v1/events";

/// Credentials in the address; either may be left out and come in the first frame.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct InAddress {
    ticket: Option<String>,
    token: Option<String>,
    access_token: Option<String>,
}

impl InAddress {
    fn credential(&self) -> Option<Credential<'_>> {
        let ticket = self.ticket.as_deref().map(Credential::Ticket);
        let either = || self.token.as_deref().or(self.access_token.as_deref()).map(Credential::Either);
        ticket.or_else(either)
    }
}

/// `GET /v1/events`.
pub(crate) async fn events(
    State(hub): State<Arc<Hub>>,
    Query(address): Query<InAddress>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else { return refused(&not_a_socket()) };
    let actor = match address.credential() {
        None => None,
        Some(credential) => match hub.ports.authenticate.authenticate(credential).await {
            Ok(actor) => Some(actor),
            Err(problem) => return refused(&problem),
        },
    };
    match hub.connect(V1) {
        Err(problem) => refused(&problem),
        Ok((registered, ends)) => upgrade
            .read_buffer_size(READ_BUFFER_SIZE)
            .write_buffer_size(0)
            .max_message_size(FRAME_LENGTH_MAX)
            .max_frame_size(FRAME_LENGTH_MAX)
            .on_upgrade(move |socket| serve(hub, socket, registered, (ends, actor))),
    }
}

fn not_a_socket() -> Problem {
    Problem::because(onstage_domain::problem::Code::Unreadable, "this address speaks WebSocket")
}

/// A problem before the upgrade.
fn refused(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(problem_body(problem, Some(PATH)))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if let Some(seconds) = retry_after_s(problem) {
        headers.insert(HeaderName::from_static("retry-after"), HeaderValue::from(seconds));
    }
    response
}

async fn serve(
    hub: Arc<Hub>,
    socket: WebSocket,
    registered: Registered,
    (ends, actor): (LineEnds, Option<Actor>),
) {
    let (sink, stream) = socket.split();
    let LineEnds { frames, notes } = ends;
    let line = registered.line.clone();
    spawn_named("socket writer", writer::run(sink, frames, line, hub.limits.ping_every));
    reader::Reader::new(hub, registered, actor).run(stream, notes).await;
}
