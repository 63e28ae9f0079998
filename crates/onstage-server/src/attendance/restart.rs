//! What a restart brings back: seats, blocks and mutes for the media engine, a minute for everybody who was there.

use std::time::Duration;

use onstage_domain::SessionId;
use onstage_domain::orders::{Standing, desired};
use onstage_domain::problem::Problem;
use onstage_domain::sessions::Fact as SessionFact;
use onstage_domain::stage::Fact as StageFact;
use tokio::sync::oneshot;

use crate::alarm_clock::Alarm;
use crate::app::App;
use crate::moderation;
use crate::sessions::alarms;
use crate::sessions::service::{self as sessions, people};
use crate::stage;

/// How long a start waits for the media engine to take its state over.
const ENGINE_WAIT: Duration = Duration::from_secs(10);

/// Before `/readyz` turns green: desired media state first, then everybody's minute begins.
pub(crate) async fn bring_back(app: &App) -> Result<(), Problem> {
    let live = alarms::live(app).await?;
    let mut standing = Vec::with_capacity(live.len());
    for session in &live {
        standing.push(standing_of(app, *session).await?);
    }
    replay(app, &standing).await;
    for session in live {
        begin_minute(app, session).await?;
    }
    Ok(())
}

async fn standing_of(app: &App, session: SessionId) -> Result<Standing, Problem> {
    let found = sessions::find(app, app.db.reader(), session).await?;
    let beginning = sessions::beginning(app.db.reader(), &found.session).await?;
    app.attendance.open(session, app.clock.now(), beginning);
    let people = people::with_orders(app.db.reader(), session).await?;
    for person in &people {
        app.attendance.set_seated(session, app.clock.now(), person.user_id, person.is_staged());
    }
    let mut denied = moderation::service::blocked(app.db.reader(), session).await?;
    denied.extend(people::closed_accounts(app.db.reader(), session).await?);
    Ok(Standing { session, people, denied })
}

async fn replay(app: &App, standing: &[Standing]) {
    let orders = desired(standing);
    if orders.is_empty() {
        return;
    }
    let (done, acknowledged) = oneshot::channel();
    app.engine.order(orders, Some(done));
    if tokio::time::timeout(ENGINE_WAIT, acknowledged).await.is_err() {
        tracing::warn!("the media engine has not taken its state over yet");
    }
}

async fn begin_minute(app: &App, session: SessionId) -> Result<(), Problem> {
    app.alarms.set(Alarm::Attendance(session), app.attendance.deadline(session));
    sessions::hear(app, session, SessionFact::Restarted).await?;
    stage::service::hear(app, session, StageFact::Restarted, None).await?;
    stage::alarms::arm(app, session).await
}
