//! The course of a show that nothing else can tell: viewers over time and guests on stage, ten seconds a row.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::columns;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_course"
    }
}

// A row only where a number changed; until the next row the numbers `after` hold.
const TABLES: [&str; 1] = ["CREATE TABLE audience_samples (
        session_id {uuid} NOT NULL REFERENCES sessions (id),
        position {int} NOT NULL,
        viewer_ms {int} NOT NULL,
        viewers_peak {int} NOT NULL,
        guests_peak {int} NOT NULL,
        viewers_after {int} NOT NULL,
        guests_after {int} NOT NULL,
        PRIMARY KEY (session_id, position)
    ){strict}"];

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run_all(manager, &TABLES).await
    }
}
