//! Asking to come up, and the answer.

use serde_json::{Value, json};

use super::seed::{Seed, assert_columns, assert_time, column_words};
use crate::support::on_each;

#[tokio::test]
async fn s1_3_a_request_waits_for_the_host_unless_no_approval_is_required() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let guest = stand.join_live(&show, "guest").await;
        let request = stand.ask_live(&show, &guest).await;
        assert_eq!(stand.shown_live(&show, &guest).await["role"], "viewer");
        stand.respond_live(&show.host, &request, "approved").await.expect(200);
        let seated = stand.shown_live(&show, &guest).await;
        assert_eq!(
            (&seated["role"], &seated["audio_enabled"]),
            (&json!("guest"), &json!(true)),
            "sits at once"
        );

        let body = Seed::read("start").request(&[]).with(json!({"require_approval": false})).0;
        let open = stand.post("/live/start", &show.host.token, body).await.expect(200);
        let body = Seed::read("request-guest").request(&[("session_id", open["id"].clone())]).0;
        let asked = stand.post("/live/request-guest", &guest.token, body).await.expect(200);
        assert_eq!(asked["status"], "approved");
        let path = format!("/live/participants/{}", open["id"].as_str().unwrap());
        let people = stand.get(&path, "").await.expect(200);
        assert_eq!((&people[1]["username"], &people[1]["role"]), (&json!("guest"), &json!("guest")));
    })
    .await;
}

#[tokio::test]
async fn s1_23_a_request_is_answered_with_itself() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let seed = Seed::read("request-guest");
        for kind in seed.words("request_type") {
            let person = stand.join_live(&show, &format!("future_{kind}")).await;
            let body = seed.request(&[("session_id", json!(show.id)), ("request_type", json!(kind))]).0;
            let asked = stand.call_of(&seed, (&[], &person.token), body.clone()).await.expect(200);
            assert_columns("live_guest_requests", &asked, &["responded_at", "responded_by"]);
            assert_eq!((&asked["user_id"], &asked["username"]), (&json!(person.id), &json!(person.handle)));
            assert_eq!((&asked["session_id"], &asked["request_type"]), (&json!(show.id), &json!(kind)));
            assert_eq!((&asked["status"], &asked["message"]), (&json!("pending"), &body["message"]));
            assert_time(asked["created_at"].as_str().unwrap());
            let again = stand.call_of(&seed, (&[], &person.token), body).await;
            again.expect_problem(409, "stage/already_requested");
        }
        let short = json!({"session_id": show.id});
        let person = stand.join_live(&show, "brief").await;
        let asked = stand.post("/live/request-guest", &person.token, short).await.expect(200);
        assert_eq!((&asked["request_type"], &asked["message"]), (&json!("guest"), &json!("")));
    })
    .await;
}

#[tokio::test]
async fn s1_23_where_no_guests_are_allowed_nobody_asks() {
    on_each(async |stand| {
        let show = stand.start_live(json!({"allow_guests": false})).await;
        let person = stand.sign_up("person").await;
        let body = Seed::read("join").request(&[("session_id", json!(show.id))]).0;
        let joined = stand.post("/live/join", &person.token, body).await.expect(200);
        assert_eq!(joined["can_request_guest"], false);
        let body = Seed::read("request-guest").request(&[("session_id", json!(show.id))]).0;
        let refused = stand.post("/live/request-guest", &person.token, body).await;
        refused.expect_problem(409, "stage/requests_closed");
    })
    .await;
}

#[tokio::test]
async fn s1_24_the_hosts_answer_seats_or_rejects_and_the_first_one_counts() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let words = Seed::read("respond-guest-request").words("action");
        for (action, role, message) in
            [("approved", "guest", "Guest request approved"), ("rejected", "viewer", "Guest request rejected")]
        {
            assert!(words.iter().any(|word| word == action));
            let person = stand.join_live(&show, &format!("who_is_{action}")).await;
            let request = stand.ask_live(&show, &person).await;
            let answer = stand.respond_live(&show.host, &request, action).await.expect(200);
            let expected = json!({
                "message": message, "request_id": request, "status": action, "user_id": person.id, "role": role,
            });
            assert_eq!(answer, expected);
            assert_eq!(stand.shown_live(&show, &person).await["role"], role);
            for late in &words {
                let late = stand.respond_live(&show.host, &request, late).await;
                late.expect_problem(409, "stage/already_answered");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn s1_24_a_guest_who_may_not_become_cohost_stays_a_guest() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let guest = stand.guest_live(&show, "guest").await;
        let seed = Seed::read("request-guest");
        let wish = async || {
            let fields = [("session_id", json!(show.id)), ("request_type", json!("cohost"))];
            let asked =
                stand.post("/live/request-guest", &guest.token, seed.request(&fields).0).await.expect(200);
            asked["id"].as_str().unwrap().to_owned()
        };
        let rejected = stand.respond_live(&show.host, &wish().await, "rejected").await.expect(200);
        assert_eq!((&rejected["status"], &rejected["role"]), (&json!("rejected"), &json!("guest")));
        let approved = stand.respond_live(&show.host, &wish().await, "approved").await.expect(200);
        assert_eq!((&approved["status"], &approved["role"]), (&json!("approved"), &json!("cohost")));
    })
    .await;
}

