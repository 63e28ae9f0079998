//! Rows of `participants`: everybody with an account who ever came in.

use onstage_domain::person::{ParticipantView, Presence, Role};
use onstage_domain::{Actor, At, SessionId, UserId};
use sea_orm::{ConnectionTrait, QueryResult, Value};

use crate::db::{Tx, all, get, get_id, get_number_or_none, get_word, run, values};
use crate::fault::Fault;

/// A raised hand is a pending request, so it is read from there.
const COLUMNS: &str =
    "p.user_id, p.handle, p.display_name, p.avatar_url, p.role, p.seat, p.presence, p.seat_until,
    p.may_speak, p.may_show, p.may_share, p.is_moderator, p.host_muted_audio, p.host_muted_video,
    p.self_muted_audio, p.self_muted_video, p.screen_sharing, p.joined_at,
    EXISTS (SELECT 1 FROM requests r
        WHERE r.session_id = p.session_id AND r.user_id = p.user_id AND r.state = 'pending') AS hand_raised";

fn read(row: &QueryResult) -> Result<ParticipantView, Fault> {
    Ok(ParticipantView {
        user_id: get_id(row, "user_id", UserId::new)?,
        handle: get(row, "handle")?,
        display_name: get(row, "display_name")?,
        avatar_url: get(row, "avatar_url")?,
        role: get_word(row, "role", Role::from_word)?,
        seat: get_number_or_none(row, "seat")?,
        presence: get_word(row, "presence", Presence::from_word)?,
        seat_until: get::<Option<i64>>(row, "seat_until")?.map(At),
        may_speak: get(row, "may_speak")?,
        may_show: get(row, "may_show")?,
        may_share: get(row, "may_share")?,
        is_moderator: get(row, "is_moderator")?,
        host_muted_audio: get(row, "host_muted_audio")?,
        host_muted_video: get(row, "host_muted_video")?,
        self_muted_audio: get(row, "self_muted_audio")?,
        self_muted_video: get(row, "self_muted_video")?,
        screen_sharing: get(row, "screen_sharing")?,
        hand_raised: get(row, "hand_raised")?,
        joined_at: At(get(row, "joined_at")?),
    })
}

async fn select(
    db: &impl ConnectionTrait,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<ParticipantView>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM participants p WHERE p.session_id = $1 AND {condition}");
    all(db, &sql, values).await?.iter().map(read).collect()
}

/// Somebody who came in at some time.
pub(crate) async fn by_id(
    db: &impl ConnectionTrait,
    session: SessionId,
    user: UserId,
) -> Result<Option<ParticipantView>, Fault> {
    Ok(select(db, "p.user_id = $2", values![session.uuid(), user.uuid()]).await?.pop())
}

/// Several of them, in no order.
pub(crate) async fn by_ids(
    db: &impl ConnectionTrait,
    session: SessionId,
    users: &[UserId],
) -> Result<Vec<ParticipantView>, Fault> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (2..).take(users.len()).map(|place: usize| format!("${place}")).collect();
    let mut values = values![session.uuid()];
    values.extend(users.iter().map(|user| Value::from(user.uuid())));
    select(db, &format!("p.user_id IN ({})", places.join(", ")), values).await
}

/// Everybody with a seat, seat by seat.
pub(crate) async fn staged(
    db: &impl ConnectionTrait,
    session: SessionId,
) -> Result<Vec<ParticipantView>, Fault> {
    select(db, "p.seat IS NOT NULL ORDER BY p.seat", values![session.uuid()]).await
}

/// Everybody the media engine must know: with a seat, or with a host's mute.
pub(crate) async fn with_orders(
    db: &impl ConnectionTrait,
    session: SessionId,
) -> Result<Vec<ParticipantView>, Fault> {
    let condition = "(p.seat IS NOT NULL OR p.host_muted_audio OR p.host_muted_video)";
    select(db, condition, values![session.uuid()]).await
}

/// Live sessions somebody came into at some time.
pub(crate) async fn live_sessions_of(
    db: &impl ConnectionTrait,
    user: UserId,
) -> Result<Vec<SessionId>, Fault> {
    let sql = "SELECT p.session_id FROM participants p JOIN sessions s ON s.id = p.session_id
               WHERE p.user_id = $1 AND s.status = 'live' ORDER BY p.session_id";
    all(db, sql, values![user.uuid()])
        .await?
        .iter()
        .map(|row| get_id(row, "session_id", SessionId::new))
        .collect()
}

/// People of a session whose account is banned or deleted: media refuses them whatever token they hold.
pub(crate) async fn closed_accounts(
    db: &impl ConnectionTrait,
    session: SessionId,
) -> Result<Vec<UserId>, Fault> {
    let sql = "SELECT p.user_id FROM participants p JOIN accounts a ON a.id = p.user_id
               WHERE p.session_id = $1 AND (a.banned_at IS NOT NULL OR a.deleted_at IS NOT NULL)";
    all(db, sql, values![session.uuid()])
        .await?
        .iter()
        .map(|row| get_id(row, "user_id", UserId::new))
        .collect()
}

/// Somebody comes in for the first time; a row that is there stays.
pub(crate) async fn insert(tx: &Tx, session: SessionId, person: &ParticipantView) -> Result<(), Fault> {
    let sql = "INSERT INTO participants (session_id, user_id, handle, display_name, avatar_url, role, seat, presence,
               seat_until, may_speak, may_show, may_share, is_moderator, host_muted_audio, host_muted_video,
               self_muted_audio, self_muted_video, screen_sharing, staged_ever, joined_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
               ON CONFLICT DO NOTHING";
    let mut values = person_values(session, person);
    values.push(person.joined_at.0.into());
    run(&**tx, sql, values).await.map(drop)
}

/// What the stage changed about somebody.
pub(crate) async fn save(tx: &Tx, session: SessionId, person: &ParticipantView) -> Result<(), Fault> {
    let sql = "UPDATE participants SET handle = $3, display_name = $4, avatar_url = $5, role = $6, seat = $7,
               presence = $8, seat_until = $9, may_speak = $10, may_show = $11, may_share = $12, is_moderator = $13,
               host_muted_audio = $14, host_muted_video = $15, self_muted_audio = $16, self_muted_video = $17,
               screen_sharing = $18, staged_ever = (staged_ever OR $19) WHERE session_id = $1 AND user_id = $2";
    run(&**tx, sql, person_values(session, person)).await.map(drop)
}

/// Names follow the account.
pub(crate) async fn rename(tx: &Tx, session: SessionId, actor: &Actor) -> Result<(), Fault> {
    let sql = "UPDATE participants SET handle = $3, display_name = $4, avatar_url = $5
               WHERE session_id = $1 AND user_id = $2";
    let values = values![
        session.uuid(),
        actor.user_id.uuid(),
        actor.handle.clone(),
        actor.display_name.clone(),
        actor.avatar_url.clone(),
    ];
    run(&**tx, sql, values).await.map(drop)
}

fn person_values(session: SessionId, person: &ParticipantView) -> Vec<Value> {
    values![
        session.uuid(),
        person.user_id.uuid(),
        person.handle.clone(),
        person.display_name.clone(),
        person.avatar_url.clone(),
        person.role.word(),
        person.seat.map(i64::from),
        person.presence.word(),
        person.seat_until.map(|at| at.0),
        person.may_speak,
        person.may_show,
        person.may_share,
        person.is_moderator,
        person.host_muted_audio,
        person.host_muted_video,
        person.self_muted_audio,
        person.self_muted_video,
        person.screen_sharing,
        person.is_staged(),
    ]
}
