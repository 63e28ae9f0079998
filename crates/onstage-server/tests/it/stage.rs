//! Would catch a fiftieth guest under a burst, an answer that came too late, a microphone that a host opened, a kicked
//! person who comes back, and a seat that outlives its minute.

mod hard_cases;

use http::Method;
use onstage_domain::media::{MediaFact, MediaOrder, Seen, Source};
use onstage_domain::ports::{ObserveMedia as _, ObservePresence as _};
use onstage_domain::{Actor, FactId, SessionId, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Person, Stand, on_each, on_each_with};

impl Stand {
    /// Asks to go up; the request's id.
    pub(crate) async fn ask(&self, person: &Person, session: SessionId) -> String {
        let path = format!("/v1/sessions/{session}/requests");
        let body = self.post(&path, &person.token, json!({"message": "please"})).await.expect(201);
        body["id"].as_str().unwrap().to_owned()
    }

    /// A guest who went on stage.
    pub(crate) async fn seat(&self, host: &Person, guest: &Person, session: SessionId) {
        let request = self.ask(guest, session).await;
        let path = format!("/v1/sessions/{session}/requests/{request}/accept");
        self.post(&path, &host.token, json!({})).await.expect(200);
        let path = format!("/v1/sessions/{session}/people/me/go_on_stage");
        self.post(&path, &guest.token, json!({})).await.expect(200);
        self.connect(guest, session, true).await;
    }

    /// A host and a guest on stage. The operator is somebody else.
    pub(crate) async fn show(&self) -> (Person, Person, SessionId) {
        self.sign_up("operator").await;
        let (host, guest) = (self.sign_up("host").await, self.sign_up("guest").await);
        let session = self.go_live(&host).await;
        self.connect(&host, session, true).await;
        self.join(&guest, session).await;
        self.seat(&host, &guest, session).await;
        (host, guest, session)
    }

    /// What people do to somebody.
    pub(crate) async fn on(
        &self,
        by: &Person,
        whom: &Person,
        session: SessionId,
        (verb, body): (&str, Value),
    ) -> crate::support::Answer {
        self.post(&format!("/v1/sessions/{session}/people/{}/{verb}", whom.id), &by.token, body).await
    }

    /// The first socket of a person opens, or the last one closes.
    pub(crate) async fn connect(&self, person: &Person, session: SessionId, present: bool) {
        self.server.observe_presence(session, &person.actor(), present).await;
    }

    /// Something the media engine saw.
    pub(crate) async fn fact(&self, id: u128, person: &Person, session: SessionId, seen: Seen) {
        let fact = MediaFact {
            id: FactId::new(Uuid::from_u128(id)),
            session,
            user: person.id,
            at: super::support::START,
            seen,
        };
        self.server.observe_media(fact).await;
    }

    /// Somebody in the list of people.
    pub(crate) async fn seen(&self, by: &Person, whom: UserId, session: SessionId) -> Value {
        let people =
            self.get(&format!("/v1/sessions/{session}/people?limit=200"), &by.token).await.expect(200);
        let items = people["items"].as_array().unwrap();
        items.iter().find(|item| item["user_id"] == whom.to_string()).cloned().unwrap_or(Value::Null)
    }
}

impl Person {
    /// As a socket would present them.
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            user_id: self.id,
            handle: self.handle.clone(),
            display_name: format!("The {}", self.handle),
            avatar_url: None,
            identity: onstage_domain::Identity::Account { operator: false },
            family: None,
        }
    }
}

fn grant_of(order: Option<MediaOrder>) -> (bool, bool, bool) {
    match order {
        Some(MediaOrder::Person { admitted, grant, .. }) => {
            (admitted, grant.may_speak, grant.may_speak && !grant.host_muted_audio && !grant.self_muted_audio)
        }
        other => panic!("no order for a person: {other:?}"),
    }
}

