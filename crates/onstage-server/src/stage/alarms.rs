//! Which deadlines of the stage to re-arm after a restart: held and kept seats, invitations.

use onstage_domain::SessionId;
use onstage_domain::problem::Problem;
use onstage_domain::stage::Fact;

use super::service;
use crate::app::App;

/// Sets the alarm of one stage.
pub(crate) async fn arm(app: &App, session: SessionId) -> Result<(), Problem> {
    service::hear(app, session, Fact::Clock, None).await
}

/// The time came.
pub(crate) async fn ring(app: &App, session: SessionId) -> Result<(), Problem> {
    service::hear(app, session, Fact::Clock, None).await
}
