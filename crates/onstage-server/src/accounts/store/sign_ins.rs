//! Rows of `sign_ins`: one for each sign-in, with the generation of its refresh token.

use onstage_domain::accounts::Account;
use onstage_domain::{At, FamilyId, UserId};
use sea_orm::{ConnectionTrait, QueryResult};

use super::accounts;
use crate::db::{Tx, all, get, get_id, one, run, values};
use crate::fault::Fault;

/// A sign-in.
#[derive(Clone, Debug)]
pub(in crate::accounts) struct SignIn {
    pub(in crate::accounts) id: FamilyId,
    pub(in crate::accounts) user: UserId,
    pub(in crate::accounts) secret: Vec<u8>,
    pub(in crate::accounts) generation: i64,
    pub(in crate::accounts) rotated_at: At,
    pub(in crate::accounts) expires_at: At,
    pub(in crate::accounts) revoked: bool,
}

fn read(row: &QueryResult) -> Result<SignIn, Fault> {
    Ok(SignIn {
        id: get_id(row, "id", FamilyId::new)?,
        user: get_id(row, "user_id", UserId::new)?,
        secret: get(row, "secret")?,
        generation: get(row, "generation")?,
        rotated_at: At(get(row, "rotated_at")?),
        expires_at: At(get(row, "expires_at")?),
        revoked: get::<Option<i64>>(row, "revoked_at")?.is_some(),
    })
}

pub(in crate::accounts) async fn insert(tx: &Tx, sign_in: &SignIn, device: &str) -> Result<(), Fault> {
    let sql =
        "INSERT INTO sign_ins (id, user_id, secret, generation, rotated_at, created_at, expires_at, device)
               VALUES ($1, $2, $3, $4, $5, $5, $6, $7)";
    let values = values![
        sign_in.id.uuid(),
        sign_in.user.uuid(),
        sign_in.secret.clone(),
        sign_in.generation,
        sign_in.rotated_at.0,
        sign_in.expires_at.0,
        device.to_owned(),
    ];
    run(&**tx, sql, values).await.map(drop)
}

pub(in crate::accounts) async fn load_locked(tx: &Tx, id: FamilyId) -> Result<Option<SignIn>, Fault> {
    let sql = format!(
        "SELECT id, user_id, secret, generation, rotated_at, expires_at, revoked_at
         FROM sign_ins WHERE id = $1{}",
        tx.for_update()
    );
    one(&**tx, &sql, values![id.uuid()]).await?.as_ref().map(read).transpose()
}

pub(in crate::accounts) async fn rotate(tx: &Tx, sign_in: &SignIn) -> Result<(), Fault> {
    let sql = "UPDATE sign_ins SET generation = $2, rotated_at = $3, expires_at = $4 WHERE id = $1";
    let values = values![sign_in.id.uuid(), sign_in.generation, sign_in.rotated_at.0, sign_in.expires_at.0];
    run(&**tx, sql, values).await.map(drop)
}

/// True when it was open until now.
pub(in crate::accounts) async fn revoke(tx: &Tx, id: FamilyId, at: At) -> Result<bool, Fault> {
    let sql = "UPDATE sign_ins SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(run(&**tx, sql, values![id.uuid(), at.0]).await? == 1)
}

pub(in crate::accounts) async fn revoke_all_of(tx: &Tx, user: UserId, at: At) -> Result<(), Fault> {
    let sql = "UPDATE sign_ins SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";
    run(&**tx, sql, values![user.uuid(), at.0]).await.map(drop)
}

/// The account behind an open sign-in.
pub(in crate::accounts) async fn account_behind(
    db: &impl ConnectionTrait,
    user: UserId,
    family: FamilyId,
) -> Result<Option<Account>, Fault> {
    let sql = format!(
        "SELECT {} FROM accounts a JOIN sign_ins s ON s.user_id = a.id
         WHERE a.id = $1 AND s.id = $2 AND s.revoked_at IS NULL AND a.deleted_at IS NULL",
        accounts::COLUMNS
    );
    let rows = all(db, &sql, values![user.uuid(), family.uuid()]).await?;
    rows.first().map(accounts::read).transpose()
}

pub(in crate::accounts) async fn forget_expired(tx: &Tx, before: At) -> Result<(), Fault> {
    run(&**tx, "DELETE FROM sign_ins WHERE expires_at < $1", values![before.0]).await.map(drop)
}
