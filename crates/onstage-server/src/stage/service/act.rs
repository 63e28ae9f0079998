//! One command: load, decide, save, record, commit, tell, and say whether the media engine obeys.

use onstage_domain::moderation::{AuditAction, Block};
use onstage_domain::person::newcomer;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::sessions::Session;
use onstage_domain::stage::{Command, Event, Fact, Person, Stage};
use onstage_domain::text::Note;
use onstage_domain::{Actor, At, Reply, SessionId, UserId};
use uuid::Uuid;

use super::answer::{Answered, answer, enforced};
use super::load::{Named, load, place_of};
use crate::alarm_clock::Alarm;
use crate::app::App;
use crate::db::Tx;
use crate::idempotency::Attempt;
use crate::moderation::service::{self as moderation, Because};
use crate::rates::{Rate, Whose};
use crate::sessions::service::{self as sessions, people};
use crate::stage::store;

/// Rounds of a decision that tells a few at a time: 49 seats, a hand and an invitation each, eight in a round.
const ROUNDS: usize = 32;

/// A command on its way.
struct Doing<'a> {
    actor: &'a Actor,
    command: &'a Command,
    session: SessionId,
    named: Named,
    now: At,
    fresh: Uuid,
}

/// Carries a command out.
pub(crate) async fn execute(
    app: &App,
    actor: &Actor,
    command: Command,
    attempt: &Attempt,
) -> Result<Reply, Problem> {
    let now = app.clock.now();
    if actor.is_anonymous() {
        return Err(Problem::new(Code::SignInRequired));
    }
    count(app, actor, &command, now)?;
    let (session, named) = place_of(app, &command).await?;
    let doing = Doing { actor, command: &command, session, named, now, fresh: app.uuid() };
    let tx = app.db.begin().await?;
    match attempt.recall(&tx, now).await? {
        Some(reply) => Ok(reply),
        None => carry_out(app, tx, &doing, attempt).await,
    }
}

/// What a person could flood a session with has its pace.
fn count(app: &App, actor: &Actor, command: &Command, now: At) -> Result<(), Problem> {
    let whose = Whose::User(actor.user_id);
    if matches!(command, Command::Request { .. }) {
        app.rates.count(Rate::Requests, whose, now)
    } else if matches!(command, Command::SetOwnMedia { .. }) {
        app.rates.count(Rate::OwnMedia, whose, now)
    } else {
        Ok(())
    }
}

async fn carry_out(app: &App, tx: Tx, doing: &Doing<'_>, attempt: &Attempt) -> Result<Reply, Problem> {
    let session = doing.session;
    let show = sessions::load_locked(app, &tx, session).await?;
    refuse_sanctioned(app, &tx, doing).await?;
    enter_if_new(&tx, &show, doing).await?;
    let mut stage = load(app, &tx, &show, doing.named, Some(doing.actor.user_id)).await?;
    add_watcher(app, &mut stage, doing);
    let events = decide(&mut stage, doing)?;
    carry_out_sanctions(app, &tx, doing, &events).await?;
    store::save(&tx, session, &events).await?;
    let told = events.iter().cloned().map(onstage_domain::Event::Stage).collect();
    let recorded = app.record(&tx, session, doing.now, told).await?;
    let answered = Answered { stage: &stage, session: &show, events: &events, fresh: doing.fresh };
    let reply = answer(&answered, doing.actor.user_id, doing.command)?;
    attempt.remember(&tx, &reply).await?;
    tx.commit().await?;
    app.alarms.set(Alarm::Stage(session), stage.deadline());
    let obeys = app.tell(recorded).await;
    notice_lost_connections(app, session, &events).await?;
    Ok(enforced(reply, obeys))
}

/// The kicked do nothing here any more; the timed out do not ask to come up.
async fn refuse_sanctioned(app: &App, tx: &Tx, doing: &Doing<'_>) -> Result<(), Problem> {
    let standing = moderation::standing(app, &**tx, doing.session, doing.actor).await?;
    standing.may_enter()?;
    match doing.command {
        Command::Request { .. } => Ok(standing.may_write(doing.now)?),
        Command::Invite { session, user } => refuse_inviting_blocked(tx, *session, *user).await,
        Command::CancelRequest(_)
        | Command::Accept { .. }
        | Command::Decline(_)
        | Command::AcceptPerson { .. }
        | Command::DeclinePerson { .. }
        | Command::AcceptInvitation { .. }
        | Command::DeclineInvitation(_)
        | Command::GoOnStage(_)
        | Command::StepDown(_)
        | Command::SetOwnMedia { .. }
        | Command::Mute { .. }
        | Command::AskUnmute { .. }
        | Command::MuteAll { .. }
        | Command::Kick { .. }
        | Command::AllowBack { .. }
        | Command::SetRole { .. }
        | Command::Demote { .. }
        | Command::SetPermissions { .. }
        | Command::MoveSeat { .. } => Ok(()),
    }
}

/// To who may not invite, a blocked person looks like any stranger.
async fn refuse_inviting_blocked(tx: &Tx, session: SessionId, user: UserId) -> Result<(), Problem> {
    if moderation::blocked(&**tx, session).await?.contains(&user) {
        return Err(Problem::because(Code::PersonNotFound, "This person was removed; allow them back first"));
    }
    Ok(())
}

