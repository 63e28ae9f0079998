//! Would catch a socket command that says something else than its REST call, or speaks for somebody else.

use std::collections::BTreeSet;

use onstage_domain::chat::{MessageKind, MessageView};
use onstage_domain::problem::Code;
use onstage_domain::samples::{SAMPLE_AT, session_id, user};
use onstage_domain::stage::{Command as Stage, Role};
use onstage_domain::{Command, MessageId, Reply, UserId};
use serde_json::{Value, json};

use super::{VERBS, verb};
fn owner_id() -> UserId {
    user(0)
}

fn guest_id() -> UserId {
    user(1)
}

fn viewer_id() -> UserId {
    user(2)
}

fn message() -> MessageView {
    MessageView {
        id: MessageId::new(user(9).uuid()),
        session_id: session_id(),
        user_id: Some(viewer_id()),
        handle: Some("cy".into()),
        display_name: Some("Cy".into()),
        text: "Hello everyone!".into(),
        kind: MessageKind::Text,
        created_at: SAMPLE_AT,
    }
}

fn ids() -> Value {
    json!({
        "session_id": session_id(), "user_id": guest_id(), "request_id": message().id,
        "invitation_id": message().id, "message_id": message().id,
    })
}

fn with(extra: Value) -> Value {
    let mut data = ids();
    for (key, value) in extra.as_object().unwrap() {
        data[key] = value.clone();
    }
    data
}

#[test]
fn every_command_is_read_from_its_body_and_its_ids() {
    let full = with(json!({
        "display_name": "Ada", "plan": "creator", "banned": true, "title": "Show", "mode": "voice",
        "layout": "grid", "locked": true, "media": "audio", "muted": true, "role": "cohost", "seat": 3,
        "duration_s": 60, "text": "Hi", "kind": "heart",
    }));
    for verb in VERBS {
        let data = if verb.name == "chat.send" { with(json!({ "text": "Hi" })) } else { full.clone() };
        assert!(verb.parse(data, guest_id()).is_ok(), "{}", verb.name);
    }
}

#[test]
fn names_are_unique() {
    let names: BTreeSet<&str> = VERBS.iter().map(|verb| verb.name).collect();
    assert_eq!(names.len(), VERBS.len());
    assert!(verb("stage.burn").is_none());
}

#[test]
fn a_missing_id_is_named() {
    let problem =
        verb("stage.kick").unwrap().parse(json!({ "session_id": session_id() }), owner_id()).unwrap_err();
    assert_eq!(problem.code, Code::Invalid);
    assert_eq!(problem.errors[0].pointer, "/user_id");
    let problem = verb("stage.kick").unwrap().parse(json!({ "session_id": 7 }), owner_id()).unwrap_err();
    assert_eq!(
        (problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()),
        ("/session_id", "wrong_type")
    );
}

#[test]
fn k9_a_body_cannot_speak_for_somebody_else() {
    let data = json!({ "session_id": session_id(), "text": "Hi", "user_id": owner_id() });
    let problem = verb("chat.send").unwrap().parse(data, viewer_id()).unwrap_err();
    assert_eq!(problem.code, Code::IdentityMismatch);
}

#[test]
fn data_that_is_no_object_is_unreadable() {
    let problem = verb("chat.send").unwrap().parse(json!([1]), viewer_id()).unwrap_err();
    assert_eq!(problem.code, Code::Unreadable);
}

#[test]
fn the_target_of_a_command_is_not_a_claim() {
    let data = with(json!({ "role": "guest" }));
    let command = verb("stage.role").unwrap().parse(data, owner_id()).unwrap();
    let expected = Stage::SetRole { session: session_id(), user: guest_id(), role: Role::Guest };
    assert_eq!(command, Command::Stage(expected));
}

#[test]
fn replies_are_those_of_the_rest_calls() {
    let sent = verb("chat.send").unwrap().render(Reply::Message(message())).unwrap();
    assert_eq!(sent["text"], "Hello everyone!");
    let kicked = verb("stage.kick").unwrap().render(Reply::Enforced(true)).unwrap();
    assert_eq!(kicked, json!({ "enforced": true }));
    assert_eq!(verb("chat.react").unwrap().render(Reply::Done).unwrap(), json!(true));
    let other = verb("chat.send").unwrap().render(Reply::Done).unwrap_err();
    assert_eq!(other.code, Code::Fault);
}
