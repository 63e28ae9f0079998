//! Would catch a limit of chat that a client slips past, a message that reaches or leaves the wrong person, and a page of
//! history that skips or repeats one.

use http::Method;
use serde_json::{Value, json};

use crate::support::{on_each, on_each_with};

#[tokio::test]
async fn messages_are_sent_listed_and_taken_away() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        let path = format!("/v1/sessions/{session}/messages");
        for n in 0..5 {
            stand.clock.wind_ms(10);
            stand.post(&path, &guest.token, json!({"text": format!("  message {n}  ")})).await.expect(201);
        }
        let newest = stand.get(&format!("{path}?limit=2"), &host.token).await.expect(200);
        let texts = |page: &Value| {
            let items = page["items"].as_array().unwrap();
            items.iter().map(|item| item["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(texts(&newest), ["message 3", "message 4"], "oldest first within the newest page");
        let cursor = newest["next_cursor"].as_str().unwrap();
        let older = stand.get(&format!("{path}?limit=2&cursor={cursor}"), &host.token).await.expect(200);
        assert_eq!(texts(&older), ["message 1", "message 2"]);
        let before = newest["items"][0]["created_at"].as_str().unwrap();
        let by_moment = stand.get(&format!("{path}?before={before}"), &host.token).await.expect(200);
        assert_eq!(texts(&by_moment), ["message 0", "message 1", "message 2"]);
        stand
            .get(&format!("{path}?before=yesterday"), &host.token)
            .await
            .expect_problem(422, "request/invalid");

        let id = newest["items"][1]["id"].as_str().unwrap();
        stand.delete(&format!("{path}/{id}"), &host.token).await.expect(200);
        stand
            .delete(&format!("{path}/{id}"), &host.token)
            .await
            .expect_problem(404, "chat/message_not_found");
        let left = stand.get(&path, &guest.token).await.expect(200);
        assert_eq!(texts(&left).len(), 4);
        let names = stand.listener.names(session);
        assert_eq!(names.iter().filter(|name| **name == "chat.sent").count(), 5);
        assert!(names.contains(&"chat.deleted"));
        let log = stand.get(&format!("/v1/sessions/{session}/events"), &guest.token).await.expect(200);
        let log = log.to_string();
        assert!(
            log.contains("message 3") && !log.contains("message 4"),
            "taken away from the log as well: {log}"
        );
    })
    .await;
}

#[tokio::test]
async fn twenty_messages_in_thirty_seconds_and_a_hundred_for_who_moderates() {
    on_each_with(
        |settings| settings.limits_enabled = true,
        async |stand| {
            let (host, guest, session) = stand.show().await;
            let path = format!("/v1/sessions/{session}/messages");
            for (person, most) in [(&guest, 20), (&host, 100)] {
                for n in 0..most {
                    stand
                        .post(&path, &person.token, json!({"text": format!("{} {n}", person.handle)}))
                        .await
                        .expect(201);
                }
                let answer = stand.post(&path, &person.token, json!({"text": "one more"})).await;
                answer.expect_problem(429, "chat/too_fast");
                assert_eq!(answer.headers["retry-after"], "30");
            }
            stand.clock.wind_ms(30_000);
            stand.post(&path, &guest.token, json!({"text": "one more"})).await.expect(201);
        },
    )
    .await;
}

#[tokio::test]
async fn slow_mode_repetition_and_switched_off() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        let path = format!("/v1/sessions/{session}/messages");
        stand.post(&path, &guest.token, json!({"text": "hello"})).await.expect(201);
        stand
            .post(&path, &guest.token, json!({"text": " hello "}))
            .await
            .expect_problem(409, "chat/repeated");
        stand.clock.wind_ms(30_000);
        stand.post(&path, &guest.token, json!({"text": "hello"})).await.expect(201);
        let change = async |settings: Value| {
            let path = format!("/v1/sessions/{session}");
            stand.call(Method::PATCH, &path, &host.token, json!({"settings": settings})).await.expect(200)
        };
        change(json!({"slow_mode_s": 10})).await;
        let answer = stand.post(&path, &guest.token, json!({"text": "again"})).await;
        answer.expect_problem(429, "chat/slow_mode");
        assert_eq!(answer.body["retry_after_ms"], 10_000);
        stand.clock.wind_ms(10_000);
        stand.post(&path, &guest.token, json!({"text": "again"})).await.expect(201);
        change(json!({"enable_chat": false, "slow_mode_s": 0})).await;
        stand.post(&path, &host.token, json!({"text": "anybody"})).await.expect_problem(409, "chat/off");
    })
    .await;
}

