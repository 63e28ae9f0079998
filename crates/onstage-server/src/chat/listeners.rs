//! What chat writes down when the stage changes: a line in the history, for languages whose clients read it there.

use onstage_domain::Envelope;
use onstage_domain::chat::line_of;

use super::store;
use crate::db::Tx;
use crate::fault::Fault;

/// One line for an event, however often it is heard.
pub(crate) async fn write_line(tx: &Tx, envelope: &Envelope) -> Result<(), Fault> {
    match line_of(envelope) {
        Some(line) => store::insert_line(tx, &line).await,
        None => Ok(()),
    }
}
