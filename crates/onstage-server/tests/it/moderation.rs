//! Would catch a moderator who reaches above their rank, a timeout that ends early, and a deed that leaves no trace:
//! hard case 5.

use http::Method;
use onstage_domain::ports::{Authenticate as _, Credential, TakeSnapshot as _};
use serde_json::json;

use crate::support::{Answer, PASSWORD, Person, Stand, on_each};

#[tokio::test]
async fn hard_case_5_nobody_acts_on_owner_cohost_or_their_equals() {
    on_each(async |stand| {
        let (host, cohost, session) = stand.show().await;
        let (other, moderator, second) = (
            stand.sign_up("cohost_2").await,
            stand.sign_up("moderator").await,
            stand.sign_up("moderator_2").await,
        );
        for person in [&other, &moderator, &second] {
            stand.seat(&host, person, session).await;
        }
        for person in [&cohost, &other] {
            stand.on(&host, person, session, ("role", json!({"role": "cohost"}))).await.expect(200);
        }
        for person in [&moderator, &second] {
            let body = json!({"is_moderator": true});
            stand.on(&host, person, session, ("permissions", body)).await.expect(200);
        }
        let timeout = || ("timeout", json!({"duration_s": 60}));
        let deeds: [(&str, serde_json::Value); 3] =
            [("kick", json!({})), ("mute", json!({"media": "audio", "muted": true})), timeout()];
        for deed in deeds {
            let verb = deed.0;
            let owner = stand.on(&cohost, &host, session, deed.clone()).await;
            owner.expect_problem(403, "stage/owner_untouchable");
            let equal = stand.on(&cohost, &other, session, deed.clone()).await;
            equal.expect_problem(403, "stage/not_allowed");
            for whom in [&host, &cohost, &second] {
                let answer = stand.on(&moderator, whom, session, deed.clone()).await;
                assert_eq!(answer.status, 403, "{verb} by a moderator: {}", answer.body);
            }
        }
        let operator = operator(&stand).await;
        stand
            .on(&operator, &host, session, ("kick", json!({})))
            .await
            .expect_problem(403, "stage/owner_untouchable");
        stand.on(&operator, &other, session, timeout()).await.expect(200);
        stand.on(&cohost, &moderator, session, timeout()).await.expect(200);
    })
    .await;
}

/// The first account of a stand is the operator.
async fn operator(stand: &crate::support::Stand) -> Person {
    let body = json!({"handle": "operator", "password": "correct horse"});
    let tokens = stand.post("/v1/tokens", "", body).await.expect(201);
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    let me = stand.get("/v1/me", &token).await.expect(200);
    let id = me["account"]["id"].as_str().unwrap().parse().unwrap();
    Person { id, handle: "operator".to_owned(), token, refresh_token: String::new() }
}

#[tokio::test]
async fn a_timeout_silences_until_its_last_millisecond() {
    on_each(async |stand| {
        let (host, _, session) = stand.show().await;
        let loud = stand.sign_up("loud").await;
        stand.join(&loud, session).await;
        let timed = stand
            .on(&host, &loud, session, ("timeout", json!({"duration_s": 30, "reason": "loud"})))
            .await
            .expect(200);
        assert_eq!(timed["until"], "2026-11-21T07:00:30.000Z");
        for (path, body) in [
            ("messages", json!({"text": "hello"})),
            ("reactions", json!({"kind": "heart"})),
            ("requests", json!({})),
        ] {
            let answer = stand.post(&format!("/v1/sessions/{session}/{path}"), &loud.token, body).await;
            answer.expect_problem(403, "moderation/timed_out");
            assert_eq!(answer.body["retry_after_ms"], 30_000);
        }
        stand.join(&loud, session).await;
        let path = format!("/v1/sessions/{session}/messages");
        stand.clock.wind_ms(29_999);
        stand
            .post(&path, &loud.token, json!({"text": "hello"}))
            .await
            .expect_problem(403, "moderation/timed_out");
        stand.clock.wind_ms(1);
        stand.post(&path, &loud.token, json!({"text": "hello"})).await.expect(201);
        assert!(stand.listener.names(session).contains(&"moderation.timed_out"));
    })
    .await;
}

#[tokio::test]
async fn a_timeout_has_bounds_and_a_target() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        for (duration_s, fine) in [(0, false), (1, true), (1_209_600, true), (1_209_601, false)] {
            let answer =
                stand.on(&host, &guest, session, ("timeout", json!({"duration_s": duration_s}))).await;
            assert_eq!(answer.status, if fine { 200 } else { 422 }, "{duration_s}: {}", answer.body);
        }
        let stranger = stand.sign_up("stranger").await;
        let body = json!({"duration_s": 5});
        stand
            .on(&host, &stranger, session, ("timeout", body.clone()))
            .await
            .expect_problem(404, "stage/person_not_found");
        stand
            .on(&stranger, &guest, session, ("timeout", body))
            .await
            .expect_problem(403, "stage/not_allowed");
    })
    .await;
}

