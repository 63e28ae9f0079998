//! For tests: a fresh schema where `ONSTAGE_TEST_POSTGRES_URL` says that PostgreSQL is.

use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use uuid::Uuid;

/// A schema, and who owns it.
pub(crate) struct Home {
    pub(crate) admin: DatabaseConnection,
    /// For the server.
    pub(crate) url: String,
    pub(crate) schema: String,
    /// A database user of the test's own.
    login: Option<String>,
}

/// Owned by whoever the test connects as, usually a superuser; none where there is no PostgreSQL.
pub(crate) async fn fresh() -> Option<Home> {
    open(false).await
}

/// Owned by a user who may neither make roles nor bypass policies.
pub(crate) async fn fresh_of_plain_user() -> Option<Home> {
    open(true).await
}

#[expect(clippy::disallowed_methods, reason = "a test is told by its environment where PostgreSQL is")]
async fn open(plain: bool) -> Option<Home> {
    let admin_url = std::env::var("ONSTAGE_TEST_POSTGRES_URL").ok()?;
    let admin = Database::connect(&admin_url).await.unwrap();
    let name = Uuid::new_v4().simple().to_string();
    let schema = format!("test_{name}");
    let login = plain.then(|| format!("plain_{name}"));
    let (url, owner) = match &login {
        Some(login) => {
            let make = format!("CREATE ROLE {login} LOGIN PASSWORD 'plain'");
            admin.execute_unprepared(&make).await.unwrap();
            (as_user(&admin_url, login), format!("AUTHORIZATION {login}"))
        }
        None => (admin_url.clone(), String::new()),
    };
    admin.execute_unprepared(&format!("CREATE SCHEMA {schema} {owner}")).await.unwrap();
    admin.close().await.unwrap();
    let admin = Database::connect(inside(&admin_url, &schema)).await.unwrap();
    Some(Home { admin, url: inside(&url, &schema), schema, login })
}

/// The same place, where `schema` is what names without a schema mean.
fn inside(url: &str, schema: &str) -> String {
    let mark = if url.contains('?') { '&' } else { '?' };
    format!("{url}{mark}options=-csearch_path%3D{schema}")
}

/// The same place with another name and password.
fn as_user(url: &str, login: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{login}:plain@{place}")
}

impl Home {
    pub(crate) async fn close(self) {
        let drop = format!("DROP SCHEMA {} CASCADE", self.schema);
        self.admin.execute_unprepared(&drop).await.unwrap();
        if let Some(login) = &self.login {
            self.admin.execute_unprepared(&format!("DROP ROLE {login}")).await.unwrap();
        }
        self.admin.close().await.unwrap();
    }
}
