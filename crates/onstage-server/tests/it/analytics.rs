//! Would catch an average that is not weighted by time, a plot that forgets what happened, numbers that somebody else can
//! read, a course that a killed process loses, and a row for each contact instead of one for ten seconds.

use onstage_domain::SessionId;
use serde_json::{Value, json};

use crate::support::{Person, Stand, on_each};

const SECOND_MS: i64 = 1_000;
const DAY_MS: i64 = 24 * 3_600_000;

async fn analytics(stand: &Stand, person: &Person, session: SessionId) -> Value {
    stand.get(&format!("/v1/sessions/{session}/analytics"), &person.token).await.expect(200)
}

async fn end(stand: &Stand, host: &Person, session: SessionId) {
    stand.post(&format!("/v1/sessions/{session}/end"), &host.token, json!({})).await.expect(200);
}

/// The column of a plot.
fn column(shown: &Value, name: &str) -> Vec<f64> {
    shown["timeline"].as_array().unwrap().iter().map(|moment| moment[name].as_f64().unwrap()).collect()
}

struct Cast {
    operator: Person,
    host: Person,
    ada: Person,
    ben: Person,
    guest: Person,
    session: SessionId,
}

async fn hire(stand: &Stand) -> Cast {
    let operator = stand.sign_up("operator").await;
    let host = stand.sign_up("host").await;
    let [ada, ben, guest] =
        [stand.sign_up("ada").await, stand.sign_up("ben").await, stand.sign_up("guest").await];
    let session = stand.go_live(&host).await;
    stand.connect(&host, session, true).await;
    Cast { operator, host, ada, ben, guest, session }
}

/// A minute: one watches for 25 seconds, one from the fourth second on, one is on stage for the last twenty.
async fn play_a_minute(stand: &Stand, cast: &Cast) {
    let Cast { host, ada, ben, guest, session, .. } = cast;
    let say = async |person: &Person, text: &str| {
        let body = json!({"text": text});
        stand.post(&format!("/v1/sessions/{session}/messages"), &person.token, body).await.expect(201)
    };
    let react = async |kind: &str, count: u32| {
        let body = json!({"kind": kind, "count": count});
        stand.post(&format!("/v1/sessions/{session}/reactions"), &ben.token, body).await.expect(202);
    };
    stand.connect(ada, *session, true).await;
    stand.wind_ms(4 * SECOND_MS).await;
    stand.connect(ben, *session, true).await;
    let said = say(ada, "hello").await;
    stand.wind_ms(21 * SECOND_MS).await;
    stand.connect(ada, *session, false).await;
    stand.wind_ms(5 * SECOND_MS).await;
    say(ben, "still here").await;
    let path = format!("/v1/sessions/{session}/messages/{}", said["id"].as_str().unwrap());
    stand.delete(&path, &host.token).await;
    react("heart", 3).await;
    react("fire", 1).await;
    stand.wind_ms(10 * SECOND_MS).await;
    stand.seat(host, guest, *session).await;
    stand.wind_ms(20 * SECOND_MS).await;
}

