//! Accounts and tokens in `/v1`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::header::SET_COOKIE;
use http::{HeaderValue, StatusCode};
use onstage_dialects::v1::{
    AccountBody, AnonymousTokenBody, AuditEntryBody, BanBody, ChangeMe, Empty, ListQuery, MeBody, NewAccount,
    NewAccountFields, NewAnonymousToken, NewTokens, PageBody, RefreshTokens, SetPlanBody, SignInFields,
    SignedUpBody, TicketBody, TokensBody, page,
};
use onstage_domain::accounts::{Account, AccountView, Command as Accounts};
use onstage_domain::ports::Credential;
use onstage_domain::problem::Code;
use onstage_domain::text::DisplayName;
use onstage_domain::{Command, Query, Reply, UserId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, Origin, Signed};
use crate::app::App;
use crate::http::{
    Caller, ClientAddress, Cookies, Ids, JsonBody, Refused, Wishes, perform, perform_as, question,
};
use crate::rates::{Rate, Whose};

const REFRESH_COOKIE: &str = "onstage_refresh";
/// The refresh cookie goes to these addresses only.
const REFRESH_PATH: &str = "/v1/tokens";
const DEVICE_COOKIE: &str = "onstage_device";
const DEVICE_TTL_S: i64 = 365 * 24 * 3600;
const SECOND_MS: i64 = 1_000;

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(sign_up, list_accounts))
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(refresh))
        .routes(routes!(anonymous))
        .routes(routes!(me, change_me, delete_me))
        .routes(routes!(ticket))
        .routes(routes!(ban))
        .routes(routes!(set_plan))
        .routes(routes!(audit))
}

fn body_of(account: Account) -> AccountBody {
    AccountView {
        id: account.id,
        handle: account.handle,
        display_name: account.display_name,
        avatar_url: account.avatar_url,
        plan: account.plan,
        operator: account.operator,
        banned: account.banned_at.is_some(),
        created_at: account.created_at,
    }
    .into()
}

/// Open an account.
#[utoipa::path(post, path = "/v1/accounts", tag = "accounts", request_body = NewAccount, security(()),
    responses((status = 201, body = SignedUpBody)))]
async fn sign_up(
    State(app): State<Arc<App>>,
    Extension(address): Extension<ClientAddress>,
    cookies: Cookies,
    JsonBody(body): JsonBody<NewAccount>,
) -> Result<Response, Refused> {
    let fields = NewAccountFields::try_from(body)?;
    let from = origin(&app, address, &cookies);
    let device = device_cookie(&app, &from);
    let signed = service::sign_up(&app, from, fields).await?;
    let body = SignedUpBody {
        account: body_of(signed.account),
        access_token: signed.access_token,
        refresh_token: signed.refresh_token,
        expires_at: signed.expires_at.into(),
    };
    Ok(with_cookie((StatusCode::CREATED, Json(body)).into_response(), &device))
}

/// Everybody (operators).
#[utoipa::path(get, path = "/v1/accounts", tag = "accounts", params(ListQuery),
    responses((status = 200, body = PageBody<AccountBody>)))]
async fn list_accounts(
    State(app): State<Arc<App>>,
    caller: Caller,
    Wishes(wishes): Wishes,
) -> Result<Json<PageBody<AccountBody>>, Refused> {
    let Reply::Accounts(listed) = question(&app, &caller, Query::Accounts(wishes.page()?)).await? else {
        return Err(Code::Fault.into());
    };
    Ok(Json(page(listed)))
}

/// Sign in.
#[utoipa::path(post, path = "/v1/tokens", tag = "tokens", request_body = NewTokens, security(()),
    responses((status = 201, body = TokensBody)))]
