//! Would catch a show that does not begin, end, count or remember as it says.

use futures_util::future::join_all;
use http::Method;
use onstage_domain::media::MediaOrder;
use onstage_domain::ports::{Authenticate as _, Credential, ObservePresence as _};
use onstage_domain::sessions::PLACE_KEPT_MS;
use onstage_domain::{Actor, Seq, SessionId};
use serde_json::{Value, json};

use crate::support::{Person, Stand, on_each, on_each_with};

const MINUTE_MS: i64 = 60_000;

async fn actor(stand: &Stand, token: &str) -> Actor {
    stand.server.authenticate(Credential::Token(token)).await.unwrap()
}

async fn show(stand: &Stand, person: &Person, session: SessionId) -> Value {
    stand.get(&format!("/v1/sessions/{session}"), &person.token).await.expect(200)
}

async fn connect(stand: &Stand, person: &Person, session: SessionId, present: bool) {
    let actor = actor(stand, &person.token).await;
    stand.server.observe_presence(session, &actor, present).await;
}

#[tokio::test]
async fn a_show_is_live_at_once_with_the_owner_on_seat_zero() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let body = json!({"title": " A show ", "mode": "camera"});
        let show = stand.post("/v1/sessions", &host.token, body).await.expect(201);
        assert_eq!(show["status"], "live");
        assert_eq!(show["title"], "A show");
        assert_eq!(show["effective_max_guests"], 49);
        assert_eq!(show["settings"]["require_approval"], true);
        assert_eq!((&show["viewer_count"], &show["guest_count"]), (&json!(0), &json!(0)));
        let session: SessionId = show["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(stand.listener.names(session), ["session.started", "stage.guest_joined"]);
        let orders = stand.engine.orders();
        assert!(matches!(orders[0], MediaOrder::Session { open: true, .. }), "{orders:?}");
        let owner = stand.engine.last_of(host.id);
        assert!(matches!(owner, Some(MediaOrder::Person { admitted: true, grant, .. })
            if grant.may_speak && grant.may_show && grant.may_share));
        let people = stand.get(&format!("/v1/sessions/{session}/people"), &host.token).await.expect(200);
        assert_eq!(people["items"][0]["seat"], 0);
        assert_eq!(people["items"][0]["role"], "owner");
    })
    .await;
}

#[tokio::test]
async fn the_same_key_makes_one_show() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let key = [("idempotency-key", "one")];
        let body = json!({"title": "One", "mode": "voice"});
        let call = async |body: &Value| {
            stand.call_with((Method::POST, "/v1/sessions"), &host.token, body.clone(), &key).await
        };
        let first = call(&body).await.expect(201);
        assert_eq!(call(&body).await.expect(201), first, "word by word");
        call(&json!({"title": "Two", "mode": "voice"})).await.expect_problem(422, "request/key_reused");
        let other = stand.sign_up("other").await;
        let theirs = stand.call_with((Method::POST, "/v1/sessions"), &other.token, body.clone(), &key).await;
        assert_ne!(theirs.expect(201)["id"], first["id"], "a key belongs to its person");
        stand.wind_ms(24 * 3_600_000 - 1).await;
        let host = stand.sign_in_again(&host).await;
        let call = async || {
            stand.call_with((Method::POST, "/v1/sessions"), &host.token, body.clone(), &key).await.expect(201)
        };
        assert_eq!(call().await["id"], first["id"]);
        stand.wind_ms(1).await;
        assert_ne!(call().await["id"], first["id"], "a day later it is another attempt");
    })
    .await;
}

