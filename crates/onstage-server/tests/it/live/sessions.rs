//! Going live, coming in, looking, ending.

use onstage_domain::SessionId;
use serde_json::{Value, json};

use super::seed::{Seed, assert_columns, assert_time};
use crate::support::on_each;

#[tokio::test]
async fn s1_1_twenty_guests_are_the_most_and_more_is_clamped_and_said() {
    on_each(async |stand| {
        let show = stand.start_live(json!({"max_guests": 500})).await;
        assert_eq!(stand.details_live(&show).await["max_guests"], 20);
        let body = Seed::read("start").request(&[]).with(json!({"max_guests": 0}));
        let refused = stand.post("/live/start", &show.host.token, body.0).await;
        refused.expect_problem(422, "request/invalid");
        assert_eq!(refused.body["errors"][0]["pointer"], "/max_guests");
    })
    .await;
}

#[tokio::test]
async fn s1_14_each_session_type_has_its_guests_and_a_voice_session_no_pictures() {
    on_each(async |stand| {
        let host = stand.sign_up("creator").await;
        for (kind, guests, pictures) in [("voice", 8, false), ("camera", 10, true), ("studio", 20, true)] {
            let body =
                Seed::read("start").request(&[]).with(json!({"session_type": kind})).without("max_guests");
            let started = stand.post("/live/start", &host.token, body.0).await.expect(200);
            let id = started["id"].as_str().unwrap();
            let details = stand.get(&format!("/live/session/{id}"), "").await.expect(200);
            assert_eq!((&details["session_type"], &details["max_guests"]), (&json!(kind), &json!(guests)));
            let people = stand.get(&format!("/live/participants/{id}"), "").await.expect(200);
            assert_eq!(
                (&people[0]["audio_enabled"], &people[0]["video_enabled"]),
                (&json!(true), &json!(pictures))
            );
        }
    })
    .await;
}

#[tokio::test]
async fn s1_18_every_setting_of_the_start_is_shown_as_it_was_set() {
    on_each(async |stand| {
        let changes = json!({
            "allow_guests": false, "require_approval": false, "max_guests": 3, "enable_chat": false,
            "enable_gifts": false, "chat_slow_mode": 7, "guest_audio_default": false, "guest_video_default": false,
        });
        let show = stand.start_live(changes.clone()).await;
        let settings = stand.details_live(&show).await["settings"].clone();
        assert_columns("live_session_settings", &settings, &[]);
        assert_eq!(settings["session_id"], json!(show.id));
        for (name, value) in changes.as_object().unwrap() {
            assert_eq!(&settings[name], value, "{name}");
        }
        let body = Seed::read("start-curl").request(&[]);
        let started = stand.post("/live/start", &show.host.token, body.0).await.expect(200);
        let details = stand.get(&format!("/live/session/{}", started["id"].as_str().unwrap()), "").await.expect(200);
        let sample = Seed::read("start").request(&[]).0;
        for name in ["allow_guests", "require_approval", "enable_chat", "enable_gifts", "guest_audio_default"] {
            assert_eq!(details["settings"][name], sample[name], "{name} when absent");
        }
        assert_eq!((&details["settings"]["chat_slow_mode"], &details["settings"]["max_guests"]), (&json!(0), &json!(10)));
    })
    .await;
}

