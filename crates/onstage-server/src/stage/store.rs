//! Rows of `requests` and `invitations`; people are written through sessions, which owns their rows.

use onstage_domain::reply::Page;
use onstage_domain::stage::{
    Event, InvitationState, InvitationView, RequestState, RequestView, RequestedRole,
};
use onstage_domain::{At, FactId, InvitationId, RequestId, SessionId, UserId};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::db::{Tx, all, get, get_id, get_number_or_none, get_word, one, run, values};
use crate::fault::Fault;
use crate::paging;
use crate::sessions::service::people;

/// A place in the queue is counted, not stored.
const REQUESTS: &str =
    "SELECT r.id, r.session_id, r.user_id, r.handle, r.display_name, r.avatar_url, r.requested_role,
        r.message, r.state, r.created_at, r.answered_at, r.answered_by,
        CASE WHEN r.state = 'pending' THEN (SELECT COUNT(*) FROM requests q WHERE q.session_id = r.session_id
            AND q.state = 'pending' AND (q.created_at, q.id) <= (r.created_at, r.id)) END AS position
    FROM requests r";

const INVITATIONS: &str =
    "SELECT i.id, i.session_id, i.user_id, i.invited_by, i.state, i.created_at, i.expires_at
    FROM invitations i";

fn read_request(row: &QueryResult) -> Result<RequestView, Fault> {
    Ok(RequestView {
        id: get_id(row, "id", RequestId::new)?,
        session_id: get_id(row, "session_id", SessionId::new)?,
        user_id: get_id(row, "user_id", UserId::new)?,
        handle: get(row, "handle")?,
        display_name: get(row, "display_name")?,
        avatar_url: get(row, "avatar_url")?,
        requested_role: get_word(row, "requested_role", RequestedRole::from_word)?,
        message: get(row, "message")?,
        state: get_word(row, "state", RequestState::from_word)?,
        position: get_number_or_none(row, "position")?,
        created_at: At(get(row, "created_at")?),
        answered_at: get::<Option<i64>>(row, "answered_at")?.map(At),
        answered_by: get::<Option<Uuid>>(row, "answered_by")?.map(UserId::new),
    })
}

fn read_invitation(row: &QueryResult) -> Result<InvitationView, Fault> {
    Ok(InvitationView {
        id: get_id(row, "id", InvitationId::new)?,
        session_id: get_id(row, "session_id", SessionId::new)?,
        user_id: get_id(row, "user_id", UserId::new)?,
        invited_by: get_id(row, "invited_by", UserId::new)?,
        state: get_word(row, "state", InvitationState::from_word)?,
        created_at: At(get(row, "created_at")?),
        expires_at: At(get(row, "expires_at")?),
    })
}

/// Whose session a request belongs to, and who asks.
pub(super) async fn request_place(
    db: &impl ConnectionTrait,
    id: RequestId,
) -> Result<Option<(SessionId, UserId)>, Fault> {
    let row = one(db, "SELECT session_id, user_id FROM requests WHERE id = $1", values![id.uuid()]).await?;
    row.as_ref().map(place).transpose()
}

/// Whose session an invitation belongs to, and who is invited.
pub(super) async fn invitation_place(
    db: &impl ConnectionTrait,
    id: InvitationId,
) -> Result<Option<(SessionId, UserId)>, Fault> {
    let row =
        one(db, "SELECT session_id, user_id FROM invitations WHERE id = $1", values![id.uuid()]).await?;
    row.as_ref().map(place).transpose()
}

fn place(row: &QueryResult) -> Result<(SessionId, UserId), Fault> {
    Ok((get_id(row, "session_id", SessionId::new)?, get_id(row, "user_id", UserId::new)?))
}

/// Those who wait, in order; and one more, whatever its state.
pub(super) async fn waiting(
    db: &impl ConnectionTrait,
    session: SessionId,
    also: Option<RequestId>,
) -> Result<Vec<RequestView>, Fault> {
    let sql = format!(
        "{REQUESTS} WHERE r.session_id = $1 AND (r.state = 'pending' OR r.id = $2) ORDER BY r.created_at, r.id"
    );
    let rows = all(db, &sql, values![session.uuid(), also.map(RequestId::uuid)]).await?;
    rows.iter().map(read_request).collect()
}

/// Invitations that wait; and one more, whatever its state.
pub(super) async fn offered(
    db: &impl ConnectionTrait,
    session: SessionId,
    also: Option<InvitationId>,
) -> Result<Vec<InvitationView>, Fault> {
    let sql = format!(
        "{INVITATIONS} WHERE i.session_id = $1 AND (i.state = 'pending' OR i.id = $2) ORDER BY i.created_at, i.id"
    );
    let rows = all(db, &sql, values![session.uuid(), also.map(InvitationId::uuid)]).await?;
    rows.iter().map(read_invitation).collect()
}

