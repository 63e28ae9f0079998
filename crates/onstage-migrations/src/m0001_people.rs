//! Accounts, sign-ins with their refresh tokens, signing keys, secrets of the installation, invite codes.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::columns;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_people"
    }
}

const TABLES: [&str; 6] = [
    "CREATE TABLE accounts (
        id {uuid} PRIMARY KEY NOT NULL,
        handle TEXT NOT NULL UNIQUE,
        display_name TEXT NOT NULL,
        avatar_url TEXT,
        password_hash TEXT NOT NULL,
        plan TEXT NOT NULL,
        operator {bool} NOT NULL,
        banned_at {int},
        deleted_at {int},
        created_at {int} NOT NULL
    ){strict}",
    // One row a sign-in. Refresh tokens are derived from the secret and a generation, so a late tab can be answered again.
    "CREATE TABLE sign_ins (
        id {uuid} PRIMARY KEY NOT NULL,
        user_id {uuid} NOT NULL REFERENCES accounts (id),
        secret {bytes} NOT NULL,
        generation {int} NOT NULL,
        rotated_at {int} NOT NULL,
        created_at {int} NOT NULL,
        expires_at {int} NOT NULL,
        revoked_at {int}
    ){strict}",
    "CREATE INDEX sign_ins_by_user ON sign_ins (user_id)",
    "CREATE TABLE signing_keys (
        kid TEXT PRIMARY KEY NOT NULL,
        private_key {bytes} NOT NULL,
        public_key {bytes} NOT NULL,
        created_at {int} NOT NULL,
        retired_at {int}
    ){strict}",
    "CREATE TABLE secrets (
        name TEXT PRIMARY KEY NOT NULL,
        secret {bytes} NOT NULL,
        created_at {int} NOT NULL
    ){strict}",
    "CREATE TABLE invite_codes (
        code_hash {bytes} PRIMARY KEY NOT NULL,
        created_by {uuid},
        created_at {int} NOT NULL,
        expires_at {int},
        used_by {uuid},
        used_at {int}
    ){strict}",
];

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run_all(manager, &TABLES).await
    }
}
