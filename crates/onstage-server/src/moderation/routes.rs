//! Moderation in `/v1`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use onstage_dialects::v1::{TimeoutBody, UntilBody};
use onstage_domain::{SessionId, UserId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Caller, Ids, JsonBody, Refused, perform};

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(time_out))
}

/// No chat, reactions or requests for a while.
#[utoipa::path(post, path = "/v1/sessions/{id}/people/{user_id}/timeout", tag = "moderation",
    params(("id" = uuid::Uuid, Path), ("user_id" = uuid::Uuid, Path)),
    request_body = TimeoutBody, responses((status = 200, body = UntilBody)))]
async fn time_out(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(target): Ids<(SessionId, UserId)>,
    JsonBody(body): JsonBody<TimeoutBody>,
) -> Result<Json<UntilBody>, Refused> {
    perform(&app, caller, target, body).await
}
