//! The audit log: who did what to whom, written in the same transaction as the deed, never changed.

use onstage_domain::moderation::AuditView;
use onstage_domain::reply::{Listed, Page};
use onstage_domain::{At, SessionId, UserId};
use sea_orm::QueryResult;
use uuid::Uuid;

use crate::app::App;
use crate::db::{Tx, all, get, run, values};
use crate::fault::Fault;
use crate::paging;

/// One line to write.
#[derive(Clone, Debug)]
pub(crate) struct Deed<'a> {
    /// Who; `None`: the system.
    pub(crate) actor: Option<UserId>,
    /// `<slice>.<verb>`.
    pub(crate) action: &'a str,
    /// Where.
    pub(crate) session: Option<SessionId>,
    /// To whom.
    pub(crate) target: Option<UserId>,
    /// Why.
    pub(crate) reason: Option<&'a str>,
}

/// Writes a line.
pub(crate) async fn write(app: &App, tx: &Tx, deed: Deed<'_>) -> Result<(), Fault> {
    let now = app.clock.now();
    let sql = "INSERT INTO audit_log (id, at, actor_id, action, session_id, target_id, reason)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = values![
        app.uuid(),
        now.0,
        deed.actor.map(UserId::uuid),
        deed.action,
        deed.session.map(SessionId::uuid),
        deed.target.map(UserId::uuid),
        deed.reason.map(str::to_owned),
    ];
    run(&**tx, sql, values).await.map(drop)
}

/// Newest first.
pub(crate) async fn list(app: &App, page: &Page) -> Result<Listed<AuditView>, Fault> {
    let before = paging::id_cursor(page);
    let sql = "SELECT id, at, actor_id, action, session_id, target_id, reason FROM audit_log
               WHERE $1 IS NULL OR id < $1 ORDER BY id DESC LIMIT $2";
    let rows = all(app.db.reader(), sql, values![before, paging::one_more(page)]).await?;
    let items = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(paging::listed(items, page, |line| line.id.to_string()))
}

fn read(row: &QueryResult) -> Result<AuditView, Fault> {
    Ok(AuditView {
        id: get(row, "id")?,
        at: At(get(row, "at")?),
        actor_id: get::<Option<Uuid>>(row, "actor_id")?.map(UserId::new),
        action: get(row, "action")?,
        session_id: get::<Option<Uuid>>(row, "session_id")?.map(SessionId::new),
        target_id: get::<Option<Uuid>>(row, "target_id")?.map(UserId::new),
        reason: get(row, "reason")?,
    })
}
