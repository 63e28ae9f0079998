//! Rows of `signing_keys` and `secrets`.

use onstage_domain::At;
use sea_orm::{ConnectionTrait, QueryResult};

use crate::db::{Tx, all, get, one, run, values};
use crate::fault::Fault;

/// A key that signs or once signed access tokens.
#[derive(Clone)]
pub(in crate::accounts) struct SigningKey {
    pub(in crate::accounts) kid: String,
    pub(in crate::accounts) private_key: Vec<u8>,
    pub(in crate::accounts) public_key: Vec<u8>,
    pub(in crate::accounts) created_at: At,
    pub(in crate::accounts) retired_at: Option<At>,
}

fn read(row: &QueryResult) -> Result<SigningKey, Fault> {
    Ok(SigningKey {
        kid: get(row, "kid")?,
        private_key: get(row, "private_key")?,
        public_key: get(row, "public_key")?,
        created_at: At(get(row, "created_at")?),
        retired_at: get::<Option<i64>>(row, "retired_at")?.map(At),
    })
}

/// Newest first.
pub(in crate::accounts) async fn list(db: &impl ConnectionTrait) -> Result<Vec<SigningKey>, Fault> {
    let sql = "SELECT kid, private_key, public_key, created_at, retired_at
               FROM signing_keys ORDER BY created_at DESC, kid DESC";
    all(db, sql, values![]).await?.iter().map(read).collect()
}

pub(in crate::accounts) async fn insert(tx: &Tx, key: &SigningKey) -> Result<(), Fault> {
    let sql = "INSERT INTO signing_keys (kid, private_key, public_key, created_at) VALUES ($1, $2, $3, $4)";
    let values = values![key.kid.clone(), key.private_key.clone(), key.public_key.clone(), key.created_at.0];
    run(&**tx, sql, values).await.map(drop)
}

/// Retires every key; what they signed verifies until it expires.
pub(in crate::accounts) async fn retire_all(tx: &Tx, at: At) -> Result<(), Fault> {
    let sql = "UPDATE signing_keys SET retired_at = $1 WHERE retired_at IS NULL";
    run(&**tx, sql, values![at.0]).await.map(drop)
}

pub(in crate::accounts) async fn secret(
    db: &impl ConnectionTrait,
    name: &str,
) -> Result<Option<Vec<u8>>, Fault> {
    let row = one(db, "SELECT secret FROM secrets WHERE name = $1", values![name]).await?;
    row.as_ref().map(|row| get(row, "secret")).transpose()
}

/// Keeps the secret that is there already.
pub(in crate::accounts) async fn insert_secret(
    tx: &Tx,
    name: &str,
    secret: Vec<u8>,
    at: At,
) -> Result<(), Fault> {
    let sql = "INSERT INTO secrets (name, secret, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    run(&**tx, sql, values![name, secret, at.0]).await.map(drop)
}

pub(in crate::accounts) async fn forget_secret(tx: &Tx, name: &str) -> Result<(), Fault> {
    run(&**tx, "DELETE FROM secrets WHERE name = $1", values![name]).await.map(drop)
}

/// One at a time through what only the first may do.
pub(in crate::accounts) async fn lock_secret(tx: &Tx, name: &str) -> Result<(), Fault> {
    let sql = format!("SELECT secret FROM secrets WHERE name = $1{}", tx.for_update());
    one(&**tx, &sql, values![name]).await.map(drop)
}
