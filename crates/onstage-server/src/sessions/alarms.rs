//! Which deadlines of sessions to re-arm after a restart: the host's grace, and shows nobody ever came to.

use onstage_domain::SessionId;
use onstage_domain::problem::Problem;
use onstage_domain::sessions::Fact;

use super::service;
use crate::app::App;
use crate::fault::Fault;

/// Every live session; each is told of the restart, which sets its alarm.
pub(crate) async fn live(app: &App) -> Result<Vec<SessionId>, Fault> {
    service::live_ids(app).await
}

/// The time came.
pub(crate) async fn ring(app: &App, session: SessionId) -> Result<(), Problem> {
    service::hear(app, session, Fact::Clock).await
}
