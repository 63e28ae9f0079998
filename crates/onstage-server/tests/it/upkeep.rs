//! Would catch a log that is lost too early or kept for ever, and a backup that does not open.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use onstage_domain::Seq;
use onstage_domain::ports::ReadLog as _;
use onstage_server::{Admin, SystemDice, World};
use serde_json::json;

use crate::support::{Stand, on_each};

const DAY_MS: i64 = 24 * 3_600_000;

async fn admin(stand: &Stand) -> Admin {
    let world = World {
        clock: Arc::new(stand.clock.clone()),
        dice: Arc::new(SystemDice),
        publish: Arc::clone(&stand.listener) as _,
        media: Arc::clone(&stand.engine) as _,
    };
    Admin::open(stand.settings.clone(), world).await.unwrap()
}

#[tokio::test]
async fn a_log_lives_as_long_as_its_show_and_thirty_days_more() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let session = stand.go_live(&host).await;
        let log = async || stand.server.read_log(session, Seq(0), 50).await.unwrap();
        stand.post(&format!("/v1/sessions/{session}/end"), &host.token, json!({})).await.expect(200);
        stand.wind_ms(30 * DAY_MS).await;
        assert_eq!(log().await.map(|events| events.len()), Some(3));
        stand.wind_ms(DAY_MS).await;
        assert_eq!(log().await, None, "a client that comes now is told to begin anew");
    })
    .await;
}

#[tokio::test]
async fn a_resume_from_where_the_log_never_was_begins_anew() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let session = stand.go_live(&host).await;
        let log = async |since| stand.server.read_log(session, Seq(since), 50).await.unwrap();
        assert_eq!(log(0).await.map(|events| events.len()), Some(2));
        assert_eq!(log(2).await, Some(Vec::new()));
        assert_eq!(log(3).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_backup_made_while_the_server_runs_opens_with_everything_in_it() {
    on_each(async |stand| {
        if !stand.settings.database_url.starts_with("sqlite") {
            return;
        }
        let host = stand.sign_up("host").await;
        let session = stand.go_live(&host).await;
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.db");
        admin(&stand).await.backup(&copy).await.unwrap();
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(admin(&stand).await.backup(&copy).await.is_err(), "it overwrites nothing");
        let mut settings = stand.settings.clone();
        settings.database_url = format!("sqlite://{}", copy.display());
        let restored = Stand::start(settings, stand.clock.clone()).await;
        let path = format!("/v1/sessions/{session}");
        assert_eq!(restored.get(&path, &host.token).await.expect(200)["status"], "live");
    })
    .await;
}

#[tokio::test]
async fn an_account_is_made_operator_beside_the_running_server() {
    on_each(async |stand| {
        stand.sign_up("root").await;
        let ada = stand.sign_up("ada").await;
        stand.get("/v1/audit", &ada.token).await.expect_problem(403, "accounts/operator_only");
        let admin = admin(&stand).await;
        assert!(admin.grant_operator("ada").await.unwrap().operator);
        assert!(admin.grant_operator("nobody").await.is_err());
        assert_eq!(admin.migrate().await.unwrap(), 0);
        let log = stand.get("/v1/audit", &ada.token).await.expect(200);
        assert_eq!(log["items"][0]["action"], "accounts.grant_operator");
        assert_eq!(log["items"][0]["actor_id"], json!(null));
    })
    .await;
}
