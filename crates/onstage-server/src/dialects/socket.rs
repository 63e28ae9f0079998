//! The two REST calls beside S3's socket: numbers of a session, and its end.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Query as UrlQuery, State};
use http::request::Parts;
use onstage_dialects::live::Ended;
use onstage_dialects::socket::{SessionStats, TokenQuery};
use onstage_dialects::v1::{Empty, rendered};
use onstage_domain::ports::Credential;
use onstage_domain::problem::Code;
use onstage_domain::sessions::Command as Sessions;
use onstage_domain::{Actor, Command, Query, SessionId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::dispatch;
use crate::http::{Ids, Refused, bearer};

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(stats)).routes(routes!(end, end_by_delete))
}

/// Who calls: by the header, or by `?token=` as S3's clients do; the header counts where there are both.
struct Bearer(Actor);

impl FromRequestParts<Arc<App>> for Bearer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refused> {
        if let Some(token) = bearer(&parts.headers) {
            return Ok(Self(app.authenticate(Credential::Token(token)).await?));
        }
        let query = UrlQuery::<TokenQuery>::from_request_parts(parts, app).await;
        let token = query.ok().and_then(|UrlQuery(query)| query.token).ok_or(Code::Unauthenticated)?;
        Ok(Self(app.authenticate(Credential::Either(&token)).await?))
    }
}

/// Numbers of a running or ended session, for whoever may see it.
#[utoipa::path(get, path = "/ws/live/{session_id}/stats", tag = "socket",
    params(("session_id" = uuid::Uuid, Path), TokenQuery), responses((status = 200, body = SessionStats)))]
async fn stats(
    State(app): State<Arc<App>>,
    Bearer(actor): Bearer,
    Ids(session): Ids<SessionId>,
) -> Result<Json<SessionStats>, Refused> {
    Ok(Json(rendered(dispatch::ask(&app, &actor, Query::Stats(session)).await?)?))
}

/// End for everyone.
#[utoipa::path(post, path = "/ws/live/{session_id}/end", tag = "socket",
    params(("session_id" = uuid::Uuid, Path), TokenQuery), request_body = Empty,
    responses((status = 200, body = Ended)))]
async fn end(
    State(app): State<Arc<App>>,
    Bearer(actor): Bearer,
    Ids(session): Ids<SessionId>,
) -> Result<Json<Ended>, Refused> {
    finish(&app, &actor, session).await
}

/// The same: S3 does not say which method it means (K31).
#[utoipa::path(delete, path = "/ws/live/{session_id}/end", tag = "socket",
    params(("session_id" = uuid::Uuid, Path), TokenQuery), responses((status = 200, body = Ended)))]
async fn end_by_delete(
    State(app): State<Arc<App>>,
    Bearer(actor): Bearer,
    Ids(session): Ids<SessionId>,
) -> Result<Json<Ended>, Refused> {
    finish(&app, &actor, session).await
}

async fn finish(app: &Arc<App>, actor: &Actor, session: SessionId) -> Result<Json<Ended>, Refused> {
    let command = Command::Sessions(Sessions::End(session));
    Ok(Json(rendered(dispatch::execute(app, actor, command, None).await?)?))
}
