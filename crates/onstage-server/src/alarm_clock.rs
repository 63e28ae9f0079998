//! The one alarm clock: holds the earliest deadline of each session and rings when it comes.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use onstage_domain::{At, SessionId};
use tokio::sync::Notify;

use crate::clock::Clock;

/// What can ring. Two nodes ringing the same alarm is harmless: the second decision is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Alarm {
    /// Grace of the host, end of a session nobody ever came to.
    Session(SessionId),
    /// Held and kept seats, invitations.
    Stage(SessionId),
    /// Presence by a REST join that runs out.
    Attendance(SessionId),
    /// Things that only need to go some day.
    Housekeeping,
}

#[derive(Debug, Default)]
struct Deadlines {
    by_time: BTreeSet<(At, Alarm)>,
    by_alarm: HashMap<Alarm, At>,
}

/// Deadlines, one for each alarm: at most three for each live session.
#[derive(Debug, Default)]
pub(crate) struct AlarmClock {
    deadlines: Mutex<Deadlines>,
    changed: Notify,
}

impl AlarmClock {
    fn deadlines(&self) -> MutexGuard<'_, Deadlines> {
        self.deadlines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets, moves or (with `None`) clears an alarm.
    pub(crate) fn set(&self, alarm: Alarm, at: Option<At>) {
        {
            let mut deadlines = self.deadlines();
            if let Some(old) = deadlines.by_alarm.remove(&alarm) {
                deadlines.by_time.remove(&(old, alarm));
            }
            if let Some(at) = at {
                deadlines.by_alarm.insert(alarm, at);
                deadlines.by_time.insert((at, alarm));
            }
        }
        self.changed.notify_one();
    }

    /// How many are set.
    pub(crate) fn waiting(&self) -> u32 {
        u32::try_from(self.deadlines().by_alarm.len()).unwrap_or(u32::MAX)
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<At> {
        self.deadlines().by_time.first().map(|(at, _)| *at)
    }

    /// Takes what is due out, earliest first.
    pub(crate) fn take_due(&self, now: At) -> Vec<Alarm> {
        let mut deadlines = self.deadlines();
        let mut due = Vec::new();
        while let Some((at, alarm)) = deadlines.by_time.first().copied().filter(|(at, _)| *at <= now) {
            deadlines.by_time.remove(&(at, alarm));
            deadlines.by_alarm.remove(&alarm);
            due.push(alarm);
        }
        due
    }

    /// Rings for ever.
    pub(crate) async fn run<F, R>(&self, clock: Arc<dyn Clock>, ring: F)
    where
        F: Fn(Alarm) -> R,
        R: Future<Output = ()>,
    {
        loop {
            let next = self.next();
            tokio::select! {
                () = self.changed.notified() => {}
                () = reaches(&*clock, next) => {}
            }
            for alarm in self.take_due(clock.now()) {
                ring(alarm).await;
            }
        }
    }
}

async fn reaches(clock: &dyn Clock, at: Option<At>) {
    match at {
        Some(at) => clock.reaches(at).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
