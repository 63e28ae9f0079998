//! Would catch a fence that is not there: here nobody asks whether somebody may, and PostgreSQL alone has to answer.
//! Without PostgreSQL there is nothing to see.

use onstage_domain::reply::Page;
use onstage_domain::{Actor, Identity};
use sea_orm::{ConnectionTrait as _, Database};

use super::*;
use crate::db::on_postgres::{self, Home};
use crate::db::{Db, get_number};

const OWNER: u128 = 1;
const COHOST: u128 = 2;
const ASKER: u128 = 3;
const INVITED: u128 = 4;
const STRANGER: u128 = 5;
const EVERYBODY: [u128; 5] = [OWNER, COHOST, ASKER, INVITED, STRANGER];

const POLICIES: &str = "SELECT COUNT(*) AS count FROM pg_policies
    WHERE schemaname = current_schema() AND tablename IN ('requests', 'invitations')";
const FORCED: &str = "SELECT COUNT(*) AS count FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    WHERE c.relname IN ('requests', 'invitations') AND c.relrowsecurity AND c.relforcerowsecurity";

fn session() -> SessionId {
    SessionId::new(Uuid::from_u128(100))
}

fn actor(number: u128, operator: bool) -> Actor {
    Actor {
        user_id: UserId::new(Uuid::from_u128(number)),
        handle: format!("person_{number}"),
        display_name: String::new(),
        avatar_url: None,
        identity: Identity::Account { operator },
        family: None,
    }
}

/// A show with a cohost, two who ask and one who is invited; and a stranger.
async fn furnished(home: &Home) -> Db {
    let db = Db::open(&home.url).await.unwrap();
    db.migrate().await.unwrap();
    let tx = db.begin().await.unwrap();
    for person in EVERYBODY {
        let sql = "INSERT INTO accounts (id, handle, display_name, password_hash, plan, operator, created_at)
                   VALUES ($1, $2, '', '', 'free', false, 0)";
        run(&*tx, sql, values![Uuid::from_u128(person), format!("person_{person}")]).await.unwrap();
    }
    let sql =
        "INSERT INTO sessions (id, owner_id, title, description, mode, visibility, status, plan_guests_max,
               started_at, host_seen, peak_viewers, message_count, reaction_count, last_seq, published_seq)
               VALUES ($1, $2, '', '', 'camera', 'public', 'live', 9, 0, true, 0, 0, 0, 0, 0)";
    run(&*tx, sql, values![session().uuid(), Uuid::from_u128(OWNER)]).await.unwrap();
    let sql = "INSERT INTO session_settings (session_id, require_approval, allow_requests, enable_chat, slow_mode_s,
               guest_audio_default, guest_video_default, cohosts_manage_guests, locked, layout)
               VALUES ($1, true, true, true, 0, true, true, true, false, 'grid')";
    run(&*tx, sql, values![session().uuid()]).await.unwrap();
    let sql = "INSERT INTO participants (session_id, user_id, handle, display_name, role, presence, may_speak, may_show,
               may_share, is_moderator, host_muted_audio, host_muted_video, self_muted_audio, self_muted_video,
               screen_sharing, staged_ever, joined_at)
               VALUES ($1, $2, '', '', 'cohost', 'here', true, true, true, false, false, false, false, false, false,
               true, 0)";
    run(&*tx, sql, values![session().uuid(), Uuid::from_u128(COHOST)]).await.unwrap();
    for (id, person) in [(200, ASKER), (201, INVITED)] {
        let sql = "INSERT INTO requests (id, session_id, user_id, handle, display_name, requested_role, message, state,
                   created_at) VALUES ($1, $2, $3, '', '', 'guest', 'let me in', 'pending', 0)";
        let values = values![Uuid::from_u128(id), session().uuid(), Uuid::from_u128(person)];
        run(&*tx, sql, values).await.unwrap();
    }
    let sql = "INSERT INTO invitations (id, session_id, user_id, invited_by, state, created_at, expires_at)
               VALUES ($1, $2, $3, $4, 'pending', 0, 1)";
    let [id, whom, by] = [300, INVITED, OWNER].map(Uuid::from_u128);
    run(&*tx, sql, values![id, session().uuid(), whom, by]).await.unwrap();
    tx.commit().await.unwrap();
    db
}

