//! Going live and coming in.

use onstage_domain::media::MediaAccess;
use onstage_domain::person::{ParticipantView, Role};
use onstage_domain::ports::AccessRequest;
use onstage_domain::problem::Problem;
use onstage_domain::reply::{Joined, MediaReason};
use onstage_domain::sessions::{Command, Contact, NewSession, Session};
use onstage_domain::{Actor, Event, Reply, SessionId, stage};

use super::presence;
use crate::alarm_clock::Alarm;
use crate::app::App;
use crate::idempotency::Attempt;
use crate::moderation;
use crate::rates::{Rate, Whose};
use crate::sessions::service::{self as sessions, people};

/// Goes live at once, the owner on seat 0.
pub(crate) async fn create(
    app: &App,
    actor: &Actor,
    new: NewSession,
    attempt: &Attempt,
) -> Result<Reply, Problem> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(reply) = attempt.recall(&tx, now).await? {
        return Ok(reply);
    }
    app.rates.count(Rate::Sessions, Whose::User(actor.user_id), now)?;
    let created = sessions::create(app, &tx, actor, &new).await?;
    let session = created.session;
    let owner = stage::owner(now, actor, session.view().mode);
    people::insert(&tx, session.id(), &owner).await?;
    let mut events: Vec<Event> = created.events.into_iter().map(Event::Session).collect();
    events.push(Event::Stage(stage::Event::GuestJoined { participant: owner }));
    let recorded = app.record(&tx, session.id(), now, events).await?;
    let reply = Reply::Session(Box::new(session.view().clone()));
    attempt.remember(&tx, &reply).await?;
    tx.commit().await?;
    app.alarms.set(Alarm::Session(session.id()), session.deadline());
    app.tell(recorded).await;
    Ok(reply)
}

/// Comes in: refuses the kicked, writes the first visit down, answers with address and token.
pub(crate) async fn join(
    app: &App,
    actor: &Actor,
    id: SessionId,
    attempt: &Attempt,
) -> Result<Reply, Problem> {
    let now = app.clock.now();
    app.rates.count(Rate::Joins, Whose::User(actor.user_id), now)?;
    let session = sessions::find(app, app.db.reader(), id).await?.session;
    moderation::service::standing(app, app.db.reader(), id, actor).await?.may_enter()?;
    let known = people::by_id(app.db.reader(), id, actor.user_id).await?;
    session.decide(now, &sessions::by_of(actor, known.as_ref()), &Command::Join(id))?;
    attempt.check(app).await?;
    let participant = visit(app, actor, id, known).await?;
    presence::observe(app, id, actor, Contact::Joined).await;
    let media = media_for(app, actor, &session, &participant)?;
    let found = sessions::find(app, app.db.reader(), id).await?;
    Ok(Reply::Joined(Box::new(Joined {
        role: participant.role,
        can_request: can_request(actor, &found.session, &participant),
        session: found.session.view().clone(),
        participant,
        media,
        seq: found.last_seq,
    })))
}

/// The row of somebody who comes in, made at the first time; watchers without an account leave none.
pub(super) async fn visit(
    app: &App,
    actor: &Actor,
    id: SessionId,
    known: Option<ParticipantView>,
) -> Result<ParticipantView, Problem> {
    let newcomer = stage::newcomer(app.clock.now(), actor);
    if actor.is_anonymous() {
        app.attendance.note_anonymous(id, actor);
        return Ok(newcomer);
    }
    if let Some(known) = known.clone().filter(|known| has_names_of(known, actor)) {
        return Ok(known);
    }
    let tx = app.db.begin().await?;
    match known {
        Some(_) => people::rename(&tx, id, actor).await?,
        None => people::insert(&tx, id, &newcomer).await?,
    }
    let written = people::by_id(&*tx, id, actor.user_id).await?;
    tx.commit().await?;
    Ok(written.unwrap_or(newcomer))
}

fn has_names_of(known: &ParticipantView, actor: &Actor) -> bool {
    known.handle == actor.handle
        && known.display_name == actor.display_name
        && known.avatar_url == actor.avatar_url
}

fn can_request(actor: &Actor, session: &Session, participant: &ParticipantView) -> bool {
    let settings = &session.view().settings;
    !actor.is_anonymous() && !participant.is_staged() && settings.allow_requests && !settings.locked
}

/// Address and token, unless every real-time place is taken; people with a seat and the owner always have one.
fn media_for(
    app: &App,
    actor: &Actor,
    session: &Session,
    participant: &ParticipantView,
) -> Result<Result<MediaAccess, MediaReason>, Problem> {
    let view = session.view();
    let staged = participant.is_staged() || participant.role == Role::Owner;
    let limit = view.settings.max_participants.filter(|_| !staged);
    let places = limit.and_then(|places| usize::try_from(places).ok()).unwrap_or(usize::MAX);
    let now = app.clock.now();
    if !app.attendance.take_place(view.id, now, actor.user_id, places) {
        return Ok(Err(MediaReason::PicturePlacesFull));
    }
    let request = AccessRequest { room_name: &view.room_name, actor, staged, now };
    Ok(Ok(app.media.access(request)?))
}
