//! One set of queries over two databases: SQLite with one writer and several readers, or a PostgreSQL pool.

mod fence;
mod files;
#[cfg(test)]
pub(crate) mod on_postgres;
mod rows;

use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use onstage_domain::Actor;
use onstage_migrations::{Migrator, MigratorTrait as _};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectOptions, Database, DatabaseBackend, DatabaseConnection, DatabaseTransaction,
    IsolationLevel, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};

pub(crate) use rows::{all, get, get_id, get_number, get_number_or_none, get_word, one, run, values};

use crate::fault::Fault;
use crate::meters;

/// Readers of a SQLite file.
const SQLITE_READERS: u32 = 6;
/// Connections to PostgreSQL that change things, and as many that ask: a change that asks on the way never waits for
/// another change to end.
const POSTGRES_CONNECTIONS: u32 = 10;
/// How long a caller waits for a connection before it is told to try later.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long SQLite waits for another process, such as `onstage admin`.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The database.
#[derive(Clone, Debug)]
pub struct Db {
    writer: DatabaseConnection,
    readers: DatabaseConnection,
    /// The role that a person's questions are asked as; known after migrating.
    role: Arc<OnceLock<String>>,
}

impl Db {
    /// Connects, and makes a SQLite file (0600, in a folder of 0700) when there is none.
    pub async fn open(url: &str) -> Result<Self, Fault> {
        if let Some(path) = files::sqlite_path(url) {
            files::prepare(&path)?;
            let writer = connect_sqlite(url, 1, false).await?;
            let readers = connect_sqlite(url, SQLITE_READERS, true).await?;
            return Ok(Self::of(writer, readers));
        }
        Ok(Self::of(connect_postgres(url).await?, connect_postgres(url).await?))
    }

    fn of(writer: DatabaseConnection, readers: DatabaseConnection) -> Self {
        Self { writer, readers, role: Arc::default() }
    }

    /// Brings the tables up to date.
    pub async fn migrate(&self) -> Result<(), Fault> {
        Migrator::up(&self.writer, None).await?;
        if self.is_postgres()
            && let Some(role) = fence::raise(&self.writer).await?
        {
            self.role.get_or_init(|| role);
        }
        Ok(())
    }

    fn is_postgres(&self) -> bool {
        self.writer.get_database_backend() == DatabaseBackend::Postgres
    }

    /// How many migrations wait.
    pub async fn pending_migrations(&self) -> Result<usize, Fault> {
        Ok(Migrator::get_pending_migrations(&self.writer).await?.len())
    }

    /// For questions of the system.
    pub(crate) const fn reader(&self) -> &DatabaseConnection {
        &self.readers
    }

    /// For several questions that must fit together: all of them see the same moment.
    pub(crate) async fn moment(&self) -> Result<DatabaseTransaction, Fault> {
        if !self.is_postgres() {
            return Ok(self.readers.begin().await?);
        }
        let (isolation, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
        Ok(self.readers.begin_with_config(Some(isolation), Some(access)).await?)
    }

    /// For what a person asks of tables behind the fence: on PostgreSQL they see no row that is not theirs to see, also
    /// when a check in code is forgotten.
    pub(crate) async fn moment_for(&self, actor: &Actor) -> Result<DatabaseTransaction, Fault> {
        let moment = self.readers.begin().await?;
        if self.is_postgres() {
            fence::ask_for(&moment, self.role.get().map(String::as_str), actor.user_id).await?;
        }
        Ok(moment)
    }

    /// For changes, as the system: takes its turn at once, so that it never fails half-way for having read first.
    pub(crate) async fn begin(&self) -> Result<Tx, Fault> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let locks_rows = self.is_postgres();
        let asked = Instant::now();
        let inner = self.writer.begin_with_options(options).await?;
        meters::turn_waited(asked);
        Ok(Tx { inner, locks_rows, begun: Instant::now() })
    }

    /// Writes a consistent copy of a SQLite database, readable by its owner only, while others read and write.
    pub async fn backup(&self, to: &Path) -> Result<(), Fault> {
        if self.is_postgres() {
            return Err(Fault::Database("this backup is for SQLite; use pg_dump".to_owned()));
        }
        if to.exists() {
            return Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists).into());
        }
        let name = to.to_str().ok_or_else(|| Fault::Unreadable("the path is not UTF-8".to_owned()))?;
        files::prepare(to)?;
        run(&self.writer, "VACUUM INTO $1", values![name]).await.map(drop)
    }

    /// Answers when the database answers.
    pub async fn ping(&self) -> Result<(), Fault> {
        Ok(self.readers.ping().await?)
    }

    /// Closes every connection.
    pub async fn close(&self) -> Result<(), Fault> {
        self.readers.close_by_ref().await?;
        Ok(self.writer.close_by_ref().await?)
    }
}

async fn connect_postgres(url: &str) -> Result<DatabaseConnection, Fault> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(|options| options.options([fence::SYSTEM]));
    Ok(Database::connect(options).await?)
}

async fn connect_sqlite(url: &str, connections: u32, read_only: bool) -> Result<DatabaseConnection, Fault> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| sqlite_options(options, read_only));
    Ok(Database::connect(options).await?)
}

/// `NORMAL` keeps every commit through a killed process; only a power cut may take the last ones.
fn sqlite_options(options: SqliteConnectOptions, read_only: bool) -> SqliteConnectOptions {
    let options = options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true);
    if read_only { options.pragma("query_only", "ON") } else { options }
}

/// A change under way; dropped without a commit it never happened.
#[derive(Debug)]
pub(crate) struct Tx {
    inner: DatabaseTransaction,
    locks_rows: bool,
    begun: Instant,
}

impl Tx {
    /// Makes it true.
    pub(crate) async fn commit(self) -> Result<(), Fault> {
        self.inner.commit().await?;
        meters::committed(self.begun);
        Ok(())
    }

    /// What to append to a SELECT whose rows this transaction is about to change; SQLite's one writer needs nothing.
    pub(crate) const fn for_update(&self) -> &'static str {
        if self.locks_rows { " FOR UPDATE" } else { "" }
    }
}

impl Deref for Tx {
    type Target = DatabaseTransaction;
    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

#[cfg(test)]
mod tests;
