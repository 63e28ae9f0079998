//! How a show went: what the attendance counts is written down every ten seconds at most, and read with the rest.

use std::collections::BTreeMap;

use onstage_domain::permissions::{Operation, allows};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::sessions::{
    AnalyticsView, Attended, Beginning, MomentView, Sample, Session, Timeline, average_milli,
};
use onstage_domain::{Actor, At, SessionId};
use sea_orm::ConnectionTrait;

use super::look::{by_of, find, load_locked};
use crate::app::App;
use crate::db::Tx;
use crate::fault::Fault;
use crate::sessions::store::analytics::{self as store, Counted};

const SECOND_MS: i64 = 1_000;

/// For the owner and for operators.
pub(crate) async fn analytics(app: &App, actor: &Actor, id: SessionId) -> Result<AnalyticsView, Problem> {
    let now = app.clock.now();
    // Before the database is read: what is written in between is then seen twice, and not missed.
    let unwritten = app.attendance.samples_so_far(id, now);
    let moment = app.db.moment().await?;
    let session = find(app, &moment, id).await?.session;
    refuse_others(actor, &session)?;
    let mut samples = samples_by_index(store::samples(&moment, id).await?);
    if session.is_live() {
        samples.extend(samples_by_index(unwritten));
    }
    let course = Course::of(&session, now, &samples.into_values().collect::<Vec<_>>());
    Ok(course.with_the_rest(&moment, &session, now).await?)
}

/// Who may end a show may also see how it went.
fn refuse_others(actor: &Actor, session: &Session) -> Result<(), Problem> {
    if actor.is_anonymous() {
        return Err(Problem::new(Code::SignInRequired));
    }
    let mut by = by_of(actor, None);
    if actor.user_id == session.owner() {
        by.role = onstage_domain::person::Role::Owner;
    }
    if allows(Operation::End, &by, session.view().settings.cohosts_manage_guests) {
        return Ok(());
    }
    Err(Problem::new(Code::OwnerOnly))
}

fn samples_by_index(samples: Vec<Sample>) -> BTreeMap<i64, Sample> {
    samples.into_iter().map(|sample| (sample.index, sample)).collect()
}

/// The show's time, and who attended in it.
struct Course {
    started_at: At,
    duration_ms: i64,
    line: Timeline,
    attended: Vec<Attended>,
}

impl Course {
    fn of(session: &Session, now: At, samples: &[Sample]) -> Self {
        let view = session.view();
        let duration_ms = view.ended_at.unwrap_or(now).since_ms(view.started_at);
        let line = Timeline::of(duration_ms);
        Self { started_at: view.started_at, duration_ms, line, attended: line.attended(samples) }
    }

    async fn with_the_rest(
        &self,
        db: &impl ConnectionTrait,
        session: &Session,
        now: At,
    ) -> Result<AnalyticsView, Fault> {
        let (id, view, place) = (session.id(), session.view(), (self.started_at, self.line));
        let messages = store::messages(db, id, place).await?;
        let reactions = store::reactions(db, id, place).await?;
        let totals = store::totals(db, id, session.owner()).await?;
        let viewer_ms = self.attended.iter().map(|moment| moment.viewer_ms).fold(0_i64, i64::saturating_add);
        let summary = session.summary(now);
        let host_average_ms = totals.host_ms.checked_div(i64::from(totals.host_sessions)).unwrap_or(0);
        Ok(AnalyticsView {
            session_id: id,
            started_at: self.started_at,
            ended_at: view.ended_at,
            duration_s: summary.duration_s,
            viewers_peak: summary.peak_viewers,
            viewers_average_milli: average_milli(viewer_ms, self.duration_ms),
            people: totals.people,
            guests: summary.guests,
            requests: totals.requests,
            messages: u32::try_from(sum(&messages)).unwrap_or(u32::MAX),
            reactions: sum(&reactions),
            reactions_by_kind: by_kind(&reactions),
            host_sessions: totals.host_sessions,
            host_average_duration_s: host_average_ms.saturating_div(SECOND_MS),
            bucket_s: u32::try_from(self.line.moment_ms().saturating_div(SECOND_MS)).unwrap_or(u32::MAX),
            timeline: self.timeline(&messages, &reactions),
        })
    }

