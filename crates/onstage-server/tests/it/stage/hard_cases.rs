//! Hard cases 1, 2 (its token part), 3 and 4 of the acceptance list: a fiftieth guest under a burst, a kicked person who
//! comes back, a microphone that a host opened, an answer that came too late.

use http::Method;
use onstage_domain::Code;
use onstage_domain::media::{Media, Seen};
use onstage_domain::ports::TakeSnapshot as _;
use serde_json::{Value, json};

use super::grant_of;
use crate::support::on_each;

#[tokio::test]
async fn hard_case_1_sixty_approvals_at_once_seat_exactly_forty_nine() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let session = stand.go_live(&host).await;
        let mut requests = Vec::new();
        for n in 0..60 {
            let guest = stand.sign_up(&format!("guest_{n}")).await;
            requests.push(stand.ask(&guest, session).await);
        }
        let accept = |request: &String| {
            let path = format!("/v1/sessions/{session}/requests/{request}/accept");
            let (stand, token) = (&stand, host.token.clone());
            async move { stand.post(&path, &token, json!({})).await }
        };
        let answers = futures_util::future::join_all(requests.iter().map(accept)).await;
        let seated = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(seated, 49);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            answer.expect_problem(409, "stage/full");
            assert_eq!(answer.body["detail"], "Maximum guests reached");
        }
        let people =
            stand.get(&format!("/v1/sessions/{session}/people?limit=200"), &host.token).await.expect(200);
        let mut seats: Vec<i64> =
            people["items"].as_array().unwrap().iter().filter_map(|item| item["seat"].as_i64()).collect();
        seats.sort_unstable();
        assert_eq!(seats, (0..=49).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn hard_case_2_a_kicked_guest_is_refused_with_every_token_and_stays_out() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        let kicked = stand.on(&host, &guest, session, ("kick", json!({"reason": "rude"}))).await.expect(200);
        assert_eq!(kicked["enforced"], true);
        assert!(!grant_of(stand.engine.last_of(guest.id)).0, "the engine denies the identity");
        for (method, path, body) in [
            (Method::POST, "join", json!({})),
            (Method::POST, "requests", json!({})),
            (Method::POST, "messages", json!({"text": "let me in"})),
            (Method::POST, "reactions", json!({"kind": "heart"})),
            (Method::POST, "people/me/media", json!({"audio_enabled": true})),
            (Method::POST, "people/me/go_on_stage", json!({})),
            (Method::GET, "people", Value::Null),
            (Method::GET, "messages", Value::Null),
            (Method::GET, "events", Value::Null),
        ] {
            let path = format!("/v1/sessions/{session}/{path}");
            stand.call(method, &path, &guest.token, body).await.expect_problem(403, "moderation/blocked");
        }
        let snapshot = stand.server.take_snapshot(&guest.actor(), session).await;
        assert_eq!(
            snapshot.unwrap_err().code,
            Code::Blocked,
            "no socket subscribes, whatever ticket opened it"
        );
        let tokens = stand
            .post("/v1/tokens/refresh", "", json!({"refresh_token": guest.refresh_token}))
            .await
            .expect(200);
        let fresh = tokens["access_token"].as_str().unwrap();
        let join = format!("/v1/sessions/{session}/join");
        stand.post(&join, fresh, json!({})).await.expect_problem(403, "moderation/blocked");
        let invite = format!("/v1/sessions/{session}/invitations");
        stand
            .post(&invite, &host.token, json!({"user_id": guest.id}))
            .await
            .expect_problem(404, "stage/person_not_found");

        let stand = stand.restart().await;
        stand.post(&join, fresh, json!({})).await.expect_problem(403, "moderation/blocked");
        assert!(!grant_of(stand.engine.last_of(guest.id)).0, "a restart forgets no block");

        stand.on(&host, &guest, session, ("allow_back", json!({}))).await.expect(200);
        stand.post(&join, fresh, json!({})).await.expect(200);
        assert_eq!(grant_of(stand.engine.last_of(guest.id)), (true, false, false), "back in the audience");
    })
    .await;
}