#[tokio::test]
async fn the_list_shows_public_live_shows_the_busiest_first() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let viewer = stand.sign_up("viewer").await;
        let quiet = stand.go_live(&host).await;
        let busy = stand.go_live(&host).await;
        let newest = stand.go_live(&host).await;
        let hidden = json!({"title": "H", "mode": "voice", "visibility": "unlisted"});
        let hidden = stand.post("/v1/sessions", &host.token, hidden).await.expect(201);
        stand.join(&viewer, busy).await;
        let ids = async |query: &str| {
            let page = stand.get(&format!("/v1/sessions{query}"), &viewer.token).await.expect(200);
            let ids =
                page["items"].as_array().unwrap().iter().map(|show| show["id"].as_str().unwrap().to_owned());
            (ids.collect::<Vec<_>>(), page["next_cursor"].clone())
        };
        let all = [busy, newest, quiet].map(|id| id.to_string());
        assert_eq!(ids("").await, (all.to_vec(), Value::Null));
        let (first, cursor) = ids("?limit=2").await;
        assert_eq!(first, all[..2]);
        let (rest, _) = ids(&format!("?limit=2&cursor={}", cursor.as_str().unwrap())).await;
        assert_eq!(rest, all[2..]);
        let hidden = format!("/v1/sessions/{}", hidden["id"].as_str().unwrap());
        stand.get(&hidden, &viewer.token).await.expect(200);
        stand.post(&format!("/v1/sessions/{busy}/end"), &host.token, json!({})).await.expect(200);
        assert_eq!(ids("").await.0.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_rest_join_counts_for_a_minute_and_anonymous_watchers_are_counted_but_not_listed() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let viewer = stand.sign_up("viewer").await;
        let session = stand.go_live(&host).await;
        let joined = stand.join(&viewer, session).await;
        assert_eq!(joined["role"], "viewer");
        assert_eq!(joined["media"]["token"], "token of viewer");
        assert_eq!(joined["seq"], 2);
        assert_eq!(joined["session"]["viewer_count"], 1);
        let anonymous = stand.anonymous().await;
        let path = format!("/v1/sessions/{session}/join");
        let joined = stand.post(&path, &anonymous, json!({})).await.expect(200);
        assert_eq!(joined["session"]["viewer_count"], 2);
        let people = stand.get(&format!("/v1/sessions/{session}/people"), &viewer.token).await.expect(200);
        let handles: Vec<&Value> =
            people["items"].as_array().unwrap().iter().map(|item| &item["handle"]).collect();
        assert_eq!(handles, ["host", "viewer"]);
        assert_eq!(people["total"], 2);
        let told = stand.listener.names(session);
        assert_eq!(told[2..], ["session.viewer_joined", "session.viewers_changed"]);
        stand.wind_ms(MINUTE_MS - 1).await;
        assert_eq!(show(&stand, &viewer, session).await["viewer_count"], 2);
        stand.wind_ms(1).await;
        assert_eq!(show(&stand, &viewer, session).await["viewer_count"], 0);
        let told = stand.listener.names(session);
        assert_eq!(told.len(), 6, "{told:?}");
        assert!(told[4..].contains(&"session.viewer_left"), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn without_picture_places_one_still_comes_in() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let session = stand.go_live_with(&host, json!({"max_participants": 2})).await;
        assert!(stand.join(&host, session).await["media"].is_object());
        let [first, late] = [stand.sign_up("first").await, stand.sign_up("late").await];
        assert!(stand.join(&first, session).await["media"].is_object(), "the second place");
        let joined = stand.join(&late, session).await;
        assert_eq!(joined["media"], Value::Null, "both are kept for people who have not connected yet");
        assert_eq!(joined["media_reason"], "picture_places_full");
        assert!(stand.join(&first, session).await["media"].is_object(), "whoever has a place keeps it");
        assert!(stand.join(&host, session).await["media"].is_object(), "the stage always has a picture");
        stand.wind_ms(PLACE_KEPT_MS).await;
        assert!(stand.join(&late, session).await["media"].is_object(), "a place nobody used is free");
    })
    .await;
}

