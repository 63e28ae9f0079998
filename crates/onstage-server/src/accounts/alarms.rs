//! What accounts need some day: sign-ins that ran out and keys that verify nothing any more go.

use onstage_domain::At;

use super::store;
use crate::app::App;
use crate::fault::Fault;

/// How long a sign-in's row stays after its end, for the audit of a stolen token.
const ENDED_SIGN_IN_KEPT_MS: i64 = 30 * 24 * 3_600_000;

/// Forgets what ran out.
pub(crate) async fn tidy(app: &App, now: At) -> Result<(), Fault> {
    let tx = app.db.begin().await?;
    store::sign_ins::forget_expired(&tx, now.plus_ms(-ENDED_SIGN_IN_KEPT_MS)).await?;
    tx.commit().await
}
