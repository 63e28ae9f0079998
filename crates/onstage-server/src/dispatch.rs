//! The one door for every command and question, whatever transport it came by.

use std::sync::Arc;

use onstage_domain::problem::{Code, Problem};
use onstage_domain::{Actor, Command, IdempotencyKey, Query, Reply};

use crate::accounts;
use crate::app::App;
use crate::audit;
use crate::fault::Fault;
use crate::idempotency::Attempt;
use crate::tasks::spawn_named;

/// Carries a command out. It goes on to its end when the caller hangs up: what is committed is also told.
pub(crate) async fn execute(
    app: &Arc<App>,
    actor: &Actor,
    command: Command,
    key: Option<IdempotencyKey>,
) -> Result<Reply, Problem> {
    let (app, actor) = (Arc::clone(app), actor.clone());
    let attempt = Attempt::new(&actor, key, &command);
    let work = spawn_named("command", async move { carry_out(&app, &actor, command, &attempt).await });
    work.await.map_err(|_| Fault::TaskLost)?
}

async fn carry_out(
    app: &Arc<App>,
    actor: &Actor,
    command: Command,
    _attempt: &Attempt,
) -> Result<Reply, Problem> {
    match command {
        Command::Accounts(command) => accounts::service::execute(app, actor, command).await,
        Command::Sessions(_) | Command::Moderation(_) | Command::Stage(_) | Command::Chat(_) => {
            Err(Problem::new(Code::UnknownCommand))
        }
    }
}

/// Answers a question.
pub(crate) async fn ask(app: &Arc<App>, actor: &Actor, query: Query) -> Result<Reply, Problem> {
    match query {
        Query::Me => accounts::service::me(app, actor).await.map(Reply::Account),
        Query::Accounts(page) => accounts::service::ask_accounts(app, actor, &page).await.map(Reply::Accounts),
        Query::Audit(page) => {
            if !actor.is_operator() {
                return Err(Problem::new(Code::OperatorOnly));
            }
            Ok(Reply::Audit(audit::list(app, &page).await?))
        }
        Query::LiveSessions(_)
        | Query::Session(_)
        | Query::People(..)
        | Query::Requests(..)
        | Query::Invitations(..)
        | Query::Messages(..)
        | Query::Events(..)
        | Query::Stats(_) => Err(Problem::new(Code::NotFound)),
    }
}
