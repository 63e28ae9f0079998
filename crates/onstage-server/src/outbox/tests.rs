//! Would catch events that overtake each other on the way out, a gap that stops a session, an engine asked twice.

use std::sync::PoisonError;

use onstage_domain::media::{MediaAccess, MediaOrder};
use onstage_domain::ports::{AccessRequest, CarryOut, Pending};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::samples::samples;
use uuid::Uuid;

use super::*;
use crate::dice::SystemDice;

#[derive(Default)]
struct Ear(Mutex<Vec<Envelope>>);

impl Ear {
    fn seqs(&self) -> Vec<i64> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().filter_map(|envelope| envelope.seq).map(|seq| seq.0).collect()
    }
}

impl Publish for Ear {
    fn publish(&self, envelopes: Vec<Envelope>) {
        self.0.lock().unwrap().extend(envelopes);
    }

    fn hang_up(&self, _: HangUp) {}
}

struct Idle;

impl CarryOut for Idle {
    fn carry_out(&self, _: Vec<MediaOrder>) -> Pending<'_, bool> {
        Box::pin(std::future::ready(true))
    }

    fn access(&self, _: AccessRequest<'_>) -> Result<MediaAccess, Problem> {
        Err(Problem::new(Code::TryLater))
    }
}

fn outbox() -> (Outbox, Arc<Ear>) {
    let ear = Arc::<Ear>::default();
    let engine = Engine::start(Arc::new(Idle));
    (Outbox::new(Arc::new(SystemDice), Arc::default(), Arc::clone(&ear) as _, engine), ear)
}

fn here() -> SessionId {
    SessionId::new(Uuid::from_u128(1))
}

/// A commit of events `before + 1 ..= after`.
fn commit(outbox: &Outbox, before: i64, after: i64) -> Recorded {
    let kept =
        samples().into_iter().find(|event| event.keep() == Keep::Kept && !is_end_event(event)).unwrap();
    let mut seq = before;
    let mut envelopes = Vec::new();
    while seq < after {
        envelopes.push(outbox.envelope(here(), At(0), &mut seq, kept.clone()));
    }
    Recorded { session: here(), before, after, envelopes, recorded: None }
}

fn is_end_event(event: &Event) -> bool {
    matches!(event, Event::Session(sessions::Event::Ended { .. }))
}

#[tokio::test]
async fn a_commit_waits_for_the_one_before_it() {
    let (outbox, ear) = outbox();
    outbox.begin_tail(here(), 0);
    outbox.tell(commit(&outbox, 2, 3));
    outbox.tell(commit(&outbox, 3, 5));
    assert_eq!(ear.seqs(), Vec::<i64>::new());
    assert_eq!(outbox.gap(here()), Some((Seq(0), 2)));
    outbox.tell(commit(&outbox, 0, 2));
    assert_eq!(ear.seqs(), [1, 2, 3, 4, 5]);
    assert_eq!(outbox.gap(here()), None);
}

#[tokio::test]
async fn what_another_node_committed_is_filled_in_once() {
    let (outbox, ear) = outbox();
    outbox.begin_tail(here(), 4);
    outbox.tell(commit(&outbox, 6, 7));
    assert_eq!(outbox.gap(here()), Some((Seq(4), 2)));
    let missing = commit(&outbox, 4, 6).envelopes;
    outbox.fill(here(), missing.clone());
    assert_eq!(ear.seqs(), [5, 6, 7]);
    outbox.fill(here(), missing);
    assert_eq!(ear.seqs(), [5, 6, 7]);
}

#[tokio::test]
async fn what_nobody_keeps_is_told_at_once() {
    let (outbox, ear) = outbox();
    let ephemeral = samples().into_iter().find(|event| event.keep() == Keep::Ephemeral).unwrap();
    outbox.tell_ephemeral(here(), At(0), vec![ephemeral]);
    assert_eq!(ear.0.lock().unwrap().len(), 1);
    assert_eq!(ear.seqs(), Vec::<i64>::new());
}
