//! What a start brings back, and who answers an alarm.

use std::sync::Arc;

use onstage_domain::problem::Problem;

use crate::accounts;
use crate::alarm_clock::Alarm;
use crate::app::App;
use crate::fault::Fault;
use crate::idempotency;
use crate::outbox::log;
use crate::{attendance, listeners, meters, sessions, stage};

/// How often things that ran out are cleared away.
const HOUSEKEEPING_MS: i64 = 3_600_000;
/// When an alarm whose answer failed rings again.
const RING_AGAIN_MS: i64 = 1_000;
const DAY_MS: i64 = 24 * 3_600_000;
/// How many events of one session are told again in one go.
const TOLD_AGAIN_PAGE: u32 = 500;

/// Before `/readyz` turns green.
pub(super) async fn bring_back(app: &Arc<App>) -> Result<(), Fault> {
    accounts::service::prepare(app).await?;
    tell_again(app).await?;
    attendance::bring_back(app).await.map_err(|problem| Fault::Unreadable(problem.to_string()))?;
    app.alarms.set(Alarm::Housekeeping, Some(app.clock.now().plus_ms(HOUSEKEEPING_MS)));
    Ok(())
}

/// Tells what was committed and perhaps not told before the process ended.
async fn tell_again(app: &App) -> Result<(), Fault> {
    loop {
        let untold = log::untold(&app.db).await?;
        if untold.is_empty() {
            return Ok(());
        }
        for (session, mut since) in untold {
            loop {
                let envelopes = log::after(app.db.reader(), session, since, TOLD_AGAIN_PAGE).await?;
                let Some(last) = envelopes.last().and_then(|envelope| envelope.seq) else { break };
                listeners::hear(app, &envelopes).await?;
                app.outbox.tell_again(envelopes);
                since = last;
            }
            log::mark_told(&app.db, session).await?;
        }
    }
}

/// An alarm came: its slice is told the time.
pub(super) async fn ring(app: &Arc<App>, alarm: Alarm) {
    let rung = match alarm {
        Alarm::Session(session) => sessions::alarms::ring(app, session).await,
        Alarm::Stage(session) => stage::alarms::ring(app, session).await,
        Alarm::Attendance(session) => attendance::ring(app, session).await,
        Alarm::Housekeeping => tidy(app).await.map_err(Problem::from),
    };
    meters::rung(alarm, rung.is_ok());
    if let Err(problem) = rung {
        tracing::warn!(code = problem.code.name(), ?alarm, "an alarm could not be answered; it rings again");
        app.alarms.set(alarm, Some(app.clock.now().plus_ms(RING_AGAIN_MS)));
    }
}

async fn tidy(app: &App) -> Result<(), Fault> {
    let now = app.clock.now();
    app.alarms.set(Alarm::Housekeeping, Some(now.plus_ms(HOUSEKEEPING_MS)));
    idempotency::forget_old(&app.db, now).await?;
    let kept_ms = i64::from(app.settings.log_retention_days).saturating_mul(DAY_MS);
    let ended_before = now.plus_ms(kept_ms.saturating_neg());
    log::forget(&app.db, ended_before, now.plus_ms(-DAY_MS)).await?;
    sessions::service::forget_courses(app, ended_before).await?;
    accounts::alarms::tidy(app, now).await
}
