//! The stage in `/v1`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use onstage_dialects::v1::{
    AnsweredRequest, AskSeat, Empty, EnforcedBody, InvitationBody, InvitationWithSeat, InviteBody, KickBody,
    ListQuery, MediaChoice, MuteAllBody, MuteBody, MutedBody, OwnMedia, PageBody, ParticipantBody,
    PermissionsBody, PromptedBody, RequestBody, RoleBody, SeatBody, SeatedBody, SessionChanged, page,
};
use onstage_domain::problem::{Code, FieldError, Problem};
use onstage_domain::stage::{Command as Stage, RequestState};
use onstage_domain::{Command, InvitationId, Query, Reply, RequestId, SessionId, UserId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Caller, Ids, JsonBody, Refused, Wishes, perform, perform_as, question};

type Whom = Ids<(SessionId, UserId)>;

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    queue().merge(own()).merge(others())
}

fn queue() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_requests, ask))
        .routes(routes!(cancel_request))
        .routes(routes!(accept_request))
        .routes(routes!(decline_request))
        .routes(routes!(list_invitations, invite))
        .routes(routes!(accept_invitation))
        .routes(routes!(decline_invitation))
}

fn own() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(people))
        .routes(routes!(go_on_stage))
        .routes(routes!(step_down))
        .routes(routes!(own_media))
}

fn others() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(mute))
        .routes(routes!(ask_unmute))
        .routes(routes!(mute_all))
        .routes(routes!(kick))
        .routes(routes!(allow_back))
        .routes(routes!(set_role))
        .routes(routes!(set_permissions))
        .routes(routes!(move_seat))
}

/// Ask to go up.
#[utoipa::path(post, path = "/v1/sessions/{id}/requests", tag = "stage", params(("id" = uuid::Uuid, Path)),
    request_body = AskSeat, responses((status = 201, body = RequestBody)))]
async fn ask(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(body): JsonBody<AskSeat>,
) -> Result<(StatusCode, Json<RequestBody>), Refused> {
    Ok((StatusCode::CREATED, perform(&app, caller, id, body).await?))
}

/// Who wants to go up (for who manages guests).
#[utoipa::path(get, path = "/v1/sessions/{id}/requests", tag = "stage",
    params(("id" = uuid::Uuid, Path), ListQuery, onstage_dialects::v1::StateParam), responses((status = 200, body = PageBody<RequestBody>)))]
async fn list_requests(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    Wishes(wishes): Wishes,
) -> Result<Json<PageBody<RequestBody>>, Refused> {
    let state = wishes.state.as_deref().map(read_state).transpose()?;
    let Reply::Requests(listed) = question(&app, &caller, Query::Requests(id, state, wishes.page()?)).await?
    else {
        return Err(Code::Fault.into());
    };
    Ok(Json(page(listed)))
}

fn read_state(word: &str) -> Result<RequestState, Problem> {
    RequestState::from_word(word).ok_or_else(|| {
        let words: Vec<_> = RequestState::ALL.iter().map(|state| state.word()).collect();
        Problem::invalid(vec![FieldError {
            pointer: "/state".to_owned(),
            code: "unknown_word".to_owned(),
            detail: format!("use one of {}", words.join(", ")),
        }])
    })
}

/// Take one's own request back.
#[utoipa::path(delete, path = "/v1/sessions/{id}/requests/{request_id}", tag = "stage",
    params(("id" = uuid::Uuid, Path), ("request_id" = uuid::Uuid, Path)), responses((status = 200, body = Empty)))]
async fn cancel_request(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids((_, request)): Ids<(SessionId, RequestId)>,
) -> Result<Json<Empty>, Refused> {
    perform_as(&app, caller, Command::Stage(Stage::CancelRequest(request))).await
}

/// Let somebody up: the seat is held for a minute.
#[utoipa::path(post, path = "/v1/sessions/{id}/requests/{request_id}/accept", tag = "stage",
    params(("id" = uuid::Uuid, Path), ("request_id" = uuid::Uuid, Path)),
    request_body = Empty, responses((status = 200, body = AnsweredRequest)))]
async fn accept_request(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids((_, request)): Ids<(SessionId, RequestId)>,
    JsonBody(_): JsonBody<Empty>,
) -> Result<Json<AnsweredRequest>, Refused> {
    perform_as(&app, caller, Command::Stage(Stage::Accept { request, seat_at_once: false })).await
}

