//! The HTTP side of signalling: `/rtc` and `/rtc/v1` for sockets, `…/validate` for clients that want to know why not.

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, AUTHORIZATION, USER_AGENT,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::admission::{Admission, Refused};
use super::query::{Layout, RawQuery, Wishes};
use super::room_task::RoomHandle;
use super::socket::{self, SIGNAL_BYTES_MAX};
use super::tokens::Bearer;

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
}

impl Caller {
    /// The token first, then what is asked for: strangers have nothing unpacked.
    async fn admitted(&self, layout: Layout) -> Result<(RoomHandle, Bearer, Wishes), Refused> {
        let (room, mut bearer) = self.admission.admit(token(&self.headers, &self.query)).await?;
        let wishes = self.query.wishes(layout, text(&self.headers, USER_AGENT))?;
        wishes.opening.describe(&mut bearer, room.session.is_none())?;
        Ok((room, bearer, wishes))
    }

    async fn join(self, layout: Layout, upgrade: Upgrade) -> Response {
        let Ok(upgrade) = upgrade else { return nothing_here().await };
        match self.admitted(layout).await {
            Ok((room, bearer, wishes)) => upgrade
                .max_message_size(SIGNAL_BYTES_MAX)
                .max_frame_size(SIGNAL_BYTES_MAX)
                .on_upgrade(move |socket| socket::serve(socket, room, bearer, wishes)),
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
        with_cors((self.status, self.text).into_response())
    }
}

fn with_cors(mut response: Response) -> Response {
    let any = axum::http::HeaderValue::from_static("*");
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    response.headers_mut().insert(ACCESS_CONTROL_EXPOSE_HEADERS, any);
    response
}

/// From the header, else from the query.
fn token<'a>(headers: &'a HeaderMap, query: &'a RawQuery) -> Option<&'a str> {
    text(headers, AUTHORIZATION).strip_prefix("Bearer ").or_else(|| query.access_token())
}

fn text(headers: &HeaderMap, name: axum::http::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
