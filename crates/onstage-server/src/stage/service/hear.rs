//! What the stage is told rather than asked: connections, media, time, a restart.

use onstage_domain::problem::Problem;
use onstage_domain::stage::{Event, Fact, Stage};
use onstage_domain::{At, FactId, SessionId, UserId};

use super::load::{Named, load};
use crate::alarm_clock::Alarm;
use crate::app::App;
use crate::sessions::service as sessions;
use crate::stage::store;

/// Rounds of facts that are answered a few events at a time; what is left is due at once and rings again.
const ROUNDS: usize = 32;

/// Tells the stage what happened and carries out what follows, until nothing follows; sets its alarm. A fact of the
/// media engine (`seen`) counts once.
pub(crate) async fn hear(
    app: &App,
    session: SessionId,
    fact: Fact,
    seen: Option<FactId>,
) -> Result<(), Problem> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    let show = sessions::load_locked(app, &tx, session).await?;
    if let Some(seen) = seen
        && !store::note_fact(&tx, session, seen, now).await?
    {
        return Ok(());
    }
    let fact = as_it_is(app, session, fact);
    let named = Named { user: user_of(fact), ..Named::default() };
    let mut stage = load(app, &tx, &show, named, None).await?;
    let events = what_follows(&mut stage, now, fact);
    if events.is_empty() && seen.is_none() {
        app.alarms.set(Alarm::Stage(session), stage.deadline());
        return Ok(());
    }
    store::save(&tx, session, &events).await?;
    let told = events.into_iter().map(onstage_domain::Event::Stage).collect();
    let recorded = app.record(&tx, session, now, told).await?;
    tx.commit().await?;
    app.alarms.set(Alarm::Stage(session), stage.deadline());
    app.tell(recorded).await;
    Ok(())
}

/// Two connections may be told in the wrong order: what counts is whether there is one now.
fn as_it_is(app: &App, session: SessionId, fact: Fact) -> Fact {
    match fact {
        Fact::Connected(user) | Fact::Disconnected(user) => {
            let connected = app.attendance.is_connected(session, user);
            if connected { Fact::Connected(user) } else { Fact::Disconnected(user) }
        }
        Fact::Published(..)
        | Fact::Unpublished(..)
        | Fact::SelfMuted { .. }
        | Fact::Left(_)
        | Fact::Restarted
        | Fact::Clock => fact,
    }
}

const fn user_of(fact: Fact) -> Option<UserId> {
    match fact {
        Fact::Connected(user)
        | Fact::Disconnected(user)
        | Fact::Published(user, _)
        | Fact::Unpublished(user, _)
        | Fact::SelfMuted { user, .. }
        | Fact::Left(user) => Some(user),
        Fact::Restarted | Fact::Clock => None,
    }
}

fn what_follows(stage: &mut Stage, now: At, fact: Fact) -> Vec<Event> {
    let mut all = Vec::new();
    for _ in 0..ROUNDS {
        let events = stage.hear(now, fact);
        if events.is_empty() {
            break;
        }
        stage.apply_all(now, &events);
        all.extend(events);
    }
    all
}