/// Say no.
#[utoipa::path(post, path = "/v1/sessions/{id}/requests/{request_id}/decline", tag = "stage",
    params(("id" = uuid::Uuid, Path), ("request_id" = uuid::Uuid, Path)),
    request_body = Empty, responses((status = 200, body = AnsweredRequest)))]
async fn decline_request(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids((_, request)): Ids<(SessionId, RequestId)>,
    JsonBody(_): JsonBody<Empty>,
) -> Result<Json<AnsweredRequest>, Refused> {
    perform_as(&app, caller, Command::Stage(Stage::Decline(request))).await
}

/// Offer a seat; it can be accepted for twenty seconds.
#[utoipa::path(post, path = "/v1/sessions/{id}/invitations", tag = "stage", params(("id" = uuid::Uuid, Path)),
    request_body = InviteBody, responses((status = 201, body = InvitationBody)))]
async fn invite(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(body): JsonBody<InviteBody>,
) -> Result<(StatusCode, Json<InvitationBody>), Refused> {
    Ok((StatusCode::CREATED, perform(&app, caller, id, body).await?))
}

/// Invitations: all of them for who manages guests, one's own for others.
#[utoipa::path(get, path = "/v1/sessions/{id}/invitations", tag = "stage",
    params(("id" = uuid::Uuid, Path), ListQuery), responses((status = 200, body = PageBody<InvitationBody>)))]
async fn list_invitations(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    Wishes(wishes): Wishes,
) -> Result<Json<PageBody<InvitationBody>>, Refused> {
    let Reply::Invitations(listed) = question(&app, &caller, Query::Invitations(id, wishes.page()?)).await?
    else {
        return Err(Code::Fault.into());
    };
    Ok(Json(page(listed)))
}

/// Take the offered seat.
#[utoipa::path(post, path = "/v1/invitations/{id}/accept", tag = "stage", params(("id" = uuid::Uuid, Path)),
    request_body = Empty, responses((status = 200, body = InvitationWithSeat)))]
async fn accept_invitation(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(invitation): Ids<InvitationId>,
    JsonBody(_): JsonBody<Empty>,
) -> Result<Json<InvitationWithSeat>, Refused> {
    let command = Stage::AcceptInvitation { invitation, seat_at_once: false };
    perform_as(&app, caller, Command::Stage(command)).await
}

/// Do not take it.
#[utoipa::path(post, path = "/v1/invitations/{id}/decline", tag = "stage", params(("id" = uuid::Uuid, Path)),
    request_body = Empty, responses((status = 200, body = InvitationWithSeat)))]
async fn decline_invitation(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(invitation): Ids<InvitationId>,
    JsonBody(_): JsonBody<Empty>,
) -> Result<Json<InvitationWithSeat>, Refused> {
    perform_as(&app, caller, Command::Stage(Stage::DeclineInvitation(invitation))).await
}

/// Who is there, staged first.
#[utoipa::path(get, path = "/v1/sessions/{id}/people", tag = "stage",
    params(("id" = uuid::Uuid, Path), ListQuery), responses((status = 200, body = PageBody<ParticipantBody>)))]
async fn people(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    Wishes(wishes): Wishes,
) -> Result<Json<PageBody<ParticipantBody>>, Refused> {
    let Reply::People(listed) = question(&app, &caller, Query::People(id, wishes.counted_page()?)).await?
    else {
        return Err(Code::Fault.into());
    };
    Ok(Json(page(listed)))
}

/// Take a held seat.
#[utoipa::path(post, path = "/v1/sessions/{id}/people/me/go_on_stage", tag = "stage",
    params(("id" = uuid::Uuid, Path)), request_body = Empty, responses((status = 200, body = SeatedBody)))]
async fn go_on_stage(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(_): JsonBody<Empty>,
) -> Result<Json<SeatedBody>, Refused> {
    perform_as(&app, caller, Command::Stage(Stage::GoOnStage(id))).await
}

/// Go back to the audience.
#[utoipa::path(post, path = "/v1/sessions/{id}/people/me/step_down", tag = "stage",
    params(("id" = uuid::Uuid, Path)), request_body = Empty, responses((status = 200, body = SeatedBody)))]
async fn step_down(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(_): JsonBody<Empty>,
) -> Result<Json<SeatedBody>, Refused> {
    perform_as(&app, caller, Command::Stage(Stage::StepDown(id))).await
}

/// One's own microphone and camera.
#[utoipa::path(post, path = "/v1/sessions/{id}/people/me/media", tag = "stage",
    params(("id" = uuid::Uuid, Path)), request_body = OwnMedia, responses((status = 200, body = SeatedBody)))]
