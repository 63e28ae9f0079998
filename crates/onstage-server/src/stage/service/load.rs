//! Bringing a stage into memory: everybody with a seat, everything that waits, and whoever a command names.

use onstage_domain::problem::{Code, Problem};
use onstage_domain::sessions::Session;
use onstage_domain::stage::{Command, House, Person, Stage};
use onstage_domain::{InvitationId, RequestId, SessionId, UserId};

use crate::app::App;
use crate::db::Tx;
use crate::sessions::service::people;
use crate::stage::store;

/// What a command is about, beyond its actor.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Named {
    pub(super) user: Option<UserId>,
    pub(super) request: Option<RequestId>,
    pub(super) invitation: Option<InvitationId>,
}

/// Whose stage a command means, and whom it names.
pub(super) async fn place_of(app: &App, command: &Command) -> Result<(SessionId, Named), Problem> {
    let nobody = Named::default();
    match command {
        Command::CancelRequest(id) | Command::Accept { request: id, .. } | Command::Decline(id) => {
            let place = store::request_place(app.db.reader(), *id).await?;
            let (session, user) = place.ok_or_else(|| Problem::new(Code::RequestNotFound))?;
            Ok((session, Named { user: Some(user), request: Some(*id), ..nobody }))
        }
        Command::AcceptInvitation { invitation: id, .. } | Command::DeclineInvitation(id) => {
            let place = store::invitation_place(app.db.reader(), *id).await?;
            let (session, user) = place.ok_or_else(|| Problem::new(Code::InvitationNotFound))?;
            Ok((session, Named { user: Some(user), invitation: Some(*id), ..nobody }))
        }
        Command::Request { session, .. }
        | Command::SetOwnMedia { session, .. }
        | Command::MuteAll { session, .. }
        | Command::GoOnStage(session)
        | Command::StepDown(session) => Ok((*session, nobody)),
        Command::Invite { session, user }
        | Command::Mute { session, user, .. }
        | Command::AskUnmute { session, user, .. }
        | Command::Kick { session, user, .. }
        | Command::AllowBack { session, user }
        | Command::SetRole { session, user, .. }
        | Command::AcceptPerson { session, user, .. }
        | Command::DeclinePerson { session, user }
        | Command::Demote { session, user }
        | Command::SetPermissions { session, user, .. }
        | Command::MoveSeat { session, user, .. } => Ok((*session, Named { user: Some(*user), ..nobody })),
    }
}

/// The stage as it is now; the session's row is held already.
pub(super) async fn load(
    app: &App,
    tx: &Tx,
    session: &Session,
    named: Named,
    actor: Option<UserId>,
) -> Result<Stage, Problem> {
    let id = session.id();
    let mut views = people::staged(&**tx, id).await?;
    let mut missing: Vec<UserId> = named.user.into_iter().chain(actor).collect();
    missing.dedup();
    missing.retain(|user| views.iter().all(|view| view.user_id != *user));
    views.extend(people::by_ids(&**tx, id, &missing).await?);
    let person = |view: onstage_domain::person::ParticipantView| Person {
        connected: app.attendance.is_connected(id, view.user_id),
        anonymous: false,
        view,
    };
    let requests = store::waiting(&**tx, id, named.request).await?;
    let invitations = store::offered(&**tx, id, named.invitation).await?;
    Ok(Stage::restore(House::of(session), views.into_iter().map(person).collect(), requests, invitations))
}
