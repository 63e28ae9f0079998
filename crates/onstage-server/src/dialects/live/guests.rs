//! Coming up, being answered, and what a host does to people (S1-23 … S1-26).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query as UrlQuery, State};
use onstage_dialects::live::{
    AnsweredGuestRequest, DeedBody, GuestRequest, GuestRequestBody, GuestRequestsQuery, ListedGuestRequest,
    Managed, VerdictBody,
};
use onstage_dialects::v1;
use onstage_domain::SessionId;
use onstage_domain::problem::Code;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer;
use crate::app::App;
use crate::dispatch;
use crate::http::{Caller, Ids, JsonBody, Refused, perform};

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(request_guest))
        .routes(routes!(respond_guest_request))
        .routes(routes!(guest_requests))
        .routes(routes!(manage_participant))
}

/// Ask to come up; where no approval is needed the seat is taken at once.
#[utoipa::path(post, path = "/live/request-guest", tag = "live", request_body = GuestRequestBody,
    responses((status = 200, body = GuestRequest)))]
async fn request_guest(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<GuestRequestBody>,
) -> Result<Json<GuestRequest>, Refused> {
    perform(&app, caller, (), body).await
}

/// Let somebody up, or not: the seat is taken at once.
#[utoipa::path(post, path = "/live/respond-guest-request", tag = "live", request_body = VerdictBody,
    responses((status = 200, body = AnsweredGuestRequest)))]
async fn respond_guest_request(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<VerdictBody>,
) -> Result<Json<AnsweredGuestRequest>, Refused> {
    perform(&app, caller, (), body).await
}

/// Who wants to come up, oldest first (for who manages guests).
#[utoipa::path(get, path = "/live/guest-requests/{session_id}", tag = "live",
    params(("session_id" = uuid::Uuid, Path), GuestRequestsQuery),
    responses((status = 200, body = Vec<ListedGuestRequest>)))]
async fn guest_requests(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(session): Ids<SessionId>,
    UrlQuery(wishes): UrlQuery<GuestRequestsQuery>,
) -> Result<Json<Vec<ListedGuestRequest>>, Refused> {
    let mut listed = Vec::new();
    for query in wishes.queries(session)? {
        let Json(page) = answer::<Vec<ListedGuestRequest>>(&app, &caller.actor, query).await?;
        listed.extend(page);
    }
    listed.sort_by_key(|item| (item.request.created_at.0, item.request.id));
    Ok(Json(listed))
}

/// Mute, promote, demote or remove somebody; an unmute asks, and only the person opens a microphone or a camera.
#[utoipa::path(post, path = "/live/manage-participant", tag = "live", request_body = DeedBody,
    responses((status = 200, body = Managed)))]
async fn manage_participant(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<DeedBody>,
) -> Result<Json<Managed>, Refused> {
    let deed = body.deed();
    let command = v1::command_of(body, (), caller.actor.user_id)?;
    let reply = dispatch::execute(&app, &caller.actor, command, caller.key).await?;
    let managed = deed.and_then(|deed| Managed::of(deed, reply));
    Ok(Json(managed.ok_or(Code::Fault)?))
}
