//! The log of a session: kept events by `seq`.

use std::collections::HashSet;

use onstage_domain::{At, Envelope, Event, EventId, MessageId, Seq, SessionId, chat};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::db::{Db, Tx, all, get, get_id, get_number, one, run, values};
use crate::fault::Fault;

/// How many sessions a restart looks at in one go.
const UNTOLD_PAGE: i64 = 100;
/// How many ended sessions lose their log in one go: each is a change of its own, so that others get their turn.
const FORGOTTEN_PAGE: i64 = 200;

pub(super) async fn insert(tx: &Tx, envelope: &Envelope) -> Result<(), Fault> {
    let unreadable = |error: serde_json::Error| Fault::Unreadable(error.to_string());
    let data = serde_json::to_value(&envelope.data).map_err(unreadable)?;
    let audience = serde_json::to_string(&envelope.data.audience()).map_err(unreadable)?;
    let sql = "INSERT INTO events (session_id, seq, id, at, name, version, audience, data)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = values![
        envelope.session.uuid(),
        envelope.seq.map(|seq| seq.0),
        envelope.id.uuid(),
        envelope.at.0,
        envelope.data.name(),
        i64::from(envelope.version),
        audience,
        data,
    ];
    run(&**tx, sql, values).await.map(drop)
}

/// Kept events after `since`, oldest first.
pub(crate) async fn after(
    db: &impl ConnectionTrait,
    session: SessionId,
    since: Seq,
    limit: u32,
) -> Result<Vec<Envelope>, Fault> {
    let sql = "SELECT session_id, seq, id, at, version, data FROM events
               WHERE session_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let rows = all(db, sql, values![session.uuid(), since.0, i64::from(limit)]).await?;
    let mut envelopes = rows.iter().map(read_envelope).collect::<Result<Vec<_>, _>>()?;
    hide_deleted(db, session, &mut envelopes).await?;
    Ok(envelopes)
}

/// What was taken away stays in the database for those who look into a case; the log hands its words to nobody.
async fn hide_deleted(
    db: &impl ConnectionTrait,
    session: SessionId,
    envelopes: &mut [Envelope],
) -> Result<(), Fault> {
    let moments =
        || envelopes.iter().filter(|envelope| is_said(&envelope.data)).map(|envelope| envelope.at.0);
    let (Some(first), Some(last)) = (moments().min(), moments().max()) else { return Ok(()) };
    let sql = "SELECT id FROM messages
               WHERE session_id = $1 AND created_at BETWEEN $2 AND $3 AND deleted_at IS NOT NULL";
    let rows = all(db, sql, values![session.uuid(), first, last]).await?;
    let deleted =
        rows.iter().map(|row| get_id(row, "id", MessageId::new)).collect::<Result<HashSet<_>, _>>()?;
    for envelope in envelopes {
        if let Event::Chat(chat::Event::Sent { message }) = &mut envelope.data
            && deleted.contains(&message.id)
        {
            message.text.clear();
        }
    }
    Ok(())
}

const fn is_said(event: &Event) -> bool {
    matches!(event, Event::Chat(chat::Event::Sent { .. }))
}

/// The same for somebody who resumes: `None` when the log does not reach back to `since`, or never came that far.
pub(crate) async fn resume(
    db: &Db,
    session: SessionId,
    since: Seq,
    limit: u32,
) -> Result<Option<Vec<Envelope>>, Fault> {
    let moment = db.moment().await?;
    let last = one(&moment, "SELECT last_seq FROM sessions WHERE id = $1", values![session.uuid()]).await?;
    let last: i64 = last.map_or(Ok(0), |row| get(&row, "last_seq"))?;
    let envelopes = after(&moment, session, since, limit).await?;
    let continues = match envelopes.first().and_then(|envelope| envelope.seq) {
        Some(first) => first.0 == since.0.saturating_add(1),
        None => last == since.0,
    };
    Ok(continues.then_some(envelopes))
}

fn read_envelope(row: &QueryResult) -> Result<Envelope, Fault> {
    let data: serde_json::Value = get(row, "data")?;
    Ok(Envelope {
        id: get_id(row, "id", EventId::new)?,
        version: get_number(row, "version")?,
        session: get_id(row, "session_id", SessionId::new)?,
        seq: Some(Seq(get(row, "seq")?)),
        at: At(get(row, "at")?),
        data: serde_json::from_value(data).map_err(|error| Fault::Unreadable(error.to_string()))?,
    })
}

/// Sessions whose last events may not have been told before the process ended, and up to where they were.
pub(crate) async fn untold(db: &Db) -> Result<Vec<(SessionId, Seq)>, Fault> {
    let sql = "SELECT id, published_seq FROM sessions WHERE published_seq < last_seq ORDER BY id LIMIT $1";
    let rows = all(db.reader(), sql, values![UNTOLD_PAGE]).await?;
    rows.iter().map(|row| Ok((get_id(row, "id", SessionId::new)?, Seq(get(row, "published_seq")?)))).collect()
}

/// Notes that everything of a session was told.
pub(crate) async fn mark_told(db: &Db, session: SessionId) -> Result<(), Fault> {
    let tx = db.begin().await?;
    run(&*tx, "UPDATE sessions SET published_seq = last_seq WHERE id = $1", values![session.uuid()]).await?;
    tx.commit().await
}

/// Forgets logs of sessions that ended before this moment, a few sessions at a time; and what the media engine saw.
pub(crate) async fn forget(db: &Db, ended_before: At, seen_before: At) -> Result<(), Fault> {
    let sql = "SELECT s.id FROM sessions s WHERE s.ended_at < $1
               AND EXISTS (SELECT 1 FROM events e WHERE e.session_id = s.id) ORDER BY s.ended_at LIMIT $2";
    for row in all(db.reader(), sql, values![ended_before.0, FORGOTTEN_PAGE]).await? {
        let session = get_id(&row, "id", SessionId::new)?;
        let tx = db.begin().await?;
        run(&*tx, "DELETE FROM events WHERE session_id = $1", values![session.uuid()]).await?;
        tx.commit().await?;
    }
    let tx = db.begin().await?;
    run(&*tx, "DELETE FROM media_facts WHERE seen_at < $1", values![seen_before.0]).await?;
    tx.commit().await
}