/// Who asks to come up without having joined comes in by that.
async fn enter_if_new(tx: &Tx, show: &Session, doing: &Doing<'_>) -> Result<(), Problem> {
    let asks = matches!(doing.command, Command::Request { .. }) && show.is_live();
    if asks && people::by_id(&**tx, doing.session, doing.actor.user_id).await?.is_none() {
        people::insert(tx, doing.session, &newcomer(doing.now, doing.actor)).await?;
    }
    Ok(())
}

/// Watchers without an account have no row, and can be kicked all the same.
fn add_watcher(app: &App, stage: &mut Stage, doing: &Doing<'_>) {
    let Command::Kick { user, .. } = doing.command else { return };
    let Some(watcher) = app.attendance.anonymous(doing.session, *user) else { return };
    let connected = app.attendance.is_connected(doing.session, *user);
    stage.add(Person { view: newcomer(doing.now, &watcher), connected, anonymous: true });
}

/// Decides and makes it true; what is told a few at a time is decided until nothing follows.
fn decide(stage: &mut Stage, doing: &Doing<'_>) -> Result<Vec<Event>, Problem> {
    let by = stage.by(doing.actor);
    let repeats = matches!(doing.command, Command::MuteAll { .. });
    let mut all = Vec::new();
    for _ in 0..ROUNDS {
        let events = stage.decide(doing.now, &by, doing.command, doing.fresh)?;
        stage.apply_all(doing.now, &events);
        let done = events.is_empty() || !repeats;
        all.extend(events);
        if done {
            break;
        }
    }
    Ok(all)
}

/// What moderation keeps of it: blocks, and a line in the audit log for each deed towards another.
async fn carry_out_sanctions(app: &App, tx: &Tx, doing: &Doing<'_>, events: &[Event]) -> Result<(), Problem> {
    let by = doing.actor.user_id;
    match doing.command {
        Command::Kick { user, reason, .. } => {
            let reason = reason.as_ref().map(Note::as_str);
            let block = app.attendance.anonymous(doing.session, *user).as_ref().map(Block::of);
            let block = block.unwrap_or(Block { user_id: *user, device: None, address_hash: None });
            moderation::block(tx, doing.session, &block, Because { by, reason, at: doing.now }).await?;
        }
        Command::AllowBack { user, .. } => moderation::allow_back(tx, doing.session, *user).await?,
        Command::Request { .. }
        | Command::CancelRequest(_)
        | Command::Accept { .. }
        | Command::Decline(_)
        | Command::AcceptPerson { .. }
        | Command::DeclinePerson { .. }
        | Command::Invite { .. }
        | Command::AcceptInvitation { .. }
        | Command::DeclineInvitation(_)
        | Command::GoOnStage(_)
        | Command::StepDown(_)
        | Command::SetOwnMedia { .. }
        | Command::Mute { .. }
        | Command::AskUnmute { .. }
        | Command::MuteAll { .. }
        | Command::SetRole { .. }
        | Command::Demote { .. }
        | Command::SetPermissions { .. }
        | Command::MoveSeat { .. } => {}
    }
    for (action, target, reason) in events.iter().filter_map(|event| deed(event, by)) {
        moderation::audit(app, tx, doing.actor, action, (doing.session, target, reason)).await?;
    }
    Ok(())
}

/// The events that are deeds of one person towards another.
fn deed(event: &Event, by: UserId) -> Option<(AuditAction, UserId, Option<&str>)> {
    match event {
        Event::Kicked { user_id, reason, .. } => Some((AuditAction::Kick, *user_id, reason.as_deref())),
        Event::AllowedBack { user_id, .. } => Some((AuditAction::AllowBack, *user_id, None)),
        Event::Muted { participant, .. } => Some((AuditAction::Mute, participant.user_id, None)),
        Event::RoleChanged { participant, .. } => Some((AuditAction::SetRole, participant.user_id, None)),
        Event::GuestLeft { participant, reason } => {
            let demoted = *reason == onstage_domain::stage::LeaveReason::Demoted;
            (demoted && participant.user_id != by).then_some((
                AuditAction::SetRole,
                participant.user_id,
                None,
            ))
        }
        Event::PermissionsChanged { participant, .. } => {
            Some((AuditAction::SetPermissions, participant.user_id, None))
        }
        Event::Requested { .. }
        | Event::RequestClosed { .. }
        | Event::GuestApproved { .. }
        | Event::Invited { .. }
        | Event::InvitationClosed { .. }
        | Event::GuestJoined { .. }
        | Event::WentOnStage { .. }
        | Event::Reconnecting { .. }
        | Event::CameBack { .. }
        | Event::MediaChanged { .. }
        | Event::UnmuteAsked { .. }
        | Event::SeatChanged { .. }
        | Event::Speaking { .. }
        | Event::Quality { .. } => None,
    }
}

/// A connection that went while its seat was being given was nobody's to notice: look again afterwards.
async fn notice_lost_connections(app: &App, session: SessionId, events: &[Event]) -> Result<(), Problem> {
    for event in events {
        if let Event::GuestJoined { participant } | Event::WentOnStage { participant } = event
            && participant.seat_until.is_none()
            && !app.attendance.is_connected(session, participant.user_id)
        {
            super::hear(app, session, Fact::Disconnected(participant.user_id), None).await?;
        }
    }
    Ok(())
}