#[tokio::test]
async fn an_approval_is_told_once_in_private_and_once_in_public() {
    on_each(async |stand| {
        stand.sign_up("operator").await;
        let (host, guest) = (stand.sign_up("host").await, stand.sign_up("guest").await);
        let session = stand.go_live(&host).await;
        let request = stand.ask(&guest, session).await;
        assert_eq!(stand.seen(&host, guest.id, session).await, Value::Null, "asked, and not present");
        stand.join(&guest, session).await;
        assert_eq!(stand.seen(&host, guest.id, session).await["hand_raised"], true);
        let path = format!("/v1/sessions/{session}/requests/{request}");
        let accepted = stand.post(&format!("{path}/accept"), &host.token, json!({})).await.expect(200);
        assert_eq!(accepted["request"]["state"], "accepted");
        assert_eq!(
            (&accepted["participant"]["seat"], &accepted["participant"]["presence"]),
            (&json!(1), &json!("held"))
        );
        stand
            .post(&format!("{path}/accept"), &host.token, json!({}))
            .await
            .expect_problem(409, "stage/already_answered");
        stand.delete(&path, &guest.token).await.expect_problem(409, "stage/already_answered");
        let told = stand.listener.of(session);
        for name in ["stage.guest_approved", "stage.guest_joined"] {
            let times = told.iter().filter(|envelope| {
                envelope.data.name() == name
                    && serde_json::to_string(&envelope.data).unwrap().contains(&guest.id.to_string())
            });
            assert_eq!(times.count(), 1, "{name} in {told:?}");
        }
        let session_view = stand.get(&format!("/v1/sessions/{session}"), &guest.token).await.expect(200);
        assert_eq!(session_view["guest_count"], 1, "a held seat counts");
    })
    .await;
}

#[tokio::test]
async fn a_request_repeated_under_its_key_is_one_request() {
    on_each(async |stand| {
        stand.sign_up("operator").await;
        let (host, guest) = (stand.sign_up("host").await, stand.sign_up("guest").await);
        let session = stand.go_live(&host).await;
        let path = format!("/v1/sessions/{session}/requests");
        let key = [("idempotency-key", "attempt-1")];
        let body = json!({"message": "me"});
        let first =
            stand.call_with((Method::POST, &path), &guest.token, body.clone(), &key).await.expect(201);
        let second = stand.call_with((Method::POST, &path), &guest.token, body, &key).await.expect(201);
        assert_eq!(first, second);
        let other =
            stand.call_with((Method::POST, &path), &guest.token, json!({"message": "you"}), &key).await;
        other.expect_problem(422, "request/key_reused");
        stand.post(&path, &guest.token, json!({})).await.expect_problem(409, "stage/already_requested");
        let listed = stand.get(&path, &host.token).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        assert_eq!(listed["items"][0]["position"], 1);
    })
    .await;
}

#[tokio::test]
async fn a_held_seat_is_freed_after_a_minute_and_taken_by_the_first_track() {
    on_each(async |stand| {
        stand.sign_up("operator").await;
        let (host, late, quick) =
            (stand.sign_up("host").await, stand.sign_up("late").await, stand.sign_up("quick").await);
        let session = stand.go_live(&host).await;
        for guest in [&late, &quick] {
            let request = stand.ask(guest, session).await;
            stand
                .post(&format!("/v1/sessions/{session}/requests/{request}/accept"), &host.token, json!({}))
                .await
                .expect(200);
        }
        stand.connect(&quick, session, true).await;
        stand.fact(7, &quick, session, Seen::Published { source: Source::Microphone }).await;
        stand.wind_ms(59_999).await;
        assert_eq!(stand.seen(&host, late.id, session).await["presence"], "held");
        stand.wind_ms(1).await;
        assert_eq!(stand.seen(&host, late.id, session).await, Value::Null);
        assert_eq!(stand.seen(&host, quick.id, session).await["presence"], "on_stage");
        let go = format!("/v1/sessions/{session}/people/me/go_on_stage");
        stand.post(&go, &late.token, json!({})).await.expect_problem(409, "stage/not_on_stage");
        assert_eq!(grant_of(stand.engine.last_of(late.id)), (true, false, false));
    })
    .await;
}

#[tokio::test]
async fn who_drops_keeps_the_seat_for_a_minute() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        stand.fact(1, &guest, session, Seen::Connected).await;
        stand.connect(&guest, session, false).await;
        assert_eq!(
            stand.seen(&host, guest.id, session).await["presence"],
            "on_stage",
            "media is a connection too"
        );
        stand.fact(2, &guest, session, Seen::Lost).await;
        assert_eq!(stand.seen(&host, guest.id, session).await["presence"], "reconnecting");
        stand.wind_ms(59_000).await;
        stand.connect(&guest, session, true).await;
        assert_eq!(stand.seen(&host, guest.id, session).await["presence"], "on_stage");
        stand.connect(&guest, session, false).await;
        stand.wind_ms(60_000).await;
        assert_eq!(stand.seen(&host, guest.id, session).await, Value::Null);
        let names = stand.listener.names(session);
        assert!(names.contains(&"stage.came_back") && names.contains(&"stage.guest_left"), "{names:?}");
    })
    .await;
}