/// How many requests and invitations of the session somebody is shown when nothing in code stands before them.
async fn seen(db: &Db, actor: &Actor) -> (usize, usize) {
    let page = Page { cursor: None, limit: 50 };
    let moment = db.moment_for(actor).await.unwrap();
    let requests = list_requests(&moment, session(), None, &page).await.unwrap();
    let invitations = list_invitations(&moment, session(), None, &page).await.unwrap();
    (requests.len(), invitations.len())
}

async fn seen_by_everybody(db: &Db) -> [(usize, usize); 5] {
    let mut all = [(0, 0); 5];
    for (place, person) in all.iter_mut().zip(EVERYBODY) {
        *place = seen(db, &actor(person, false)).await;
    }
    all
}

async fn number(db: &impl ConnectionTrait, sql: &str) -> u64 {
    get_number(&one(db, sql, values![]).await.unwrap().unwrap(), "count").unwrap()
}

#[tokio::test]
async fn the_fence_holds_when_no_check_stands_before_it_and_it_is_the_fence_that_holds() {
    let Some(home) = on_postgres::fresh().await else { return };
    let db = furnished(&home).await;
    assert_eq!(number(&home.admin, POLICIES).await, 4);
    assert_eq!(number(&home.admin, FORCED).await, 2);
    assert_eq!(seen_by_everybody(&db).await, [(2, 1), (2, 1), (1, 0), (1, 1), (0, 0)]);
    assert_eq!(seen(&db, &actor(STRANGER, true)).await, (0, 0), "operators answer no queue");
    let switch = "UPDATE session_settings SET cohosts_manage_guests = false";
    home.admin.execute_unprepared(switch).await.unwrap();
    assert_eq!(seen(&db, &actor(COHOST, false)).await, (0, 0), "without the switch a cohost manages nobody");
    // Without the fence the same call shows everything to everybody: it was the fence.
    for table in ["requests", "invitations"] {
        let open = format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY");
        home.admin.execute_unprepared(&open).await.unwrap();
    }
    assert_eq!(seen(&db, &actor(STRANGER, false)).await, (2, 1));
    db.close().await.unwrap();
    home.close().await;
}

#[tokio::test]
async fn the_system_sees_everything_before_and_after_it_asked_for_somebody() {
    let Some(home) = on_postgres::fresh().await else { return };
    let db = furnished(&home).await;
    for _ in 0..30 {
        // More often than there are connections: what was set for a person ends with the transaction.
        assert_eq!(seen(&db, &actor(STRANGER, false)).await, (0, 0));
        assert_eq!(waiting(db.reader(), session(), None).await.unwrap().len(), 2);
    }
    let moment = db.moment_for(&actor(OWNER, false)).await.unwrap();
    let refused = run(&moment, "DELETE FROM requests", values![]).await;
    assert!(matches!(refused, Err(Fault::Database(_))), "who asks changes nothing: {refused:?}");
    drop(moment);
    db.close().await.unwrap();
    home.close().await;
}

#[tokio::test]
async fn a_database_user_who_may_not_make_roles_is_fenced_all_the_same() {
    let Some(home) = on_postgres::fresh_of_plain_user().await else { return };
    let db = furnished(&home).await;
    assert_eq!(seen_by_everybody(&db).await, [(2, 1), (2, 1), (1, 0), (1, 1), (0, 0)]);
    assert_eq!(waiting(db.reader(), session(), None).await.unwrap().len(), 2);
    // The owner of the tables, on a connection that says nothing about whom it works for.
    let silent = Database::connect(&home.url).await.unwrap();
    assert_eq!(number(&silent, "SELECT COUNT(*) AS count FROM requests").await, 0);
    silent.close().await.unwrap();
    db.close().await.unwrap();
    home.close().await;
}
