//! Changing sessions.

use onstage_domain::moderation::AuditAction;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::sessions::{
    Command, EndReason, Event, Fact, HostView, NewSession, Opening, Session, start,
};
use onstage_domain::{Actor, Reply, SessionId};

use super::analytics::write_last;
use super::look::{by_of, load_locked};
use super::people;
use crate::accounts;
use crate::alarm_clock::Alarm;
use crate::app::App;
use crate::audit::{self, Deed};
use crate::db::Tx;
use crate::fault::Fault;
use crate::outbox::Recorded;
use crate::sessions::store;

/// A session that is about to go live.
pub(crate) struct Created {
    pub(crate) session: Session,
    pub(crate) events: Vec<Event>,
}

/// Goes live; the caller furnishes the rest of the room in the same transaction.
pub(crate) async fn create(app: &App, tx: &Tx, actor: &Actor, new: &NewSession) -> Result<Created, Problem> {
    if actor.is_anonymous() {
        return Err(Problem::new(Code::SignInRequired));
    }
    let account = accounts::service::me(app, actor).await?;
    let opening = Opening {
        id: SessionId::new(app.uuid()),
        owner: HostView {
            user_id: account.id,
            handle: account.handle,
            display_name: account.display_name,
            avatar_url: account.avatar_url,
        },
        plan_guests_max: account.plan.guests_max(),
        live_sessions: store::count_live_of(tx, actor.user_id).await?,
    };
    let (session, events) = start(app.clock.now(), new, opening)?;
    store::insert(tx, &session).await?;
    Ok(Created { session, events })
}

/// Carries out what needs no other slice: switches, layout, lock, end.
pub(crate) async fn execute(
    app: &App,
    actor: &Actor,
    id: SessionId,
    command: Command,
) -> Result<Reply, Problem> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    let mut session = load_locked(app, &tx, id).await?;
    let person = people::by_id(&*tx, id, actor.user_id).await?;
    let by = by_of(actor, person.as_ref());
    let events = session.decide(now, &by, &command)?;
    if ends(&events).is_some() && by.user_id != session.owner() {
        let (actor, session) = (Some(by.user_id), Some(id));
        let deed =
            Deed { actor, action: AuditAction::EndSession.word(), session, target: None, reason: None };
        audit::write(app, &tx, deed).await?;
    }
    let recorded = save(app, &tx, &mut session, events).await?;
    tx.commit().await?;
    app.alarms.set(Alarm::Session(id), session.deadline());
    app.tell(recorded).await;
    Ok(reply(app, &session))
}

fn reply(app: &App, session: &Session) -> Reply {
    let view = Box::new(session.view().clone());
    if session.is_live() {
        Reply::Session(view)
    } else {
        Reply::Ended(view, session.summary(app.clock.now()))
    }
}

/// Makes decided events true and writes them into the log.
pub(crate) async fn save(
    app: &App,
    tx: &Tx,
    session: &mut Session,
    events: Vec<Event>,
) -> Result<Recorded, Fault> {
    let now = app.clock.now();
    for event in &events {
        session.apply(now, event);
    }
    let end = ends(&events);
    store::save(tx, session, end).await?;
    if end.is_some() {
        write_last(app, tx, session.id(), now).await?;
    }
    let events = events.into_iter().map(onstage_domain::Event::Session).collect();
    app.record(tx, session.id(), now, events).await
}

fn ends(events: &[Event]) -> Option<EndReason> {
    events.iter().find_map(|event| match event {
        Event::Ended { reason, .. } => Some(*reason),
        Event::Started { .. }
        | Event::Updated { .. }
        | Event::HostLost { .. }
        | Event::HostBack
        | Event::ViewerJoined { .. }
        | Event::ViewerLeft { .. }
        | Event::ViewersChanged { .. } => None,
    })
}

/// Tells a session what happened to it, and what follows from that.
pub(crate) async fn hear(app: &App, id: SessionId, fact: Fact) -> Result<(), Problem> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    let mut session = load_locked(app, &tx, id).await?;
    let fact = as_it_is(app, &session, fact);
    let first_seen = fact == Fact::HostConnected && session.is_live() && !session.host_seen();
    if first_seen {
        session.see_host();
    }
    let events = session.hear(now, fact);
    if !first_seen && events.is_empty() {
        app.alarms.set(Alarm::Session(id), session.deadline());
        return Ok(());
    }
    let recorded = save(app, &tx, &mut session, events).await?;
    tx.commit().await?;
    app.alarms.set(Alarm::Session(id), session.deadline());
    app.tell(recorded).await;
    Ok(())
}

/// Two connections may be told in the wrong order: what counts is whether there is one now.
fn as_it_is(app: &App, session: &Session, fact: Fact) -> Fact {
    match fact {
        Fact::HostConnected | Fact::HostDisconnected => {
            let connected = app.attendance.is_connected(session.id(), session.owner());
            if connected { Fact::HostConnected } else { Fact::HostDisconnected }
        }
        Fact::Restarted | Fact::Clock => fact,
    }
}
