//! Rows of `sessions` and `session_settings`.

pub(in crate::sessions) mod analytics;
pub(crate) mod people;

use onstage_domain::sessions::{
    EndReason, Format, HostView, Layout, Mode, Session, SessionView, Settings, Status, Tally, Visibility,
    effective_max_guests, room_name,
};
use onstage_domain::{At, Seq, SessionId, UserId};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::db::{Tx, all, get, get_id, get_number, get_number_or_none, get_word, one, run, values};
use crate::fault::Fault;

/// How many live sessions a listing looks at.
const LISTED_SESSIONS: i64 = 1_000;

const SELECT: &str =
    "SELECT s.id, s.owner_id, s.title, s.description, s.mode, s.format, s.visibility, s.status,
    s.plan_guests_max, s.started_at, s.ended_at, s.host_seen, s.host_grace_until, s.peak_viewers,
    s.message_count, s.reaction_count, s.last_seq, a.handle, a.display_name, a.avatar_url,
    t.max_guests, t.require_approval, t.allow_requests, t.enable_chat, t.slow_mode_s, t.guest_audio_default,
    t.guest_video_default, t.enable_gifts, t.max_participants, t.cohosts_manage_guests, t.locked, t.layout,
    (SELECT COUNT(*) FROM participants p WHERE p.session_id = s.id AND p.seat > 0) AS guest_count,
    (SELECT COUNT(*) FROM participants p
        WHERE p.session_id = s.id AND p.staged_ever AND p.user_id <> s.owner_id) AS guests_ever
    FROM sessions s JOIN accounts a ON a.id = s.owner_id JOIN session_settings t ON t.session_id = s.id";

/// A session and the end of its log.
#[derive(Debug)]
pub(in crate::sessions) struct Stored {
    pub(in crate::sessions) session: Session,
    pub(in crate::sessions) tally: Tally,
    pub(in crate::sessions) last_seq: Seq,
}

fn read(row: &QueryResult) -> Result<Stored, Fault> {
    let plan_guests_max: u8 = get_number(row, "plan_guests_max")?;
    let tally = Tally {
        guests: get_number(row, "guests_ever")?,
        messages: get_number(row, "message_count")?,
        reactions: get_number(row, "reaction_count")?,
    };
    let view = read_view(row, plan_guests_max)?;
    let session = Session::restore(view, plan_guests_max, get(row, "host_seen")?, tally);
    Ok(Stored { session, tally, last_seq: Seq(get(row, "last_seq")?) })
}

fn read_view(row: &QueryResult, plan_guests_max: u8) -> Result<SessionView, Fault> {
    let id = get_id(row, "id", SessionId::new)?;
    let settings = read_settings(row)?;
    let format: Option<String> = get(row, "format")?;
    Ok(SessionView {
        id,
        title: get(row, "title")?,
        description: get(row, "description")?,
        status: get_word(row, "status", Status::from_word)?,
        mode: get_word(row, "mode", Mode::from_word)?,
        format: format.as_deref().and_then(Format::from_word),
        visibility: get_word(row, "visibility", Visibility::from_word)?,
        owner: HostView {
            user_id: get_id(row, "owner_id", UserId::new)?,
            handle: get(row, "handle")?,
            display_name: get(row, "display_name")?,
            avatar_url: get(row, "avatar_url")?,
        },
        room_name: room_name(id),
        effective_max_guests: effective_max_guests(plan_guests_max, &settings),
        viewer_count: 0,
        peak_viewers: get_number(row, "peak_viewers")?,
        guest_count: get_number(row, "guest_count")?,
        started_at: At(get(row, "started_at")?),
        ended_at: get::<Option<i64>>(row, "ended_at")?.map(At),
        host_grace_until: get::<Option<i64>>(row, "host_grace_until")?.map(At),
        settings,
    })
}

fn read_settings(row: &QueryResult) -> Result<Settings, Fault> {
    Ok(Settings {
        max_guests: get_number_or_none(row, "max_guests")?,
        require_approval: get(row, "require_approval")?,
        allow_requests: get(row, "allow_requests")?,
        enable_chat: get(row, "enable_chat")?,
        slow_mode_s: get_number(row, "slow_mode_s")?,
        guest_audio_default: get(row, "guest_audio_default")?,
        guest_video_default: get(row, "guest_video_default")?,
        enable_gifts: get(row, "enable_gifts")?,
        max_participants: get_number_or_none(row, "max_participants")?,
        cohosts_manage_guests: get(row, "cohosts_manage_guests")?,
        locked: get(row, "locked")?,
        layout: get_word(row, "layout", Layout::from_word)?,
    })
}

pub(in crate::sessions) async fn by_id(
    db: &impl ConnectionTrait,
    id: SessionId,
) -> Result<Option<Stored>, Fault> {
    let sql = format!("{SELECT} WHERE s.id = $1");
    one(db, &sql, values![id.uuid()]).await?.as_ref().map(read).transpose()
}

/// Waits for its turn first and reads then: a statement that waited would still see the moment it began.
pub(in crate::sessions) async fn load_locked(tx: &Tx, id: SessionId) -> Result<Option<Stored>, Fault> {
    let sql = format!("SELECT id FROM sessions WHERE id = $1{}", tx.for_update());
    one(&**tx, &sql, values![id.uuid()]).await?;
    by_id(&**tx, id).await
}

