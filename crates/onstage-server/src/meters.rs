//! Figures of the rules at work: counted where it happens, and asked for where they are a state.

use std::time::Instant;

use metrics::{counter, histogram};
use onstage_domain::problem::Problem;
use onstage_domain::{Command, Envelope, Reply, meters};

use crate::alarm_clock::Alarm;
use crate::app::App;
use crate::fault::Fault;
use crate::sessions;

/// From here on the fault is ours, not the caller's.
const FAULT_STATUS_MIN: u16 = 500;

/// What is true right now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Sessions that are live.
    pub sessions_live: u32,
    /// People with a seat.
    pub people_on_stage: u32,
    /// People who watch.
    pub viewers: u32,
    /// Commits that wait for the ones before them to be told.
    pub outbox_waiting: u32,
    /// Alarms that are set.
    pub alarms_waiting: u32,
}

pub(crate) async fn figures(app: &App) -> Result<Figures, Fault> {
    let (people_on_stage, viewers) = app.attendance.totals(app.clock.now());
    Ok(Figures {
        sessions_live: sessions::service::count_live(app).await?,
        people_on_stage,
        viewers,
        outbox_waiting: app.outbox.waiting(),
        alarms_waiting: app.alarms.waiting(),
    })
}

/// Before the first command: the plots begin at nought, not at the first fault.
pub(crate) fn begin() {
    for slice in ["accounts", "sessions", "moderation", "stage", "chat"] {
        for outcome in ["ok", "refused", "fault"] {
            counter!(meters::COMMANDS.name, "slice" => slice, "outcome" => outcome).increment(0);
        }
    }
    for alarm in ["session", "stage", "attendance", "housekeeping"] {
        for outcome in ["ok", "fault"] {
            counter!(meters::ALARMS_RUNG.name, "alarm" => alarm, "outcome" => outcome).increment(0);
        }
    }
}

/// A command was answered.
pub(crate) fn answered(slice: &'static str, begun: Instant, answer: &Result<Reply, Problem>) {
    let outcome = match answer {
        Ok(_) => "ok",
        Err(problem) if problem.code.status() >= FAULT_STATUS_MIN => "fault",
        Err(_) => "refused",
    };
    counter!(meters::COMMANDS.name, "slice" => slice, "outcome" => outcome).increment(1);
    histogram!(meters::COMMAND_SECONDS.name, "slice" => slice).record(begun.elapsed());
}

/// The slice that a command belongs to.
pub(crate) const fn slice_of(command: &Command) -> &'static str {
    match command {
        Command::Accounts(_) => "accounts",
        Command::Sessions(_) => "sessions",
        Command::Moderation(_) => "moderation",
        Command::Stage(_) => "stage",
        Command::Chat(_) => "chat",
    }
}

/// Events went out, so long after they were recorded.
pub(crate) fn told(envelopes: &[Envelope], recorded: Option<Instant>) {
    for envelope in envelopes {
        counter!(meters::EVENTS.name, "event" => envelope.data.name()).increment(1);
    }
    if let Some(recorded) = recorded {
        histogram!(meters::OUTBOX_LAG_SECONDS.name).record(recorded.elapsed());
    }
}

/// An alarm was answered.
pub(crate) fn rung(alarm: Alarm, ok: bool) {
    let name = match alarm {
        Alarm::Session(_) => "session",
        Alarm::Stage(_) => "stage",
        Alarm::Attendance(_) => "attendance",
        Alarm::Housekeeping => "housekeeping",
    };
    let outcome = if ok { "ok" } else { "fault" };
    counter!(meters::ALARMS_RUNG.name, "alarm" => name, "outcome" => outcome).increment(1);
}

/// A change had its turn.
pub(crate) fn turn_waited(begun: Instant) {
    histogram!(meters::TRANSACTION_WAIT_SECONDS.name).record(begun.elapsed());
}

/// A change was committed.
pub(crate) fn committed(begun: Instant) {
    histogram!(meters::TRANSACTION_SECONDS.name).record(begun.elapsed());
}
