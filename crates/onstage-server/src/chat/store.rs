//! Rows of `messages` and `reactions`, and the two counters of a session that follow from them. Lines that the server
//! wrote are of kind `system` and say in `metadata` whom they are about; nothing counts them.

use onstage_domain::chat::{About, Line, MessageKind, MessageView, Reaction, Recent};
use onstage_domain::reply::Before;
use onstage_domain::{At, MessageId, SessionId, UserId};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::db::{Tx, all, get, get_id, get_word, one, run, values};
use crate::fault::Fault;

const SELECT: &str = "SELECT m.id, m.session_id, m.user_id, m.handle, m.display_name, m.text, m.kind,
    m.metadata, m.created_at FROM messages m";

/// More than any window counts, so that a person's recent messages always fit.
const RECENT_READ: i64 = 128;
const SECOND_MS: i64 = 1_000;

fn read(row: &QueryResult) -> Result<MessageView, Fault> {
    Ok(MessageView {
        id: get_id(row, "id", MessageId::new)?,
        session_id: get_id(row, "session_id", SessionId::new)?,
        user_id: get::<Option<Uuid>>(row, "user_id")?.map(UserId::new),
        handle: get(row, "handle")?,
        display_name: get(row, "display_name")?,
        text: get(row, "text")?,
        kind: get_word(row, "kind", MessageKind::from_word)?,
        created_at: At(get(row, "created_at")?),
    })
}

/// What somebody wrote since then, deleted or not.
pub(super) async fn recent(
    db: &impl ConnectionTrait,
    session: SessionId,
    user: UserId,
    since: At,
) -> Result<Vec<Recent>, Fault> {
    let sql = "SELECT text, created_at FROM messages
               WHERE session_id = $1 AND user_id = $2 AND created_at >= $3 ORDER BY created_at DESC LIMIT $4";
    let rows = all(db, sql, values![session.uuid(), user.uuid(), since.0, RECENT_READ]).await?;
    rows.iter().map(|row| Ok(Recent { at: At(get(row, "created_at")?), text: get(row, "text")? })).collect()
}

/// One message that was not taken away.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    session: SessionId,
    id: MessageId,
) -> Result<Option<MessageView>, Fault> {
    let sql = format!("{SELECT} WHERE m.session_id = $1 AND m.id = $2 AND m.deleted_at IS NULL");
    one(db, &sql, values![session.uuid(), id.uuid()]).await?.as_ref().map(read).transpose()
}

fn read_line(row: &QueryResult) -> Result<Line, Fault> {
    let about: Option<serde_json::Value> = get(row, "metadata")?;
    let about = about.map(serde_json::from_value::<About>).transpose();
    let about = about.map_err(|error| Fault::Unreadable(format!("metadata: {error}")))?;
    Ok(Line { message: read(row)?, about })
}

/// A page of what people wrote, before a place, newest first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    session: SessionId,
    before: Option<&Before>,
    limit: i64,
) -> Result<Vec<MessageView>, Fault> {
    let rows = rows(db, session, "m.kind <> 'system'", (before, limit)).await?;
    rows.iter().map(read).collect()
}

/// The same with the lines of the server.
pub(super) async fn history(
    db: &impl ConnectionTrait,
    session: SessionId,
    before: Option<&Before>,
    limit: i64,
) -> Result<Vec<Line>, Fault> {
    rows(db, session, "TRUE", (before, limit)).await?.iter().map(read_line).collect()
}

async fn rows(
    db: &impl ConnectionTrait,
    session: SessionId,
    which: &str,
    (before, limit): (Option<&Before>, i64),
) -> Result<Vec<QueryResult>, Fault> {
    let (moment, id) = match before {
        None => (i64::MAX, Uuid::max()),
        Some(Before::Moment(at)) => (at.0, Uuid::nil()),
        Some(Before::Message(id)) => (moment_of(db, session, *id).await?, id.uuid()),
    };
    let sql = format!(
        "{SELECT} WHERE m.session_id = $1 AND m.deleted_at IS NULL AND (m.created_at, m.id) < ($2, $3)
         AND {which} ORDER BY m.created_at DESC, m.id DESC LIMIT $4"
    );
    all(db, &sql, values![session.uuid(), moment, id, limit]).await
}

/// When a message was written, also one that was taken away; a place nobody gave out has nothing before it.
async fn moment_of(db: &impl ConnectionTrait, session: SessionId, id: MessageId) -> Result<i64, Fault> {
    let sql = "SELECT created_at FROM messages WHERE session_id = $1 AND id = $2";
    let row = one(db, sql, values![session.uuid(), id.uuid()]).await?;
    row.as_ref().map_or(Ok(i64::MIN), |row| get(row, "created_at"))
}

/// A new message.
pub(super) async fn insert(tx: &Tx, message: &MessageView) -> Result<(), Fault> {
    let sql = "INSERT INTO messages (id, session_id, user_id, handle, display_name, text, kind, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = values![
        message.id.uuid(),
        message.session_id.uuid(),
        message.user_id.map(UserId::uuid),
        message.handle.clone(),
        message.display_name.clone(),
        message.text.clone(),
        message.kind.word(),
        message.created_at.0,
    ];
    run(&**tx, sql, values).await?;
    let counter = "UPDATE sessions SET message_count = message_count + 1 WHERE id = $1";
    run(&**tx, counter, values![message.session_id.uuid()]).await.map(drop)
}

/// A line of the server; the second time it is there already.
pub(super) async fn insert_line(tx: &Tx, line: &Line) -> Result<(), Fault> {
    let sql = "INSERT INTO messages (id, session_id, text, kind, metadata, created_at)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
    let about = line.about.as_ref().map(serde_json::to_value).transpose();
    let about = about.map_err(|error| Fault::Unreadable(error.to_string()))?;
    let values = values![
        line.message.id.uuid(),
        line.message.session_id.uuid(),
        line.message.text.clone(),
        line.message.kind.word(),
        about,
        line.message.created_at.0,
    ];
    run(&**tx, sql, values).await.map(drop)
}

/// Takes a message out of sight; the row stays.
pub(super) async fn delete(tx: &Tx, id: MessageId, by: UserId, now: At) -> Result<(), Fault> {
    let sql = "UPDATE messages SET deleted_at = $2, deleted_by = $3 WHERE id = $1 AND deleted_at IS NULL";
    run(&**tx, sql, values![id.uuid(), now.0, by.uuid()]).await.map(drop)
}

/// Counts reactions: a row a kind and second, not a row a tap (K33).
pub(super) async fn react(
    tx: &Tx,
    session: SessionId,
    kind: Reaction,
    (count, now): (u32, At),
) -> Result<(), Fault> {
    let sql = "INSERT INTO reactions (session_id, kind, second, count) VALUES ($1, $2, $3, $4)
               ON CONFLICT (session_id, kind, second) DO UPDATE SET count = reactions.count + excluded.count";
    let second = now.0.div_euclid(SECOND_MS);
    run(&**tx, sql, values![session.uuid(), kind.word(), second, i64::from(count)]).await?;
    let counter = "UPDATE sessions SET reaction_count = reaction_count + $2 WHERE id = $1";
    run(&**tx, counter, values![session.uuid(), i64::from(count)]).await.map(drop)
}