#[tokio::test]
async fn after_a_restart_seats_requests_and_mutes_are_back_and_a_minute_begins() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        let asker = stand.sign_up("asker").await;
        stand.ask(&asker, session).await;
        stand
            .on(&host, &guest, session, ("mute", json!({"media": "audio", "muted": true})))
            .await
            .expect(200);
        let stand = stand.restart().await;
        let seen = stand.seen(&host, guest.id, session).await;
        assert_eq!(
            (&seen["seat"], &seen["presence"], &seen["host_muted_audio"]),
            (&json!(1), &json!("reconnecting"), &json!(true))
        );
        assert_eq!(grant_of(stand.engine.last_of(guest.id)), (true, true, false));
        let requests = stand
            .get(&format!("/v1/sessions/{session}/requests?state=pending"), &host.token)
            .await
            .expect(200);
        assert_eq!(requests["items"][0]["user_id"], asker.id.to_string());
        stand.connect(&host, session, true).await;
        stand.wind_ms(60_000).await;
        assert_eq!(stand.seen(&host, guest.id, session).await, Value::Null, "nobody came back");
        stand.get(&format!("/v1/sessions/{session}"), &host.token).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn an_engine_that_does_not_answer_is_told_of_honestly() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        stand.engine.fall_silent();
        let answer = stand
            .on(&host, &guest, session, ("mute", json!({"media": "video", "muted": true})))
            .await
            .expect(200);
        assert_eq!(
            (&answer["enforced"], &answer["participant"]["host_muted_video"]),
            (&json!(false), &json!(true))
        );
    })
    .await;
}

#[tokio::test]
async fn mute_all_reaches_everybody_the_caller_may_mute() {
    on_each(async |stand| {
        let (host, cohost, session) = stand.show().await;
        stand.on(&host, &cohost, session, ("role", json!({"role": "cohost"}))).await.expect(200);
        let mut guests = Vec::new();
        for n in 0..12 {
            let guest = stand.sign_up(&format!("singer_{n}")).await;
            stand.seat(&host, &guest, session).await;
            guests.push(guest);
        }
        let path = format!("/v1/sessions/{session}/mute_all");
        stand.post(&path, &cohost.token, json!({"media": "audio"})).await.expect(200);
        for guest in &guests {
            assert_eq!(grant_of(stand.engine.last_of(guest.id)), (true, true, false));
        }
        assert_eq!(grant_of(stand.engine.last_of(cohost.id)), (true, true, true), "a cohost mutes no cohost");
        stand
            .post(&path, &guests[0].token, json!({"media": "audio"}))
            .await
            .expect_problem(403, "stage/not_allowed");
        stand.post(&path, &host.token, json!({"media": "audio"})).await.expect(200);
        assert_eq!(grant_of(stand.engine.last_of(cohost.id)), (true, true, false));
    })
    .await;
}

#[tokio::test]
async fn roles_seats_and_permissions_change_as_the_contract_says() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        let viewer = stand.sign_up("viewer").await;
        stand.join(&viewer, session).await;
        let promote = ("role", json!({"role": "cohost"}));
        stand.on(&host, &viewer, session, promote.clone()).await.expect_problem(409, "stage/promote_viewer");
        let cohost = stand.on(&host, &guest, session, promote).await.expect(200);
        assert_eq!(cohost["participant"]["role"], "cohost");
        let moved = stand.on(&host, &guest, session, ("seat", json!({"seat": 30}))).await.expect(200);
        assert_eq!(moved["participant"]["seat"], 30);
        stand
            .on(&host, &guest, session, ("seat", json!({"seat": 50})))
            .await
            .expect_problem(422, "request/invalid");
        let silent =
            stand.on(&host, &guest, session, ("permissions", json!({"may_speak": false}))).await.expect(200);
        assert_eq!(
            (&silent["participant"]["may_speak"], &silent["participant"]["may_show"]),
            (&json!(false), &json!(true))
        );
        let media = format!("/v1/sessions/{session}/people/me/media");
        stand
            .post(&media, &guest.token, json!({"audio_enabled": true}))
            .await
            .expect_problem(403, "stage/not_permitted");
        let down = stand.on(&host, &guest, session, ("role", json!({"role": "viewer"}))).await.expect(200);
        assert_eq!(
            (&down["participant"]["role"], &down["participant"]["seat"]),
            (&json!("viewer"), &Value::Null)
        );
        let summary =
            stand.post(&format!("/v1/sessions/{session}/end"), &host.token, json!({})).await.expect(200);
        assert_eq!(summary["summary"]["guests"], 1);
        stand.on(&host, &guest, session, ("kick", json!({}))).await.expect_problem(409, "sessions/ended");
    })
    .await;
}

