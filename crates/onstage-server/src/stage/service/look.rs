//! Reading the two queues.

use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::{Listed, Page};
use onstage_domain::stage::{InvitationView, RequestState, RequestView};
use onstage_domain::{Actor, Place, SessionId};
use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::fault::Fault;
use crate::moderation::service as moderation;
use crate::paging;
use crate::sessions::service::{self as sessions, people};
use crate::stage::store;

/// Those who wait: all of them for who manages, one's own for others.
pub(crate) async fn pending_requests(
    db: &impl ConnectionTrait,
    session: SessionId,
    place: &Place,
) -> Result<Vec<RequestView>, Fault> {
    let mut waiting = store::waiting(db, session, None).await?;
    waiting.retain(|request| place.manages || request.user_id == place.user_id);
    Ok(waiting)
}

/// Invitations that wait: all of them for who manages, one's own for others.
pub(crate) async fn pending_invitations(
    db: &impl ConnectionTrait,
    session: SessionId,
    place: &Place,
) -> Result<Vec<InvitationView>, Fault> {
    let mut offered = store::offered(db, session, None).await?;
    offered.retain(|invitation| place.manages || invitation.user_id == place.user_id);
    Ok(offered)
}

/// Requests, oldest first: for who manages the queue.
pub(crate) async fn requests(
    app: &App,
    actor: &Actor,
    session: SessionId,
    (state, page): (Option<RequestState>, &Page),
) -> Result<Listed<RequestView>, Problem> {
    let place = place(app, actor, session).await?;
    if !place.manages {
        let code = if actor.is_anonymous() { Code::SignInRequired } else { Code::NotAllowed };
        return Err(Problem::new(code));
    }
    let items = store::list_requests(&app.db.moment_for(actor).await?, session, state, page).await?;
    Ok(paging::listed(items, page, |request| request.id.to_string()))
}

/// Invitations, oldest first: all of them for who manages, one's own for others.
pub(crate) async fn invitations(
    app: &App,
    actor: &Actor,
    session: SessionId,
    page: &Page,
) -> Result<Listed<InvitationView>, Problem> {
    let place = place(app, actor, session).await?;
    let of = (!place.manages).then_some(actor.user_id);
    let items = store::list_invitations(&app.db.moment_for(actor).await?, session, of, page).await?;
    Ok(paging::listed(items, page, |invitation| invitation.id.to_string()))
}

/// Where the caller stands; the kicked stand nowhere.
async fn place(app: &App, actor: &Actor, session: SessionId) -> Result<Place, Problem> {
    let found = sessions::find(app, app.db.reader(), session).await?;
    moderation::standing(app, app.db.reader(), session, actor).await?.may_enter()?;
    let person = people::by_id(app.db.reader(), session, actor.user_id).await?;
    Ok(sessions::place_of(&found.session, &sessions::by_of(actor, person.as_ref())))
}
