//! Rows of `accounts` and `invite_codes`.

use onstage_domain::accounts::{Account, AccountView, Plan};
use onstage_domain::reply::Page;
use onstage_domain::{At, UserId};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::db::{Tx, all, get, get_id, get_word, one, run, values};
use crate::fault::Fault;
use crate::paging;

pub(in crate::accounts) const COLUMNS: &str =
    "a.id, a.handle, a.display_name, a.avatar_url, a.plan, a.operator, a.banned_at, a.created_at";

pub(in crate::accounts) fn read(row: &QueryResult) -> Result<Account, Fault> {
    Ok(Account {
        id: get_id(row, "id", UserId::new)?,
        handle: get(row, "handle")?,
        display_name: get(row, "display_name")?,
        avatar_url: get(row, "avatar_url")?,
        plan: get_word(row, "plan", Plan::from_word)?,
        operator: get(row, "operator")?,
        banned_at: get::<Option<i64>>(row, "banned_at")?.map(At),
        created_at: At(get(row, "created_at")?),
    })
}

/// As its owner and operators see it.
pub(in crate::accounts) fn view(account: Account) -> AccountView {
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
}

pub(in crate::accounts) async fn insert(
    tx: &Tx,
    account: &Account,
    password_hash: &str,
) -> Result<(), Fault> {
    let sql = "INSERT INTO accounts (id, handle, display_name, avatar_url, password_hash, plan, operator, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = values![
        account.id.uuid(),
        account.handle.clone(),
        account.display_name.clone(),
        account.avatar_url.clone(),
        password_hash,
        account.plan.word(),
        account.operator,
        account.created_at.0,
    ];
    run(&**tx, sql, values).await.map(drop)
}

pub(in crate::accounts) async fn by_id(
    db: &impl ConnectionTrait,
    id: UserId,
) -> Result<Option<Account>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM accounts a WHERE a.id = $1 AND a.deleted_at IS NULL");
    one(db, &sql, values![id.uuid()]).await?.as_ref().map(read).transpose()
}

/// The account of a handle with its password hash.
pub(in crate::accounts) async fn by_handle(
    db: &impl ConnectionTrait,
    handle: &str,
) -> Result<Option<(Account, String)>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS}, a.password_hash FROM accounts a WHERE a.handle = $1 AND a.deleted_at IS NULL"
    );
    let row = one(db, &sql, values![handle]).await?;
    row.as_ref().map(|row| Ok((read(row)?, get(row, "password_hash")?))).transpose()
}

/// Everybody, oldest first.
pub(in crate::accounts) async fn list(db: &impl ConnectionTrait, page: &Page) -> Result<Vec<Account>, Fault> {
    let after = paging::id_cursor(page).unwrap_or(Uuid::nil());
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts a WHERE a.deleted_at IS NULL AND a.id > $1 ORDER BY a.id LIMIT $2"
    );
    all(db, &sql, values![after, paging::one_more(page)]).await?.iter().map(read).collect()
}

pub(in crate::accounts) async fn is_first(tx: &Tx) -> Result<bool, Fault> {
    Ok(one(&**tx, "SELECT id FROM accounts LIMIT 1", values![]).await?.is_none())
}

pub(in crate::accounts) async fn has_operator(db: &impl ConnectionTrait) -> Result<bool, Fault> {
    let sql = "SELECT id FROM accounts WHERE operator AND deleted_at IS NULL LIMIT 1";
    Ok(one(db, sql, values![]).await?.is_some())
}

pub(in crate::accounts) async fn set_display_name(tx: &Tx, id: UserId, name: &str) -> Result<(), Fault> {
    run(&**tx, "UPDATE accounts SET display_name = $2 WHERE id = $1", values![id.uuid(), name])
        .await
        .map(drop)
}

pub(in crate::accounts) async fn set_plan(tx: &Tx, id: UserId, plan: Plan) -> Result<(), Fault> {
    run(&**tx, "UPDATE accounts SET plan = $2 WHERE id = $1", values![id.uuid(), plan.word()]).await.map(drop)
}

pub(in crate::accounts) async fn set_banned(tx: &Tx, id: UserId, at: Option<At>) -> Result<(), Fault> {
    let sql = "UPDATE accounts SET banned_at = $2 WHERE id = $1";
    run(&**tx, sql, values![id.uuid(), at.map(|at| at.0)]).await.map(drop)
}

pub(in crate::accounts) async fn set_operator(tx: &Tx, id: UserId) -> Result<(), Fault> {
    run(&**tx, "UPDATE accounts SET operator = TRUE WHERE id = $1", values![id.uuid()]).await.map(drop)
}

/// Takes away what names a person; the row stays for what refers to it.
pub(in crate::accounts) async fn delete(tx: &Tx, id: UserId, at: At) -> Result<(), Fault> {
    let sql =
        "UPDATE accounts SET handle = $2, display_name = 'deleted', avatar_url = NULL, password_hash = '',
               operator = FALSE, deleted_at = $3 WHERE id = $1";
    run(&**tx, sql, values![id.uuid(), format!("deleted-{id}"), at.0]).await.map(drop)
}

pub(in crate::accounts) async fn add_invite(tx: &Tx, code_hash: Vec<u8>, at: At) -> Result<(), Fault> {
    let sql = "INSERT INTO invite_codes (code_hash, created_at) VALUES ($1, $2)";
    run(&**tx, sql, values![code_hash, at.0]).await.map(drop)
}

/// Uses a code up; false when there is no such code or somebody was faster.
pub(in crate::accounts) async fn use_invite(
    tx: &Tx,
    code_hash: Vec<u8>,
    user: UserId,
    at: At,
) -> Result<bool, Fault> {
    let sql = "UPDATE invite_codes SET used_by = $2, used_at = $3 WHERE code_hash = $1 AND used_at IS NULL";
    Ok(run(&**tx, sql, values![code_hash, user.uuid(), at.0]).await? == 1)
}
