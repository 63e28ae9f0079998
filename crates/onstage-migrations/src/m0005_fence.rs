//! Row-level security on PostgreSQL: requests and invitations are seen by their person, by who manages the session's
//! queue, and by the system's own work (ADR 0006). SQLite has no such thing.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::columns;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_fence"
    }
}

/// Tables behind the fence; each has a `session_id` and the `user_id` it is about.
const FENCED: [&str; 2] = ["requests", "invitations"];

/// `FORCE` holds for the owner of the tables as well: who is not told to be the system or a person sees nothing.
/// PostgreSQL tries policies from the last name to the first: the system's work stops at the cheap one.
const FENCE: [&str; 4] = [
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    "CREATE POLICY system_work ON {table} USING (current_setting('onstage.system', true) = 'on')",
    "CREATE POLICY own_or_managed ON {table} FOR SELECT USING (
        user_id = nullif(current_setting('onstage.person', true), '')::uuid
        OR session_id IN (SELECT s.id FROM sessions s
            WHERE s.owner_id = nullif(current_setting('onstage.person', true), '')::uuid)
        OR session_id IN (SELECT p.session_id
            FROM participants p JOIN session_settings t ON t.session_id = p.session_id
            WHERE p.user_id = nullif(current_setting('onstage.person', true), '')::uuid
                AND p.role = 'cohost' AND t.cohosts_manage_guests))",
];

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !columns::is_postgres(manager) {
            return Ok(());
        }
        for table in FENCED {
            for statement in FENCE {
                columns::run_all(manager, &[&statement.replace("{table}", table)]).await?;
            }
        }
        Ok(())
    }
}