/// A page of requests, oldest first.
pub(super) async fn list_requests(
    db: &impl ConnectionTrait,
    session: SessionId,
    state: Option<RequestState>,
    page: &Page,
) -> Result<Vec<RequestView>, Fault> {
    let sql = format!(
        "{REQUESTS} WHERE r.session_id = $1 AND r.id > $2 AND ($3 IS NULL OR r.state = $3) ORDER BY r.id LIMIT $4"
    );
    let after = paging::id_cursor(page).unwrap_or(Uuid::nil());
    let state = state.map(|state| state.word().to_owned());
    let rows = all(db, &sql, values![session.uuid(), after, state, paging::one_more(page)]).await?;
    rows.iter().map(read_request).collect()
}

/// A page of invitations, oldest first; of one person where said.
pub(super) async fn list_invitations(
    db: &impl ConnectionTrait,
    session: SessionId,
    of: Option<UserId>,
    page: &Page,
) -> Result<Vec<InvitationView>, Fault> {
    let sql = format!(
        "{INVITATIONS} WHERE i.session_id = $1 AND i.id > $2 AND ($3 IS NULL OR i.user_id = $3)
         ORDER BY i.id LIMIT $4"
    );
    let after = paging::id_cursor(page).unwrap_or(Uuid::nil());
    let rows =
        all(db, &sql, values![session.uuid(), after, of.map(UserId::uuid), paging::one_more(page)]).await?;
    rows.iter().map(read_invitation).collect()
}

/// Writes down what events changed. An event carries the whole of it.
pub(super) async fn save(tx: &Tx, session: SessionId, events: &[Event]) -> Result<(), Fault> {
    for event in events {
        save_one(tx, session, event).await?;
    }
    Ok(())
}

async fn save_one(tx: &Tx, session: SessionId, event: &Event) -> Result<(), Fault> {
    match event {
        Event::Requested { request } | Event::RequestClosed { request, .. } => {
            save_request(tx, request).await
        }
        Event::GuestApproved { request, participant, .. } => {
            save_request(tx, request).await?;
            people::save(tx, session, participant).await
        }
        Event::Invited { invitation, .. } => save_invitation(tx, invitation).await,
        Event::InvitationClosed { invitation } => save_invitation(tx, invitation).await,
        Event::GuestJoined { participant }
        | Event::WentOnStage { participant }
        | Event::Reconnecting { participant }
        | Event::CameBack { participant }
        | Event::GuestLeft { participant, .. }
        | Event::Muted { participant, .. }
        | Event::MediaChanged { participant }
        | Event::RoleChanged { participant, .. }
        | Event::PermissionsChanged { participant, .. }
        | Event::SeatChanged { participant } => people::save(tx, session, participant).await,
        Event::UnmuteAsked { .. }
        | Event::Kicked { .. }
        | Event::AllowedBack { .. }
        | Event::Speaking { .. }
        | Event::Quality { .. } => Ok(()),
    }
}

async fn save_request(tx: &Tx, request: &RequestView) -> Result<(), Fault> {
    let sql = "INSERT INTO requests (id, session_id, user_id, handle, display_name, avatar_url, requested_role, message,
               state, created_at, answered_at, answered_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
               ON CONFLICT (id) DO UPDATE SET state = excluded.state, answered_at = excluded.answered_at,
               answered_by = excluded.answered_by";
    let values = values![
        request.id.uuid(),
        request.session_id.uuid(),
        request.user_id.uuid(),
        request.handle.clone(),
        request.display_name.clone(),
        request.avatar_url.clone(),
        request.requested_role.word(),
        request.message.clone(),
        request.state.word(),
        request.created_at.0,
        request.answered_at.map(|at| at.0),
        request.answered_by.map(UserId::uuid),
    ];
    run(&**tx, sql, values).await.map(drop)
}

async fn save_invitation(tx: &Tx, invitation: &InvitationView) -> Result<(), Fault> {
    let sql = "INSERT INTO invitations (id, session_id, user_id, invited_by, state, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET state = excluded.state";
    let values = values![
        invitation.id.uuid(),
        invitation.session_id.uuid(),
        invitation.user_id.uuid(),
        invitation.invited_by.uuid(),
        invitation.state.word(),
        invitation.created_at.0,
        invitation.expires_at.0,
    ];
    run(&**tx, sql, values).await.map(drop)
}

/// Whatever waits in a session runs out.
pub(super) async fn expire_all(tx: &Tx, session: SessionId, now: At) -> Result<(), Fault> {
    let requests =
        "UPDATE requests SET state = 'expired', answered_at = $2 WHERE session_id = $1 AND state = 'pending'";
    run(&**tx, requests, values![session.uuid(), now.0]).await?;
    let invitations = "UPDATE invitations SET state = 'expired' WHERE session_id = $1 AND state = 'pending'";
    run(&**tx, invitations, values![session.uuid()]).await.map(drop)
}

/// True the first time a media fact is seen.
pub(super) async fn note_fact(tx: &Tx, session: SessionId, fact: FactId, now: At) -> Result<bool, Fault> {
    let sql =
        "INSERT INTO media_facts (id, session_id, seen_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
    Ok(run(&**tx, sql, values![fact.uuid(), session.uuid(), now.0]).await? > 0)
}

#[cfg(test)]
mod tests;
