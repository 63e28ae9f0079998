//! Sessions in `/v1`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use onstage_dialects::v1::{
    AnalyticsBody, ChangeSession, CreateSession, Empty, EndedBody, EventsPage, JoinBody, JoinSession,
    ListQuery, LockBody, PageBody, SessionBody, SessionChanged, SetLayoutBody, page, rendered,
};
use onstage_domain::problem::Code;
use onstage_domain::sessions::Command as Sessions;
use onstage_domain::{Command, Query, Reply, SessionId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Caller, Ids, JsonBody, Refused, Wishes, perform, perform_as, question};

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(create, list))
        .routes(routes!(show, change))
        .routes(routes!(join))
        .routes(routes!(leave))
        .routes(routes!(end))
        .routes(routes!(layout))
        .routes(routes!(lock))
        .routes(routes!(events))
        .routes(routes!(analytics))
}

/// Go live.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions", request_body = CreateSession,
    responses((status = 201, body = SessionBody)))]
async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<CreateSession>,
) -> Result<(StatusCode, Json<SessionBody>), Refused> {
    Ok((StatusCode::CREATED, perform(&app, caller, (), body).await?))
}

/// Public live sessions, busiest first.
#[utoipa::path(get, path = "/v1/sessions", tag = "sessions", params(ListQuery),
    responses((status = 200, body = PageBody<SessionBody>)))]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Wishes(wishes): Wishes,
) -> Result<Json<PageBody<SessionBody>>, Refused> {
    let Reply::Sessions(listed) =
        question(&app, &caller, Query::LiveSessions(wishes.counted_page()?)).await?
    else {
        return Err(Code::Fault.into());
    };
    Ok(Json(page(listed)))
}

/// One session.
#[utoipa::path(get, path = "/v1/sessions/{id}", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = SessionBody)))]
async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
) -> Result<Json<SessionBody>, Refused> {
    Ok(Json(rendered(question(&app, &caller, Query::Session(id)).await?)?))
}

/// Change title, description or switches.
#[utoipa::path(patch, path = "/v1/sessions/{id}", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    request_body = ChangeSession, responses((status = 200, body = SessionBody)))]
async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(body): JsonBody<ChangeSession>,
) -> Result<Json<SessionBody>, Refused> {
    perform(&app, caller, id, body).await
}

/// Come in.
#[utoipa::path(post, path = "/v1/sessions/{id}/join", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    request_body = JoinSession, responses((status = 200, body = JoinBody)))]
async fn join(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(body): JsonBody<JoinSession>,
) -> Result<Json<JoinBody>, Refused> {
    perform(&app, caller, id, body).await
}

/// Go out; by the owner it ends the session.
#[utoipa::path(post, path = "/v1/sessions/{id}/leave", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    request_body = Empty, responses((status = 200, body = Empty)))]
async fn leave(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(_): JsonBody<Empty>,
) -> Result<Json<Empty>, Refused> {
    perform_as(&app, caller, Command::Sessions(Sessions::Leave(id))).await
}

/// End for everyone.
#[utoipa::path(post, path = "/v1/sessions/{id}/end", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    request_body = Empty, responses((status = 200, body = EndedBody)))]
async fn end(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(_): JsonBody<Empty>,
) -> Result<Json<EndedBody>, Refused> {
    perform_as(&app, caller, Command::Sessions(Sessions::End(id))).await
}

/// Arrange tiles.
#[utoipa::path(post, path = "/v1/sessions/{id}/layout", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    request_body = SetLayoutBody, responses((status = 200, body = SessionChanged)))]
async fn layout(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(body): JsonBody<SetLayoutBody>,
) -> Result<Json<SessionChanged>, Refused> {
    perform(&app, caller, id, body).await
}

/// No new guests, or again.
#[utoipa::path(post, path = "/v1/sessions/{id}/lock", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    request_body = LockBody, responses((status = 200, body = SessionChanged)))]
async fn lock(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(body): JsonBody<LockBody>,
) -> Result<Json<SessionChanged>, Refused> {
    perform(&app, caller, id, body).await
}

/// The log, as far as the caller may hear it.
#[utoipa::path(get, path = "/v1/sessions/{id}/events", tag = "sessions",
    params(("id" = uuid::Uuid, Path), ListQuery, onstage_dialects::v1::SinceParam), responses((status = 200, body = EventsPage)))]
async fn events(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    Wishes(wishes): Wishes,
) -> Result<Json<EventsPage>, Refused> {
    let (since, limit) = wishes.place()?;
    let Reply::Events(events, next) = question(&app, &caller, Query::Events(id, since, limit)).await? else {
        return Err(Code::Fault.into());
    };
    Ok(Json(EventsPage::new(events, next)))
}

/// How the show went, over time: for the owner and for operators, also while it runs.
#[utoipa::path(get, path = "/v1/sessions/{id}/analytics", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = AnalyticsBody)))]
async fn analytics(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
) -> Result<Json<AnalyticsBody>, Refused> {
    Ok(Json(rendered(question(&app, &caller, Query::Analytics(id)).await?)?))
}
