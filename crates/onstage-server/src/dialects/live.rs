//! `/live/*` (S1): every POST answers 200, bare objects.

mod guests;

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Query as UrlQuery, State};
use http::header::AUTHORIZATION;
use http::request::Parts;
use onstage_dialects::live::{
    ActiveQuery, ActiveSession, ChatLine, Ended, JoinRequest, Joined, MessagesQuery, Participant,
    ReactRequest, Reacted, SendMessageRequest, SessionDetails, StartRequest, Started,
};
use onstage_dialects::v1::{self, Empty, FromReply, rendered};
use onstage_domain::problem::Code;
use onstage_domain::reply::{PAGE_LIMIT_MAX, Page};
use onstage_domain::sessions::Command as Sessions;
use onstage_domain::{Actor, Command, Identity, Query, Reply, SessionId, UserId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::dispatch;
use crate::http::{Caller, Ids, JsonBody, Refused, perform, perform_as};

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(start))
        .routes(routes!(join))
        .routes(routes!(end))
        .routes(routes!(active))
        .routes(routes!(session))
        .routes(routes!(participants))
        .routes(routes!(send_message))
        .routes(routes!(messages))
        .routes(routes!(react))
        .merge(guests::routes())
}

/// Who looks at public things: the person behind the token, or somebody without a name (S1-30 sends none).
struct Passer(Actor);

impl FromRequestParts<Arc<App>> for Passer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        if parts.headers.contains_key(AUTHORIZATION) {
            return Ok(Self(Caller::from_request_parts(parts, app).await?.actor));
        }
        Ok(Self(Actor {
            user_id: UserId::new(Uuid::nil()),
            handle: String::new(),
            display_name: String::new(),
            avatar_url: None,
            identity: Identity::Anonymous { address_hash: None, device: None },
            family: None,
        }))
    }
}

async fn answer<R: FromReply>(app: &App, actor: &Actor, query: Query) -> Result<Json<R>, Refused> {
    Ok(Json(rendered(dispatch::ask(app, actor, query).await?)?))
}

/// Go live: the session is created and its owner comes in.
#[utoipa::path(post, path = "/live/start", tag = "live", request_body = StartRequest,
    responses((status = 200, body = Started)))]
async fn start(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<StartRequest>,
) -> Result<Json<Started>, Refused> {
    let command = v1::command_of(body, (), caller.actor.user_id)?;
    let reply = dispatch::execute(&app, &caller.actor, command, caller.key.clone()).await?;
    let Reply::Session(session) = reply else { return Err(Code::Fault.into()) };
    let owner = Caller { key: None, ..caller };
    perform_as(&app, owner, Command::Sessions(Sessions::Join(session.id))).await
}

/// Come in.
#[utoipa::path(post, path = "/live/join", tag = "live", request_body = JoinRequest,
    responses((status = 200, body = Joined)))]
async fn join(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<JoinRequest>,
) -> Result<Json<Joined>, Refused> {
    perform(&app, caller, (), body).await
}

/// End for everyone.
#[utoipa::path(post, path = "/live/end/{session_id}", tag = "live", params(("session_id" = uuid::Uuid, Path)),
    request_body = Empty, responses((status = 200, body = Ended)))]
async fn end(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(session): Ids<SessionId>,
) -> Result<Json<Ended>, Refused> {
    perform_as(&app, caller, Command::Sessions(Sessions::End(session))).await
}

/// Public live sessions, busiest first; needs no token.
#[utoipa::path(get, path = "/live/active", tag = "live", params(ActiveQuery), security(()),
    responses((status = 200, body = Vec<ActiveSession>)))]
async fn active(
    State(app): State<Arc<App>>,
    Passer(actor): Passer,
    UrlQuery(wishes): UrlQuery<ActiveQuery>,
) -> Result<Json<Vec<ActiveSession>>, Refused> {
    answer(&app, &actor, wishes.query()).await
}

/// One session in detail; needs no token.
#[utoipa::path(get, path = "/live/session/{session_id}", tag = "live",
    params(("session_id" = uuid::Uuid, Path)), security(()), responses((status = 200, body = SessionDetails)))]
async fn session(
    State(app): State<Arc<App>>,
    Passer(actor): Passer,
    Ids(session): Ids<SessionId>,
) -> Result<Json<SessionDetails>, Refused> {
    answer(&app, &actor, Query::Session(session)).await
}

/// Staged people, then viewers; needs no token.
#[utoipa::path(get, path = "/live/participants/{session_id}", tag = "live",
    params(("session_id" = uuid::Uuid, Path)), security(()), responses((status = 200, body = Vec<Participant>)))]
async fn participants(
    State(app): State<Arc<App>>,
    Passer(actor): Passer,
    Ids(session): Ids<SessionId>,
) -> Result<Json<Vec<Participant>>, Refused> {
    let page = Page { cursor: None, limit: PAGE_LIMIT_MAX };
    answer(&app, &actor, Query::People(session, page)).await
}

/// Say something.
#[utoipa::path(post, path = "/live/send-message", tag = "live", request_body = SendMessageRequest,
    responses((status = 200, body = ChatLine)))]
async fn send_message(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<SendMessageRequest>,
) -> Result<Json<ChatLine>, Refused> {
    perform(&app, caller, (), body).await
}

/// What was said, and who came up and left the stage, oldest first.
#[utoipa::path(get, path = "/live/messages/{session_id}", tag = "live",
    params(("session_id" = uuid::Uuid, Path), MessagesQuery), responses((status = 200, body = Vec<ChatLine>)))]
async fn messages(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(session): Ids<SessionId>,
    UrlQuery(wishes): UrlQuery<MessagesQuery>,
) -> Result<Json<Vec<ChatLine>>, Refused> {
    answer(&app, &caller.actor, wishes.query(session)?).await
}

/// React.
#[utoipa::path(post, path = "/live/react", tag = "live", request_body = ReactRequest,
    responses((status = 200, body = Reacted)))]
async fn react(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<ReactRequest>,
) -> Result<Json<Reacted>, Refused> {
    let kind = body.kind();
    let command = v1::command_of(body, (), caller.actor.user_id)?;
    dispatch::execute(&app, &caller.actor, command, caller.key).await?;
    Ok(Json(kind.ok_or(Code::Fault)?.into()))
}