#[tokio::test]
async fn without_approval_a_request_is_a_seat_until_the_stage_is_locked() {
    on_each(async |stand| {
        stand.sign_up("operator").await;
        let (host, guest, other) =
            (stand.sign_up("host").await, stand.sign_up("guest").await, stand.sign_up("other").await);
        let session = stand.go_live_with(&host, json!({"require_approval": false, "max_guests": 3})).await;
        let path = format!("/v1/sessions/{session}/requests");
        assert_eq!(stand.post(&path, &guest.token, json!({})).await.expect(201)["state"], "accepted");
        assert_eq!(stand.seen(&host, guest.id, session).await["presence"], "held");
        stand
            .post(&format!("/v1/sessions/{session}/lock"), &host.token, json!({"locked": true}))
            .await
            .expect(200);
        stand.post(&path, &other.token, json!({})).await.expect_problem(409, "stage/requests_closed");
    })
    .await;
}

#[tokio::test]
async fn requests_are_limited_to_five_a_minute() {
    on_each_with(
        |settings| settings.limits_enabled = true,
        async |stand| {
            stand.sign_up("operator").await;
            let (host, guest) = (stand.sign_up("host").await, stand.sign_up("guest").await);
            let session = stand.go_live(&host).await;
            for _ in 0..5 {
                let request = stand.ask(&guest, session).await;
                stand
                    .delete(&format!("/v1/sessions/{session}/requests/{request}"), &guest.token)
                    .await
                    .expect(200);
            }
            let path = format!("/v1/sessions/{session}/requests");
            let answer = stand.post(&path, &guest.token, json!({})).await;
            answer.expect_problem(429, "request/too_fast");
            assert_eq!(answer.headers["retry-after"], "60");
            stand.clock.wind_ms(60_000);
            stand.post(&path, &guest.token, json!({})).await.expect(201);
        },
    )
    .await;
}

#[tokio::test]
async fn who_leaves_takes_wishes_and_seat_along() {
    on_each(async |stand| {
        let (host, guest, session) = stand.show().await;
        let leave = format!("/v1/sessions/{session}/leave");
        stand.post(&leave, &guest.token, json!({})).await.expect(200);
        assert_eq!(stand.seen(&host, guest.id, session).await, Value::Null);
        let viewer = stand.sign_up("viewer").await;
        let request = stand.ask(&viewer, session).await;
        stand.post(&leave, &viewer.token, json!({})).await.expect(200);
        let accept = format!("/v1/sessions/{session}/requests/{request}/accept");
        stand.post(&accept, &host.token, json!({})).await.expect_problem(409, "stage/expired");
    })
    .await;
}
#[tokio::test]
async fn what_waits_runs_out_with_the_session() {
    on_each(async |stand| {
        let (host, _, session) = stand.show().await;
        let viewer = stand.sign_up("viewer").await;
        stand.join(&viewer, session).await;
        stand.ask(&viewer, session).await;
        let path = format!("/v1/sessions/{session}/invitations");
        let invited = stand.post(&path, &host.token, json!({"user_id": viewer.id})).await.expect(201);
        stand.post(&format!("/v1/sessions/{session}/end"), &host.token, json!({})).await.expect(200);
        let requests = stand.get(&format!("/v1/sessions/{session}/requests"), &host.token).await.expect(200);
        let states: Vec<_> =
            requests["items"].as_array().unwrap().iter().map(|item| item["state"].clone()).collect();
        assert_eq!(states, ["accepted", "expired"]);
        let accept = format!("/v1/invitations/{}/accept", invited["id"].as_str().unwrap());
        stand.post(&accept, &viewer.token, json!({})).await.expect_problem(409, "sessions/ended");
    })
    .await;
}
