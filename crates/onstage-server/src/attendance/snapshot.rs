//! What a newcomer sees first, who is there, and what the log tells them.

use onstage_domain::permissions::{Operation, allows};
use onstage_domain::person::ParticipantView;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::{Listed, Me, Page, Snapshot};
use onstage_domain::{Actor, Envelope, Place, Seq, SessionId, UserId};
use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::outbox::log;
use crate::paging;
use crate::sessions::service::{self as sessions, Found, people};
use crate::{chat, moderation, stage};

/// Chat messages in a snapshot.
const SNAPSHOT_MESSAGES: u32 = 50;

/// All of one moment, so that the log continues exactly where it ends.
pub(crate) async fn snapshot(app: &App, actor: &Actor, id: SessionId) -> Result<(Snapshot, Place), Problem> {
    let moment = app.db.moment().await?;
    let found = sessions::find(app, &moment, id).await?;
    moderation::service::standing(app, &moment, id, actor).await?.may_enter()?;
    let participant = people::by_id(&moment, id, actor.user_id).await?;
    let by = sessions::by_of(actor, participant.as_ref());
    let place = sessions::place_of(&found.session, &by);
    let view = found.session.view().clone();
    let switch = view.settings.cohosts_manage_guests;
    let me = Me {
        user_id: actor.user_id,
        role: by.role,
        may_manage: allows(Operation::ManageGuests, &by, switch),
        may_moderate_chat: allows(Operation::ModerateChat, &by, switch),
        participant,
    };
    let snapshot = Snapshot {
        participants: people::staged(&moment, id).await?,
        me,
        requests: stage::service::pending_requests(&moment, id, &place).await?,
        invitations: stage::service::pending_invitations(&moment, id, &place).await?,
        messages: chat::service::last(&moment, id, SNAPSHOT_MESSAGES).await?,
        viewer_count: view.viewer_count,
        session: view,
        seq: found.last_seq,
    };
    Ok((snapshot, place))
}

/// Staged first, then present viewers with an account.
pub(crate) async fn people(
    app: &App,
    actor: &Actor,
    id: SessionId,
    page: &Page,
) -> Result<Listed<ParticipantView>, Problem> {
    enter(app, app.db.reader(), actor, id).await?;
    let staged = people::staged(app.db.reader(), id).await?;
    let mut everybody: Vec<UserId> = staged.iter().map(|person| person.user_id).collect();
    everybody.extend(app.attendance.listed_viewers(id, app.clock.now()));
    let listed = paging::by_offset(everybody, page);
    let mut rows = people::by_ids(app.db.reader(), id, &listed.items).await?;
    rows.sort_by_key(|person| listed.items.iter().position(|user| *user == person.user_id));
    Ok(Listed { items: rows, next_cursor: listed.next_cursor, total: listed.total })
}

/// A session that this actor may look into: the kicked may not.
pub(crate) async fn look(app: &App, actor: &Actor, id: SessionId) -> Result<Found, Problem> {
    enter(app, app.db.reader(), actor, id).await
}

async fn enter(app: &App, db: &impl ConnectionTrait, actor: &Actor, id: SessionId) -> Result<Found, Problem> {
    let found = sessions::find(app, db, id).await?;
    moderation::service::standing(app, db, id, actor).await?.may_enter()?;
    Ok(found)
}

/// The part of the log this actor may hear; each event names the one before it that they could hear.
pub(crate) async fn events(
    app: &App,
    actor: &Actor,
    id: SessionId,
    (since, limit): (Seq, u32),
) -> Result<(Vec<(Envelope, Seq)>, Option<Seq>), Problem> {
    let found = enter(app, app.db.reader(), actor, id).await?;
    let participant = people::by_id(app.db.reader(), id, actor.user_id).await?;
    let place = sessions::place_of(&found.session, &sessions::by_of(actor, participant.as_ref()));
    if since.0 < 0 {
        return Err(Problem::because(Code::Unreadable, "since is a number from 0"));
    }
    let envelopes = log::after(app.db.reader(), id, since, limit).await?;
    let next = envelopes.last().and_then(|envelope| envelope.seq).filter(|last| *last < found.last_seq);
    let mut before = since;
    let mut heard = Vec::with_capacity(envelopes.len());
    for envelope in envelopes {
        if envelope.data.audience().includes(&place) {
            let seq = envelope.seq.unwrap_or(before);
            heard.push((envelope, before));
            before = seq;
        }
    }
    Ok((heard, next))
}
