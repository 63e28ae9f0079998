//! What the document calls host only, who may after all, and bodies that say what they may not.

use serde_json::{Value, json};

use super::seed::Seed;
use crate::support::on_each;

/// Every body of the document that names its author by itself.
const OWN: [&str; 5] = ["start", "join", "request-guest", "send-message", "react"];

#[tokio::test]
async fn s1_35_host_only_is_refused_to_viewer_guest_stranger_watcher_and_kicked() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let (guest, target) =
            (stand.guest_live(&show, "guest").await, stand.guest_live(&show, "target").await);
        let (viewer, asker) = (stand.join_live(&show, "viewer").await, stand.join_live(&show, "asker").await);
        let kicked = stand.guest_live(&show, "kicked").await;
        stand.manage_live(&show.host, &show, (&kicked, "kick")).await.expect(200);
        let request = stand.ask_live(&show, &asker).await;
        let stranger = stand.sign_up("stranger").await;
        let watcher = stand.anonymous().await;
        let callers = [
            (&guest.token, "stage/not_allowed"),
            (&viewer.token, "stage/not_allowed"),
            (&stranger.token, "stage/not_allowed"),
            (&watcher, "accounts/sign_in_required"),
            (&kicked.token, "moderation/blocked"),
        ];
        let manage = Seed::read("manage-participant");
        for (token, code) in callers {
            for action in manage.words("action") {
                let fields = [
                    ("session_id", json!(show.id)),
                    ("user_id", json!(target.id)),
                    ("action", json!(action)),
                ];
                let refused = stand.post("/live/manage-participant", token, manage.request(&fields).0).await;
                let directs =
                    ["promote_cohost", "demote"].contains(&action.as_str()) && code == "stage/not_allowed";
                refused.expect_problem(403, if directs { "sessions/owner_only" } else { code });
            }
            for action in ["approved", "rejected"] {
                let fields = [("request_id", json!(request)), ("action", json!(action))];
                let body = Seed::read("respond-guest-request").request(&fields).0;
                stand.post("/live/respond-guest-request", token, body).await.expect_problem(403, code);
            }
            let path = format!("/live/guest-requests/{}", show.id);
            stand.get(&path, token).await.expect_problem(403, code);
            let ended = stand.post(&format!("/live/end/{}", show.id), token, Value::Null).await;
            assert_eq!(ended.status, 403, "{}", ended.body);
        }
        let kept = stand.shown_live(&show, &target).await;
        assert_eq!(
            (&kept["role"], &kept["status"]),
            (&json!("guest"), &json!("active")),
            "and nothing changed"
        );
        let waiting =
            stand.get(&format!("/live/guest-requests/{}", show.id), &show.host.token).await.expect(200);
        assert_eq!(waiting[0]["id"], json!(request));
        assert_eq!(stand.details_live(&show).await["status"], "live");
    })
    .await;
}

#[tokio::test]
async fn k4_a_cohost_moderates_guests_and_touches_neither_host_nor_cohosts_nor_roles() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let (cohost, second) =
            (stand.guest_live(&show, "cohost").await, stand.guest_live(&show, "second").await);
        for person in [&cohost, &second] {
            stand.manage_live(&show.host, &show, (person, "promote_cohost")).await.expect(200);
        }
        let asker = stand.join_live(&show, "asker").await;
        let request = stand.ask_live(&show, &asker).await;
        let listed = stand.get(&format!("/live/guest-requests/{}", show.id), &cohost.token).await.expect(200);
        assert_eq!(listed[0]["id"], json!(request));
        stand.respond_live(&cohost, &request, "approved").await.expect(200);
        for action in ["mute_audio", "unmute_audio", "mute_video", "unmute_video"] {
            stand.manage_live(&cohost, &show, (&asker, action)).await.expect(200);
        }
        for action in ["promote_cohost", "demote"] {
            let refused = stand.manage_live(&cohost, &show, (&asker, action)).await;
            refused.expect_problem(403, "sessions/owner_only");
        }
        stand.manage_live(&cohost, &show, (&asker, "kick")).await.expect(200);
        for action in ["mute_audio", "mute_video", "kick"] {
            let refused = stand.manage_live(&cohost, &show, (&show.host, action)).await;
            refused.expect_problem(403, "stage/owner_untouchable");
            stand
                .manage_live(&cohost, &show, (&second, action))
                .await
                .expect_problem(403, "stage/not_allowed");
        }
        let ended = stand.post(&format!("/live/end/{}", show.id), &cohost.token, Value::Null).await;
        ended.expect_problem(403, "sessions/owner_only");
    })
    .await;
}

