//! Catches a follower that trusts a broken chain, or that grows with what a server invents.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use super::{HEARD_MAX, NAMES_MAX, Seen};

#[test]
fn a_whole_chain_is_followed_and_a_hole_is_noticed() {
    let mut seen = Seen::default();
    assert!(!seen.frame(r#"{"session_id":"s","snapshot":{"x":1},"seq":4}"#));
    assert!(
        !seen.frame(
            r#"{"session_id":"s","events":[{"seq":7,"prev":4,"name":"chat.sent","at":"t","data":{}}]}"#
        )
    );
    assert!(
        !seen.frame(r#"{"session_id":"s","events":[{"after":7,"name":"chat.reacted","at":"t","data":{}}]}"#)
    );
    assert_eq!((seen.seq, seen.breaks, seen.count("chat.sent"), seen.count("chat.reacted")), (7, 0, 1, 1));
    assert!(
        seen.frame(
            r#"{"session_id":"s","events":[{"seq":12,"prev":9,"name":"chat.sent","at":"t","data":{}}]}"#
        )
    );
    assert_eq!((seen.seq, seen.breaks), (12, 1));
}

#[test]
fn a_refusal_is_kept_and_catching_up_moves_on() {
    let mut seen = Seen::default();
    seen.frame(r#"{"reply_to":2,"problem":{"code":"moderation/blocked"}}"#);
    seen.frame(r#"{"session_id":"s","caught_up":31}"#);
    seen.frame("nonsense");
    assert_eq!(seen.problem.as_deref(), Some(r#"{"code":"moderation/blocked"}"#));
    assert_eq!((seen.seq, seen.frames), (31, 3));
}

#[test]
fn reaches_names_max() {
    let mut seen = Seen::default();
    for number in 0..NAMES_MAX + 10 {
        seen.count_event(&format!("event.{number}"));
    }
    assert_eq!(seen.events.len(), NAMES_MAX);
    seen.count_event("event.3");
    assert_eq!(seen.count("event.3"), 2);
}

#[test]
fn what_is_listened_for_is_kept_whole_and_nothing_else() {
    let mut seen = Seen { listens: &["stage.muted"], ..Seen::default() };
    seen.listen(
        r#"{"events":[{"name":"chat.sent","data":{"x":1}},{"name":"stage.muted","data":{"muted":true}}]}"#,
    );
    let heard: Vec<_> = seen.heard.drain(..).collect();
    assert_eq!(heard.len(), 1);
    assert_eq!((heard[0].name.as_str(), heard[0].data["muted"].as_bool()), ("stage.muted", Some(true)));
}

#[test]
fn reaches_heard_max() {
    let mut seen = Seen { listens: &["chat.sent"], ..Seen::default() };
    for number in 0..HEARD_MAX + 5 {
        seen.listen(&format!(r#"{{"events":[{{"name":"chat.sent","data":{number}}}]}}"#));
    }
    assert_eq!(seen.heard.len(), HEARD_MAX);
    assert_eq!(seen.heard[0].data, 5, "the oldest are forgotten");
}
