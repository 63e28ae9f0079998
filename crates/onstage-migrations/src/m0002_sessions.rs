//! Sessions, their switches, people with seats, requests, invitations, sanctions, chat (S1-15 … S1-19, normalised).

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::prelude::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::columns;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_sessions"
    }
}

const SESSIONS: [&str; 4] = [
    "CREATE TABLE sessions (
        id {uuid} PRIMARY KEY NOT NULL,
        owner_id {uuid} NOT NULL REFERENCES accounts (id),
        title TEXT NOT NULL,
        description TEXT NOT NULL,
        mode TEXT NOT NULL,
        format TEXT,
        visibility TEXT NOT NULL,
        status TEXT NOT NULL,
        plan_guests_max {int} NOT NULL,
        started_at {int} NOT NULL,
        ended_at {int},
        end_reason TEXT,
        host_seen {bool} NOT NULL,
        host_grace_until {int},
        peak_viewers {int} NOT NULL,
        message_count {int} NOT NULL,
        reaction_count {int} NOT NULL,
        last_seq {int} NOT NULL,
        published_seq {int} NOT NULL
    ){strict}",
    "CREATE INDEX sessions_by_status ON sessions (status, visibility, started_at)",
    "CREATE INDEX sessions_by_owner ON sessions (owner_id, status)",
    "CREATE TABLE session_settings (
        session_id {uuid} PRIMARY KEY NOT NULL REFERENCES sessions (id),
        max_guests {int},
        require_approval {bool} NOT NULL,
        allow_requests {bool} NOT NULL,
        enable_chat {bool} NOT NULL,
        slow_mode_s {int} NOT NULL,
        guest_audio_default {bool} NOT NULL,
        guest_video_default {bool} NOT NULL,
        max_participants {int},
        cohosts_manage_guests {bool} NOT NULL,
        locked {bool} NOT NULL,
        layout TEXT NOT NULL
    ){strict}",
];

const STAGE: [&str; 9] = [
    "CREATE TABLE participants (
        session_id {uuid} NOT NULL REFERENCES sessions (id),
        user_id {uuid} NOT NULL,
        handle TEXT NOT NULL,
        display_name TEXT NOT NULL,
        avatar_url TEXT,
        role TEXT NOT NULL,
        seat {int} CHECK (seat BETWEEN 0 AND 49),
        presence TEXT NOT NULL,
        seat_until {int},
        may_speak {bool} NOT NULL,
        may_show {bool} NOT NULL,
        may_share {bool} NOT NULL,
        is_moderator {bool} NOT NULL,
        host_muted_audio {bool} NOT NULL,
        host_muted_video {bool} NOT NULL,
        self_muted_audio {bool} NOT NULL,
        self_muted_video {bool} NOT NULL,
        screen_sharing {bool} NOT NULL,
        staged_ever {bool} NOT NULL,
        joined_at {int} NOT NULL,
        left_at {int},
        PRIMARY KEY (session_id, user_id)
    ){strict}",
    // The second fence behind the rules: no seat twice.
    "CREATE UNIQUE INDEX participants_by_seat ON participants (session_id, seat) WHERE seat IS NOT NULL",
    "CREATE INDEX participants_by_user ON participants (user_id)",
    "CREATE TABLE requests (
        id {uuid} PRIMARY KEY NOT NULL,
        session_id {uuid} NOT NULL REFERENCES sessions (id),
        user_id {uuid} NOT NULL,
        handle TEXT NOT NULL,
        display_name TEXT NOT NULL,
        avatar_url TEXT,
        requested_role TEXT NOT NULL,
        message TEXT NOT NULL,
        state TEXT NOT NULL,
        created_at {int} NOT NULL,
        answered_at {int},
        answered_by {uuid}
    ){strict}",
    "CREATE INDEX requests_by_session ON requests (session_id, state, created_at)",
    "CREATE UNIQUE INDEX requests_pending ON requests (session_id, user_id) WHERE state = 'pending'",
    "CREATE TABLE invitations (
        id {uuid} PRIMARY KEY NOT NULL,
        session_id {uuid} NOT NULL REFERENCES sessions (id),
        user_id {uuid} NOT NULL,
        invited_by {uuid} NOT NULL,
        state TEXT NOT NULL,
        created_at {int} NOT NULL,
        expires_at {int} NOT NULL,
        answered_at {int}
    ){strict}",
    "CREATE INDEX invitations_by_session ON invitations (session_id, state, created_at)",
    "CREATE UNIQUE INDEX invitations_pending ON invitations (session_id, user_id) WHERE state = 'pending'",
];

const SANCTIONS: [&str; 2] = [
    "CREATE TABLE blocks (
        session_id {uuid} NOT NULL REFERENCES sessions (id),
        user_id {uuid} NOT NULL,
        blocked_by {uuid} NOT NULL,
        reason TEXT,
        address_hash TEXT,
        device TEXT,
        created_at {int} NOT NULL,
        PRIMARY KEY (session_id, user_id)
    ){strict}",
    "CREATE TABLE timeouts (
        session_id {uuid} NOT NULL REFERENCES sessions (id),
        user_id {uuid} NOT NULL,
        until {int} NOT NULL,
        set_by {uuid} NOT NULL,
        reason TEXT,
        PRIMARY KEY (session_id, user_id)
    ){strict}",
];

const CHAT: [&str; 4] = [
    "CREATE TABLE messages (
        id {uuid} PRIMARY KEY NOT NULL,
        session_id {uuid} NOT NULL REFERENCES sessions (id),
        user_id {uuid},
        handle TEXT,
        display_name TEXT,
        text TEXT NOT NULL,
        kind TEXT NOT NULL,
        metadata {json},
        created_at {int} NOT NULL,
        deleted_at {int},
        deleted_by {uuid}
    ){strict}",
    "CREATE INDEX messages_by_session ON messages (session_id, created_at, id)",
    "CREATE INDEX messages_by_author ON messages (session_id, user_id, created_at)",
    // Counted per kind and second, not a row a tap (K33).
    "CREATE TABLE reactions (
        session_id {uuid} NOT NULL REFERENCES sessions (id),
        kind TEXT NOT NULL,
        second {int} NOT NULL,
        count {int} NOT NULL,
        PRIMARY KEY (session_id, kind, second)
    ){strict}",
];

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run_all(manager, &SESSIONS).await?;
        columns::run_all(manager, &STAGE).await?;
        columns::run_all(manager, &SANCTIONS).await?;
        columns::run_all(manager, &CHAT).await
    }
}
