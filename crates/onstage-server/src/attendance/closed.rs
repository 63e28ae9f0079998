//! A banned or deleted account: its shows end, its seats are freed, and media refuses it in every room.

use onstage_domain::accounts::Command as Accounts;
use onstage_domain::media::{MediaGrant, MediaOrder};
use onstage_domain::problem::Problem;
use onstage_domain::sessions::Command;
use onstage_domain::{Actor, SessionId, UserId};

use super::presence;
use crate::app::App;
use crate::moderation;
use crate::sessions::service::{self as sessions, people};

/// Whose account opens or closes by a command.
pub(crate) const fn turned(actor: &Actor, command: &Accounts) -> Option<(UserId, bool)> {
    match command {
        Accounts::DeleteMe => Some((actor.user_id, false)),
        Accounts::Ban(user, banned) => Some((*user, !*banned)),
        Accounts::Rename(_) | Accounts::SetPlan(..) => None,
    }
}

/// Carries the turn into every live session; `by` is who closed the account.
pub(crate) async fn follow(app: &App, by: &Actor, (user, open): (UserId, bool)) -> Result<(), Problem> {
    for session in people::live_sessions_of(app.db.reader(), user).await? {
        if open {
            open_again(app, session, user).await?;
        } else {
            close(app, by, session, user).await?;
        }
    }
    Ok(())
}

async fn close(app: &App, by: &Actor, session: SessionId, user: UserId) -> Result<(), Problem> {
    let found = sessions::find(app, app.db.reader(), session).await?;
    if found.session.owner() == user {
        sessions::execute(app, by, session, Command::End(session)).await?;
        return Ok(());
    }
    presence::gone(app, session, user).await?;
    order(app, session, user, false);
    Ok(())
}

async fn open_again(app: &App, session: SessionId, user: UserId) -> Result<(), Problem> {
    if !moderation::service::blocked(app.db.reader(), session).await?.contains(&user) {
        order(app, session, user, true);
    }
    Ok(())
}

fn order(app: &App, session: SessionId, user: UserId, admitted: bool) {
    app.engine.order(vec![MediaOrder::Person { session, user, admitted, grant: MediaGrant::NOTHING }], None);
}
