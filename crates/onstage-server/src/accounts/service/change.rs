//! What people change about themselves, and operators about others.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use onstage_domain::accounts::{Account, AccountView, Command, Plan};
use onstage_domain::moderation::AuditAction;
use onstage_domain::ports::HangUp;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::{Listed, Page};
use onstage_domain::text::DisplayName;
use onstage_domain::{Actor, Reply, UserId};

use super::sign_up::hash_of;
use crate::accounts::store::{accounts, sign_ins};
use crate::app::App;
use crate::audit::{self, Deed};
use crate::db::Tx;
use crate::dice;
use crate::paging;

/// Carries a command out.
pub(crate) async fn execute(app: &App, actor: &Actor, command: Command) -> Result<Reply, Problem> {
    if actor.is_anonymous() {
        return Err(Problem::new(Code::SignInRequired));
    }
    match command {
        Command::Rename(name) => rename(app, actor, name).await,
        Command::DeleteMe => delete_me(app, actor).await,
        Command::SetPlan(user, plan) => set_plan(app, actor, user, plan).await,
        Command::Ban(user, banned) => ban(app, actor, user, banned).await,
    }
}

/// The account behind the token.
pub(crate) async fn me(app: &App, actor: &Actor) -> Result<AccountView, Problem> {
    if actor.is_anonymous() {
        return Err(Problem::new(Code::SignInRequired));
    }
    let account = accounts::by_id(app.db.reader(), actor.user_id).await?;
    account.map(accounts::view).ok_or_else(|| Problem::new(Code::Unauthenticated))
}

/// Everybody, for operators.
pub(crate) async fn ask_accounts(
    app: &App,
    actor: &Actor,
    page: &Page,
) -> Result<Listed<AccountView>, Problem> {
    operators_only(actor)?;
    let items = accounts::list(app.db.reader(), page).await?;
    let listed = paging::listed(items, page, |account: &Account| account.id.to_string());
    let items = listed.items.into_iter().map(accounts::view).collect();
    Ok(Listed { items, next_cursor: listed.next_cursor, total: None })
}

fn operators_only(actor: &Actor) -> Result<(), Problem> {
    if actor.is_operator() { Ok(()) } else { Err(Problem::new(Code::OperatorOnly)) }
}

async fn rename(app: &App, actor: &Actor, name: DisplayName) -> Result<Reply, Problem> {
    let tx = app.db.begin().await?;
    accounts::set_display_name(&tx, actor.user_id, name.as_str()).await?;
    tx.commit().await?;
    me(app, actor).await.map(Reply::Account)
}

async fn delete_me(app: &App, actor: &Actor) -> Result<Reply, Problem> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    sign_ins::revoke_all_of(&tx, actor.user_id, now).await?;
    accounts::delete(&tx, actor.user_id, now).await?;
    audit::write(app, &tx, deed(actor, "accounts.delete_me", actor.user_id)).await?;
    tx.commit().await?;
    app.outbox.hang_up(HangUp::User(actor.user_id));
    Ok(Reply::Done)
}

const fn deed<'a>(actor: &Actor, action: &'a str, target: UserId) -> Deed<'a> {
    Deed { actor: Some(actor.user_id), action, session: None, target: Some(target), reason: None }
}

async fn target(tx: &Tx, user: UserId) -> Result<Account, Problem> {
    accounts::by_id(&**tx, user).await?.ok_or_else(|| Problem::new(Code::AccountNotFound))
}

async fn set_plan(app: &App, actor: &Actor, user: UserId, plan: Plan) -> Result<Reply, Problem> {
    operators_only(actor)?;
    let tx = app.db.begin().await?;
    let account = target(&tx, user).await?;
    accounts::set_plan(&tx, user, plan).await?;
    audit::write(app, &tx, deed(actor, AuditAction::SetPlan.word(), user)).await?;
    tx.commit().await?;
    Ok(Reply::Account(accounts::view(Account { plan, ..account })))
}

/// A ban ends every sign-in; nobody bans themselves or another operator.
async fn ban(app: &App, actor: &Actor, user: UserId, banned: bool) -> Result<Reply, Problem> {
    operators_only(actor)?;
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    let account = target(&tx, user).await?;
    if account.operator {
        return Err(Problem::because(Code::NotAllowed, "Operators cannot be banned"));
    }
    let banned_at = banned.then_some(now);
    accounts::set_banned(&tx, user, banned_at).await?;
    if banned {
        sign_ins::revoke_all_of(&tx, user, now).await?;
    }
    let action = if banned { AuditAction::Ban } else { AuditAction::Unban };
    audit::write(app, &tx, deed(actor, action.word(), user)).await?;
    tx.commit().await?;
    if banned {
        app.outbox.hang_up(HangUp::User(user));
    }
    Ok(Reply::Account(accounts::view(Account { banned_at, ..account })))
}

/// `onstage admin`: makes an existing account an operator.
pub(crate) async fn grant_operator(app: &App, handle: &str) -> Result<AccountView, Problem> {
    let tx = app.db.begin().await?;
    let found = accounts::by_handle(&*tx, handle).await?;
    let (account, _) = found.ok_or_else(|| Problem::new(Code::AccountNotFound))?;
    accounts::set_operator(&tx, account.id).await?;
    let (action, target) = ("accounts.grant_operator", Some(account.id));
    audit::write(app, &tx, Deed { actor: None, action, session: None, target, reason: None }).await?;
    tx.commit().await?;
    Ok(accounts::view(Account { operator: true, ..account }))
}

/// `onstage admin`: a code that lets one person sign up.
pub(crate) async fn create_invite(app: &App) -> Result<String, Problem> {
    let code = URL_SAFE_NO_PAD.encode(dice::secret::<15>(&*app.dice));
    let tx = app.db.begin().await?;
    accounts::add_invite(&tx, hash_of(&code), app.clock.now()).await?;
    tx.commit().await?;
    Ok(code)
}
