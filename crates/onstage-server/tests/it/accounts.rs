//! Would catch a sign-in that outlives its end, a limit that lets one too many through, a code that works twice.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use onstage_domain::accounts::SignUp;
use onstage_domain::media::MediaOrder;
use onstage_domain::ports::{Authenticate as _, Credential, HangUp};
use onstage_server::{Admin, SystemDice, World};
use serde_json::{Value, json};

use crate::support::{PASSWORD, Stand, on_each, on_each_with};

fn account(handle: &str) -> Value {
    json!({"handle": handle, "password": PASSWORD, "display_name": "Somebody"})
}

fn sign_in(handle: &str) -> Value {
    json!({"handle": handle, "password": PASSWORD})
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Administration beside a running server.
async fn admin(stand: &Stand) -> Admin {
    let world = World {
        clock: std::sync::Arc::new(stand.clock.clone()),
        dice: std::sync::Arc::new(SystemDice),
        publish: std::sync::Arc::clone(&stand.listener) as _,
        media: std::sync::Arc::clone(&stand.engine) as _,
    };
    Admin::open(stand.settings.clone(), world).await.unwrap()
}

#[tokio::test]
async fn the_first_account_runs_the_installation_and_the_second_does_not() {
    on_each(async |stand| {
        let first = stand.post("/v1/accounts", "", account("ada")).await.expect(201);
        assert_eq!(first["account"]["operator"], true);
        assert_eq!(first["account"]["plan"], "innovator");
        assert_eq!(first["expires_at"], "2026-11-21T07:15:00.000Z");
        let second = stand.post("/v1/accounts", "", account("bo_")).await.expect(201);
        assert_eq!(second["account"]["operator"], false);
        let me = stand.get("/v1/me", second["access_token"].as_str().unwrap()).await.expect(200);
        assert_eq!(me["account"]["handle"], "bo_");
        stand.post("/v1/accounts", "", account("ada")).await.expect_problem(409, "accounts/handle_taken");
    })
    .await;
}

#[tokio::test]
async fn every_wrong_field_is_told_at_once() {
    on_each(async |stand| {
        let body = json!({"handle": "No!", "password": "short", "display_name": 7});
        let answer = stand.post("/v1/accounts", "", body).await;
        answer.expect_problem(422, "request/invalid");
        let pointers: Vec<&str> = answer.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(pointers, ["/handle", "/password", "/display_name"]);
        assert_eq!(answer.body["instance"], "/v1/accounts");
    })
    .await;
}

#[tokio::test]
async fn sign_up_can_be_closed_or_by_invitation() {
    on_each_with(
        |settings| settings.sign_up = SignUp::Closed,
        async |stand| {
            stand
                .post("/v1/accounts", "", account("ada"))
                .await
                .expect_problem(403, "accounts/sign_up_closed");
        },
    )
    .await;
    on_each_with(
        |settings| settings.sign_up = SignUp::Invite,
        async |stand| {
            stand
                .post("/v1/accounts", "", account("ada"))
                .await
                .expect_problem(403, "accounts/sign_up_closed");
            let code = admin(&stand).await.create_invite().await.unwrap();
            let mut body = account("ada");
            body["invite_code"] = json!("guessed");
            stand.post("/v1/accounts", "", body.clone()).await.expect_problem(403, "accounts/sign_up_closed");
            body["invite_code"] = json!(code);
            stand.post("/v1/accounts", "", body.clone()).await.expect(201);
            body["handle"] = json!("bob");
            stand.post("/v1/accounts", "", body).await.expect_problem(403, "accounts/sign_up_closed");
        },
    )
    .await;
}

#[tokio::test]
async fn a_server_reached_from_outside_makes_its_operator_by_the_set_up_code_once() {
    on_each_with(
        |settings| settings.on_loopback = false,
        async |stand| {
            let plain = stand.post("/v1/accounts", "", account("eve")).await.expect(201);
            assert_eq!(plain["account"]["operator"], false, "being first is not enough from outside");
            let code = stand.server.setup_code().await.unwrap().unwrap();
            assert_eq!(
                stand.server.setup_code().await.unwrap(),
                Some(code.clone()),
                "the same until it is used"
            );
            let mut body = account("ada");
            body["setup_code"] = json!("guessed");
            stand.post("/v1/accounts", "", body.clone()).await.expect_problem(403, "accounts/sign_up_closed");
            body["setup_code"] = json!(code);
            let operator = stand.post("/v1/accounts", "", body.clone()).await.expect(201);
            assert_eq!(operator["account"]["operator"], true);
            body["handle"] = json!("bob");
            stand.post("/v1/accounts", "", body).await.expect_problem(403, "accounts/sign_up_closed");
            assert_eq!(stand.server.setup_code().await.unwrap(), None);
        },
    )
    .await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_handle_answer_alike() {
    on_each(async |stand| {
        stand.sign_up("ada").await;
        let wrong =
            stand.post("/v1/tokens", "", json!({"handle": "ada", "password": "wrong password"})).await;
        let unknown =
            stand.post("/v1/tokens", "", json!({"handle": "nobody", "password": "wrong password"})).await;
        wrong.expect_problem(401, "accounts/wrong_password");
        assert_eq!(wrong.body, unknown.body);
        let odd =
            stand.post("/v1/tokens", "", json!({"handle": "\u{0}ada", "password": "wrong password"})).await;
        assert_eq!(odd.body, wrong.body);
        let endless = "x".repeat(2_000);
        let refused = stand.post("/v1/tokens", "", json!({"handle": "ada", "password": endless})).await;
        refused.expect_problem(401, "accounts/wrong_password");
    })
    .await;
}

#[tokio::test]
async fn an_access_token_ends_with_its_time() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        stand.wind_ms(899_999).await;
        stand.get("/v1/me", &ada.token).await.expect(200);
        stand.wind_ms(1).await;
        stand.get("/v1/me", &ada.token).await.expect_problem(401, "accounts/unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn reaches_token_ttl_s_max() {
    on_each(async |stand| {
        stand.sign_up("ada").await;
        let mut body = sign_in("ada");
        body["ttl_s"] = json!(86_400);
        let long = stand.post("/v1/tokens", "", body.clone()).await.expect(201);
        stand.wind_ms(86_399_000).await;
        stand.get("/v1/me", long["access_token"].as_str().unwrap()).await.expect(200);
        body["ttl_s"] = json!(86_401);
        stand.post("/v1/tokens", "", body).await.expect_problem(422, "request/invalid");
    })
    .await;
}

#[tokio::test]
async fn a_banned_account_loses_its_shows_and_its_seats_and_media_refuses_it() {
    on_each(async |stand| {
        let root = stand.sign_up("root").await;
        let [host, guest] = [stand.sign_up("host").await, stand.sign_up("guest").await];
        let own = stand.go_live(&guest).await;
        let session = stand.go_live_with(&host, json!({"require_approval": false})).await;
        stand.join(&guest, session).await;
        stand.post(&format!("/v1/sessions/{session}/requests"), &guest.token, json!({})).await.expect(201);
        let seats = async || {
            let path = format!("/v1/sessions/{session}");
            stand.get(&path, &root.token).await.expect(200)["guest_count"].as_i64().unwrap()
        };
        assert_eq!(seats().await, 1);
        let ban = format!("/v1/accounts/{}/ban", guest.id);
        stand.post(&ban, &root.token, json!({"banned": true})).await.expect(200);
        assert_eq!(seats().await, 0);
        let ended = stand.get(&format!("/v1/sessions/{own}"), &root.token).await.expect(200);
        assert_eq!(ended["status"], "ended");
        assert!(matches!(stand.engine.last_of(guest.id), Some(MediaOrder::Person { admitted: false, .. })));
        let stand = stand.restart().await;
        assert!(matches!(stand.engine.last_of(guest.id), Some(MediaOrder::Person { admitted: false, .. })));
        stand.post(&ban, &root.token, json!({"banned": false})).await.expect(200);
        assert!(matches!(stand.engine.last_of(guest.id), Some(MediaOrder::Person { admitted: true, .. })));
    })
    .await;
}

#[tokio::test]
async fn a_forged_token_opens_nothing() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        let mut parts: Vec<&str> = ada.token.split('.').collect();
        let none = "eyJhbGciOiJub25lIn0";
        for forged in [
            format!("{}.{}.", parts[0], parts[1]),
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            "not a token".to_owned(),
            ada.refresh_token.clone(),
        ] {
            stand.get("/v1/me", &forged).await.expect_problem(401, "accounts/unauthenticated");
        }
        parts.swap(1, 2);
        stand.get("/v1/me", &parts.join(".")).await.expect_problem(401, "accounts/unauthenticated");
        stand.get("/v1/me", "").await.expect_problem(401, "accounts/unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn refresh_rotates_forgives_one_late_tab_and_ends_the_family_of_a_thief() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        let refresh =
            async |token: &str| stand.post("/v1/tokens/refresh", "", json!({"refresh_token": token})).await;
        let second = text(&refresh(&ada.refresh_token).await.expect(200)["refresh_token"]);
        assert_ne!(second, ada.refresh_token);
        stand.wind_ms(9_999).await;
        let late = text(&refresh(&ada.refresh_token).await.expect(200)["refresh_token"]);
        assert_eq!(late, second, "the late tab gets what the first one got, so neither is a thief later");
        let third = refresh(&second).await.expect(200);
        stand.wind_ms(10_000).await;
        refresh(&second).await.expect_problem(401, "accounts/refresh_reused");
        let family = match stand.listener.hung_up().as_slice() {
            [HangUp::Family(family)] => *family,
            other => panic!("{other:?}"),
        };
        let bystander = stand.post("/v1/tokens", "", sign_in("ada")).await.expect(201);
        refresh(&text(&third["refresh_token"])).await.expect_problem(401, "accounts/refresh_reused");
        stand
            .get("/v1/me", &text(&third["access_token"]))
            .await
            .expect_problem(401, "accounts/unauthenticated");
        let token = text(&bystander["access_token"]);
        let actor = stand.server.authenticate(Credential::Token(&token)).await.unwrap();
        assert_ne!(actor.family, Some(family), "another sign-in stays open");
        refresh("ort_AAAA").await.expect_problem(401, "accounts/unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_ends_after_thirty_days() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        stand.wind_ms(30 * 24 * 3_600_000 - 1).await;
        let body = json!({"refresh_token": ada.refresh_token});
        let next = stand.post("/v1/tokens/refresh", "", body).await.expect(200);
        stand.wind_ms(30 * 24 * 3_600_000).await;
        let body = json!({"refresh_token": next["refresh_token"]});
        stand.post("/v1/tokens/refresh", "", body).await.expect_problem(401, "accounts/unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_page_keeps_its_refresh_token_in_a_cookie() {
    on_each(async |stand| {
        stand.sign_up("ada").await;
        let mut body = sign_in("ada");
        body["cookie"] = json!(true);
        let answer = stand.post("/v1/tokens", "", body).await;
        assert_eq!(answer.body["refresh_token"], Value::Null);
        let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/v1/tokens", "Max-Age=2592000"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let pair = cookie.split(';').next().unwrap().to_owned();
        let with_cookie: &[(&str, &str)] = &[("cookie", &pair)];
        let path = "/v1/tokens/refresh";
        let next = stand.call_with((Method::POST, path), "", json!({}), with_cookie).await;
        assert!(next.headers.contains_key("set-cookie"));
        let token = text(&next.expect(200)["access_token"]);
        stand.get("/v1/me", &token).await.expect(200);
        let out = stand.call_with((Method::DELETE, "/v1/tokens"), "", Value::Null, with_cookie).await;
        assert_eq!(out.status, 204);
        assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        stand.get("/v1/me", &token).await.expect_problem(401, "accounts/unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn sign_out_ends_this_sign_in_and_its_sockets_and_no_other() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        let other = text(&stand.post("/v1/tokens", "", sign_in("ada")).await.expect(201)["access_token"]);
        let ticket = text(&stand.post("/v1/tickets", &ada.token, json!({})).await.expect(201)["ticket"]);
        assert_eq!(stand.delete("/v1/tokens", &ada.token).await.status, 204);
        assert!(matches!(stand.listener.hung_up().as_slice(), [HangUp::Family(_)]));
        stand.get("/v1/me", &ada.token).await.expect_problem(401, "accounts/unauthenticated");
        let by_ticket = stand.server.authenticate(Credential::Ticket(&ticket)).await;
        assert!(by_ticket.is_err(), "a ticket does not outlive its sign-in");
        let body = json!({"refresh_token": ada.refresh_token});
        assert_eq!(stand.post("/v1/tokens/refresh", "", body).await.status, 401);
        stand.get("/v1/me", &other).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_ticket_is_good_once_and_for_thirty_seconds() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        let issue =
            async || text(&stand.post("/v1/tickets", &ada.token, json!({})).await.expect(201)["ticket"]);
        let ticket = issue().await;
        stand.wind_ms(29_999).await;
        let actor = stand.server.authenticate(Credential::Either(&ticket)).await.unwrap();
        assert_eq!(actor.user_id, ada.id);
        assert!(stand.server.authenticate(Credential::Ticket(&ticket)).await.is_err(), "a second time");
        let late = issue().await;
        stand.wind_ms(30_000).await;
        assert!(stand.server.authenticate(Credential::Ticket(&late)).await.is_err());
        assert!(
            stand.server.authenticate(Credential::Ticket(&ada.token)).await.is_err(),
            "a token is no ticket"
        );
        let either = stand.server.authenticate(Credential::Either(&ada.token)).await.unwrap();
        assert_eq!(either.user_id, ada.id);
    })
    .await;
}

#[tokio::test]
async fn watchers_without_an_account_have_a_name_and_nothing_else() {
    on_each(async |stand| {
        let body = json!({"display_name": "Kim"});
        let answer = stand.post("/v1/tokens/anonymous", "", body).await;
        assert!(answer.headers["set-cookie"].to_str().unwrap().starts_with("onstage_device="));
        let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
        let device = cookie.split(['=', ';']).nth(1).unwrap();
        let token = text(&answer.expect(201)["access_token"]);
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let payload = String::from_utf8(payload).unwrap();
        assert!(
            payload.contains("Kim") && !payload.contains(device),
            "the token shows the cookie: {payload}"
        );
        let actor = stand.server.authenticate(Credential::Token(&token)).await.unwrap();
        assert!(actor.is_anonymous());
        assert_eq!(actor.display_name, "Kim");
        stand.get("/v1/me", &token).await.expect_problem(403, "accounts/sign_in_required");
        stand.call(Method::PATCH, "/v1/me", &token, json!({"display_name": "X"})).await.expect(403);
        stand.post("/v1/sessions", &token, json!({"title": "Mine", "mode": "voice"})).await.expect(403);
        stand.wind_ms(2 * 3_600_000).await;
        stand.get("/v1/me", &token).await.expect_problem(401, "accounts/unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn people_rename_and_delete_themselves() {
    on_each(async |stand| {
        stand.sign_up("root").await;
        let ada = stand.sign_up("ada").await;
        let changed =
            stand.call(Method::PATCH, "/v1/me", &ada.token, json!({"display_name": "Ada L."})).await;
        assert_eq!(changed.expect(200)["account"]["display_name"], "Ada L.");
        assert_eq!(stand.delete("/v1/me", &ada.token).await.status, 204);
        assert!(stand.listener.hung_up().contains(&HangUp::User(ada.id)));
        stand.get("/v1/me", &ada.token).await.expect_problem(401, "accounts/unauthenticated");
        stand.post("/v1/tokens", "", sign_in("ada")).await.expect_problem(401, "accounts/wrong_password");
        stand.sign_up("ada").await;
    })
    .await;
}

#[tokio::test]
async fn operators_list_ban_and_set_plans_and_every_deed_is_written_down() {
    on_each(async |stand| {
        let root = stand.sign_up("root").await;
        let ada = stand.sign_up("ada").await;
        let ban = format!("/v1/accounts/{}/ban", ada.id);
        stand
            .post(&ban, &ada.token, json!({"banned": true}))
            .await
            .expect_problem(403, "accounts/operator_only");
        let banned = stand.post(&ban, &root.token, json!({"banned": true})).await.expect(200);
        assert_eq!(banned["account"]["banned"], true);
        assert_eq!(stand.listener.hung_up(), [HangUp::User(ada.id)]);
        assert_eq!(stand.get("/v1/me", &ada.token).await.status, 401);
        stand.post("/v1/tokens", "", sign_in("ada")).await.expect_problem(403, "accounts/banned");
        stand.post(&ban, &root.token, json!({"banned": false})).await.expect(200);
        stand.post("/v1/tokens", "", sign_in("ada")).await.expect(201);
        let own = format!("/v1/accounts/{}/ban", root.id);
        stand.post(&own, &root.token, json!({"banned": true})).await.expect_problem(403, "stage/not_allowed");
        let plan = format!("/v1/accounts/{}/plan", ada.id);
        let changed = stand.post(&plan, &root.token, json!({"plan": "creator"})).await.expect(200);
        assert_eq!(changed["account"]["plan"], "creator");
        let page = stand.get("/v1/accounts?limit=1", &root.token).await.expect(200);
        assert_eq!(page["items"][0]["handle"], "root");
        let cursor = text(&page["next_cursor"]);
        let page = stand.get(&format!("/v1/accounts?limit=1&cursor={cursor}"), &root.token).await.expect(200);
        assert_eq!((&page["items"][0]["handle"], &page["next_cursor"]), (&json!("ada"), &Value::Null));
        stand.get("/v1/accounts", &ada.token).await.expect(401);
        let log = stand.get("/v1/audit", &root.token).await.expect(200);
        let deeds: Vec<&str> =
            log["items"].as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
        assert_eq!(deeds, ["accounts.set_plan", "accounts.unban", "accounts.ban"]);
    })
    .await;
}

#[tokio::test]
async fn keys_rotate_while_the_server_runs_and_old_tokens_stay_good_until_they_expire() {
    on_each(async |stand| {
        let ada = stand.sign_up("ada").await;
        stand.wind_ms(2_000).await;
        admin(&stand).await.rotate_keys().await.unwrap();
        let kid = |token: &str| token.split('.').next().unwrap().to_owned();
        let fresh = text(&stand.post("/v1/tokens", "", sign_in("ada")).await.expect(201)["access_token"]);
        assert_ne!(kid(&fresh), kid(&ada.token));
        stand.get("/v1/me", &fresh).await.expect(200);
        stand.get("/v1/me", &ada.token).await.expect(200);
        let stand = stand.restart().await;
        stand.get("/v1/me", &ada.token).await.expect(200);
        stand.get("/v1/me", &fresh).await.expect(200);
    })
    .await;
}

/// Calls from one address until it is refused; answers how many passed and when to come back.
async fn passes(stand: &Stand, path: &str, body: impl Fn(usize) -> Value, address: &str) -> (usize, i64) {
    for count in 0..100 {
        let answer =
            stand.call_with((Method::POST, path), "", body(count), &[("x-forwarded-for", address)]).await;
        if answer.status == 429 {
            answer.expect_problem(429, "request/too_fast");
            assert!(answer.headers.contains_key("retry-after"));
            return (count, answer.body["retry_after_ms"].as_i64().unwrap());
        }
    }
    panic!("never refused: {path}");
}

#[tokio::test]
async fn addresses_and_handles_have_their_limits() {
    on_each_with(
        |settings| settings.limits_enabled = true,
        async |stand| {
            let new = |count: usize| account(&format!("user_{count}"));
            assert_eq!(passes(&stand, "/v1/accounts", new, "192.0.2.1").await, (10, 3_600_000));
            let wrong = |_| json!({"handle": "user_1", "password": "wrong password"});
            assert_eq!(passes(&stand, "/v1/tokens", wrong, "192.0.2.2").await.0, 5, "a handle");
            let many =
                |count: usize| json!({"handle": format!("nobody_{count}"), "password": "wrong password"});
            assert_eq!(passes(&stand, "/v1/tokens", many, "192.0.2.3").await, (10, 60_000), "an address");
            assert_eq!(passes(&stand, "/v1/tokens/anonymous", |_| json!({}), "192.0.2.4").await.0, 30);
            stand.wind_ms(60_000).await;
            assert_eq!(passes(&stand, "/v1/tokens", many, "192.0.2.3").await.0, 10, "a minute later");
            assert_eq!(
                passes(&stand, "/v1/tokens/anonymous", |_| json!({}), "192.0.2.5").await.0,
                30,
                "another address"
            );
        },
    )
    .await;
}
