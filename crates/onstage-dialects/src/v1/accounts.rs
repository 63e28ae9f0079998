//! Accounts and tokens in `/v1`.

use onstage_domain::accounts::{AccountView, Command as Accounts};
use onstage_domain::problem::Problem;
use onstage_domain::text::{DisplayName, Handle, Password};
use onstage_domain::{Command, Reply, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Body, FromReply};
use crate::fields::{Field, Fields, as_is, between, word};
use crate::time::Time;
use crate::words::PlanWord;

/// An account, as its owner and operators see it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema, JsonSchema)]
pub struct AccountBody {
    /// Id.
    pub id: Uuid,
    /// Unique name.
    pub handle: String,
    /// Shown name.
    pub display_name: String,
    /// Picture.
    pub avatar_url: Option<String>,
    /// Plan.
    pub plan: PlanWord,
    /// Runs this installation.
    pub operator: bool,
    /// May not sign in.
    pub banned: bool,
    /// Opened.
    pub created_at: Time,
}

impl From<AccountView> for AccountBody {
    fn from(view: AccountView) -> Self {
        Self {
            id: view.id.uuid(),
            handle: view.handle,
            display_name: view.display_name,
            avatar_url: view.avatar_url,
            plan: view.plan.into(),
            operator: view.operator,
            banned: view.banned,
            created_at: view.created_at.into(),
        }
    }
}

/// `{account}`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MeBody {
    /// The account behind the token.
    pub account: AccountBody,
}

impl FromReply for MeBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Account(view) = reply else { return None };
        Some(Self { account: view.into() })
    }
}

/// Tokens of a sign-in or a refresh.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TokensBody {
    /// JWT for the `Authorization` header.
    pub access_token: String,
    /// Single use; absent where it went into a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// End of the access token.
    pub expires_at: Time,
    /// Who signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountBody>,
}

/// Answer of sign-up.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SignedUpBody {
    /// The new account.
    pub account: AccountBody,
    /// JWT for the `Authorization` header.
    pub access_token: String,
    /// Single use.
    pub refresh_token: String,
    /// End of the access token.
    pub expires_at: Time,
}

/// Token of a watcher without an account.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AnonymousTokenBody {
    /// JWT for the `Authorization` header.
    pub access_token: String,
    /// Its end.
    pub expires_at: Time,
}

/// A ticket for one socket.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TicketBody {
    /// For `?ticket=`, once.
    pub ticket: String,
    /// Its end.
    pub expires_at: Time,
}

/// Sign-up.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct NewAccount {
    /// 3–30 of `a-z 0-9 _`.
    #[schema(value_type = String)]
    pub handle: Field<String>,
    /// 10–128 characters.
    #[schema(value_type = String)]
    pub password: Field<String>,
    /// 1–50 characters.
    #[schema(value_type = String)]
    pub display_name: Field<String>,
    /// Where sign-up is by invitation.
    #[schema(value_type = Option<String>)]
    pub invite_code: Field<String>,
    /// Printed at the first start of a server that listens beyond loopback: makes the first operator.
    #[schema(value_type = Option<String>)]
    pub setup_code: Field<String>,
}

/// Sign-up, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccountFields {
    /// Unique name.
    pub handle: Handle,
    /// Password.
    pub password: Password,
    /// Shown name.
    pub display_name: DisplayName,
    /// Where sign-up is by invitation.
    pub invite_code: Option<String>,
    /// For the first operator.
    pub setup_code: Option<String>,
}

impl TryFrom<NewAccount> for NewAccountFields {
    type Error = Problem;

    fn try_from(body: NewAccount) -> Result<Self, Problem> {
        let mut fields = Fields::default();
        let handle = fields.required("/handle", body.handle, |raw: String| Handle::parse(&raw));
        let password = fields.required("/password", body.password, |raw: String| Password::parse(&raw));
        let display_name =
            fields.required("/display_name", body.display_name, |raw: String| DisplayName::parse(&raw));
        let invite_code = fields.optional("/invite_code", body.invite_code, as_is);
        let setup_code = fields.optional("/setup_code", body.setup_code, as_is);
        fields.finish(|| {
            Some(Self {
                handle: handle?,
                password: password?,
                display_name: display_name?,
                invite_code,
                setup_code,
            })
        })
    }
}