#[tokio::test]
async fn hard_case_2_a_kicked_watcher_does_not_come_back_with_another_token() {
    on_each(async |stand| {
        let host = stand.sign_up("host").await;
        let session = stand.go_live(&host).await;
        let watcher = stand.anonymous().await;
        let join = format!("/v1/sessions/{session}/join");
        let joined = stand.post(&join, &watcher, json!({})).await.expect(200);
        let id = joined["participant"]["user_id"].as_str().unwrap();
        stand
            .post(&format!("/v1/sessions/{session}/people/{id}/kick"), &host.token, json!({}))
            .await
            .expect(200);
        let again = stand.anonymous().await;
        for token in [&watcher, &again] {
            stand.post(&join, token, json!({})).await.expect_problem(403, "moderation/blocked");
        }
    })
    .await;
}

#[tokio::test]
async fn hard_case_3_no_host_opens_a_microphone_and_no_client_undoes_a_mute() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        assert_eq!(grant_of(stand.engine.last_of(guest.id)), (true, true, true));
        let mute = |muted: bool| ("mute", json!({"media": "audio", "muted": muted}));
        let answer = stand.on(&host, &guest, session, mute(true)).await.expect(200);
        let heard = |person: &Value| (person["host_muted_audio"].clone(), person["self_muted_audio"].clone());
        assert_eq!(
            (heard(&answer["participant"]), &answer["enforced"]),
            ((json!(true), json!(true)), &json!(true))
        );

        // The guest's own signals: by the API and by LiveKit's mute signal.
        let media = format!("/v1/sessions/{session}/people/me/media");
        let own = stand.post(&media, &guest.token, json!({"audio_enabled": true})).await.expect(200);
        assert_eq!(own["participant"]["host_muted_audio"], true, "the real state, whatever was wished");
        stand.fact(1, &guest, session, Seen::SelfMuted { media: Media::Audio, muted: false }).await;
        assert_eq!(grant_of(stand.engine.last_of(guest.id)), (true, true, false));

        let answer = stand.on(&host, &guest, session, mute(false)).await.expect(200);
        assert_eq!(heard(&answer["participant"]), (json!(false), json!(true)));
        assert_eq!(answer["prompted"], true);
        assert_eq!(grant_of(stand.engine.last_of(guest.id)), (true, true, false), "lifting opened nothing");
        assert!(stand.listener.names(session).contains(&"stage.unmute_asked"));

        stand.fact(2, &guest, session, Seen::SelfMuted { media: Media::Audio, muted: false }).await;
        assert_eq!(grant_of(stand.engine.last_of(guest.id)), (true, true, true));
        stand.fact(2, &guest, session, Seen::SelfMuted { media: Media::Audio, muted: true }).await;
        assert_eq!(grant_of(stand.engine.last_of(guest.id)), (true, true, true), "the same fact counts once");
    })
    .await;
}

#[tokio::test]
async fn hard_case_4_an_invitation_lives_twenty_seconds() {
    on_each(async |stand| {
        stand.sign_up("operator").await;
        let host = stand.sign_up("host").await;
        let session = stand.go_live(&host).await;
        for (n, (after_ms, rings)) in
            [(19_990, false), (20_010, false), (20_010, true)].into_iter().enumerate()
        {
            let guest = stand.sign_up(&format!("guest_{n}")).await;
            stand.join(&guest, session).await;
            let path = format!("/v1/sessions/{session}/invitations");
            let invited = stand.post(&path, &host.token, json!({"user_id": guest.id})).await.expect(201);
            assert_eq!(invited["state"], "pending");
            stand.clock.wind_ms(after_ms);
            if rings {
                stand.server.ring_due().await;
            }
            let accept = format!("/v1/invitations/{}/accept", invited["id"].as_str().unwrap());
            let answer = stand.post(&accept, &guest.token, json!({})).await;
            if after_ms < 20_000 {
                let body = answer.expect(200);
                assert_eq!(
                    (&body["invitation"]["state"], &body["participant"]["presence"]),
                    (&json!("accepted"), &json!("held"))
                );
            } else {
                answer.expect_problem(409, "stage/expired");
            }
            stand.server.ring_due().await;
        }
        assert_eq!(
            stand.listener.names(session).iter().filter(|name| **name == "stage.invitation_closed").count(),
            3
        );
    })
    .await;
}
