//! The few words every store uses to speak SQL with numbered places (`$1`), which both databases understand.

use sea_orm::{ConnectionTrait, QueryResult, Statement, TryGetable, Value};
use uuid::Uuid;

use crate::fault::Fault;

/// Values in the order of their places.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$(sea_orm::Value::from($value)),*] };
}
pub(crate) use values;

fn statement(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// At most one row.
pub(crate) async fn one(
    db: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<QueryResult>, Fault> {
    Ok(db.query_one_raw(statement(db, sql, values)).await?)
}

/// Every row.
pub(crate) async fn all(
    db: &impl ConnectionTrait,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<QueryResult>, Fault> {
    Ok(db.query_all_raw(statement(db, sql, values)).await?)
}

/// A change; answers how many rows it touched.
pub(crate) async fn run(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<u64, Fault> {
    Ok(db.execute_raw(statement(db, sql, values)).await?.rows_affected())
}

/// A column.
pub(crate) fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, Fault> {
    row.try_get("", column).map_err(|error| Fault::Unreadable(format!("{column}: {error}")))
}

/// A column that holds an id.
pub(crate) fn get_id<T>(row: &QueryResult, column: &str, make: impl Fn(Uuid) -> T) -> Result<T, Fault> {
    get::<Uuid>(row, column).map(make)
}

/// A column that holds a word of a closed vocabulary.
pub(crate) fn get_word<T>(
    row: &QueryResult,
    column: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, Fault> {
    let word: String = get(row, column)?;
    read(&word).ok_or_else(|| Fault::Unreadable(format!("{column}: no such word `{word}`")))
}

/// A column that holds a number of a smaller type than the database's.
pub(crate) fn get_number<T: TryFrom<i64>>(row: &QueryResult, column: &str) -> Result<T, Fault> {
    let number: i64 = get(row, column)?;
    T::try_from(number).map_err(|_| Fault::Unreadable(format!("{column}: {number} is out of range")))
}

/// The same for a column that may be empty.
pub(crate) fn get_number_or_none<T: TryFrom<i64>>(
    row: &QueryResult,
    column: &str,
) -> Result<Option<T>, Fault> {
    let number: Option<i64> = get(row, column)?;
    let out_of_range = |number| Fault::Unreadable(format!("{column}: {number} is out of range"));
    number.map(|number| T::try_from(number).map_err(|_| out_of_range(number))).transpose()
}