/// Sign-in.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct NewTokens {
    /// Unique name.
    #[schema(value_type = String)]
    pub handle: Field<String>,
    /// Password.
    #[schema(value_type = String)]
    pub password: Field<String>,
    /// Life of the access token in seconds, up to a day, for clients that cannot refresh.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 86_400)]
    pub ttl_s: Field<i64>,
    /// The refresh token goes into an HttpOnly cookie.
    #[schema(value_type = Option<bool>)]
    pub cookie: Field<bool>,
}

/// Longest life of an access token, seconds.
const TOKEN_TTL_S_MAX: i64 = 86_400;

/// Sign-in, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInFields {
    /// As typed: what is no handle belongs to nobody.
    pub handle: String,
    /// As typed.
    pub password: String,
    /// Life of the access token in seconds.
    pub ttl_s: Option<i64>,
    /// Refresh token in a cookie.
    pub cookie: bool,
}

impl TryFrom<NewTokens> for SignInFields {
    type Error = Problem;

    fn try_from(body: NewTokens) -> Result<Self, Problem> {
        let mut fields = Fields::default();
        let handle = fields.required("/handle", body.handle, as_is);
        let password = fields.required("/password", body.password, as_is);
        let ttl_s = fields.optional("/ttl_s", body.ttl_s, between(1, TOKEN_TTL_S_MAX));
        let cookie = fields.optional("/cookie", body.cookie, as_is).unwrap_or(false);
        fields.finish(|| Some(Self { handle: handle?, password: password?, ttl_s, cookie }))
    }
}

/// A new access token for a refresh token, from the body or from the cookie.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RefreshTokens {
    /// Absent where the cookie carries it.
    #[schema(value_type = Option<String>)]
    pub refresh_token: Field<String>,
}

/// A token without an account.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct NewAnonymousToken {
    /// 1–50 characters.
    #[schema(value_type = Option<String>)]
    pub display_name: Field<String>,
}

impl TryFrom<NewAnonymousToken> for Option<DisplayName> {
    type Error = Problem;

    fn try_from(body: NewAnonymousToken) -> Result<Self, Problem> {
        let mut fields = Fields::default();
        let name =
            fields.optional("/display_name", body.display_name, |raw: String| DisplayName::parse(&raw));
        fields.finish(|| Some(name))
    }
}

/// Change of one's own account.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ChangeMe {
    /// 1–50 characters.
    #[schema(value_type = String)]
    pub display_name: Field<String>,
}

impl Body for ChangeMe {
    type Target = ();

    fn command(self, (): ()) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let name =
            fields.required("/display_name", self.display_name, |raw: String| DisplayName::parse(&raw));
        fields.finish(|| Some(Command::Accounts(Accounts::Rename(name?))))
    }
}

/// Operator: change of a plan.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SetPlanBody {
    /// The plan.
    #[schema(value_type = PlanWord)]
    pub plan: Field<String>,
}

impl Body for SetPlanBody {
    type Target = UserId;

    fn command(self, user: UserId) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let plan = fields.required("/plan", self.plan, word);
        fields.finish(|| Some(Command::Accounts(Accounts::SetPlan(user, plan?))))
    }
}

/// Operator: ban or its end.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct BanBody {
    /// On or off.
    #[schema(value_type = bool)]
    pub banned: Field<bool>,
}

impl Body for BanBody {
    type Target = UserId;

    fn command(self, user: UserId) -> Result<Command, Problem> {
        let mut fields = Fields::default();
        let banned = fields.required("/banned", self.banned, as_is);
        fields.finish(|| Some(Command::Accounts(Accounts::Ban(user, banned?))))
    }
}