    fn timeline(&self, messages: &[Counted], reactions: &[Counted]) -> Vec<MomentView> {
        let mut moments: Vec<MomentView> =
            (0..).zip(&self.attended).map(|(index, attended)| self.moment(index, *attended)).collect();
        for counted in messages {
            if let Some(moment) = self.place(&mut moments, counted) {
                let count = u32::try_from(counted.count).unwrap_or(u32::MAX);
                moment.messages = moment.messages.saturating_add(count);
            }
        }
        for counted in reactions {
            if let Some(moment) = self.place(&mut moments, counted) {
                moment.reactions = moment.reactions.saturating_add(counted.count);
            }
        }
        moments
    }

    fn moment(&self, index: i64, attended: Attended) -> MomentView {
        MomentView {
            at: self.started_at.plus_ms(self.line.starts_ms(index)),
            viewers_milli: average_milli(attended.viewer_ms, self.line.length_ms(index)),
            guests: attended.guests,
            messages: 0,
            reactions: 0,
        }
    }

    /// A reaction's second may begin before the show does, and a last word may come with its end.
    fn place<'a>(&self, moments: &'a mut [MomentView], counted: &Counted) -> Option<&'a mut MomentView> {
        let moment = counted.moment.clamp(0, self.line.moments().saturating_sub(1));
        moments.get_mut(usize::try_from(moment).ok()?)
    }
}

fn sum(counted: &[Counted]) -> u64 {
    counted.iter().map(|counted| counted.count).fold(0, u64::saturating_add)
}

fn by_kind(reactions: &[Counted]) -> BTreeMap<String, u64> {
    let mut kinds = BTreeMap::<String, u64>::new();
    for counted in reactions {
        let sum = kinds.entry(counted.kind.clone()).or_default();
        *sum = sum.saturating_add(counted.count);
    }
    kinds
}

/// What the attendance goes on from after a restart.
pub(crate) async fn beginning(db: &impl ConnectionTrait, session: &Session) -> Result<Beginning, Fault> {
    let last_sample = store::last_sample(db, session.id()).await?;
    Ok(Beginning { last_sample, ..beginning_without_past(session) })
}

/// What the attendance needs to know of a show that it may have met already.
pub(crate) fn beginning_without_past(session: &Session) -> Beginning {
    let view = session.view();
    Beginning {
        started_at: view.started_at,
        owner: session.owner(),
        peak_viewers: view.peak_viewers,
        last_sample: None,
    }
}

/// Writes down what only memory knows and what is over, so that a killed process loses ten seconds of it at most.
pub(crate) async fn write_attendance(app: &App, id: SessionId) -> Result<(), Problem> {
    let samples = app.attendance.samples_over(id, app.clock.now());
    if samples.is_empty() {
        return Ok(());
    }
    let tx = app.db.begin().await?;
    let session = load_locked(app, &tx, id).await?;
    if !session.is_live() {
        // A contact that came with the end opened a page again.
        app.attendance.close(id);
        return Ok(());
    }
    store::raise_peak(&tx, id, session.view().peak_viewers).await?;
    store::save_samples(&tx, id, &samples).await?;
    tx.commit().await?;
    app.attendance.samples_written(id, &samples);
    Ok(())
}

/// With the end, in its transaction: the last ten seconds.
pub(super) async fn write_last(app: &App, tx: &Tx, id: SessionId, now: At) -> Result<(), Fault> {
    store::save_samples(tx, id, &app.attendance.samples_so_far(id, now)).await
}

/// Courses of shows live as long as their logs.
pub(crate) async fn forget_courses(app: &App, ended_before: At) -> Result<(), Fault> {
    store::forget_samples(&app.db, ended_before).await
}