async fn sign_in(
    State(app): State<Arc<App>>,
    Extension(address): Extension<ClientAddress>,
    cookies: Cookies,
    JsonBody(body): JsonBody<NewTokens>,
) -> Result<Response, Refused> {
    let fields = SignInFields::try_from(body)?;
    let by_cookie = fields.cookie;
    let from = origin(&app, address, &cookies);
    let device = device_cookie(&app, &from);
    let signed = service::sign_in(&app, from, fields).await?;
    Ok(with_cookie(tokens(&app, StatusCode::CREATED, signed, by_cookie), &device))
}

/// Sign out: ends this sign-in everywhere and closes its sockets.
#[utoipa::path(delete, path = "/v1/tokens", tag = "tokens", responses((status = 204)))]
async fn sign_out(
    State(app): State<Arc<App>>,
    caller: Result<Caller, Refused>,
    cookies: Cookies,
) -> Result<Response, Refused> {
    match (caller, cookies.get(REFRESH_COOKIE)) {
        (Ok(caller), _) => service::sign_out(&app, &caller.actor).await?,
        (Err(_), Some(token)) => service::sign_out_by_refresh(&app, token).await?,
        (Err(refused), None) => return Err(refused),
    }
    let gone = cookie(&app, REFRESH_COOKIE, "", REFRESH_PATH, 0);
    Ok(with_cookie(StatusCode::NO_CONTENT.into_response(), &gone))
}

/// New tokens for a refresh token, from the body or the cookie.
#[utoipa::path(post, path = "/v1/tokens/refresh", tag = "tokens", request_body = RefreshTokens, security(()),
    responses((status = 200, body = TokensBody)))]
async fn refresh(
    State(app): State<Arc<App>>,
    cookies: Cookies,
    JsonBody(body): JsonBody<RefreshTokens>,
) -> Result<Response, Refused> {
    let from_body = body.refresh_token.value().map(String::as_str);
    let by_cookie = from_body.is_none();
    let token = from_body.or_else(|| cookies.get(REFRESH_COOKIE)).ok_or(Code::Unauthenticated)?;
    let signed = service::refresh(&app, token).await?;
    Ok(tokens(&app, StatusCode::OK, signed, by_cookie))
}

fn tokens(app: &App, status: StatusCode, signed: Signed, by_cookie: bool) -> Response {
    let in_cookie = by_cookie.then(|| signed.refresh_token.clone());
    let body = TokensBody {
        access_token: signed.access_token,
        refresh_token: (!by_cookie).then_some(signed.refresh_token),
        expires_at: signed.expires_at.into(),
        account: Some(body_of(signed.account)),
    };
    let response = (status, Json(body)).into_response();
    match in_cookie {
        Some(token) => {
            let ttl_s = service::REFRESH_TTL_MS.div_euclid(SECOND_MS);
            with_cookie(response, &cookie(app, REFRESH_COOKIE, &token, REFRESH_PATH, ttl_s))
        }
        None => response,
    }
}

fn cookie(app: &App, name: &str, value: &str, path: &str, ttl_s: i64) -> String {
    let secure = if app.settings.public_url.starts_with("https:") { "; Secure" } else { "" };
    format!("{name}={value}; Path={path}; Max-Age={ttl_s}; HttpOnly; SameSite=Strict{secure}")
}

/// A browser without a device cookie gets one, whether somebody signs in there or only watches.
fn origin(app: &App, address: ClientAddress, cookies: &Cookies) -> Origin {
    let known = cookies.get(DEVICE_COOKIE).filter(|device| device.parse::<uuid::Uuid>().is_ok());
    Origin { address: address.0, device: known.map_or_else(|| app.uuid().to_string(), str::to_owned) }
}

fn device_cookie(app: &App, from: &Origin) -> String {
    cookie(app, DEVICE_COOKIE, &from.device, "/", DEVICE_TTL_S)
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

/// A token for watching without an account.
#[utoipa::path(post, path = "/v1/tokens/anonymous", tag = "tokens", request_body = NewAnonymousToken, security(()),
    responses((status = 201, body = AnonymousTokenBody)))]