#[tokio::test]
async fn a_show_is_told_as_it_was_while_it_runs_and_after_its_end_and_a_restart() {
    on_each(async |stand| {
        let cast = hire(&stand).await;
        play_a_minute(&stand, &cast).await;
        let shown = analytics(&stand, &cast.host, cast.session).await;
        assert_eq!((&shown["duration_s"], &shown["bucket_s"]), (&json!(60), &json!(10)));
        assert_eq!(shown["viewers_peak"], 2);
        // 4 s of one, 21 s of two, 35 s of one: 81 seconds watched in a minute.
        assert_eq!(shown["viewers_average"], json!(1.35));
        assert_eq!(column(&shown, "viewers"), [1.6, 2.0, 1.5, 1.0, 1.0, 1.0]);
        assert_eq!(column(&shown, "guests"), [0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
        assert_eq!(column(&shown, "messages"), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0], "taken away or not");
        assert_eq!(column(&shown, "reactions"), [0.0, 0.0, 0.0, 4.0, 0.0, 0.0]);
        assert_eq!(
            (&shown["people"], &shown["guests"], &shown["requests"]),
            (&json!(3), &json!(1), &json!(1))
        );
        assert_eq!((&shown["messages"], &shown["reactions"]), (&json!(2), &json!(4)));
        assert_eq!(shown["reactions_by_kind"], json!({"fire": 1, "heart": 3}));
        assert_eq!((&shown["ended_at"], &shown["host_sessions"]), (&Value::Null, &json!(0)));
        assert_eq!(shown["timeline"][0]["at"], shown["started_at"]);
        end(&stand, &cast.host, cast.session).await;
        let mut ended = analytics(&stand, &cast.host, cast.session).await;
        assert_eq!((&ended["host_sessions"], &ended["host_average_duration_s"]), (&json!(1), &json!(60)));
        let stand = stand.restart().await;
        stand.wind_ms(3 * SECOND_MS).await;
        assert_eq!(analytics(&stand, &cast.host, cast.session).await, ended);
        for changed in ["ended_at", "host_sessions", "host_average_duration_s"] {
            ended[changed] = shown[changed].clone();
        }
        assert_eq!(ended, shown, "the end changes nothing that was counted");
    })
    .await;
}

#[tokio::test]
async fn only_the_host_and_operators_see_how_a_show_went() {
    on_each(async |stand| {
        let cast = hire(&stand).await;
        let path = format!("/v1/sessions/{}/analytics", cast.session);
        stand.seat(&cast.host, &cast.guest, cast.session).await;
        for person in [&cast.ada, &cast.guest] {
            stand.get(&path, &person.token).await.expect_problem(403, "sessions/owner_only");
        }
        let anonymous = stand.anonymous().await;
        stand.get(&path, &anonymous).await.expect_problem(403, "accounts/sign_in_required");
        stand.get(&path, "").await.expect_problem(401, "accounts/unauthenticated");
        let nowhere = format!("/v1/sessions/{}/analytics", cast.ada.id);
        stand.get(&nowhere, &cast.host.token).await.expect_problem(404, "sessions/not_found");
        let seen = analytics(&stand, &cast.operator, cast.session).await;
        assert_eq!(seen, analytics(&stand, &cast.host, cast.session).await);
        assert_eq!(seen["viewers_average"], json!(0.0), "a show that just began");
    })
    .await;
}

#[tokio::test]
async fn a_killed_process_loses_the_last_ten_seconds_and_nothing_else() {
    on_each(async |stand| {
        let cast = hire(&stand).await;
        stand.connect(&cast.ada, cast.session, true).await;
        stand.wind_ms(12 * SECOND_MS).await;
        stand.connect(&cast.ben, cast.session, true).await;
        stand.wind_ms(3 * SECOND_MS).await;
        // Nothing is written at a close either: this is what a killed process leaves.
        let stand = stand.restart().await;
        stand.wind_ms(5 * SECOND_MS).await;
        stand.connect(&cast.host, cast.session, true).await;
        stand.connect(&cast.ben, cast.session, true).await;
        stand.wind_ms(10 * SECOND_MS).await;
        end(&stand, &cast.host, cast.session).await;
        let shown = analytics(&stand, &cast.host, cast.session).await;
        // Ada until the restart at 15 s, nobody until 20 s, Ben until the end; Ben's first three seconds are lost.
        assert_eq!(column(&shown, "viewers"), [1.0, 0.5, 1.0]);
        assert_eq!(shown["viewers_average"], json!(0.833));
    })
    .await;
}

#[tokio::test]
async fn many_contacts_in_ten_seconds_are_one_row_and_a_quiet_hour_is_none() {
    on_each(async |stand| {
        let cast = hire(&stand).await;
        let rows = async || {
            let sql = "SELECT COUNT(*) AS count FROM audience_samples";
            crate::support::number(&stand.settings.database_url, sql).await
        };
        for _ in 0..20 {
            stand.connect(&cast.ada, cast.session, true).await;
            stand.connect(&cast.ben, cast.session, true).await;
            stand.connect(&cast.ben, cast.session, false).await;
            stand.wind_ms(100).await;
        }
        assert_eq!(rows().await, 0);
        stand.wind_ms(8 * SECOND_MS).await;
        assert_eq!(rows().await, 1);
        stand.wind_ms(3_600 * SECOND_MS).await;
        assert_eq!(rows().await, 1);
        let shown = analytics(&stand, &stand.sign_in_again(&cast.host).await, cast.session).await;
        assert_eq!((shown["viewers_average"].clone(), shown["bucket_s"].clone()), (json!(1.0), json!(40)));
    })
    .await;
}

#[tokio::test]
async fn a_course_lives_as_long_as_the_log() {
    on_each(async |stand| {
        let cast = hire(&stand).await;
        play_a_minute(&stand, &cast).await;
        end(&stand, &cast.host, cast.session).await;
        let average = async || {
            let host = stand.sign_in_again(&cast.host).await;
            analytics(&stand, &host, cast.session).await["viewers_average"].clone()
        };
        stand.wind_ms(30 * DAY_MS).await;
        assert_eq!(average().await, json!(1.35));
        stand.wind_ms(DAY_MS).await;
        assert_eq!(average().await, json!(0.0));
    })
    .await;
}