#[tokio::test]
async fn k9_a_body_of_the_document_that_names_another_author_is_refused_and_a_username_is_ignored() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let viewer = stand.join_live(&show, "viewer").await;
        let sessions = stand.get("/live/active", "").await.expect(200);
        for name in OWN {
            let seed = Seed::read(name);
            let ids = [("session_id", json!(show.id))];
            let body = || seed.request(if name == "start" { &[] } else { &ids });
            let (_, path) = seed.address(&[]);
            let claimed = body().with(json!({"user_id": show.host.id})).0;
            let refused = stand.post(&path, &viewer.token, claimed).await;
            refused.expect_problem(403, "accounts/identity_mismatch");
            if name == "start" {
                continue;
            }
            let own = body().with(json!({"user_id": viewer.id, "username": "creator"})).0;
            let answer = stand.post(&path, &viewer.token, own).await.expect(200);
            assert_ne!(answer.get("username"), Some(&json!("creator")), "{name}");
        }
        let after = stand.get("/live/active", "").await.expect(200);
        assert_eq!(after.as_array().unwrap().len(), sessions.as_array().unwrap().len());
        let fields = [("request_id", json!(show.id)), ("action", json!("approved"))];
        let body =
            Seed::read("respond-guest-request").request(&fields).with(json!({"responded_by": show.host.id}));
        let refused = stand.post("/live/respond-guest-request", &viewer.token, body.0).await;
        refused.expect_problem(403, "accounts/identity_mismatch");
    })
    .await;
}

#[tokio::test]
async fn k20_a_word_nobody_knows_is_400_and_a_missing_one_422() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let guest = stand.guest_live(&show, "guest").await;
        let ids = json!({"session_id": show.id, "user_id": guest.id, "request_id": show.id});
        let required = [
            ("respond-guest-request", "action", true),
            ("manage-participant", "action", true),
            ("react", "reaction_type", true),
            ("send-message", "message_type", false),
            ("request-guest", "request_type", false),
            ("start", "session_type", false),
        ];
        for (name, field, needed) in required {
            let seed = Seed::read(name);
            let (_, path) = seed.address(&[]);
            let by = if name == "manage-participant" { &show.host } else { &guest };
            let mut body = seed.with_ids(&ids);
            body.0[field] = json!("somersault");
            let refused = stand.post(&path, &by.token, body.0.clone()).await;
            refused.expect_problem(400, "request/bad_word");
            assert!(refused.body["detail"].as_str().unwrap().starts_with(field), "{}", refused.body);
            body.0[field] = json!(7);
            let wrong = stand.post(&path, &by.token, body.0.clone()).await;
            wrong.expect_problem(422, "request/invalid");
            assert_eq!(wrong.body["errors"][0]["pointer"], format!("/{field}"));
            if needed {
                let missing = stand.post(&path, &by.token, body.without(field).0).await;
                missing.expect_problem(422, "request/invalid");
                assert_eq!(missing.body["errors"][0]["code"], "missing");
            }
        }
        let nothing = stand.post("/live/manage-participant", &show.host.token, json!({})).await;
        nothing.expect_problem(422, "request/invalid");
        assert_eq!(nothing.body["errors"].as_array().unwrap().len(), 3, "all at once");
    })
    .await;
}

#[tokio::test]
async fn hard_case_2_who_was_kicked_finds_every_live_door_closed() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let kicked = stand.guest_live(&show, "kicked").await;
        stand.manage_live(&show.host, &show, (&kicked, "kick")).await.expect(200);
        for name in ["join", "request-guest", "send-message", "react"] {
            let seed = Seed::read(name);
            let (_, path) = seed.address(&[]);
            let body = seed.request(&[("session_id", json!(show.id))]).0;
            stand.post(&path, &kicked.token, body).await.expect_problem(403, "moderation/blocked");
        }
        for place in ["messages", "participants", "session"] {
            let path = format!("/live/{place}/{}", show.id);
            stand.get(&path, &kicked.token).await.expect_problem(403, "moderation/blocked");
        }
    })
    .await;
}