#[tokio::test]
async fn a_lost_host_has_a_minute() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let session = stand.go_live(&host).await;
        connect(&stand, &host, session, true).await;
        connect(&stand, &host, session, false).await;
        let lost = show(&stand, &host, session).await;
        assert_eq!(lost["host_grace_until"], "2026-11-21T07:01:00.000Z");
        stand.wind_ms(MINUTE_MS - 1).await;
        connect(&stand, &host, session, true).await;
        assert_eq!(show(&stand, &host, session).await["host_grace_until"], Value::Null);
        stand.wind_ms(10 * MINUTE_MS).await;
        assert_eq!(show(&stand, &host, session).await["status"], "live");
        connect(&stand, &host, session, false).await;
        stand.wind_ms(MINUTE_MS).await;
        assert_eq!(show(&stand, &host, session).await["status"], "ended");
        let told = stand.listener.names(session);
        assert_eq!(told.last(), Some(&"session.ended"));
        assert!(matches!(stand.engine.orders().last(), Some(MediaOrder::Session { open: false, .. })));
    })
    .await;
}

#[tokio::test]
async fn a_show_nobody_comes_to_ends_after_ten_minutes() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let session = stand.go_live(&host).await;
        stand.wind_ms(10 * MINUTE_MS - 1).await;
        assert_eq!(show(&stand, &host, session).await["status"], "live");
        stand.wind_ms(1).await;
        assert_eq!(show(&stand, &host, session).await["status"], "ended");
    })
    .await;
}

#[tokio::test]
async fn the_end_is_the_owners_or_an_operators() {
    on_each(async |stand| {
        let operator = stand.sign_up("operator").await;
        let host = stand.sign_up("host").await;
        let viewer = stand.sign_up("viewer").await;
        let session = stand.go_live(&host).await;
        stand.join(&viewer, session).await;
        let end = format!("/v1/sessions/{session}/end");
        stand.post(&end, &viewer.token, json!({})).await.expect_problem(403, "sessions/owner_only");
        stand.post(&end, "", json!({})).await.expect_problem(401, "accounts/unauthenticated");
        stand.wind_ms(5_000).await;
        let ended = stand.post(&end, &host.token, json!({})).await.expect(200);
        assert_eq!(ended["session"]["status"], "ended");
        assert_eq!(ended["summary"]["duration_s"], 5);
        assert_eq!(ended["summary"]["peak_viewers"], 1);
        stand.post(&end, &host.token, json!({})).await.expect_problem(409, "sessions/ended");
        let join = format!("/v1/sessions/{session}/join");
        stand.post(&join, &viewer.token, json!({})).await.expect_problem(409, "sessions/ended");
        let second = stand.go_live(&host).await;
        stand.post(&format!("/v1/sessions/{second}/end"), &operator.token, json!({})).await.expect(200);
        let log = stand.get("/v1/audit", &operator.token).await.expect(200);
        assert_eq!(log["items"][0]["action"], "sessions.end");
        assert_eq!(log["items"].as_array().unwrap().len(), 1, "the owner's own end is no deed upon somebody");
        let third = stand.go_live(&host).await;
        let leave = |id| format!("/v1/sessions/{id}/leave");
        stand.post(&leave(third), &viewer.token, json!({})).await.expect(200);
        assert_eq!(show(&stand, &host, third).await["status"], "live");
        stand.post(&leave(third), &host.token, json!({})).await.expect(200);
        assert_eq!(show(&stand, &host, third).await["status"], "ended");
    })
    .await;
}

#[tokio::test]
async fn wishes_run_out_with_the_show() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let viewer = stand.sign_up("viewer").await;
        let session = stand.go_live(&host).await;
        let path = format!("/v1/sessions/{session}");
        stand.join(&viewer, session).await;
        stand.post(&format!("{path}/requests"), &viewer.token, json!({})).await.expect(201);
        stand.post(&format!("{path}/end"), &host.token, json!({})).await.expect(200);
        let requests = stand.get(&format!("{path}/requests"), &host.token).await.expect(200);
        assert_eq!(requests["items"][0]["state"], "expired");
    })
    .await;
}

