//! What slices hear of each other: in the transaction, or after the commit and again after a restart; each listener
//! takes a fact twice.

use onstage_domain::sessions::Event as SessionEvent;
use onstage_domain::{Envelope, Event};

use crate::app::App;
use crate::db::Tx;
use crate::fault::Fault;
use crate::{chat, stage};

/// What must be true together with the facts.
pub(crate) async fn write_down(tx: &Tx, envelopes: &[Envelope]) -> Result<(), Fault> {
    for envelope in envelopes {
        chat::listeners::write_line(tx, envelope).await?;
    }
    Ok(())
}

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
