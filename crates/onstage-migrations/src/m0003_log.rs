//! What happened: the event log that is also the outbox, media facts already seen, audit log, idempotency keys.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::columns;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_log"
    }
}

const TABLES: [&str; 7] = [
    "CREATE TABLE events (
        session_id {uuid} NOT NULL REFERENCES sessions (id),
        seq {int} NOT NULL,
        id {uuid} NOT NULL UNIQUE,
        at {int} NOT NULL,
        name TEXT NOT NULL,
        version {int} NOT NULL,
        audience TEXT NOT NULL,
        data {json} NOT NULL,
        PRIMARY KEY (session_id, seq)
    ){strict}",
    "CREATE TABLE media_facts (
        id {uuid} PRIMARY KEY NOT NULL,
        session_id {uuid} NOT NULL REFERENCES sessions (id),
        seen_at {int} NOT NULL
    ){strict}",
    "CREATE INDEX media_facts_by_age ON media_facts (seen_at)",
    "CREATE TABLE audit_log (
        id {uuid} PRIMARY KEY NOT NULL,
        at {int} NOT NULL,
        actor_id {uuid},
        action TEXT NOT NULL,
        session_id {uuid},
        target_id {uuid},
        reason TEXT
    ){strict}",
    "CREATE INDEX audit_log_by_time ON audit_log (at, id)",
    "CREATE TABLE idempotency_keys (
        user_id {uuid} NOT NULL,
        key TEXT NOT NULL,
        fingerprint {bytes} NOT NULL,
        reply {json},
        created_at {int} NOT NULL,
        PRIMARY KEY (user_id, key)
    ){strict}",
    "CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)",
];

/// The audit log only grows.
const APPEND_ONLY_SQLITE: [&str; 2] = [
    "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END",
    "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END",
];

/// The audit log only grows.
const APPEND_ONLY_POSTGRES: [&str; 2] = [
    "CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit_log is append-only'; END $$",
    "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log
        FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only()",
];

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run_all(manager, &TABLES).await?;
        let append_only =
            if columns::is_postgres(manager) { &APPEND_ONLY_POSTGRES } else { &APPEND_ONLY_SQLITE };
        columns::run_all(manager, append_only).await
    }
}
