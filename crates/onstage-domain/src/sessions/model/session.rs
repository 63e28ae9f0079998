//! One show: what everybody sees of it, and what only the rules know.

use crate::ids::{SessionId, UserId};
use crate::sessions::{HostView, SessionView, Settings, Status, SummaryView};
use crate::time::At;

/// Most guests a stage can hold, whatever plan and settings say (seats 1–49).
pub const STAGE_GUESTS_MAX: u8 = 49;
/// How long a session waits for a host who lost every connection.
pub const HOST_GRACE_MS: i64 = 60_000;
/// How long a session waits for a host who never came.
pub const NEVER_CONNECTED_MS: i64 = 600_000;

/// LiveKit's name for the session: follows from the id, so that nobody has to store or look it up.
#[must_use]
pub fn room_name(session: SessionId) -> String {
    format!("live_{}", session.uuid().simple())
}

/// What a new session needs from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub owner: HostView,
    /// Guests the owner's plan allows.
    pub plan_guests_max: u8,
    /// Live sessions the owner has already.
    pub live_sessions: usize,
}

/// Numbers that other slices count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Distinct people who were on stage, owner excluded.
    pub guests: u32,
    /// Chat messages.
    pub messages: u32,
    /// Reactions.
    pub reactions: u64,
}

/// A session as the rules see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub(in crate::sessions) view: SessionView,
    pub(in crate::sessions) plan_guests_max: u8,
    pub(in crate::sessions) host_seen: bool,
    pub(in crate::sessions) tally: Tally,
}

impl Session {
    /// As it was stored.
    #[must_use]
    pub const fn restore(view: SessionView, plan_guests_max: u8, host_seen: bool, tally: Tally) -> Self {
        Self { view, plan_guests_max, host_seen, tally }
    }

    /// What everybody sees.
    #[must_use]
    pub const fn view(&self) -> &SessionView {
        &self.view
    }

    /// Which.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.view.id
    }

    /// Whose.
    #[must_use]
    pub const fn owner(&self) -> UserId {
        self.view.owner.user_id
    }

    /// Still on.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.view.status == Status::Live
    }

    /// The host was connected at least once.
    #[must_use]
    pub const fn host_seen(&self) -> bool {
        self.host_seen
    }

    /// The first connection of the host: from now on they can be lost, and no longer be late.
    pub const fn see_host(&mut self) {
        self.host_seen = true;
    }

    /// Guests the owner's plan allows.
    #[must_use]
    pub const fn plan_guests_max(&self) -> u8 {
        self.plan_guests_max
    }

    /// The numbers that other slices count.
    #[must_use]
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// The numbers, as they are now or were at the end.
    #[must_use]
    pub fn summary(&self, now: At) -> SummaryView {
        let until = self.view.ended_at.unwrap_or(now);
        SummaryView {
            duration_s: until.since_ms(self.view.started_at).saturating_div(1000),
            peak_viewers: self.view.peak_viewers,
            guests: self.tally.guests,
            messages: self.tally.messages,
            reactions: self.tally.reactions,
        }
    }

    /// When the session next needs to be told the time.
    #[must_use]
    pub fn deadline(&self) -> Option<At> {
        if !self.is_live() {
            return None;
        }
        let never_connected = (!self.host_seen).then(|| self.view.started_at.plus_ms(NEVER_CONNECTED_MS));
        self.view.host_grace_until.or(never_connected)
    }
}

/// Guests allowed: `min(49, plan, settings)`; a larger wish is clamped, not refused.
#[must_use]
pub fn effective_max_guests(plan_guests_max: u8, settings: &Settings) -> u8 {
    let wish = settings.max_guests.unwrap_or(STAGE_GUESTS_MAX);
    STAGE_GUESTS_MAX.min(plan_guests_max).min(wish)
}
