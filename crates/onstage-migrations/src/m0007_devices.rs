//! The browser of a sign-in: whoever is removed with an account does not come back from it without one.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::columns;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0007_devices"
    }
}

const STATEMENTS: [&str; 1] = ["ALTER TABLE sign_ins ADD COLUMN device TEXT"];

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run_all(manager, &STATEMENTS).await
    }
}