#[tokio::test]
async fn every_deed_towards_another_is_in_the_audit_log() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        let operator = operator(&stand).await;
        let path = format!("/v1/sessions/{session}/messages");
        let message = stand.post(&path, &guest.token, json!({"text": "rude"})).await.expect(201);
        stand.delete(&format!("{path}/{}", message["id"].as_str().unwrap()), &host.token).await.expect(200);
        for deed in [
            ("mute", json!({"media": "audio", "muted": true})),
            ("role", json!({"role": "cohost"})),
            ("permissions", json!({"may_share": false})),
            ("timeout", json!({"duration_s": 5})),
            ("kick", json!({"reason": "rude"})),
            ("allow_back", json!({})),
        ] {
            stand.on(&host, &guest, session, deed).await.expect(200);
        }
        stand.post(&format!("/v1/sessions/{session}/end"), &operator.token, json!({})).await.expect(200);
        let log = stand.get("/v1/audit?limit=200", &operator.token).await.expect(200);
        let lines = log["items"].as_array().unwrap();
        let mut actions: Vec<_> = lines
            .iter()
            .filter(|line| line["session_id"] == session.to_string())
            .map(|line| line["action"].as_str().unwrap())
            .collect();
        actions.sort_unstable();
        let expected = [
            "chat.delete",
            "moderation.timeout",
            "sessions.end",
            "stage.allow_back",
            "stage.kick",
            "stage.mute",
            "stage.permissions",
            "stage.role",
        ];
        assert_eq!(actions, expected);
        let kick = lines.iter().find(|line| line["action"] == "stage.kick").unwrap();
        assert_eq!(
            (&kick["actor_id"], &kick["target_id"], &kick["reason"]),
            (&json!(host.id), &json!(guest.id), &json!("rude"))
        );
        stand.get("/v1/audit", &host.token).await.expect_problem(403, "accounts/operator_only");
    })
    .await;
}

#[tokio::test]
async fn whoever_was_removed_is_told_why() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        let quiet = stand.sign_up("quiet").await;
        stand.join(&quiet, session).await;
        stand.on(&host, &guest, session, ("kick", json!({"reason": "spam"}))).await.expect(200);
        stand.on(&host, &quiet, session, ("kick", json!({}))).await.expect(200);
        let join = format!("/v1/sessions/{session}/join");
        for (person, why) in [(&guest, ": spam"), (&quiet, "")] {
            let told = format!("You were removed from this session{why}");
            let answer = stand.post(&join, &person.token, json!({})).await;
            answer.expect_problem(403, "moderation/blocked");
            assert_eq!(answer.body["detail"], told);
            let actor = stand.server.authenticate(Credential::Token(&person.token)).await.unwrap();
            let refused = stand.server.take_snapshot(&actor, session).await.unwrap_err();
            assert_eq!(refused.detail, told, "a socket that subscribes is told the same");
        }
    })
    .await;
}

/// The device cookie that an answer sets.
fn device_of(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let device = cookies
        .filter_map(|cookie| cookie.split(';').next())
        .find(|pair| pair.starts_with("onstage_device="));
    device.unwrap().to_owned()
}

/// What a browser sends that somebody used before.
async fn in_browser(stand: &Stand, path: &str, body: serde_json::Value, device: &str) -> Answer {
    stand.call_with((Method::POST, path), "", body, &[("cookie", device)]).await
}

fn token_of(answer: Answer) -> String {
    answer.expect(201)["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_kicked_account_does_not_come_back_as_a_watcher_from_the_same_browser() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        let sibling = stand.sign_up("sibling").await;
        let sign_in = |handle: &str| json!({"handle": handle, "password": PASSWORD, "cookie": true});
        let signed = stand.post("/v1/tokens", "", sign_in("guest")).await;
        let device = device_of(&signed);
        let guest = Person { token: token_of(signed), ..guest };
        let sibling = Person {
            token: token_of(in_browser(&stand, "/v1/tokens", sign_in("sibling"), &device).await),
            ..sibling
        };
        stand.on(&host, &guest, session, ("kick", json!({}))).await.expect(200);
        stand.delete("/v1/tokens", &guest.token).await.expect(204);

        let join = format!("/v1/sessions/{session}/join");
        let watcher = in_browser(&stand, "/v1/tokens/anonymous", json!({}), &device).await;
        assert_eq!(device_of(&watcher), device, "the browser keeps its device");
        let watcher = token_of(watcher);
        stand.post(&join, &watcher, json!({})).await.expect_problem(403, "moderation/blocked");
        stand.join(&sibling, session).await;
        let elsewhere = stand.anonymous().await;
        stand.post(&join, &elsewhere, json!({})).await.expect(200);

        stand.on(&host, &guest, session, ("allow_back", json!({}))).await.expect(200);
        stand.post(&join, &watcher, json!({})).await.expect(200);
    })
    .await;
}