/// Public live sessions, newest first.
pub(in crate::sessions) async fn live_public(db: &impl ConnectionTrait) -> Result<Vec<Stored>, Fault> {
    let sql = format!(
        "{SELECT} WHERE s.status = 'live' AND s.visibility = 'public'
         ORDER BY s.started_at DESC, s.id DESC LIMIT $1"
    );
    all(db, &sql, values![LISTED_SESSIONS]).await?.iter().map(read).collect()
}

/// Every live session's id.
pub(in crate::sessions) async fn live_ids(db: &impl ConnectionTrait) -> Result<Vec<SessionId>, Fault> {
    let sql = "SELECT id FROM sessions WHERE status = 'live' ORDER BY id";
    all(db, sql, values![]).await?.iter().map(|row| get_id(row, "id", SessionId::new)).collect()
}

/// How many sessions are live.
pub(in crate::sessions) async fn count_live(db: &impl ConnectionTrait) -> Result<u32, Fault> {
    let row = one(db, "SELECT COUNT(*) AS live FROM sessions WHERE status = 'live'", values![]).await?;
    row.map_or(Ok(0), |row| get_number(&row, "live"))
}

/// How many live sessions somebody hosts.
pub(in crate::sessions) async fn count_live_of(tx: &Tx, owner: UserId) -> Result<usize, Fault> {
    let sql = "SELECT COUNT(*) AS live FROM sessions WHERE owner_id = $1 AND status = 'live'";
    let row = one(&**tx, sql, values![owner.uuid()]).await?;
    row.map_or(Ok(0), |row| get_number(&row, "live"))
}

pub(in crate::sessions) async fn insert(tx: &Tx, session: &Session) -> Result<(), Fault> {
    let view = session.view();
    let sql = "INSERT INTO sessions (id, owner_id, title, description, mode, format, visibility, status,
               plan_guests_max, started_at, host_seen, peak_viewers, message_count, reaction_count, last_seq,
               published_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0, 0)";
    let values = values![
        view.id.uuid(),
        view.owner.user_id.uuid(),
        view.title.clone(),
        view.description.clone(),
        view.mode.word(),
        view.format.map(Format::word),
        view.visibility.word(),
        view.status.word(),
        i64::from(session.plan_guests_max()),
        view.started_at.0,
        session.host_seen(),
    ];
    run(&**tx, sql, values).await?;
    insert_settings(tx, view.id, &view.settings).await
}

async fn insert_settings(tx: &Tx, id: SessionId, settings: &Settings) -> Result<(), Fault> {
    let sql =
        "INSERT INTO session_settings (session_id, max_guests, require_approval, allow_requests, enable_chat,
               slow_mode_s, guest_audio_default, guest_video_default, max_participants, cohosts_manage_guests,
               locked, layout, enable_gifts)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    run(&**tx, sql, settings_values(id, settings)).await.map(drop)
}

fn settings_values(id: SessionId, settings: &Settings) -> Vec<sea_orm::Value> {
    values![
        id.uuid(),
        settings.max_guests.map(i64::from),
        settings.require_approval,
        settings.allow_requests,
        settings.enable_chat,
        i64::from(settings.slow_mode_s),
        settings.guest_audio_default,
        settings.guest_video_default,
        settings.max_participants.map(i64::from),
        settings.cohosts_manage_guests,
        settings.locked,
        settings.layout.word(),
        settings.enable_gifts,
    ]
}

/// Everything the rules change; counters and the end of the log belong to others.
pub(in crate::sessions) async fn save(
    tx: &Tx,
    session: &Session,
    end_reason: Option<EndReason>,
) -> Result<(), Fault> {
    let view = session.view();
    let sql = "UPDATE sessions SET title = $2, description = $3, status = $4, ended_at = $5,
               end_reason = COALESCE($6, end_reason), host_seen = $7, host_grace_until = $8,
               peak_viewers = CASE WHEN peak_viewers < $9 THEN $9 ELSE peak_viewers END WHERE id = $1";
    let values = values![
        view.id.uuid(),
        view.title.clone(),
        view.description.clone(),
        view.status.word(),
        view.ended_at.map(|at| at.0),
        end_reason.map(end_word),
        session.host_seen(),
        view.host_grace_until.map(|at| at.0),
        i64::from(view.peak_viewers),
    ];
    run(&**tx, sql, values).await?;
    let sql = "UPDATE session_settings SET max_guests = $2, require_approval = $3, allow_requests = $4,
               enable_chat = $5, slow_mode_s = $6, guest_audio_default = $7, guest_video_default = $8,
               max_participants = $9, cohosts_manage_guests = $10, locked = $11, layout = $12,
               enable_gifts = $13
               WHERE session_id = $1";
    run(&**tx, sql, settings_values(view.id, &view.settings)).await.map(drop)
}

const fn end_word(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Owner => "owner",
        EndReason::Operator => "operator",
        EndReason::HostLost => "host_lost",
        EndReason::NeverConnected => "never_connected",
    }
}