async fn anonymous(
    State(app): State<Arc<App>>,
    Extension(address): Extension<ClientAddress>,
    cookies: Cookies,
    JsonBody(body): JsonBody<NewAnonymousToken>,
) -> Result<Response, Refused> {
    let name = Option::<DisplayName>::try_from(body)?;
    let from = origin(&app, address, &cookies);
    let device = device_cookie(&app, &from);
    let (access_token, expires_at) = service::anonymous(&app, from, name).await?;
    let body = AnonymousTokenBody { access_token, expires_at: expires_at.into() };
    let response = (StatusCode::CREATED, Json(body)).into_response();
    Ok(with_cookie(response, &device))
}

/// The account behind the token.
#[utoipa::path(get, path = "/v1/me", tag = "accounts", responses((status = 200, body = MeBody)))]
async fn me(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<MeBody>, Refused> {
    let Reply::Account(view) = question(&app, &caller, Query::Me).await? else {
        return Err(Code::Fault.into());
    };
    Ok(Json(MeBody { account: view.into() }))
}

/// Change one's own account.
#[utoipa::path(patch, path = "/v1/me", tag = "accounts", request_body = ChangeMe,
    responses((status = 200, body = MeBody)))]
async fn change_me(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(body): JsonBody<ChangeMe>,
) -> Result<Json<MeBody>, Refused> {
    perform(&app, caller, (), body).await
}

/// Delete one's own account.
#[utoipa::path(delete, path = "/v1/me", tag = "accounts", responses((status = 204)))]
async fn delete_me(State(app): State<Arc<App>>, caller: Caller) -> Result<StatusCode, Refused> {
    let Json(Empty {}) = perform_as(&app, caller, Command::Accounts(Accounts::DeleteMe)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A ticket for one socket.
#[utoipa::path(post, path = "/v1/tickets", tag = "tokens", request_body = Empty,
    responses((status = 201, body = TicketBody)))]
async fn ticket(
    State(app): State<Arc<App>>,
    headers: http::HeaderMap,
    caller: Caller,
) -> Result<(StatusCode, Json<TicketBody>), Refused> {
    let token = crate::http::bearer(&headers).ok_or(Code::Unauthenticated)?;
    let claims = service::claims_of(&app, Credential::Token(token)).await?;
    app.rates.count(Rate::Tickets, Whose::User(caller.actor.user_id), app.clock.now())?;
    let (ticket, expires_at) = app.tickets.issue(&*app.dice, app.clock.now(), claims)?;
    Ok((StatusCode::CREATED, Json(TicketBody { ticket, expires_at: expires_at.into() })))
}

/// Ban, or lift a ban (operators).
#[utoipa::path(post, path = "/v1/accounts/{id}/ban", tag = "accounts", params(("id" = uuid::Uuid, Path)),
    request_body = BanBody, responses((status = 200, body = MeBody)))]
async fn ban(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(user): Ids<UserId>,
    JsonBody(body): JsonBody<BanBody>,
) -> Result<Json<MeBody>, Refused> {
    perform(&app, caller, user, body).await
}

/// Change a plan (operators).
#[utoipa::path(post, path = "/v1/accounts/{id}/plan", tag = "accounts", params(("id" = uuid::Uuid, Path)),
    request_body = SetPlanBody, responses((status = 200, body = MeBody)))]
async fn set_plan(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(user): Ids<UserId>,
    JsonBody(body): JsonBody<SetPlanBody>,
) -> Result<Json<MeBody>, Refused> {
    perform(&app, caller, user, body).await
}

/// Who did what to whom, newest first (operators).
#[utoipa::path(get, path = "/v1/audit", tag = "accounts", params(ListQuery),
    responses((status = 200, body = PageBody<AuditEntryBody>)))]
async fn audit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Wishes(wishes): Wishes,
) -> Result<Json<PageBody<AuditEntryBody>>, Refused> {
    let Reply::Audit(listed) = question(&app, &caller, Query::Audit(wishes.page()?)).await? else {
        return Err(Code::Fault.into());
    };
    Ok(Json(page(listed)))
}
