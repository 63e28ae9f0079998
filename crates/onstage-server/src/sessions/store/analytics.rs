//! Rows of `audience_samples`, and what other tables tell about the course of a show.

use onstage_domain::sessions::{Sample, Timeline};
use onstage_domain::{At, SessionId, UserId};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::db::{Db, Tx, all, get, get_number, one, run, values};
use crate::fault::Fault;

/// How many ended sessions lose their samples in one go.
const FORGOTTEN_PAGE: i64 = 200;

fn read(row: &QueryResult) -> Result<Sample, Fault> {
    Ok(Sample {
        index: get(row, "position")?,
        viewer_ms: get(row, "viewer_ms")?,
        viewers_peak: get_number(row, "viewers_peak")?,
        guests_peak: get_number(row, "guests_peak")?,
        viewers_after: get_number(row, "viewers_after")?,
        guests_after: get_number(row, "guests_after")?,
    })
}

const SELECT: &str = "SELECT a.position, a.viewer_ms, a.viewers_peak, a.guests_peak, a.viewers_after,
    a.guests_after FROM audience_samples a WHERE a.session_id = $1";

/// Everything that is written, in order.
pub(in crate::sessions) async fn samples(
    db: &impl ConnectionTrait,
    session: SessionId,
) -> Result<Vec<Sample>, Fault> {
    let sql = format!("{SELECT} ORDER BY a.position");
    all(db, &sql, values![session.uuid()]).await?.iter().map(read).collect()
}

/// Where a restart goes on.
pub(in crate::sessions) async fn last_sample(
    db: &impl ConnectionTrait,
    session: SessionId,
) -> Result<Option<Sample>, Fault> {
    let sql = format!("{SELECT} ORDER BY a.position DESC LIMIT 1");
    one(db, &sql, values![session.uuid()]).await?.as_ref().map(read).transpose()
}

/// Writes samples down; a sample that is there already is replaced.
pub(in crate::sessions) async fn save_samples(
    tx: &Tx,
    session: SessionId,
    samples: &[Sample],
) -> Result<(), Fault> {
    let sql = "INSERT INTO audience_samples (session_id, position, viewer_ms, viewers_peak, guests_peak,
               viewers_after, guests_after) VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (session_id, position) DO UPDATE SET viewer_ms = excluded.viewer_ms,
               viewers_peak = excluded.viewers_peak, guests_peak = excluded.guests_peak,
               viewers_after = excluded.viewers_after, guests_after = excluded.guests_after";
    for sample in samples {
        let values = values![
            session.uuid(),
            sample.index,
            sample.viewer_ms,
            i64::from(sample.viewers_peak),
            i64::from(sample.guests_peak),
            i64::from(sample.viewers_after),
            i64::from(sample.guests_after),
        ];
        run(&**tx, sql, values).await?;
    }
    Ok(())
}

/// The most viewers at once so far.
pub(in crate::sessions) async fn raise_peak(tx: &Tx, session: SessionId, peak: u32) -> Result<(), Fault> {
    let sql = "UPDATE sessions SET peak_viewers = $2 WHERE id = $1 AND peak_viewers < $2";
    run(&**tx, sql, values![session.uuid(), i64::from(peak)]).await.map(drop)
}

/// Forgets the course of shows that ended before this moment, a few of them at a time.
pub(in crate::sessions) async fn forget_samples(db: &Db, ended_before: At) -> Result<(), Fault> {
    let sql = "DELETE FROM audience_samples WHERE session_id IN (SELECT s.id FROM sessions s
               WHERE s.ended_at < $1 AND EXISTS (SELECT 1 FROM audience_samples a WHERE a.session_id = s.id)
               ORDER BY s.ended_at LIMIT $2)";
    let tx = db.begin().await?;
    run(&*tx, sql, values![ended_before.0, FORGOTTEN_PAGE]).await?;
    tx.commit().await
}

/// Numbers that stand in other tables.
#[derive(Clone, Copy, Debug)]
pub(in crate::sessions) struct Totals {
    pub(in crate::sessions) people: u32,
    pub(in crate::sessions) requests: u32,
    pub(in crate::sessions) host_sessions: u32,
    pub(in crate::sessions) host_ms: i64,
}

/// Of this show, and of its host's shows that ended.
pub(in crate::sessions) async fn totals(
    db: &impl ConnectionTrait,
    session: SessionId,
    owner: UserId,
) -> Result<Totals, Fault> {
    let sql = "SELECT
        (SELECT COUNT(*) FROM participants p WHERE p.session_id = $1 AND p.user_id <> $2) AS people,
        (SELECT COUNT(*) FROM requests r WHERE r.session_id = $1) AS requests,
        COUNT(*) AS host_sessions,
        CAST(COALESCE(SUM(s.ended_at - s.started_at), 0) AS bigint) AS host_ms
        FROM sessions s WHERE s.owner_id = $2 AND s.ended_at IS NOT NULL";
    let row = one(db, sql, values![session.uuid(), owner.uuid()]).await?;
    let row = row.ok_or_else(|| Fault::Unreadable("a sum without a row".to_owned()))?;
    Ok(Totals {
        people: get_number(&row, "people")?,
        requests: get_number(&row, "requests")?,
        host_sessions: get_number(&row, "host_sessions")?,
        host_ms: get(&row, "host_ms")?,
    })
}

/// What was counted in one moment of the timeline.
#[derive(Clone, Debug)]
pub(in crate::sessions) struct Counted {
    pub(in crate::sessions) moment: i64,
    pub(in crate::sessions) count: u64,
    /// Word of the reaction.
    pub(in crate::sessions) kind: String,
}

fn read_counted(row: &QueryResult) -> Result<Counted, Fault> {
    Ok(Counted { moment: get(row, "moment")?, count: get_number(row, "count")?, kind: get(row, "kind")? })
}

/// What people wrote, taken away later or not; not what the server wrote.
pub(in crate::sessions) async fn messages(
    db: &impl ConnectionTrait,
    session: SessionId,
    (started_at, line): (At, Timeline),
) -> Result<Vec<Counted>, Fault> {
    let sql = "SELECT 'text' AS kind, (m.created_at - $2) / $3 AS moment, COUNT(*) AS count FROM messages m
               WHERE m.session_id = $1 AND m.user_id IS NOT NULL AND m.kind IN ('text', 'sticker')
               GROUP BY moment";
    let values = values![session.uuid(), started_at.0, line.moment_ms()];
    all(db, sql, values).await?.iter().map(read_counted).collect()
}

/// Reactions, kind by kind.
pub(in crate::sessions) async fn reactions(
    db: &impl ConnectionTrait,
    session: SessionId,
    (started_at, line): (At, Timeline),
) -> Result<Vec<Counted>, Fault> {
    let sql = "SELECT r.kind, (r.second * 1000 - $2) / $3 AS moment, CAST(SUM(r.count) AS bigint) AS count
               FROM reactions r WHERE r.session_id = $1 GROUP BY r.kind, moment";
    let values = values![session.uuid(), started_at.0, line.moment_ms()];
    all(db, sql, values).await?.iter().map(read_counted).collect()
}
