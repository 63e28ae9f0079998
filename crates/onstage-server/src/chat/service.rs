//! Use cases of chat.

use onstage_domain::actor::By;
use onstage_domain::chat::{
    self, CHAT_WINDOW_MS, Chat, Command, Line, MessageKind, MessageView, Reaction, Words, Written,
};
use onstage_domain::moderation::{AuditAction, Target};
use onstage_domain::person::Role;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::{Before, Listed, Page};
use onstage_domain::sessions::Session;
use onstage_domain::text::ChatText;
use onstage_domain::{Actor, At, Event, MessageId, Reply, SessionId};
use sea_orm::ConnectionTrait;

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::fault::Fault;
use crate::idempotency::Attempt;
use crate::moderation::service as moderation;
use crate::paging;
use crate::rates::{Rate, Whose};
use crate::sessions::service::{self as sessions, people};

/// Carries a command out.
pub(crate) async fn execute(
    app: &App,
    actor: &Actor,
    command: Command,
    attempt: &Attempt,
) -> Result<Reply, Problem> {
    if actor.is_anonymous() {
        return Err(Problem::new(Code::SignInRequired));
    }
    match command {
        Command::Send { session, text, kind } => send(app, actor, (session, &text, kind), attempt).await,
        Command::Delete { session, message } => delete(app, actor, session, message).await,
        Command::React { session, kind, count } => react(app, actor, session, (kind, count)).await,
    }
}

async fn send(
    app: &App,
    actor: &Actor,
    (id, text, kind): (SessionId, &ChatText, MessageKind),
    attempt: &Attempt,
) -> Result<Reply, Problem> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    if let Some(reply) = attempt.recall(&tx, now).await? {
        return Ok(reply);
    }
    let session = sessions::load_locked(app, &tx, id).await?;
    let by = writer(app, &tx, actor, id, now).await?;
    let recent = store::recent(&*tx, id, actor.user_id, looks_back(&session, now)).await?;
    let chat = Chat::of(&session, app.settings.limits_enabled, recent);
    let event = chat.send(now, (actor, &by), &Words { id: app.uuid(), text, kind })?;
    let chat::Event::Sent { message } = &event else { return Err(Problem::new(Code::Fault)) };
    store::insert(&tx, message).await?;
    let reply = Reply::Message(message.clone());
    let recorded = app.record(&tx, id, now, vec![Event::Chat(event)]).await?;
    attempt.remember(&tx, &reply).await?;
    tx.commit().await?;
    app.tell(recorded).await;
    Ok(reply)
}

/// As far as any of the limits looks.
fn looks_back(session: &Session, now: At) -> At {
    let slow_ms = i64::from(session.view().settings.slow_mode_s).saturating_mul(1000);
    now.plus_ms(slow_ms.max(CHAT_WINDOW_MS).saturating_neg())
}

/// The caller as the session sees them, if they may write now.
async fn writer(app: &App, tx: &Tx, actor: &Actor, id: SessionId, now: At) -> Result<By, Problem> {
    moderation::standing(app, &**tx, id, actor).await?.may_write(now)?;
    Ok(sessions::by_of(actor, people::by_id(&**tx, id, actor.user_id).await?.as_ref()))
}

async fn delete(app: &App, actor: &Actor, id: SessionId, message: MessageId) -> Result<Reply, Problem> {
    let now = app.clock.now();
    let tx = app.db.begin().await?;
    sessions::load_locked(app, &tx, id).await?;
    moderation::standing(app, &*tx, id, actor).await?.may_enter()?;
    let by = sessions::by_of(actor, people::by_id(&*tx, id, actor.user_id).await?.as_ref());
    let written = written(&tx, id, message).await?;
    let event = Chat::delete(&by, written.as_ref())?;
    store::delete(&tx, message, by.user_id, now).await?;
    if let Some(author) = written.map(|written| written.author.user_id).filter(|author| *author != by.user_id)
    {
        moderation::audit(app, &tx, actor, AuditAction::DeleteMessage, (id, author, None)).await?;
    }
    let recorded = app.record(&tx, id, now, vec![Event::Chat(event)]).await?;
    tx.commit().await?;
    app.tell(recorded).await;
    Ok(Reply::Done)
}

/// The message with its author as they stand now; what the server wrote stands as high as the owner.
async fn written(tx: &Tx, session: SessionId, id: MessageId) -> Result<Option<Written>, Fault> {
    let Some(message) = store::find(&**tx, session, id).await? else { return Ok(None) };
    let Some(user_id) = message.user_id else { return Ok(None) };
    let person = people::by_id(&**tx, session, user_id).await?;
    let role = person.as_ref().map_or(Role::Viewer, |person| person.role);
    let is_moderator = person.is_some_and(|person| person.is_moderator);
    Ok(Some(Written { id, author: Target { user_id, role, is_moderator } }))
}

async fn react(
    app: &App,
    actor: &Actor,
    id: SessionId,
    (kind, count): (Reaction, u32),
) -> Result<Reply, Problem> {
    let now = app.clock.now();
    app.rates.count(Rate::Reactions, Whose::User(actor.user_id), now)?;
    let tx = app.db.begin().await?;
    let session = sessions::find(app, &*tx, id).await?.session;
    let by = writer(app, &tx, actor, id, now).await?;
    let event =
        Chat::of(&session, app.settings.limits_enabled, Vec::new()).react((actor, &by), kind, count)?;
    store::react(&tx, id, kind, (count, now)).await?;
    tx.commit().await?;
    app.outbox.tell_ephemeral(id, now, vec![Event::Chat(event)]);
    Ok(Reply::Done)
}

/// Newest page first, oldest first within it; the cursor is the page's oldest message.
pub(crate) async fn messages(
    app: &App,
    actor: &Actor,
    id: SessionId,
    (before, page): (Option<Before>, &Page),
) -> Result<Listed<MessageView>, Problem> {
    sessions::find(app, app.db.reader(), id).await?;
    moderation::standing(app, app.db.reader(), id, actor).await?.may_enter()?;
    let cursor = paging::id_cursor(page).map(|message| Before::Message(MessageId::new(message)));
    let rows = store::page(app.db.reader(), id, cursor.or(before).as_ref(), paging::one_more(page)).await?;
    let mut listed = paging::listed(rows, page, |message| message.id.to_string());
    listed.items.reverse();
    Ok(listed)
}

/// The same pages with the lines the server wrote.
pub(crate) async fn history(
    app: &App,
    actor: &Actor,
    id: SessionId,
    (before, page): (Option<Before>, &Page),
) -> Result<Listed<Line>, Problem> {
    sessions::find(app, app.db.reader(), id).await?;
    moderation::standing(app, app.db.reader(), id, actor).await?.may_enter()?;
    let rows = store::history(app.db.reader(), id, before.as_ref(), paging::one_more(page)).await?;
    let mut listed = paging::listed(rows, page, |line| line.message.id.to_string());
    listed.items.reverse();
    Ok(listed)
}

/// The last few, oldest first.
pub(crate) async fn last(
    db: &impl ConnectionTrait,
    id: SessionId,
    count: u32,
) -> Result<Vec<MessageView>, Fault> {
    let mut messages = store::page(db, id, None, i64::from(count)).await?;
    messages.reverse();
    Ok(messages)
}
