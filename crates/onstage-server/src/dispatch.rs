//! The one door for every command and question, whatever transport it came by.

use std::sync::Arc;
use std::time::Instant;

use onstage_domain::accounts::Command as Accounts;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::Page;
use onstage_domain::sessions::Command as Sessions;
use onstage_domain::{Actor, Command, IdempotencyKey, Query, Reply};

use crate::app::App;
use crate::fault::Fault;
use crate::idempotency::Attempt;
use crate::sessions::service as sessions;
use crate::tasks::spawn_named;
use crate::{accounts, attendance, audit, chat, meters, moderation, stage};

/// Carries a command out. It goes on to its end when the caller hangs up: what is committed is also told.
pub(crate) async fn execute(
    app: &Arc<App>,
    actor: &Actor,
    command: Command,
    key: Option<IdempotencyKey>,
) -> Result<Reply, Problem> {
    let (app, actor) = (Arc::clone(app), actor.clone());
    let attempt = Attempt::new(&actor, key, &command);
    let (slice, begun) = (meters::slice_of(&command), Instant::now());
    let work = spawn_named("command", async move { carry_out(&app, &actor, command, &attempt).await });
    let answer = work.await.unwrap_or_else(|_| Err(Fault::TaskLost.into()));
    meters::answered(slice, begun, &answer);
    answer
}

async fn carry_out(app: &App, actor: &Actor, command: Command, attempt: &Attempt) -> Result<Reply, Problem> {
    match command {
        Command::Accounts(command) => carry_out_account(app, actor, command).await,
        Command::Sessions(command) => carry_out_session(app, actor, command, attempt).await,
        Command::Moderation(command) => moderation::service::execute(app, actor, command).await,
        Command::Stage(command) => stage::service::execute(app, actor, command, attempt).await,
        Command::Chat(command) => chat::service::execute(app, actor, command, attempt).await,
    }
}

async fn carry_out_account(app: &App, actor: &Actor, command: Accounts) -> Result<Reply, Problem> {
    let turned = attendance::turned(actor, &command);
    let reply = accounts::service::execute(app, actor, command).await?;
    if let Some(turned) = turned {
        attendance::follow(app, actor, turned).await?;
    }
    Ok(reply)
}

async fn carry_out_session(
    app: &App,
    actor: &Actor,
    command: Sessions,
    attempt: &Attempt,
) -> Result<Reply, Problem> {
    match command {
        Sessions::Create(new) => attendance::create(app, actor, *new, attempt).await,
        Sessions::Join(session) => attendance::join(app, actor, session, attempt).await,
        Sessions::Leave(session) => attendance::leave(app, actor, session).await,
        Sessions::Update { session, .. }
        | Sessions::End(session)
        | Sessions::SetLayout(session, _)
        | Sessions::Lock(session, _) => sessions::execute(app, actor, session, command).await,
    }
}

/// Answers a question.
pub(crate) async fn ask(app: &App, actor: &Actor, query: Query) -> Result<Reply, Problem> {
    match query {
        Query::Me => accounts::service::me(app, actor).await.map(Reply::Account),
        Query::Accounts(page) => {
            accounts::service::ask_accounts(app, actor, &page).await.map(Reply::Accounts)
        }
        Query::Audit(page) => ask_audit(app, actor, &page).await,
        Query::LiveSessions(page) => Ok(Reply::Sessions(sessions::live(app, &page).await?)),
        Query::Session(id) => {
            let found = attendance::look(app, actor, id).await?;
            Ok(Reply::Session(Box::new(found.session.view().clone())))
        }
        Query::Stats(id) => {
            let session = attendance::look(app, actor, id).await?.session;
            Ok(Reply::Stats(Box::new(session.view().clone()), session.summary(app.clock.now())))
        }
        Query::People(id, page) => attendance::people(app, actor, id, &page).await.map(Reply::People),
        Query::Requests(id, state, page) => {
            stage::service::requests(app, actor, id, (state, &page)).await.map(Reply::Requests)
        }
        Query::Invitations(id, page) => {
            stage::service::invitations(app, actor, id, &page).await.map(Reply::Invitations)
        }
        Query::Analytics(id) => {
            sessions::analytics(app, actor, id).await.map(|view| Reply::Analytics(Box::new(view)))
        }
        Query::Messages(id, before, page) => {
            chat::service::messages(app, actor, id, (before, &page)).await.map(Reply::Messages)
        }
        Query::History(id, before, page) => {
            chat::service::history(app, actor, id, (before, &page)).await.map(Reply::History)
        }
        Query::Events(id, since, limit) => {
            let (events, next) = attendance::events(app, actor, id, (since, limit)).await?;
            Ok(Reply::Events(events, next))
        }
    }
}

async fn ask_audit(app: &App, actor: &Actor, page: &Page) -> Result<Reply, Problem> {
    if !actor.is_operator() {
        return Err(Problem::new(Code::OperatorOnly));
    }
    Ok(Reply::Audit(audit::list(app, page).await?))
}
