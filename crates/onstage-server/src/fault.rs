//! What fails for outside reasons. Its text is logged and never leaves; callers hear a `Problem`.

use onstage_domain::problem::{Code, Problem};
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// When to come back after a passing fault.
const RETRY_AFTER_MS: i64 = 1_000;

/// SQLite: busy, locked, full disk, input/output. PostgreSQL: serialisation, deadlock, shutting down, out of places or disk.
const PASSING_CODES: [&str; 11] =
    ["5", "6", "10", "13", "40001", "40P01", "57P01", "57P02", "57P03", "53300", "53100"];

/// The world failed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A unique key exists already. Callers usually turn it into a refusal.
    #[error("that key exists already: {0}")]
    Taken(String),
    /// The database is away, busy or out of room.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database refused a statement.
    #[error("the database refused: {0}")]
    Database(String),
    /// A stored value does not read back.
    #[error("a stored value cannot be read: {0}")]
    Unreadable(String),
    /// Keys or hashes.
    #[error("cryptography failed: {0}")]
    Crypto(String),
    /// A task of ours ended before its answer.
    #[error("a task ended before its answer")]
    TaskLost,
    /// The file system.
    #[error("file system: {0}")]
    Files(#[from] std::io::Error),
}

impl Fault {
    /// True when the same call may work in a moment.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        match self {
            Self::Unavailable(_) => true,
            Self::Taken(_)
            | Self::Database(_)
            | Self::Unreadable(_)
            | Self::Crypto(_)
            | Self::TaskLost
            | Self::Files(_) => false,
        }
    }
}

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(key)) = error.sql_err() {
            return Self::Taken(key);
        }
        if is_passing(&error) {
            Self::Unavailable(error.to_string())
        } else {
            Self::Database(error.to_string())
        }
    }
}

fn is_passing(error: &DbErr) -> bool {
    if let DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) = error {
        return is_passing_sqlx(inner);
    }
    matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_))
}

fn is_passing_sqlx(error: &sqlx::Error) -> bool {
    if let sqlx::Error::Database(refusal) = error {
        let passes = |code: &str| PASSING_CODES.contains(&code) || is_extended(code);
        return refusal.code().is_some_and(|code| passes(&code));
    }
    let away = [sqlx::Error::PoolTimedOut, sqlx::Error::PoolClosed, sqlx::Error::WorkerCrashed];
    matches!(error, sqlx::Error::Io(_))
        || away.iter().any(|kind| std::mem::discriminant(kind) == std::mem::discriminant(error))
}

/// SQLite's extended codes keep the primary code in their low byte.
fn is_extended(code: &str) -> bool {
    code.len() < 5
        && code
            .parse::<u32>()
            .is_ok_and(|number| PASSING_CODES.contains(&(number & 0xff).to_string().as_str()))
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        if fault.retryable() {
            log_passing(&fault);
            return Self::new(Code::TryLater).retry_after_ms(RETRY_AFTER_MS);
        }
        log_final(&fault);
        Self::new(Code::Fault)
    }
}

fn log_passing(fault: &Fault) {
    tracing::warn!(%fault, "a passing fault");
}

fn log_final(fault: &Fault) {
    tracing::error!(%fault, "a fault");
}

#[cfg(test)]
mod tests;
