//! What the stage does when a session ends: everything that waits has run out. Told twice, it changes nothing.

use onstage_domain::{At, SessionId};

use super::store;
use crate::app::App;
use crate::fault::Fault;

/// No events of its own: the session's end says it.
pub(crate) async fn session_ended(app: &App, session: SessionId, at: At) -> Result<(), Fault> {
    let tx = app.db.begin().await?;
    store::expire_all(&tx, session, at).await?;
    tx.commit().await
}
