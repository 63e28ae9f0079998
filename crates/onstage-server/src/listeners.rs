//! What slices hear of each other: after the commit, and again after a restart; each listener takes a fact twice.

use onstage_domain::sessions::Event as SessionEvent;
use onstage_domain::{Envelope, Event};

use crate::app::App;
use crate::fault::Fault;
use crate::stage;

/// Hands committed facts to whoever listens.
pub(crate) async fn hear(app: &App, envelopes: &[Envelope]) -> Result<(), Fault> {
    for envelope in envelopes.iter().filter(|envelope| is_end(envelope)) {
        stage::listeners::session_ended(app, envelope.session, envelope.at).await?;
    }
    Ok(())
}

/// True for the facts that anybody listens to.
pub(crate) const fn is_end(envelope: &Envelope) -> bool {
    matches!(envelope.data, Event::Session(SessionEvent::Ended { .. }))
}