#[tokio::test]
async fn switches_are_the_owners_and_told_to_everybody() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let viewer = stand.sign_up("viewer").await;
        let session = stand.go_live(&host).await;
        let path = format!("/v1/sessions/{session}");
        let change = json!({"title": "New", "settings": {"slow_mode_s": 5, "max_guests": 3}});
        let refused = stand.call(Method::PATCH, &path, &viewer.token, change.clone()).await;
        refused.expect_problem(403, "sessions/owner_only");
        let changed = stand.call(Method::PATCH, &path, &host.token, change).await.expect(200);
        assert_eq!(changed["title"], "New");
        assert_eq!(changed["effective_max_guests"], 3);
        assert_eq!(changed["settings"]["slow_mode_s"], 5);
        let layout = format!("{path}/layout");
        stand
            .post(&layout, &viewer.token, json!({"layout": "spotlight"}))
            .await
            .expect_problem(403, "stage/not_allowed");
        let arranged = stand.post(&layout, &host.token, json!({"layout": "spotlight"})).await.expect(200);
        assert_eq!(arranged["session"]["settings"]["layout"], "spotlight");
        let locked =
            stand.post(&format!("{path}/lock"), &host.token, json!({"locked": true})).await.expect(200);
        assert_eq!(locked["session"]["settings"]["locked"], true);
        assert_eq!(show(&stand, &viewer, session).await["settings"], locked["session"]["settings"]);
        let told = stand.listener.names(session);
        assert_eq!(told.iter().filter(|name| **name == "session.updated").count(), 3);
    })
    .await;
}

#[tokio::test]
async fn sixty_joins_a_minute_and_no_more() {
    on_each_with(
        |settings| settings.limits_enabled = true,
        async |stand| {
            let host = stand.sign_up("host").await;
            let session = stand.go_live(&host).await;
            for _ in 0..60 {
                stand.join(&host, session).await;
            }
            let path = format!("/v1/sessions/{session}/join");
            stand.post(&path, &host.token, json!({})).await.expect_problem(429, "request/too_fast");
        },
    )
    .await;
}

#[tokio::test]
async fn thirty_shows_an_hour_and_sixty_tickets_a_minute_and_no_more() {
    on_each_with(
        |settings| settings.limits_enabled = true,
        async |stand| {
            let host = stand.sign_up("host").await;
            let show = || json!({"title": "One more", "mode": "voice"});
            for (path, body, most, wait_ms) in
                [("/v1/tickets", json!({}), 60, 60_000), ("/v1/sessions", show(), 30, 3_600_000)]
            {
                for _ in 0..most {
                    stand.post(path, &host.token, body.clone()).await.expect(201);
                }
                let answer = stand.post(path, &host.token, body).await;
                answer.expect_problem(429, "request/too_fast");
                assert_eq!(answer.headers["retry-after"], (wait_ms / 1_000).to_string().as_str());
                assert_eq!(answer.body["retry_after_ms"], wait_ms);
            }
            let other = stand.sign_up("other").await;
            stand.go_live(&other).await;
        },
    )
    .await;
}

#[tokio::test]
async fn events_are_told_in_order_without_a_gap_however_many_come_at_once() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let session = stand.go_live(&host).await;
        let path = format!("/v1/sessions/{session}");
        let changes = (0..40).map(|number| {
            stand.call(Method::PATCH, &path, &host.token, json!({"title": format!("Title {number}")}))
        });
        for answer in join_all(changes).await {
            answer.expect(200);
        }
        let told: Vec<Seq> = stand.listener.of(session).iter().filter_map(|envelope| envelope.seq).collect();
        assert_eq!(told, (1..=42).map(Seq).collect::<Vec<_>>());
        let page = stand.get(&format!("{path}/events?since=0&limit=30"), &host.token).await.expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), 30);
        assert_eq!((&page["items"][0]["seq"], &page["items"][0]["prev"]), (&json!(1), &json!(0)));
        assert_eq!((&page["items"][29]["seq"], &page["items"][29]["prev"]), (&json!(30), &json!(29)));
        let rest = stand.get(&format!("{path}/events?since=30"), &host.token).await.expect(200);
        assert_eq!(rest["items"].as_array().unwrap().len(), 12);
        assert_eq!(rest["next_cursor"], Value::Null);
    })
    .await;
}
