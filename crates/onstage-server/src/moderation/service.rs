//! Use cases of moderation.

use onstage_domain::moderation::{self, AuditAction, Block, Command, Event, Standing, Target};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::text::Note;
use onstage_domain::{Actor, Reply, SessionId, UserId};
use sea_orm::ConnectionTrait;

use super::store;
pub(crate) use super::store::Because;
use crate::app::App;
use crate::audit::{self, Deed};
use crate::db::Tx;
use crate::fault::Fault;
use crate::sessions::service::{self as sessions, people};

/// Carries a command out.
pub(crate) async fn execute(app: &App, actor: &Actor, command: Command) -> Result<Reply, Problem> {
    match command {
        Command::Timeout { session, user, duration_s, reason } => {
            time_out(app, actor, (session, user), (duration_s, reason.as_ref())).await
        }
    }
}

async fn time_out(
    app: &App,
    actor: &Actor,
    (id, user): (SessionId, UserId),
    (duration_s, reason): (i64, Option<&Note>),
) -> Result<Reply, Problem> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    let session = sessions::load_locked(app, &tx, id).await?;
    standing(app, &*tx, id, actor).await?.may_enter()?;
    let by = sessions::by_of(actor, people::by_id(&*tx, id, actor.user_id).await?.as_ref());
    let target = target(&tx, id, user).await;
    // Rights come first: who may nothing does not learn who is there.
    let assumed = Target { user_id: user, role: onstage_domain::person::Role::Viewer, is_moderator: false };
    let known = target.as_ref().ok().copied().unwrap_or(assumed);
    let event = moderation::time_out(now, &by, known, duration_s, reason)?;
    target?;
    if !session.is_live() {
        return Err(Problem::new(Code::SessionEnded));
    }
    let Event::TimedOut { until, .. } = &event;
    let until = *until;
    let reason = reason.map(Note::as_str);
    store::time_out(&tx, id, (user, until), Because { by: by.user_id, reason, at: now }).await?;
    audit(app, &tx, actor, AuditAction::Timeout, (id, user, reason)).await?;
    let events = vec![onstage_domain::Event::Moderation(event)];
    let recorded = app.record(&tx, id, now, events).await?;
    tx.commit().await?;
    app.tell(recorded).await;
    Ok(Reply::Until(until))
}

async fn target(tx: &Tx, session: SessionId, user: UserId) -> Result<Target, Problem> {
    let person =
        people::by_id(&**tx, session, user).await?.ok_or_else(|| Problem::new(Code::PersonNotFound))?;
    Ok(Target { user_id: user, role: person.role, is_moderator: person.is_moderator })
}

/// A line of the audit log about somebody in a session.
pub(crate) async fn audit(
    app: &App,
    tx: &Tx,
    actor: &Actor,
    action: AuditAction,
    (session, target, reason): (SessionId, UserId, Option<&str>),
) -> Result<(), Fault> {
    let deed = Deed {
        actor: Some(actor.user_id),
        action: action.word(),
        session: Some(session),
        target: Some(target),
        reason,
    };
    audit::write(app, tx, deed).await
}

/// How moderation stands towards this actor here.
pub(crate) async fn standing(
    _: &App,
    db: &impl ConnectionTrait,
    session: SessionId,
    actor: &Actor,
) -> Result<Standing, Problem> {
    Ok(store::standing(db, session, actor).await?)
}

/// Everybody who is kept out.
pub(crate) async fn blocked(db: &impl ConnectionTrait, session: SessionId) -> Result<Vec<UserId>, Problem> {
    Ok(store::blocked(db, session).await?)
}

/// Keeps somebody out, in the transaction of the kick.
pub(crate) async fn block(
    tx: &Tx,
    session: SessionId,
    block: &Block,
    because: Because<'_>,
) -> Result<(), Fault> {
    store::block(tx, session, block, because).await
}

/// Lets somebody back in.
pub(crate) async fn allow_back(tx: &Tx, session: SessionId, user: UserId) -> Result<(), Fault> {
    store::unblock(tx, session, user).await
}
