//! Words and hearts.

use serde_json::{Value, json};

use super::seed::{Seed, assert_columns, assert_time, column_words};
use crate::support::on_each;

fn words_of(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["message"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn s1_7_history_is_paged_backwards_without_a_gap_or_a_repeat() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let viewer = stand.join_live(&show, "viewer").await;
        for n in 0..7 {
            // Three in a millisecond: a page may end between messages of one moment.
            stand.clock.wind_ms(i64::from(n % 3 == 0));
            stand.say_live(&show, &viewer, &format!("message {n}")).await.expect(200);
        }
        let mut pages = Vec::new();
        let mut before = String::new();
        loop {
            let path = format!("/live/messages/{}?limit=2{before}", show.id);
            let page = stand.get(&path, &viewer.token).await.expect(200).as_array().unwrap().clone();
            let Some(oldest) = page.first() else { break };
            before = format!("&before={}", oldest["id"].as_str().unwrap());
            pages.push(page);
        }
        let told: Vec<Value> = pages.into_iter().rev().flatten().collect();
        let expected: Vec<String> = (0..7).map(|n| format!("message {n}")).collect();
        assert_eq!(words_of(&told), expected);
    })
    .await;
}

#[tokio::test]
async fn s1_8_coming_up_and_leaving_are_lines_of_the_system_and_of_nobody_elses_chat() {
    on_each(async |stand| {
        let show = stand.start_live(json!({"chat_slow_mode": 60})).await;
        let guest = stand.guest_live(&show, "guest").await;
        stand.clock.wind_ms(10);
        stand.say_live(&show, &guest, "Hello everyone!").await.expect(200);
        stand.clock.wind_ms(10);
        stand.manage_live(&show.host, &show, (&guest, "demote")).await.expect(200);
        let unruly = stand.guest_live(&show, "unruly").await;
        stand.clock.wind_ms(10);
        stand.manage_live(&show.host, &show, (&unruly, "kick")).await.expect(200);
        let history = stand.history_live(&show, &guest).await;
        let told = words_of(&history);
        let guests = ["The guest joined the stage", "Hello everyone!", "The guest left the stage"];
        assert_eq!(told[..3], guests);
        assert_eq!(told[3..], ["The unruly joined the stage", "The unruly was removed from the session"]);
        for (line, person, event, status) in [
            (&history[0], &guest, "joined", "active"),
            (&history[2], &guest, "left", "left"),
            (&history[3], &unruly, "joined", "active"),
            (&history[4], &unruly, "left", "kicked"),
        ] {
            assert_columns("live_chat_messages", line, &[]);
            let by = (&line["message_type"], &line["user_id"], &line["username"]);
            assert_eq!(by, (&json!("system"), &Value::Null, &Value::Null));
            let about =
                json!({"event": event, "status": status, "user_id": person.id, "username": person.handle});
            assert_eq!(line["metadata"], about);
            assert_time(line["created_at"].as_str().unwrap());
        }
        // Neither chat of other languages, nor the count, nor the log knows of them.
        let path = format!("/v1/sessions/{}/messages", show.id);
        let chat = stand.get(&path, &guest.token).await.expect(200);
        assert_eq!(chat["items"].as_array().unwrap().len(), 1);
        let stats = stand.get(&format!("/ws/live/{}/stats", show.id), &guest.token).await.expect(200);
        assert_eq!(stats["messages"], 1);
        let names = stand.listener.names(show.id);
        assert_eq!(names.iter().filter(|name| **name == "chat.sent").count(), 1);
        let line = history[0]["id"].as_str().unwrap();
        let taken = stand.delete(&format!("{path}/{line}"), &show.host.token).await;
        taken.expect_problem(404, "chat/message_not_found");
    })
    .await;
}

#[tokio::test]
async fn s1_8_lines_are_pages_of_the_history_like_messages() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let viewer = stand.join_live(&show, "viewer").await;
        stand.say_live(&show, &viewer, "before").await.expect(200);
        stand.clock.wind_ms(10);
        stand.guest_live(&show, "guest").await;
        stand.clock.wind_ms(10);
        stand.say_live(&show, &viewer, "after").await.expect(200);
        let newest =
            stand.get(&format!("/live/messages/{}?limit=2", show.id), &viewer.token).await.expect(200);
        let newest = newest.as_array().unwrap();
        assert_eq!(words_of(newest), ["The guest joined the stage", "after"]);
        for before in [&newest[0]["id"], &newest[0]["created_at"]] {
            let path = format!("/live/messages/{}?before={}", show.id, before.as_str().unwrap());
            let older = stand.get(&path, &viewer.token).await.expect(200);
            assert_eq!(words_of(older.as_array().unwrap()), ["before"]);
        }
    })
    .await;
}

#[tokio::test]
async fn s1_10_slow_mode_makes_a_person_wait_and_says_how_long() {
    on_each(async |stand| {
        let show = stand.start_live(json!({"chat_slow_mode": 5})).await;
        let (viewer, other) = (stand.join_live(&show, "viewer").await, stand.join_live(&show, "other").await);
        stand.say_live(&show, &viewer, "one").await.expect(200);
        stand.clock.wind_ms(2_000);
        let early = stand.say_live(&show, &viewer, "two").await;
        early.expect_problem(429, "chat/slow_mode");
        assert_eq!(
            (&early.headers["retry-after"], &early.body["retry_after_ms"]),
            (&"3".parse().unwrap(), &json!(3_000))
        );
        stand.say_live(&show, &other, "two").await.expect(200);
        stand.clock.wind_ms(3_000);
        stand.say_live(&show, &viewer, "two").await.expect(200);
        assert_eq!(stand.details_live(&show).await["settings"]["chat_slow_mode"], 5);
    })
    .await;
}

