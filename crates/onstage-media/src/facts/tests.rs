//! Catches a fact queue that grows without end or drops what must be told before what may be left out.

use std::sync::Mutex;

use onstage_domain::ports::Pending;
use onstage_domain::{At, FactId, SessionId, UserId};
use uuid::Uuid;

use super::*;

/// Never finishes its first fact.
struct Stuck(Mutex<Vec<MediaFact>>);

impl ObserveMedia for Stuck {
    fn observe_media(&self, fact: MediaFact) -> Pending<'_, ()> {
        self.0.lock().unwrap().push(fact);
        Box::pin(std::future::pending())
    }
}

fn fact(seen: Seen) -> MediaFact {
    let id = Uuid::nil();
    MediaFact { id: FactId::new(id), session: SessionId::new(id), user: UserId::new(id), at: At(0), seen }
}

#[tokio::test]
async fn reaches_facts_waiting_max() {
    let facts = Facts::to(Arc::new(Stuck(Mutex::new(Vec::new()))));
    let half =
        (0..FACTS_WAITING_MAX).take_while(|_| facts.tell(fact(Seen::Speaking { level_eighths: 1 }))).count();
    assert!(half > FACTS_WAITING_MAX / 2 - 2 && half < FACTS_WAITING_MAX / 2 + 3, "{half}");
    let rest = (0..=FACTS_WAITING_MAX).take_while(|_| facts.tell(fact(Seen::Lost))).count();
    assert!(rest + half >= FACTS_WAITING_MAX, "what must be told uses the whole queue");
    assert!(!facts.tell(fact(Seen::Lost)), "and then it is full");
}
