//! A fresh database for each test: a SQLite file, and a PostgreSQL schema where `ONSTAGE_TEST_POSTGRES_URL` is set.

use sea_orm::{ConnectionTrait as _, Database, Statement};
use tempfile::TempDir;
use uuid::Uuid;

/// Which database.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Sqlite,
    Postgres { url: String },
}

/// A fresh one.
pub(crate) struct Home {
    pub(crate) url: String,
    _folder: Option<TempDir>,
    schema: Option<(String, String)>,
}

/// Those that are there.
#[expect(clippy::disallowed_methods, reason = "a test is told by its environment where PostgreSQL is")]
pub(crate) fn places() -> Vec<Place> {
    let postgres = std::env::var("ONSTAGE_TEST_POSTGRES_URL").ok().map(|url| Place::Postgres { url });
    std::iter::once(Place::Sqlite).chain(postgres).collect()
}

impl Place {
    pub(crate) async fn open(&self) -> Home {
        match self {
            Self::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}", folder.path().join("onstage.db").display());
                Home { url, _folder: Some(folder), schema: None }
            }
            Self::Postgres { url } => {
                let schema = format!("test_{}", Uuid::new_v4().simple());
                change(url, &format!("CREATE SCHEMA {schema}")).await;
                let mark = if url.contains('?') { '&' } else { '?' };
                let own = format!("{url}{mark}options=-csearch_path%3D{schema}");
                Home { url: own, _folder: None, schema: Some((url.clone(), schema)) }
            }
        }
    }
}

impl Home {
    pub(crate) async fn close(self) {
        if let Some((url, schema)) = &self.schema {
            change(url, &format!("DROP SCHEMA {schema} CASCADE")).await;
        }
    }
}

/// A change to the database itself.
pub(crate) async fn change(url: &str, statement: &str) {
    let db = Database::connect(url).await.unwrap();
    db.execute_unprepared(statement).await.unwrap();
    db.close().await.unwrap();
}

/// A number that a question to the database itself answers, in its column `count`.
pub(crate) async fn number(url: &str, question: &str) -> i64 {
    let db = Database::connect(url).await.unwrap();
    let statement = Statement::from_string(db.get_database_backend(), question.to_owned());
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    let number = row.try_get("", "count").unwrap();
    db.close().await.unwrap();
    number
}