#[tokio::test]
async fn s1_20_start_answers_as_the_document_shows() {
    on_each(async |stand| {
        let host = stand.sign_up("creator").await;
        let seed = Seed::read("start");
        let body = seed.request(&[]).0;
        let started = stand.call_of(&seed, (&[], &host.token), body).await.expect(200);
        seed.assert_answers(&started);
        assert_eq!(started["host_username"], "creator");
        assert_eq!(started["title"], "My Amazing Live Stream");
        assert_eq!((&started["viewer_count"], &started["guest_count"]), (&json!(0), &json!(0)));
        assert_eq!(started["access_token"], started["webrtc_config"]["participant_token"]);
        let session: SessionId = started["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(stand.listener.names(session)[..2], ["session.started", "stage.guest_joined"]);
        let curl = Seed::read("start-curl");
        let body = curl.request(&[]).0;
        let other = stand.call_of(&curl, (&[], &host.token), body).await.expect(200);
        seed.assert_answers(&other);
        let untitled = curl.request(&[]).without("title").0;
        stand.call_of(&curl, (&[], &host.token), untitled).await.expect_problem(422, "request/invalid");
    })
    .await;
}

#[tokio::test]
async fn s1_21_join_answers_as_the_document_shows_and_the_owner_is_host() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let seed = Seed::read("join");
        let body = seed.request(&[("session_id", json!(show.id))]).0;
        let viewer = stand.sign_up("viewer").await;
        let joined = stand.call_of(&seed, (&[], &viewer.token), body.clone()).await.expect(200);
        seed.assert_answers(&joined);
        assert_eq!((&joined["role"], &joined["can_request_guest"]), (&json!("viewer"), &json!(true)));
        assert_eq!(joined["access_token"], joined["webrtc_config"]["participant_token"]);
        assert_eq!(joined["room_name"], joined["webrtc_config"]["room_name"]);
        assert!(joined["webrtc_config"]["ice_servers"][0]["urls"][0].as_str().unwrap().starts_with("stun:"));
        let own = stand.call_of(&seed, (&[], &show.host.token), body.clone()).await.expect(200);
        assert_eq!((&own["role"], &own["can_request_guest"]), (&json!("host"), &json!(false)));
        let watcher = stand.anonymous().await;
        let watching = stand.call_of(&seed, (&[], &watcher), body.clone()).await.expect(200);
        assert_eq!(watching["can_request_guest"], false);
        stand.call_of(&seed, (&[], ""), body).await.expect_problem(401, "accounts/unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn s1_21_picture_places_run_out_and_the_entry_stands() {
    on_each(async |stand| {
        let show = stand.start_live(json!({"max_participants": 1})).await;
        let viewer = stand.sign_up("viewer").await;
        let body = Seed::read("join").request(&[("session_id", json!(show.id))]).0;
        let joined = stand.post("/live/join", &viewer.token, body).await.expect(200);
        assert_eq!((&joined["access_token"], &joined["webrtc_config"]), (&Value::Null, &Value::Null));
        assert_eq!(joined["role"], "viewer");
    })
    .await;
}

#[tokio::test]
async fn s1_22_end_answers_as_the_document_shows_and_is_the_hosts_alone() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let viewer = stand.join_live(&show, "viewer").await;
        let seed = Seed::read("end");
        let place = [("session_id", show.id.to_string())];
        stand
            .call_of(&seed, (&place, &viewer.token), Value::Null)
            .await
            .expect_problem(403, "sessions/owner_only");
        stand.clock.wind_ms(1_234_000);
        let host = stand.sign_in_again(&show.host).await;
        let ended = stand.call_of(&seed, (&place, &host.token), Value::Null).await.expect(200);
        seed.assert_answers(&ended);
        assert_eq!(ended["message"], "Live session ended successfully");
        assert_eq!((&ended["session_id"], &ended["duration_seconds"]), (&json!(show.id), &json!(1234)));
        stand.call_of(&seed, (&place, &host.token), Value::Null).await.expect_problem(409, "sessions/ended");
        assert_eq!(stand.details_live(&show).await["status"], "ended");
    })
    .await;
}

#[tokio::test]
async fn s1_30_active_sessions_are_listed_without_a_token() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        stand.join_live(&show, "viewer").await;
        let seed = Seed::read("active");
        let active = stand.call_of(&seed, (&[], ""), Value::Null).await.expect(200);
        seed.assert_answers(&active);
        let item = &active[0];
        assert_eq!((&item["id"], &item["host_username"]), (&json!(show.id), &json!("creator")));
        assert_eq!((&item["viewer_count"], &item["guest_count"]), (&json!(1), &json!(0)));
        assert_eq!((&item["max_guests"], &item["allow_guests"]), (&json!(8), &json!(true)));
        for _ in 0..2 {
            let body = Seed::read("start-curl").request(&[]).0;
            stand.post("/live/start", &show.host.token, body).await.expect(200);
        }
        let first = stand.get("/live/active?limit=1", "").await.expect(200);
        assert_eq!(first.as_array().unwrap().len(), 1);
        assert_eq!(first[0]["id"], json!(show.id), "the busiest comes first");
    })
    .await;
}

#[tokio::test]
async fn s1_31_a_session_is_shown_in_detail_without_a_token() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let seed = Seed::read("session");
        let place = [("session_id", show.id.to_string())];
        let details = stand.call_of(&seed, (&place, ""), Value::Null).await.expect(200);
        // What the list shows of it, and more.
        let active = stand.get("/live/active", "").await.expect(200);
        for (name, value) in active[0].as_object().unwrap() {
            assert_eq!(&details[name], value, "{name}");
        }
        assert_eq!(details["description"], "Let's chat about tech!");
        assert_eq!((&details["session_type"], &details["status"]), (&json!("camera"), &json!("live")));
        assert_eq!(details["room_name"], format!("live_{}", show.id.uuid().simple()));
        assert_eq!(details["peak_viewers"], 0);
        let host = json!({"user_id": show.host.id, "username": "creator", "avatar_url": null});
        assert_eq!(details["host"], host);
        assert_columns("live_session_settings", &details["settings"], &[]);
        assert_time(details["started_at"].as_str().unwrap());
        let nobody = [("session_id", show.host.id.to_string())];
        stand.call_of(&seed, (&nobody, ""), Value::Null).await.expect_problem(404, "sessions/not_found");
    })
    .await;
}
