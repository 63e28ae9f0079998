//! Column types in the words of both databases: `{uuid}`, `{json}`, `{bytes}`, `{int}` and `{bool}` in a statement.

use sea_orm_migration::prelude::{ConnectionTrait, DbErr, SchemaManager};
use sea_orm_migration::sea_orm::DatabaseBackend;

/// Placeholder, SQLite's word, PostgreSQL's word.
const WORDS: [(&str, &str, &str); 6] = [
    ("{uuid}", "BLOB", "uuid"),
    ("{json}", "TEXT", "jsonb"),
    ("{bytes}", "BLOB", "bytea"),
    ("{int}", "INTEGER", "bigint"),
    ("{bool}", "INTEGER", "boolean"),
    ("{strict}", " STRICT", ""),
];

/// Runs each statement with the words of the database that is connected.
pub(crate) async fn run_all(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let postgres = is_postgres(manager);
    for statement in statements {
        let sql = WORDS.iter().fold((*statement).to_owned(), |sql, (mark, sqlite, other)| {
            sql.replace(mark, if postgres { other } else { sqlite })
        });
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Which of the two it is.
pub(crate) fn is_postgres(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DatabaseBackend::Postgres
}
