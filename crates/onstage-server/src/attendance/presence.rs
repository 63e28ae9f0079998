//! What follows from somebody's coming and going: counts, the host's grace, kept seats.

use onstage_domain::person::ParticipantView;
use onstage_domain::problem::Problem;
use onstage_domain::sessions::{self as shows, Contact, Fact as SessionFact};
use onstage_domain::stage::Fact as StageFact;
use onstage_domain::{Actor, Event, SessionId, UserId};

use super::book::Shift;
use super::enter::visit;
use crate::alarm_clock::Alarm;
use crate::app::App;
use crate::fault::Fault;
use crate::sessions::service::{self as sessions, people};
use crate::stage;

/// A contact of somebody whose token is known.
pub(crate) async fn observe(app: &App, id: SessionId, actor: &Actor, contact: Contact) {
    if let Err(problem) = try_observe(app, id, actor, contact).await {
        tracing::warn!(code = problem.code.name(), "presence could not be noted");
    }
}

async fn try_observe(app: &App, id: SessionId, actor: &Actor, contact: Contact) -> Result<(), Problem> {
    if contact == Contact::Socket(true) {
        let known = people::by_id(app.db.reader(), id, actor.user_id).await?;
        visit(app, actor, id, known).await?;
    }
    told(app, id, actor.user_id, contact).await
}

/// A contact of anybody.
pub(super) async fn told(app: &App, id: SessionId, user: UserId, contact: Contact) -> Result<(), Problem> {
    let session = sessions::find(app, app.db.reader(), id).await?.session;
    if !session.is_live() {
        return Ok(());
    }
    app.attendance.open(id, app.clock.now(), sessions::beginning_without_past(&session));
    let change = app.attendance.tell(id, app.clock.now(), user, contact);
    app.alarms.set(Alarm::Attendance(id), app.attendance.deadline(id));
    if let Some(connected) = change.connection {
        connection(app, id, user, (connected, user == session.owner())).await?;
    }
    if let Some(present) = change.presence {
        tell_presence(app, id, user, present).await?;
    }
    Ok(())
}

/// The first connection of any kind came, or the last one went.
async fn connection(
    app: &App,
    id: SessionId,
    user: UserId,
    (connected, is_owner): (bool, bool),
) -> Result<(), Problem> {
    if is_owner {
        let fact = if connected { SessionFact::HostConnected } else { SessionFact::HostDisconnected };
        sessions::hear(app, id, fact).await?;
    }
    if app.attendance.is_seated(id, user) {
        let fact = if connected { StageFact::Connected(user) } else { StageFact::Disconnected(user) };
        stage::service::hear(app, id, fact, None).await?;
    }
    Ok(())
}

/// Ephemeral: viewers are counted and, with an account, named. Seated people have events of their own.
async fn tell_presence(app: &App, id: SessionId, user: UserId, present: bool) -> Result<(), Fault> {
    if app.attendance.is_seated(id, user) {
        return Ok(());
    }
    let now = app.clock.now();
    let viewer_count = app.attendance.count(id, now).viewers;
    let person = people::by_id(app.db.reader(), id, user).await?;
    let event = presence_event(person, present, viewer_count);
    app.outbox.tell_ephemeral(id, now, vec![Event::Session(event)]);
    Ok(())
}

fn presence_event(person: Option<ParticipantView>, present: bool, viewer_count: u32) -> shows::Event {
    match (person, present) {
        (Some(participant), true) => shows::Event::ViewerJoined { participant, viewer_count },
        (Some(participant), false) => shows::Event::ViewerLeft { participant, viewer_count },
        (None, _) => {
            let (joined, left) = if present { (1, 0) } else { (0, 1) };
            shows::Event::ViewersChanged { joined, left, viewer_count }
        }
    }
}

/// Who takes a seat leaves the audience, who gives it up and is still there comes back to it: told anew.
pub(crate) async fn shifted(app: &App, id: SessionId, shifts: &[(UserId, Shift)]) -> Result<(), Fault> {
    for (user, shift) in shifts {
        match shift {
            Shift::Seated => tell_count(app, id),
            Shift::Back => tell_presence(app, id, *user, true).await?,
            Shift::Gone => tell_presence(app, id, *user, false).await?,
        }
    }
    Ok(())
}

fn tell_count(app: &App, id: SessionId) {
    let now = app.clock.now();
    let viewer_count = app.attendance.count(id, now).viewers;
    let event = shows::Event::ViewersChanged { joined: 0, left: 0, viewer_count };
    app.outbox.tell_ephemeral(id, now, vec![Event::Session(event)]);
}

/// Somebody is out for good: presence ends before the seat does, so that they are no viewer on the way.
pub(super) async fn gone(app: &App, id: SessionId, user: UserId) -> Result<(), Problem> {
    let change = app.attendance.tell(id, app.clock.now(), user, Contact::Left);
    app.alarms.set(Alarm::Attendance(id), app.attendance.deadline(id));
    stage::service::hear(app, id, StageFact::Left(user), None).await?;
    if change.presence == Some(false) {
        tell_presence(app, id, user, false).await?;
    }
    Ok(())
}

/// The minute after a REST join is over for somebody, or ten seconds of the show's course are.
pub(crate) async fn ring(app: &App, id: SessionId) -> Result<(), Problem> {
    sessions::write_attendance(app, id).await?;
    for user in app.attendance.expire(id, app.clock.now()) {
        tell_presence(app, id, user, false).await?;
    }
    app.alarms.set(Alarm::Attendance(id), app.attendance.deadline(id));
    Ok(())
}
