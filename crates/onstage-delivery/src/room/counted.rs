//! Joins, leaves and reactions that are counted for a while instead of told one by one (K33).

use std::collections::BTreeMap;

use onstage_domain::event::EVENT_VERSION;
use onstage_domain::{At, Envelope, Event, EventId, SessionId, chat, sessions};
use tokio::time::Instant;

use crate::limits::TOLD_SINGLY_PER_WINDOW_MAX;

/// Counts of one window.
#[derive(Default)]
pub(super) struct Counted {
    ends_at: Option<Instant>,
    told_singly: u32,
    viewers: Option<Viewers>,
    reactions: BTreeMap<String, u32>,
    /// Id and moment of the last event that was counted: those of the count.
    last: Option<(EventId, At)>,
}

#[derive(Clone, Copy, Default)]
struct Viewers {
    joined: u32,
    left: u32,
    now: u32,
}

/// What of an event can be counted.
enum Countable {
    Viewers { joined: u32, left: u32, now: u32 },
    Reacted(&'static str, u32),
}

const fn countable(event: &Event) -> Option<Countable> {
    match event {
        Event::Session(event) => countable_presence(event),
        Event::Chat(chat::Event::Reacted { kind, count, .. }) => {
            Some(Countable::Reacted(kind.word(), *count))
        }
        Event::Chat(
            chat::Event::Sent { .. } | chat::Event::Deleted { .. } | chat::Event::Reactions { .. },
        )
        | Event::Stage(_)
        | Event::Moderation(_) => None,
    }
}

const fn countable_presence(event: &sessions::Event) -> Option<Countable> {
    match event {
        sessions::Event::ViewerJoined { viewer_count, .. } => {
            Some(Countable::Viewers { joined: 1, left: 0, now: *viewer_count })
        }
        sessions::Event::ViewerLeft { viewer_count, .. } => {
            Some(Countable::Viewers { joined: 0, left: 1, now: *viewer_count })
        }
        // Watchers without an account come as counts already, one by one.
        sessions::Event::ViewersChanged { joined, left, viewer_count } => {
            Some(Countable::Viewers { joined: *joined, left: *left, now: *viewer_count })
        }
        sessions::Event::Started { .. }
        | sessions::Event::Updated { .. }
        | sessions::Event::HostLost { .. }
        | sessions::Event::HostBack
        | sessions::Event::Ended { .. } => None,
    }
}

impl Counted {
    pub(super) const fn ends_at(&self) -> Option<Instant> {
        self.ends_at
    }

    /// True when the event was counted; false when it is to be told by itself.
    pub(super) fn take(&mut self, envelope: &Envelope, large: bool, would_end_at: Instant) -> bool {
        let Some(what) = countable(&envelope.data) else { return false };
        self.ends_at.get_or_insert(would_end_at);
        if !large && self.told_singly < TOLD_SINGLY_PER_WINDOW_MAX {
            self.told_singly = self.told_singly.saturating_add(1);
            return false;
        }
        self.last = Some((envelope.id, envelope.at));
        match what {
            Countable::Viewers { joined, left, now } => self.count_viewers(joined, left, now),
            Countable::Reacted(kind, count) => {
                let sum = self.reactions.entry(kind.to_owned()).or_default();
                *sum = sum.saturating_add(count);
            }
        }
        true
    }

    fn count_viewers(&mut self, joined: u32, left: u32, now: u32) {
        let viewers = self.viewers.get_or_insert_default();
        viewers.joined = viewers.joined.saturating_add(joined);
        viewers.left = viewers.left.saturating_add(left);
        viewers.now = now;
    }

    /// The counts as events; a new window begins with the next event.
    pub(super) fn close(&mut self, session: SessionId) -> Vec<Envelope> {
        let window = std::mem::take(self);
        let Some((id, at)) = window.last else { return Vec::new() };
        let viewers = window.viewers.map(|Viewers { joined, left, now }| {
            Event::Session(sessions::Event::ViewersChanged { joined, left, viewer_count: now })
        });
        let reactions = (!window.reactions.is_empty())
            .then_some(Event::Chat(chat::Event::Reactions { counts: window.reactions }));
        [viewers, reactions]
            .into_iter()
            .flatten()
            .map(|data| Envelope { id, version: EVENT_VERSION, session, seq: None, at, data })
            .collect()
    }
}
