//! How often somebody may do something: exact sliding windows, kept in memory.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use onstage_domain::address::customer_of;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::{At, UserId};

/// How many windows are remembered; above it the ones that ran out go, and then the oldest.
pub(crate) const RATE_WINDOWS_MAX: usize = 100_000;

/// How many sessions a person begins in an hour.
pub(crate) const SESSIONS_AN_HOUR_MAX: usize = 30;
/// How many tickets for sockets a person takes in a minute.
pub(crate) const TICKETS_A_MINUTE_MAX: usize = 60;
/// How often a person on stage switches their own microphone or camera in ten seconds: each is kept and told to all.
pub(crate) const OWN_MEDIA_IN_TEN_SECONDS_MAX: usize = 30;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// What is counted (`shapes.md` §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Rate {
    SignUp,
    SignInAddress,
    SignInHandle,
    Anonymous,
    Reactions,
    Requests,
    Joins,
    Sessions,
    Tickets,
    OwnMedia,
}

impl Rate {
    /// How many in how long.
    const fn allowance(self) -> (usize, i64) {
        match self {
            Self::SignUp => (10, HOUR_MS),
            Self::SignInAddress => (10, MINUTE_MS),
            Self::SignInHandle => (5, MINUTE_MS),
            Self::Anonymous => (30, HOUR_MS),
            Self::Reactions => (10, SECOND_MS),
            Self::Requests => (5, MINUTE_MS),
            Self::Joins => (60, MINUTE_MS),
            Self::Sessions => (SESSIONS_AN_HOUR_MAX, HOUR_MS),
            Self::Tickets => (TICKETS_A_MINUTE_MAX, MINUTE_MS),
            Self::OwnMedia => (OWN_MEDIA_IN_TEN_SECONDS_MAX, 10 * SECOND_MS),
        }
    }
}

/// Whose.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    Address(IpAddr),
    Handle(String),
    User(UserId),
}

impl Whose {
    /// All addresses of one customer are one.
    pub(crate) fn address(address: IpAddr) -> Self {
        Self::Address(customer_of(address))
    }
}

/// All windows.
#[derive(Debug)]
pub(crate) struct Rates {
    enabled: bool,
    windows: Mutex<HashMap<(Rate, Whose), VecDeque<At>>>,
}

impl Rates {
    pub(crate) fn new(enabled: bool) -> Self {
        Self { enabled, windows: Mutex::default() }
    }

    /// Counts one more, or says when to come back.
    pub(crate) fn count(&self, rate: Rate, whose: Whose, now: At) -> Result<(), Problem> {
        if !self.enabled {
            return Ok(());
        }
        let (most, window_ms) = rate.allowance();
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= RATE_WINDOWS_MAX {
            make_room(&mut windows, now);
        }
        let times = windows.entry((rate, whose)).or_default();
        while times.front().is_some_and(|first| first.plus_ms(window_ms) <= now) {
            times.pop_front();
        }
        match times.front() {
            Some(first) if times.len() >= most => {
                let wait_ms = first.plus_ms(window_ms).since_ms(now);
                Err(Problem::new(Code::TooFast).retry_after_ms(wait_ms))
            }
            Some(_) | None => {
                times.push_back(now);
                Ok(())
            }
        }
    }

    /// How many windows are remembered.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Forgets what ran out; when nothing did, forgets the half that was used longest ago.
fn make_room(windows: &mut HashMap<(Rate, Whose), VecDeque<At>>, now: At) {
    windows
        .retain(|(rate, _), times| times.back().is_some_and(|last| last.plus_ms(rate.allowance().1) > now));
    if windows.len() < RATE_WINDOWS_MAX {
        return;
    }
    let mut last_used: Vec<At> = windows.values().filter_map(|times| times.back().copied()).collect();
    last_used.sort_unstable();
    let middle = last_used.get(last_used.len() / 2).copied().unwrap_or(now);
    let mut surplus = windows.len() / 2;
    windows.retain(|_, times| {
        let old = times.back().is_none_or(|last| *last <= middle) && surplus > 0;
        surplus = surplus.saturating_sub(usize::from(old));
        !old
    });
}

#[cfg(test)]
mod tests;