#[tokio::test]
async fn clients_send_text_and_stickers_within_bounds() {
    on_each(async |stand| {
        let (_, guest, session) = stand.show().await;
        let path = format!("/v1/sessions/{session}/messages");
        stand.post(&path, &guest.token, json!({"text": "x".repeat(500)})).await.expect(201);
        stand
            .post(&path, &guest.token, json!({"text": "x".repeat(501)}))
            .await
            .expect_problem(422, "request/invalid");
        stand.post(&path, &guest.token, json!({"text": "  "})).await.expect_problem(422, "request/invalid");
        stand.post(&path, &guest.token, json!({"text": "wow", "kind": "sticker"})).await.expect(201);
        for kind in ["gift", "system"] {
            let body = json!({"text": "free coins", "kind": kind});
            stand.post(&path, &guest.token, body).await.expect_problem(400, "request/bad_word");
        }
    })
    .await;
}

#[tokio::test]
async fn hard_case_6_nobody_writes_in_anothers_name() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        for (path, body) in [
            ("messages", json!({"text": "I resign", "user_id": host.id})),
            ("reactions", json!({"kind": "heart", "user_id": host.id})),
            ("requests", json!({"user_id": host.id})),
            ("people/me/media", json!({"audio_enabled": false, "user_id": host.id})),
            ("join", json!({"user_id": host.id})),
            ("join", json!({"user_id": 7})),
        ] {
            let answer = stand.post(&format!("/v1/sessions/{session}/{path}"), &guest.token, body).await;
            answer.expect_problem(403, "accounts/identity_mismatch");
        }
        let show = json!({"title": "Not mine", "mode": "voice", "user_id": host.id});
        let answer = stand.post("/v1/sessions", &guest.token, show).await;
        answer.expect_problem(403, "accounts/identity_mismatch");
        let join = format!("/v1/sessions/{session}/join");
        stand.post(&join, &guest.token, json!({"user_id": guest.id})).await.expect(200);
        let messages = stand.get(&format!("/v1/sessions/{session}/messages"), &host.token).await.expect(200);
        assert_eq!(messages["items"], json!([]), "and nothing changed");
        let host_seen = stand.seen(&guest, host.id, session).await;
        assert_eq!(host_seen["self_muted_audio"], false);
    })
    .await;
}

#[tokio::test]
async fn reactions_are_counted_told_and_not_kept() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        let path = format!("/v1/sessions/{session}/reactions");
        stand.post(&path, &guest.token, json!({"kind": "heart", "count": 20})).await.expect(202);
        stand.post(&path, &guest.token, json!({"kind": "clap"})).await.expect(202);
        stand
            .post(&path, &guest.token, json!({"kind": "heart", "count": 21}))
            .await
            .expect_problem(422, "request/invalid");
        stand
            .post(&path, &guest.token, json!({"kind": "tomato"}))
            .await
            .expect_problem(422, "request/invalid");
        let told = stand.listener.of(session);
        let reactions: Vec<_> =
            told.iter().filter(|envelope| envelope.data.name() == "chat.reacted").collect();
        assert!(reactions.len() == 2 && reactions.iter().all(|envelope| envelope.seq.is_none()));
        let ended =
            stand.post(&format!("/v1/sessions/{session}/end"), &host.token, json!({})).await.expect(200);
        assert_eq!(ended["summary"]["reactions"], 21);
        stand.post(&path, &guest.token, json!({"kind": "clap"})).await.expect_problem(409, "sessions/ended");
    })
    .await;
}

#[tokio::test]
async fn a_message_under_its_key_is_sent_once() {
    on_each(async |stand| {
        let (_, guest, session) = stand.show().await;
        let path = format!("/v1/sessions/{session}/messages");
        let key = [("idempotency-key", "m-1")];
        let body = json!({"text": "once"});
        let first =
            stand.call_with((Method::POST, &path), &guest.token, body.clone(), &key).await.expect(201);
        let again = stand.call_with((Method::POST, &path), &guest.token, body, &key).await.expect(201);
        assert_eq!(first, again);
        let names = stand.listener.names(session);
        assert_eq!(names.iter().filter(|name| **name == "chat.sent").count(), 1);
    })
    .await;
}
