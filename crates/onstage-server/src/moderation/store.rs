//! Rows of `blocks` and `timeouts`.

use onstage_domain::moderation::{Block, Standing};
use onstage_domain::{Actor, At, SessionId, UserId};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::db::{Tx, all, get, get_id, one, run, values};
use crate::fault::Fault;

fn read_block(row: &QueryResult) -> Result<Block, Fault> {
    Ok(Block {
        user_id: get_id(row, "user_id", UserId::new)?,
        device: get(row, "device")?,
        address_hash: get(row, "address_hash")?,
    })
}

/// How moderation stands towards an actor: the rows that may concern them, judged by the rules.
pub(super) async fn standing(
    db: &impl ConnectionTrait,
    session: SessionId,
    actor: &Actor,
) -> Result<Standing, Fault> {
    let me = Block::of(actor);
    // An account's devices are those somebody signed in on with it.
    let sql = "SELECT user_id, device, address_hash, reason FROM (
                   SELECT b.user_id, b.address_hash, b.reason, COALESCE(b.device, (
                       SELECT MAX(s.device) FROM sign_ins s WHERE s.user_id = b.user_id AND s.device = $3
                   )) AS device FROM blocks b WHERE b.session_id = $1
               ) known WHERE user_id = $2 OR device = $3 OR address_hash = $4";
    let rows = all(db, sql, values![session.uuid(), me.user_id.uuid(), me.device, me.address_hash]).await?;
    let mut standing = Standing::default();
    for row in &rows {
        if read_block(row)?.meets(actor) {
            standing.blocked = true;
            standing.block_reason = standing.block_reason.or(get(row, "reason")?);
        }
    }
    let sql = "SELECT until FROM timeouts WHERE session_id = $1 AND user_id = $2";
    let row = one(db, sql, values![session.uuid(), actor.user_id.uuid()]).await?;
    standing.timed_out_until = row.map(|row| get(&row, "until").map(At)).transpose()?;
    Ok(standing)
}

/// Everybody who is kept out of a session.
pub(super) async fn blocked(db: &impl ConnectionTrait, session: SessionId) -> Result<Vec<UserId>, Fault> {
    let sql = "SELECT user_id FROM blocks WHERE session_id = $1 ORDER BY user_id";
    all(db, sql, values![session.uuid()])
        .await?
        .iter()
        .map(|row| get_id(row, "user_id", UserId::new))
        .collect()
}

/// Who did it, why and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Because<'a> {
    pub(crate) by: UserId,
    pub(crate) reason: Option<&'a str>,
    pub(crate) at: At,
}

/// Keeps somebody out; twice is once.
pub(super) async fn block(
    tx: &Tx,
    session: SessionId,
    block: &Block,
    because: Because<'_>,
) -> Result<(), Fault> {
    let sql = "INSERT INTO blocks (session_id, user_id, blocked_by, reason, address_hash, device, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (session_id, user_id) DO NOTHING";
    let values = values![
        session.uuid(),
        block.user_id.uuid(),
        because.by.uuid(),
        because.reason.map(str::to_owned),
        block.address_hash.clone(),
        block.device.clone(),
        because.at.0,
    ];
    run(&**tx, sql, values).await.map(drop)
}

/// Lets somebody back in.
pub(super) async fn unblock(tx: &Tx, session: SessionId, user: UserId) -> Result<(), Fault> {
    let sql = "DELETE FROM blocks WHERE session_id = $1 AND user_id = $2";
    run(&**tx, sql, values![session.uuid(), user.uuid()]).await.map(drop)
}

/// The later decision counts, also when it is the shorter one.
pub(super) async fn time_out(
    tx: &Tx,
    session: SessionId,
    (user, until): (UserId, At),
    because: Because<'_>,
) -> Result<(), Fault> {
    let sql = "INSERT INTO timeouts (session_id, user_id, until, set_by, reason) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (session_id, user_id)
               DO UPDATE SET until = excluded.until, set_by = excluded.set_by, reason = excluded.reason";
    let reason = because.reason.map(str::to_owned);
    run(&**tx, sql, values![session.uuid(), user.uuid(), until.0, because.by.uuid(), reason]).await.map(drop)
}