#[tokio::test]
async fn s1_17_a_message_shows_every_column_and_its_type_is_one_of_the_tables_words() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let guest = stand.guest_live(&show, "guest").await;
        stand.say_live(&show, &guest, "words").await.expect(200);
        let fields =
            [("session_id", json!(show.id)), ("message", json!("wave")), ("message_type", json!("sticker"))];
        let sticker = Seed::read("send-message").request(&fields).0;
        stand.post("/live/send-message", &guest.token, sticker).await.expect(200);
        let types = column_words("live_chat_messages", "message_type");
        let history = stand.history_live(&show, &guest).await;
        for line in &history {
            assert_columns("live_chat_messages", line, &[]);
            assert!(line["metadata"].is_object());
            assert!(types.iter().any(|word| *word == line["message_type"]));
        }
        let told: Vec<&Value> = history.iter().map(|line| &line["message_type"]).collect();
        assert_eq!(told.len(), 3);
        assert!(["system", "text", "sticker"].iter().all(|word| told.contains(&&json!(word))), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn s1_28_a_message_is_answered_with_itself() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let viewer = stand.join_live(&show, "viewer").await;
        let seed = Seed::read("send-message");
        let body = seed.request(&[("session_id", json!(show.id))]).0;
        let sent = stand.call_of(&seed, (&[], &viewer.token), body.clone()).await.expect(200);
        assert_columns("live_chat_messages", &sent, &[]);
        assert_eq!((&sent["message"], &sent["message_type"]), (&body["message"], &body["message_type"]));
        assert_eq!((&sent["user_id"], &sent["username"]), (&json!(viewer.id), &json!("viewer")));
        assert_eq!((&sent["session_id"], &sent["metadata"]), (&json!(show.id), &json!({})));
        assert_time(sent["created_at"].as_str().unwrap());
        assert_eq!(stand.history_live(&show, &viewer).await, [sent]);
        for made_by_us in ["gift", "system"] {
            let body = seed.request(&[("session_id", json!(show.id)), ("message_type", json!(made_by_us))]).0;
            let refused = stand.call_of(&seed, (&[], &viewer.token), body).await;
            refused.expect_problem(400, "request/bad_word");
        }
    })
    .await;
}

#[tokio::test]
async fn s1_29_messages_before_a_moment_oldest_first_at_most_a_hundred() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let viewer = stand.join_live(&show, "viewer").await;
        for n in 0..101 {
            stand.clock.wind_ms(1_000);
            stand.say_live(&show, &viewer, &format!("message {n}")).await.expect(200);
        }
        let all =
            stand.get(&format!("/live/messages/{}?limit=500", show.id), &viewer.token).await.expect(200);
        assert_eq!(all.as_array().unwrap().len(), 100, "a larger wish is clamped");
        let moment = all[60]["created_at"].as_str().unwrap().to_owned();
        let seed = Seed::read("messages");
        let millis = onstage_dialects::time::parse_rfc3339(&moment).unwrap().0.to_string();
        for before in [moment, millis, all[60]["id"].as_str().unwrap().to_owned()] {
            let values = [("session_id", show.id.to_string()), ("timestamp", before)];
            let page = stand.call_of(&seed, (&values, &viewer.token), Value::Null).await.expect(200);
            assert_eq!(page.as_array().unwrap()[..], all.as_array().unwrap()[10..60]);
        }
        let values = [("session_id", show.id.to_string()), ("timestamp", "yesterday".to_owned())];
        let refused = stand.call_of(&seed, (&values, &viewer.token), Value::Null).await;
        refused.expect_problem(400, "request/unreadable");
    })
    .await;
}

#[tokio::test]
async fn s1_32_a_reaction_is_answered_with_its_word() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let viewer = stand.join_live(&show, "viewer").await;
        let seed = Seed::read("react");
        assert_eq!(seed.words("reaction_type"), column_words("live_reactions", "reaction_type"));
        for kind in seed.words("reaction_type") {
            let body = seed.request(&[("session_id", json!(show.id)), ("reaction_type", json!(kind))]).0;
            let sent = stand.call_of(&seed, (&[], &viewer.token), body).await.expect(200);
            assert_eq!(sent["reaction_type"], json!(kind));
            assert!(!sent["message"].as_str().unwrap().is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn s1_19_reactions_are_kept_as_counts_and_whose_they_are_is_told_once() {
    on_each(async |stand| {
        let show = stand.start_live(json!({})).await;
        let viewer = stand.join_live(&show, "viewer").await;
        for kind in ["heart", "heart", "fire"] {
            let body = Seed::read("react")
                .request(&[("session_id", json!(show.id)), ("reaction_type", json!(kind))])
                .0;
            stand.post("/live/react", &viewer.token, body).await.expect(200);
        }
        let told = stand.listener.of(show.id);
        let told: Vec<_> = told.iter().filter(|envelope| envelope.data.name() == "chat.reacted").collect();
        assert_eq!(told.len(), 3);
        for envelope in told {
            assert_eq!(envelope.seq, None, "kept by nobody");
            assert!(serde_json::to_string(&envelope.data).unwrap().contains(&viewer.id.to_string()));
        }
        let path = format!("/v1/sessions/{}", show.id);
        let log = stand.get(&format!("{path}/events?limit=200"), &show.host.token).await.expect(200);
        assert!(!log.to_string().contains("chat.reacted"));
        let shown = stand.get(&format!("{path}/analytics"), &show.host.token).await.expect(200);
        assert_eq!(shown["reactions_by_kind"], json!({"heart": 2, "fire": 1}));
    })
    .await;
}