#[tokio::test]
async fn s1_25_requests_are_listed_by_status_for_the_host() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let seed = Seed::read("guest-requests");
        let mut people = Vec::new();
        for status in ["pending", "approved", "rejected", "cancelled"] {
            let person = stand.join_live(&show, &format!("is_{status}")).await;
            let request = stand.ask_live(&show, &person).await;
            stand.clock.wind_ms(1_000);
            match status {
                "pending" => {}
                "cancelled" => {
                    let path = format!("/v1/sessions/{}/requests/{request}", show.id);
                    stand.delete(&path, &person.token).await.expect(200);
                }
                answer => drop(stand.respond_live(&show.host, &request, answer).await.expect(200)),
            }
            people.push((status, person, request));
        }
        let place = [("session_id", show.id.to_string())];
        let (_, path) = seed.address(&place);
        let absent = stand.call_of(&seed, (&place, &show.host.token), Value::Null).await.expect(200);
        assert_eq!(absent[0]["status"], "pending", "nothing asked for means those who wait");
        assert!(seed.words("status").iter().all(|word| people.iter().any(|(status, ..)| status == word)));
        for (status, person, request) in &people {
            let listed = stand.get(&format!("{path}?status={status}"), &show.host.token).await.expect(200);
            let [item] = listed.as_array().unwrap().as_slice() else { panic!("{status}: {listed}") };
            assert_columns("live_guest_requests", item, &[]);
            assert_eq!((&item["id"], &item["user_id"]), (&json!(request), &json!(person.id)));
            assert_eq!((&item["status"], &item["username"]), (&json!(status), &json!(person.handle)));
            let answered = ["approved", "rejected"].contains(status);
            let by = if answered { json!(show.host.id) } else { Value::Null };
            assert_eq!((&item["responded_by"], item["responded_at"].is_null()), (&by, *status == "pending"));
        }
        stand
            .get(&format!("{path}?status=forgotten"), &show.host.token)
            .await
            .expect_problem(400, "request/bad_word");
    })
    .await;
}

#[tokio::test]
async fn s1_16_a_request_goes_through_every_status_of_the_table() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let person = stand.join_live(&show, "person").await;
        let waiting = stand.ask_live(&show, &person).await;
        let statuses = column_words("live_guest_requests", "status");
        let path = format!("/live/guest-requests/{}?status=", show.id);
        let of = async |status: &str| {
            let listed = stand.get(&format!("{path}{status}"), &show.host.token).await.expect(200);
            listed.as_array().unwrap().clone()
        };
        for status in &statuses {
            assert_eq!(of(status).await.len(), usize::from(status == "pending"), "{status}");
        }
        // What waits when the session ends has run out: cancelled, by nobody.
        stand.post(&format!("/live/end/{}", show.id), &show.host.token, Value::Null).await.expect(200);
        let over = of("cancelled").await;
        assert_eq!((&over[0]["id"], &over[0]["responded_by"]), (&json!(waiting), &Value::Null));
        assert_time(over[0]["responded_at"].as_str().unwrap());
    })
    .await;
}

#[tokio::test]
async fn s1_39_the_last_seat_taken_maximum_guests_reached() {
    on_each(async |stand| {
        let show = stand.start_live(json!({"max_guests": 1})).await;
        let (first, second) = (stand.join_live(&show, "first").await, stand.join_live(&show, "second").await);
        let first_request = stand.ask_live(&show, &first).await;
        let second_request = stand.ask_live(&show, &second).await;
        stand.respond_live(&show.host, &first_request, "approved").await.expect(200);
        let full = stand.respond_live(&show.host, &second_request, "approved").await;
        full.expect_problem(409, "stage/full");
        assert_eq!(full.body["detail"], "Maximum guests reached");
        assert_eq!(stand.details_live(&show).await["guest_count"], 1);
        // The request still waits, and is good once a seat is free.
        stand.manage_live(&show.host, &show, (&first, "demote")).await.expect(200);
        stand.respond_live(&show.host, &second_request, "approved").await.expect(200);

        let changes = json!({"max_guests": 1, "require_approval": false});
        let body = Seed::read("start").request(&[]).with(changes).0;
        let open = stand.post("/live/start", &show.host.token, body).await.expect(200);
        let body = Seed::read("request-guest").request(&[("session_id", open["id"].clone())]).0;
        stand.post("/live/request-guest", &first.token, body.clone()).await.expect(200);
        let full = stand.post("/live/request-guest", &second.token, body).await;
        full.expect_problem(409, "stage/full");
        assert_eq!(full.body["detail"], "Maximum guests reached");
    })
    .await;
}
