//! Reading sessions, with what only memory knows: who is present now.

use onstage_domain::actor::{Actor, By};
use onstage_domain::permissions::{Operation, allows};
use onstage_domain::person::{ParticipantView, Role};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::{Listed, Page};
use onstage_domain::sessions::{Session, SessionView};
use onstage_domain::{Place, Seq, SessionId};
use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::db::Tx;
use crate::fault::Fault;
use crate::paging;
use crate::sessions::store::{self, Stored};

/// A session that was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) session: Session,
    /// Its state is true up to here.
    pub(crate) last_seq: Seq,
}

impl Found {
    /// Adds the viewers of this moment.
    fn of(app: &App, stored: Stored) -> Self {
        let session = stored.session;
        let view = session.view();
        let count = app.attendance.count(view.id, app.clock.now());
        let view = SessionView {
            viewer_count: if session.is_live() { count.viewers } else { 0 },
            peak_viewers: view.peak_viewers.max(count.peak_viewers),
            ..view.clone()
        };
        let session = Session::restore(view, session.plan_guests_max(), session.host_seen(), stored.tally);
        Self { session, last_seq: stored.last_seq }
    }
}

/// A session, or 404.
pub(crate) async fn find(app: &App, db: &impl ConnectionTrait, id: SessionId) -> Result<Found, Problem> {
    let stored = store::by_id(db, id).await?.ok_or_else(|| Problem::new(Code::SessionNotFound))?;
    Ok(Found::of(app, stored))
}

/// A session that is about to be changed, or 404. Always the first row a change takes.
pub(crate) async fn load_locked(app: &App, tx: &Tx, id: SessionId) -> Result<Session, Problem> {
    let stored = store::load_locked(tx, id).await?.ok_or_else(|| Problem::new(Code::SessionNotFound))?;
    Ok(Found::of(app, stored).session)
}

/// How many sessions are live.
pub(crate) async fn count_live(app: &App) -> Result<u32, Fault> {
    store::count_live(app.db.reader()).await
}

/// Public live sessions, busiest first.
pub(crate) async fn live(app: &App, page: &Page) -> Result<Listed<SessionView>, Fault> {
    let stored = store::live_public(app.db.reader()).await?;
    let mut views: Vec<SessionView> =
        stored.into_iter().map(|stored| Found::of(app, stored).session.view().clone()).collect();
    views.sort_by_key(|view| std::cmp::Reverse((view.viewer_count, view.started_at, view.id)));
    Ok(paging::by_offset(views, page))
}

/// Every live session's id.
pub(crate) async fn live_ids(app: &App) -> Result<Vec<SessionId>, Fault> {
    store::live_ids(app.db.reader()).await
}

/// The actor as the session sees them.
pub(crate) fn by_of(actor: &Actor, person: Option<&ParticipantView>) -> By {
    By {
        user_id: actor.user_id,
        handle: actor.handle.clone(),
        role: person.map_or(Role::Viewer, |person| person.role),
        is_moderator: person.is_some_and(|person| person.is_moderator),
        operator: actor.is_operator(),
        anonymous: actor.is_anonymous(),
    }
}

/// Where a listener stands: what an audience is matched with.
pub(crate) fn place_of(session: &Session, by: &By) -> Place {
    let manages = allows(Operation::ManageQueue, by, session.view().settings.cohosts_manage_guests);
    Place { user_id: by.user_id, role: by.role, manages, operator: by.operator }
}