async fn own_media(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(body): JsonBody<OwnMedia>,
) -> Result<Json<SeatedBody>, Refused> {
    perform(&app, caller, id, body).await
}

/// Mute, or lift a mute and ask.
#[utoipa::path(post, path = "/v1/sessions/{id}/people/{user_id}/mute", tag = "stage",
    params(("id" = uuid::Uuid, Path), ("user_id" = uuid::Uuid, Path)),
    request_body = MuteBody, responses((status = 200, body = MutedBody)))]
async fn mute(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(whom): Whom,
    JsonBody(body): JsonBody<MuteBody>,
) -> Result<Json<MutedBody>, Refused> {
    perform(&app, caller, whom, body).await
}

/// Ask somebody to unmute.
#[utoipa::path(post, path = "/v1/sessions/{id}/people/{user_id}/ask_unmute", tag = "stage",
    params(("id" = uuid::Uuid, Path), ("user_id" = uuid::Uuid, Path)),
    request_body = MediaChoice, responses((status = 200, body = PromptedBody)))]
async fn ask_unmute(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(whom): Whom,
    JsonBody(body): JsonBody<MediaChoice>,
) -> Result<Json<PromptedBody>, Refused> {
    perform(&app, caller, whom, body).await
}

/// Mute everybody on stage whom the caller may mute.
#[utoipa::path(post, path = "/v1/sessions/{id}/mute_all", tag = "stage", params(("id" = uuid::Uuid, Path)),
    request_body = MuteAllBody, responses((status = 200, body = SessionChanged)))]
async fn mute_all(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<SessionId>,
    JsonBody(body): JsonBody<MuteAllBody>,
) -> Result<Json<SessionChanged>, Refused> {
    perform(&app, caller, id, body).await
}

/// Out, and not back.
#[utoipa::path(post, path = "/v1/sessions/{id}/people/{user_id}/kick", tag = "stage",
    params(("id" = uuid::Uuid, Path), ("user_id" = uuid::Uuid, Path)),
    request_body = KickBody, responses((status = 200, body = EnforcedBody)))]
async fn kick(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(whom): Whom,
    JsonBody(body): JsonBody<KickBody>,
) -> Result<Json<EnforcedBody>, Refused> {
    perform(&app, caller, whom, body).await
}

/// Undo the block.
#[utoipa::path(post, path = "/v1/sessions/{id}/people/{user_id}/allow_back", tag = "stage",
    params(("id" = uuid::Uuid, Path), ("user_id" = uuid::Uuid, Path)),
    request_body = Empty, responses((status = 200, body = EnforcedBody)))]
async fn allow_back(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids((session, user)): Whom,
    JsonBody(_): JsonBody<Empty>,
) -> Result<Json<EnforcedBody>, Refused> {
    perform_as(&app, caller, Command::Stage(Stage::AllowBack { session, user })).await
}

/// Promote or demote.
#[utoipa::path(post, path = "/v1/sessions/{id}/people/{user_id}/role", tag = "stage",
    params(("id" = uuid::Uuid, Path), ("user_id" = uuid::Uuid, Path)),
    request_body = RoleBody, responses((status = 200, body = SeatedBody)))]
async fn set_role(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(whom): Whom,
    JsonBody(body): JsonBody<RoleBody>,
) -> Result<Json<SeatedBody>, Refused> {
    perform(&app, caller, whom, body).await
}

/// Change what somebody may do.
#[utoipa::path(post, path = "/v1/sessions/{id}/people/{user_id}/permissions", tag = "stage",
    params(("id" = uuid::Uuid, Path), ("user_id" = uuid::Uuid, Path)),
    request_body = PermissionsBody, responses((status = 200, body = SeatedBody)))]
async fn set_permissions(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(whom): Whom,
    JsonBody(body): JsonBody<PermissionsBody>,
) -> Result<Json<SeatedBody>, Refused> {
    perform(&app, caller, whom, body).await
}

/// Move somebody to another seat.
#[utoipa::path(post, path = "/v1/sessions/{id}/people/{user_id}/seat", tag = "stage",
    params(("id" = uuid::Uuid, Path), ("user_id" = uuid::Uuid, Path)),
    request_body = SeatBody, responses((status = 200, body = SeatedBody)))]
async fn move_seat(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(whom): Whom,
    JsonBody(body): JsonBody<SeatBody>,
) -> Result<Json<SeatedBody>, Refused> {
    perform(&app, caller, whom, body).await
}
