//! Would catch a frame that clients cannot read, and a client's frame that stops the server.

use onstage_domain::problem::{Code, Problem};
use onstage_domain::samples::session_id;
use onstage_domain::{Seq, SessionId};
use serde_json::{Value, json};

use super::{
    FRAME_LENGTH_MAX, Position, Wish, caught_up_frame, events_frame, ok_frame, parse_frame, problem_frame,
    removed_frame, resync_frame,
};

fn json_of(frame: &str) -> Value {
    serde_json::from_str(frame).unwrap()
}

fn refused(text: &str) -> (Option<Value>, Code) {
    let error = parse_frame(text).unwrap_err();
    (error.id, error.problem.code)
}

#[test]
fn reads_every_frame_of_the_contract() {
    let session = session_id();
    let frame = parse_frame(r#"{"id":1,"type":"authenticate","access_token":"abc"}"#).unwrap();
    assert_eq!((frame.id, frame.wish), (Some(json!(1)), Wish::Authenticate { access_token: "abc".into() }));
    let text = format!(r#"{{"id":"two","type":"subscribe","session_id":"{session}","since":41}}"#);
    assert_eq!(parse_frame(&text).unwrap().wish, Wish::Subscribe { session, since: Some(Seq(41)) });
    let text = format!(r#"{{"type":"unsubscribe","session_id":"{session}"}}"#);
    assert_eq!(parse_frame(&text).unwrap().wish, Wish::Unsubscribe { session });
    let frame = parse_frame(r#"{"id":9,"type":"command","name":"chat.send","data":{"text":"Hi"}}"#).unwrap();
    assert_eq!(frame.wish, Wish::Command { name: "chat.send".into(), data: json!({ "text": "Hi" }) });
}

#[test]
fn malformed_frames_are_refused_with_the_number_they_came_with() {
    assert_eq!(refused("nonsense"), (None, Code::Unreadable));
    assert_eq!(refused("[]"), (None, Code::Unreadable));
    assert_eq!(refused(r#"{"id":5}"#), (Some(json!(5)), Code::UnknownCommand));
    assert_eq!(refused(r#"{"id":5,"type":"dance"}"#), (Some(json!(5)), Code::UnknownCommand));
    assert_eq!(refused(r#"{"id":{},"type":7}"#), (None, Code::UnknownCommand));
    assert_eq!(
        refused(r#"{"id":6,"type":"subscribe","session_id":"x","since":-1}"#),
        (Some(json!(6)), Code::Invalid)
    );
    assert_eq!(refused(&"[".repeat(1_000)), (None, Code::Unreadable));
}

#[test]
fn reaches_frame_length_max() {
    let long = format!(r#"{{"id":1,"type":"ping","pad":"{}"}}"#, "x".repeat(FRAME_LENGTH_MAX));
    assert_eq!(refused(&long), (None, Code::TooLarge));
    let pad = "x".repeat(FRAME_LENGTH_MAX - 31);
    let fits = format!(r#"{{"id":1,"type":"ping","pad":"{pad}"}}"#);
    assert_eq!(fits.len(), FRAME_LENGTH_MAX);
    assert!(parse_frame(&fits).is_ok());
}

#[test]
fn events_carry_their_place() {
    let session: SessionId = session_id();
    let tail = r#""name":"session.host_back","data":{},"at":"t"}"#;
    let kept = Position::Kept { seq: Seq(7), prev: Seq(5) };
    let frame = json_of(&events_frame(session, [(kept, tail), (Position::After(Seq(7)), tail)]));
    assert_eq!(frame["session_id"], json!(session));
    assert_eq!((&frame["events"][0]["seq"], &frame["events"][0]["prev"]), (&json!(7), &json!(5)));
    assert_eq!(frame["events"][1]["after"], 7);
    assert_eq!(frame["events"][1]["name"], "session.host_back");
}

#[test]
fn the_other_frames_are_as_the_contract_says() {
    let session = session_id();
    assert_eq!(json_of(&caught_up_frame(session, Seq(9))), json!({ "session_id": session, "caught_up": 9 }));
    assert_eq!(json_of(&resync_frame(session)), json!({ "session_id": session, "resync": true }));
    assert_eq!(json_of(&ok_frame(Some(&json!(3)), json!(true))), json!({ "reply_to": 3, "ok": true }));
    let problem = Problem::new(Code::Blocked);
    assert_eq!(json_of(&problem_frame(Some(&json!(4)), &problem))["problem"]["code"], "moderation/blocked");
    let removed = json_of(&removed_frame(session, &problem));
    assert_eq!((&removed["removed"], &removed["problem"]["status"]), (&json!(true), &json!(403)));
}
