//! The switch of a session that says whether gifts may be sent.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::columns;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0006_gift_switch"
    }
}

const SQLITE: [&str; 1] = ["ALTER TABLE session_settings ADD COLUMN enable_gifts INTEGER NOT NULL DEFAULT 1"];
const POSTGRES: [&str; 1] =
    ["ALTER TABLE session_settings ADD COLUMN enable_gifts boolean NOT NULL DEFAULT true"];

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = if columns::is_postgres(manager) { &POSTGRES } else { &SQLITE };
        columns::run_all(manager, statements).await
    }
}
