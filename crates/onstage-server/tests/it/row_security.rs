//! Would catch lists that are read past the fence: on PostgreSQL, a policy that goes missing hides rows from a host whom
//! every check in code lets through.

use serde_json::json;

use crate::support::{change, on_each};

#[tokio::test]
async fn lists_of_a_person_are_read_behind_the_fence() {
    on_each(async |stand| {
        let (host, asker) = (stand.sign_up("host").await, stand.sign_up("asker").await);
        let invited = stand.sign_up("invited").await;
        let session = stand.go_live(&host).await;
        stand.join(&invited, session).await;
        stand.ask(&asker, session).await;
        let path = format!("/v1/sessions/{session}");
        let body = json!({"user_id": invited.id});
        stand.post(&format!("{path}/invitations"), &host.token, body).await.expect(201);
        let shown = async |list: &str| {
            let page = stand.get(&format!("{path}/{list}"), &host.token).await.expect(200);
            page["items"].as_array().unwrap().len()
        };
        assert_eq!((shown("requests").await, shown("invitations").await), (1, 1));
        if stand.settings.database_url.starts_with("sqlite") {
            return;
        }
        for table in ["requests", "invitations"] {
            let sql = format!("DROP POLICY own_or_managed ON {table}");
            change(&stand.settings.database_url, &sql).await;
        }
        assert_eq!((shown("requests").await, shown("invitations").await), (0, 0));
    })
    .await;
}
