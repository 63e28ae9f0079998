//! The way of facts to the observer: one task, in order, so that a room never waits for a database.

use std::sync::Arc;

use onstage_domain::media::{MediaFact, Seen};
use onstage_domain::ports::ObserveMedia;
use tokio::sync::mpsc;

use crate::tasks::spawn_named;

/// Facts that wait for the observer. Above half of it loudness and quality are left out.
pub(crate) const FACTS_WAITING_MAX: usize = 16_384;

/// The near end of the queue.
#[derive(Debug, Clone)]
pub(crate) struct Facts(mpsc::Sender<MediaFact>);

impl Facts {
    /// Starts the task that tells the observer.
    pub(crate) fn to(observer: Arc<dyn ObserveMedia>) -> Self {
        let (facts, mut waiting) = mpsc::channel::<MediaFact>(FACTS_WAITING_MAX);
        spawn_named("media facts", async move {
            while let Some(fact) = waiting.recv().await {
                observer.observe_media(fact).await;
            }
        });
        Self(facts)
    }

    /// Never waits. Returns whether the fact found room.
    pub(crate) fn tell(&self, fact: MediaFact) -> bool {
        if is_ephemeral(&fact.seen) && self.0.capacity() < FACTS_WAITING_MAX / 2 {
            return false;
        }
        let told = self.0.try_send(fact).is_ok();
        if !told {
            tracing::error!("a media fact found no room: the observer has stopped listening");
        }
        told
    }
}

fn is_ephemeral(seen: &Seen) -> bool {
    match seen {
        Seen::Speaking { .. } | Seen::Quality { .. } => true,
        Seen::Connected
        | Seen::Lost
        | Seen::Published { .. }
        | Seen::Unpublished { .. }
        | Seen::SelfMuted { .. } => false,
    }
}

#[cfg(test)]
mod tests;
