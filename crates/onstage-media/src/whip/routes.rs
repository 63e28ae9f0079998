//! The HTTP side: POST makes a session, PATCH trickles or restarts ICE, DELETE ends it.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, LINK, LOCATION, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, options};
use livekit_protocol as proto;
use onstage_domain::{Code, Problem};

use super::description::Offer;
use super::fragment::{self, Fragment};
use super::refusal::{Refusal, for_every_origin, text};
use super::session::{self, Opened};
use super::sessions::{Sessions, Step};
use super::{EDGE_BODY_BYTES_MAX, Protocol};
use crate::livekit::admission::Admission;
use crate::livekit::knocks::CalledFrom;
use crate::livekit::routes::{bearer_token, text as header};

const SDP: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// What all requests share.
#[derive(Debug, Clone)]
struct Edge {
    admission: Admission,
    sessions: Arc<Sessions>,
}

/// `/whip/v1`, `/whep/v1`, and the sessions below them.
pub(crate) fn router(admission: Admission) -> Router {
    let edge = Edge { admission, sessions: Arc::default() };
    let whip = (entrance(Protocol::Whip), resource(Protocol::Whip));
    let whep = (entrance(Protocol::Whep), resource(Protocol::Whep));
    Router::new()
        .route("/whip/v1", whip.0)
        .route("/whip/v1/{id}", whip.1)
        .route("/whep/v1", whep.0)
        .route("/whep/v1/{id}", whep.1)
        .layer(DefaultBodyLimit::max(EDGE_BODY_BYTES_MAX))
        .with_state(edge)
}

type Body = Result<Bytes, BytesRejection>;

fn entrance(protocol: Protocol) -> MethodRouter<Edge> {
    options(|| async { told(HeaderName::from_static("accept-post"), SDP) })
        .post(move |State(edge): State<Edge>, from: CalledFrom, headers: HeaderMap, body: Body| async move {
            answered(edge.begin((protocol, from), &headers, body).await)
        })
        .fallback(no_such_method)
}

fn resource(protocol: Protocol) -> MethodRouter<Edge> {
    options(|| async { told(HeaderName::from_static("accept-patch"), FRAGMENT) })
        .patch(
            move |State(edge): State<Edge>, Path(id): Path<String>, headers: HeaderMap, body: Body| async move {
                answered(edge.patch((protocol, &id), &headers, body).await)
            },
        )
        .delete(move |State(edge): State<Edge>, Path(id): Path<String>, headers: HeaderMap| async move {
            answered(edge.end((protocol, &id), &headers))
        })
        .fallback(no_such_method)
}

fn answered(outcome: Result<Response, Refusal>) -> Response {
    outcome.map_or_else(IntoResponse::into_response, for_every_origin)
}

async fn no_such_method() -> Response {
    Refusal::from(Code::MethodNotAllowed).into_response()
}

/// What a path takes (RFC 9725 section 4.2).
fn told(name: HeaderName, kind: &'static str) -> Response {
    for_every_origin((StatusCode::NO_CONTENT, [(name, kind)]).into_response())
}

impl Edge {
    async fn begin(
        &self,
        (protocol, from): (Protocol, CalledFrom),
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Response, Refusal> {
        is_of_type(headers, SDP)?;
        let token = token(headers)?;
        let admitted = self.admission.admit(from, Some(token)).await?;
        let offer = Offer::read(protocol, &text(body)?)?;
        let place = self.sessions.place((protocol, token), &offer, Instant::now())?;
        let user_agent = header(headers, USER_AGENT);
        let (id, etag) = (place.id.clone(), place.etag.clone());
        let outcome = session::open((protocol, user_agent), admitted, offer, place).await;
        // Whoever gets no answer keeps no session either.
        let opened = outcome.inspect_err(|_| self.sessions.remove(&id))?;
        let location = format!("{}/{id}", protocol.path());
        let mut response = (
            StatusCode::CREATED,
            [(CONTENT_TYPE, SDP.to_owned()), (LOCATION, location), (ETAG, etag)],
            [(HeaderName::from_static("accept-patch"), FRAGMENT)],
            opened.answer.clone(),
        )
            .into_response();
        for link in links(&opened) {
            response.headers_mut().append(LINK, link);
        }
        Ok(response)
    }

    async fn patch(
        &self,
        name: (Protocol, &str),
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Response, Refusal> {
        let version = header(headers, IF_MATCH);
        self.sessions.knock(name, token(headers)?, Instant::now())?;
        is_of_type(headers, FRAGMENT)?;
        self.sessions.is_current(name, version)?;
        let fragment = Fragment::read(&text(body)?)?;
        match self.sessions.step(name, &fragment)? {
            Step::Trickle(way) => {
                way.trickle(fragment.candidates).await;
                Ok(StatusCode::NO_CONTENT.into_response())
            }
            Step::Restart(way, offer) => {
                let answer = way.restart(offer.sdp.clone(), fragment.candidates).await?;
                let etag = self.sessions.restarted(name, *offer);
                let body = fragment::of_answer(&answer);
                Ok((StatusCode::OK, [(CONTENT_TYPE, FRAGMENT.to_owned()), (ETAG, etag)], body)
                    .into_response())
            }
        }
    }

    fn end(&self, name: (Protocol, &str), headers: &HeaderMap) -> Result<Response, Refusal> {
        self.sessions.knock(name, token(headers)?, Instant::now())?;
        self.sessions.remove(name.1);
        Ok(StatusCode::OK.into_response())
    }
}

fn is_of_type(headers: &HeaderMap, wanted: &str) -> Result<(), Refusal> {
    let named = header(headers, CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
    if named.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(Problem::because(Code::UnsupportedType, format!("The body has to be {wanted}.")).into())
}

fn token(headers: &HeaderMap) -> Result<&str, Refusal> {
    bearer_token(headers).ok_or_else(|| Code::Unauthenticated.into())
}

/// The STUN and TURN servers (RFC 9725 section 4.6).
fn links(opened: &Opened) -> Vec<HeaderValue> {
    let of = |server: &proto::IceServer| {
        let login = if server.username.is_empty() {
            String::new()
        } else {
            let proto::IceServer { username, credential, .. } = server;
            format!("; username=\"{username}\"; credential=\"{credential}\"; credential-type=\"password\"")
        };
        let link = |url: &String| HeaderValue::from_str(&format!("<{url}>; rel=\"ice-server\"{login}")).ok();
        server.urls.iter().filter_map(link).collect::<Vec<_>>()
    };
    opened.ice_servers.iter().flat_map(of).collect()
}
