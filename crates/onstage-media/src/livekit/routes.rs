//! The HTTP side of signalling: `/rtc` and `/rtc/v1` for sockets, `…/validate` for clients that want to know why not.

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, AUTHORIZATION, RETRY_AFTER, USER_AGENT,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::admission::{Admission, Admitted, Refused};
use super::knocks::CalledFrom;
use super::query::{Layout, RawQuery, Wishes};
use super::socket::{self, SIGNAL_BYTES_MAX};

/// The usual 128 KiB of each connection would be filled with zeros for each read, and stay its own.
const READ_BUFFER_BYTES: usize = 2_048;

/// All routes of this crate. A doubled slash comes from base addresses that end in one.
pub(crate) fn router(admission: Admission) -> Router {
    let paths = |slash: &str| {
        Router::new()
            .route(&format!("{slash}/rtc"), get(join))
            .route(&format!("{slash}/rtc/validate"), get(validate))
            .route(&format!("{slash}/rtc/v1"), get(join_single))
            .route(&format!("{slash}/rtc/v1/validate"), get(validate_single))
            .route(&format!("{slash}/rtc/{{*rest}}"), axum::routing::any(nothing_here))
    };
    paths("").merge(paths("/")).with_state(admission)
}

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

async fn join(caller: Caller, upgrade: Upgrade) -> Response {
    caller.join(Layout::Dual, upgrade).await
}

async fn join_single(caller: Caller, upgrade: Upgrade) -> Response {
    caller.join(Layout::Single, upgrade).await
}

async fn validate(caller: Caller) -> Response {
    caller.validate(Layout::Dual).await
}

async fn validate_single(caller: Caller) -> Response {
    caller.validate(Layout::Single).await
}

/// Whoever knocks, with what it says.
#[derive(FromRequestParts)]
#[from_request(state(Admission))]
struct Caller {
    #[from_request(via(State))]
    admission: Admission,
    #[from_request(via(Query))]
    query: RawQuery,
    headers: HeaderMap,
    from: CalledFrom,
}

impl Caller {
    /// The token first, then what is asked for: strangers have nothing unpacked.
    async fn admitted(&self, layout: Layout) -> Result<(Admitted, Wishes), Refused> {
        let mut admitted = self.admission.admit(self.from, token(&self.headers, &self.query)).await?;
        let wishes = self.query.wishes(layout, text(&self.headers, USER_AGENT))?;
        wishes.opening.describe(&mut admitted.bearer, admitted.room.session.is_none())?;
        Ok((admitted, wishes))
    }

    async fn join(self, layout: Layout, upgrade: Upgrade) -> Response {
        let Ok(upgrade) = upgrade else { return nothing_here().await };
        match self.admitted(layout).await {
            Ok((admitted, wishes)) => upgrade
                .read_buffer_size(READ_BUFFER_BYTES)
                .max_message_size(SIGNAL_BYTES_MAX)
                .max_frame_size(SIGNAL_BYTES_MAX)
                .on_upgrade(move |socket| socket::serve(socket, admitted, wishes)),
            Err(refused) => refused.into_response(),
        }
    }

    async fn validate(self, layout: Layout) -> Response {
        match self.admitted(layout).await {
            Ok(_) => with_cors((StatusCode::OK, "success").into_response()),
            Err(refused) => refused.into_response(),
        }
    }
}

/// As if there were no endpoint: clients fall back to what there is.
async fn nothing_here() -> Response {
    with_cors((StatusCode::NOT_FOUND, "404 page not found").into_response())
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.text).into_response();
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        with_cors(response)
    }
}

fn with_cors(mut response: Response) -> Response {
    let any = HeaderValue::from_static("*");
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    response.headers_mut().insert(ACCESS_CONTROL_EXPOSE_HEADERS, any);
    response
}

/// From the header, else from the query.
fn token<'a>(headers: &'a HeaderMap, query: &'a RawQuery) -> Option<&'a str> {
    bearer_token(headers).or_else(|| query.access_token())
}

/// The token of the `Authorization` header (RFC 6750 section 2.1; schemes are told apart without case, RFC 9110 section 11.1).
pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = text(headers, AUTHORIZATION).split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A header; one that is missing, or no text, is empty.
pub(crate) fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
