//! Going out by the API's verb: the owner's leaving ends the show, everybody else gives up seat and wishes.

use onstage_domain::problem::Problem;
use onstage_domain::sessions::Command;
use onstage_domain::{Actor, Reply, SessionId};

use super::presence;
use crate::app::App;
use crate::sessions::service as sessions;

/// Goes out.
pub(crate) async fn leave(app: &App, actor: &Actor, id: SessionId) -> Result<Reply, Problem> {
    let session = sessions::find(app, app.db.reader(), id).await?.session;
    if actor.user_id == session.owner() {
        sessions::execute(app, actor, id, Command::Leave(id)).await?;
        return Ok(Reply::Done);
    }
    if session.is_live() {
        presence::gone(app, id, actor.user_id).await?;
    }
    Ok(Reply::Done)
}
