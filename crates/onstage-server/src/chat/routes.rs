//! Chat in `/v1`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use onstage_dialects::time::parse_rfc3339;
use onstage_dialects::v1::{Empty, ListQuery, MessageBody, PageBody, React, SendMessage, page};
use onstage_domain::chat::Command as Chat;
use onstage_domain::problem::{Code, FieldError, Problem};
use onstage_domain::reply::Before;
use onstage_domain::{At, Command, MessageId, Query, Reply, SessionId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Caller, Ids, JsonBody, Refused, Wishes, perform, perform_as, question};

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, send)).routes(routes!(delete)).routes(routes!(react))
}

/// Chat, newest page first, oldest first within it.
#[utoipa::path(get, path = "/v1/sessions/{id}/messages", tag = "chat",
    params(("id" = uuid::Uuid, Path), ListQuery, onstage_dialects::v1::BeforeParam), responses((status = 200, body = PageBody<MessageBody>)))]
async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    Wishes(wishes): Wishes,
) -> Result<Json<PageBody<MessageBody>>, Refused> {
    let before = wishes.before.as_deref().map(read_before).transpose()?;
    let Reply::Messages(listed) =
        question(&app, &caller, Query::Messages(id, before, wishes.page()?)).await?
    else {
        return Err(Code::Fault.into());
    };
    Ok(Json(page(listed)))
}

/// A message, a moment as text, or Unix milliseconds.
fn read_before(text: &str) -> Result<Before, Problem> {
    let message = text.parse().ok().map(Before::Message);
    let moment = || parse_rfc3339(text).or_else(|| text.parse().ok().map(At)).map(Before::Moment);
    message.or_else(moment).ok_or_else(|| {
        Problem::invalid(vec![FieldError {
            pointer: "/before".to_owned(),
            code: "wrong_type".to_owned(),
            detail: "use a message's id, a time as RFC 3339 or Unix milliseconds".to_owned(),
        }])
    })
}

/// Say something.
#[utoipa::path(post, path = "/v1/sessions/{id}/messages", tag = "chat", params(("id" = uuid::Uuid, Path)),
    request_body = SendMessage, responses((status = 201, body = MessageBody)))]
async fn send(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(body): JsonBody<SendMessage>,
) -> Result<(StatusCode, Json<MessageBody>), Refused> {
    Ok((StatusCode::CREATED, perform(&app, caller, id, body).await?))
}

/// Take a message away.
#[utoipa::path(delete, path = "/v1/sessions/{id}/messages/{message_id}", tag = "chat",
    params(("id" = uuid::Uuid, Path), ("message_id" = uuid::Uuid, Path)),
    responses((status = 200, body = Empty)))]
async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids((session, message)): Ids<(SessionId, MessageId)>,
) -> Result<Json<Empty>, Refused> {
    perform_as(&app, caller, Command::Chat(Chat::Delete { session, message })).await
}

/// React.
#[utoipa::path(post, path = "/v1/sessions/{id}/reactions", tag = "chat", params(("id" = uuid::Uuid, Path)),
    request_body = React, responses((status = 202, body = Empty)))]
async fn react(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(body): JsonBody<React>,
) -> Result<(StatusCode, Json<Empty>), Refused> {
    Ok((StatusCode::ACCEPTED, perform(&app, caller, id, body).await?))
}
