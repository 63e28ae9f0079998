//! Catches a follower that trusts a broken chain, or that grows with what a server invents.

#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use super::{NAMES_MAX, Seen};

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
