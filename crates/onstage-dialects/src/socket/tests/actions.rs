//! Every action of the document, and what is refused before anybody is asked.

use onstage_domain::Command;
use onstage_domain::chat::{Command as Chat, MessageKind, Reaction};
use onstage_domain::media::Media;
use onstage_domain::problem::Code;
use onstage_domain::samples::{session_id, user};
use onstage_domain::stage::{Command as Stage, RequestedRole, Role};
use onstage_domain::text::Note;
use serde_json::{Value, json};

use super::seed;
use crate::socket::actions::ACTION_LENGTH_MAX;
use crate::socket::{Action, SIGNAL_TYPE_LENGTH_MAX, Signal, SignalTarget, parse_action};
use crate::v1::FRAME_LENGTH_MAX;

fn read(frame: &Value) -> Result<Action, Code> {
    parse_action(&frame.to_string(), session_id(), user(0)).map_err(|error| error.problem.code)
}

fn stage(frame: &Value) -> Stage {
    match read(frame) {
        Ok(Action::Command(Command::Stage(command))) => command,
        other => panic!("{other:?}"),
    }
}

fn reaction(text: &str) -> Result<Reaction, Code> {
    match read(&json!({ "action": "reaction", "reaction": text })) {
        Ok(Action::Command(Command::Chat(Chat::React { kind, .. }))) => Ok(kind),
        Ok(other) => panic!("{other:?}"),
        Err(code) => Err(code),
    }
}

#[test]
fn s3_5_a_heartbeat_is_understood() {
    assert_eq!(read(&seed("s3_5_ping")), Ok(Action::Ping));
    assert_eq!(read(&json!({ "action": "pong" })), Ok(Action::SignOfLife));
    assert_eq!(read(&json!({ "type": "pong" })), Ok(Action::SignOfLife), "as the server spells it");
    assert_eq!(read(&json!({ "type": "chat", "message": "Hello!" })), Err(Code::UnknownCommand));
}

#[test]
fn s3_6_the_documents_chat_is_a_message() {
    let Ok(Action::Command(Command::Chat(Chat::Send { session, text, kind }))) = read(&seed("s3_6_chat"))
    else {
        panic!()
    };
    assert_eq!((session, text.as_str(), kind), (session_id(), "Hello!", MessageKind::Text));
    for message in [json!(""), json!("  "), json!("x".repeat(501)), json!(7), Value::Null] {
        assert_eq!(read(&json!({ "action": "chat", "message": message })), Err(Code::Invalid));
    }
}

#[test]
fn s3_7_and_k19_reactions_are_emoji_or_words() {
    assert_eq!(reaction("❤️"), Ok(Reaction::Heart));
    assert_eq!(reaction("\u{2764}"), Ok(Reaction::Heart), "without the sign for colour");
    assert_eq!(reaction("🔥"), Ok(Reaction::Fire));
    assert_eq!(reaction("😮"), Ok(Reaction::Wow));
    // The document lost the last byte of its third reaction: it was one of these two.
    assert_eq!((reaction("👏"), reaction("👍")), (Ok(Reaction::Clap), Ok(Reaction::ThumbsUp)));
    assert_eq!((reaction("👏🏽"), reaction("👍🏿")), (Ok(Reaction::Clap), Ok(Reaction::ThumbsUp)));
    for kind in Reaction::ALL {
        assert_eq!((reaction(kind.word()), reaction(kind.emoji())), (Ok(*kind), Ok(*kind)));
    }
    for nothing in ["", "\u{FE0F}", "🦀", "❤️❤️", "Heart"] {
        assert_eq!(reaction(nothing), Err(Code::Invalid), "{nothing:?}");
    }
}

#[test]
fn s3_7_a_reaction_may_carry_a_count() {
    let count = |count: Value| match read(&json!({ "action": "reaction", "reaction": "🔥", "count": count }))
    {
        Ok(Action::Command(Command::Chat(Chat::React { count, .. }))) => Some(count),
        _ => None,
    };
    assert_eq!((count(Value::Null), count(json!(20))), (Some(1), Some(20)));
    assert_eq!(
        (count(json!(0)), count(json!(21)), count(json!(-1)), count(json!(1.5))),
        (None, None, None, None)
    );
}

#[test]
fn s3_8_who_asks_sits_at_once_when_let_in() {
    let asked = |frame: &Value| match stage(frame) {
        Stage::Request { session, role, message, seat_at_once } => {
            assert!(session == session_id() && seat_at_once);
            (role, message.as_str().to_owned())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(asked(&seed("s3_8_request_guest")), (RequestedRole::Guest, String::new()));
    let more = json!({ "action": "request_guest", "message": "I sing", "request_type": "cohost" });
    assert_eq!(asked(&more), (RequestedRole::Cohost, "I sing".to_owned()));
    let unknown = json!({ "action": "request_guest", "request_type": "king" });
    assert_eq!(read(&unknown), Err(Code::Invalid));
}

#[test]
fn s3_9_answers_name_the_person() {
    let (session, guest) = (session_id(), user(1));
    let mut frame = seed("s3_9_respond_guest");
    assert_eq!(stage(&frame), Stage::AcceptPerson { session, user: guest, seat_at_once: true });
    frame["approved"] = json!(false);
    assert_eq!(stage(&frame), Stage::DeclinePerson { session, user: guest });
    frame["approved"] = json!("approved");
    assert_eq!(read(&frame), Err(Code::Invalid));
}

#[test]
fn s3_10_every_action_type_is_a_command() {
    let (session, guest) = (session_id(), user(1));
    let mute = |media: Media, muted: bool| Stage::Mute { session, user: guest, media, muted };
    let rude = Note::parse("Rude").unwrap();
    let cohost = Stage::SetRole { session, user: guest, role: Role::Cohost };
    for (word, command) in [
        ("mute_audio", mute(Media::Audio, true)),
        ("mute", mute(Media::Audio, true)),
        ("mute_video", mute(Media::Video, true)),
        ("unmute_audio", mute(Media::Audio, false)),
        ("unmute", mute(Media::Audio, false)),
        ("unmute_video", mute(Media::Video, false)),
        ("kick", Stage::Kick { session, user: guest, reason: Some(rude) }),
        ("promote_cohost", cohost.clone()),
        ("promote", cohost),
        ("demote", Stage::Demote { session, user: guest }),
    ] {
        let mut frame = seed("s3_10_participant_action");
        frame["action_type"] = json!(word);
        frame["reason"] = json!("Rude");
        assert_eq!(stage(&frame), command, "{word}");
    }
    let mut unknown = seed("s3_10_participant_action");
    unknown["action_type"] = json!("explode");
    assert_eq!(read(&unknown), Err(Code::Invalid));
}

#[test]
fn s3_11_a_signal_goes_to_a_person_or_the_server_as_it_came() {
    let data = json!({ "type": "offer", "sdp": "v=0" });
    let signal = |to| Action::Signal(Signal { to, kind: "offer".to_owned(), data: data.clone() });
    let mut frame = seed("s3_11_webrtc_signal");
    assert_eq!(read(&frame), Ok(signal(SignalTarget::Person(user(1)))));
    frame["to_user_id"] = json!("server");
    assert_eq!(read(&frame), Ok(signal(SignalTarget::Server)));
    frame["signal_data"] = Value::Null;
    assert!(
        matches!(read(&frame), Ok(Action::Signal(signal)) if signal.data.is_null()),
        "the end of candidates"
    );
    frame["to_user_id"] = json!("somebody");
    assert_eq!(read(&frame), Err(Code::Invalid));
}

#[test]
fn s3_12_ones_own_media_are_switched() {
    let session = session_id();
    assert_eq!(
        stage(&seed("s3_12_update_media_status")),
        Stage::SetOwnMedia { session, audio_enabled: Some(false), video_enabled: Some(true) }
    );
    let audio = json!({ "action": "update_media_status", "audio_enabled": true });
    assert_eq!(stage(&audio), Stage::SetOwnMedia { session, audio_enabled: Some(true), video_enabled: None });
}

#[test]
fn k9_a_frame_that_names_somebody_else_is_refused() {
    for field in ["user_id", "from_user_id"] {
        for (claim, answer) in [
            (json!(user(0)), Ok(Action::Ping)),
            (Value::Null, Ok(Action::Ping)),
            (json!(user(1)), Err(Code::IdentityMismatch)),
            (json!("ada_0"), Err(Code::IdentityMismatch)),
            (json!(7), Err(Code::IdentityMismatch)),
        ] {
            let frame = json!({ "action": "ping", field: claim, "username": "somebody else" });
            assert_eq!(read(&frame), answer, "{frame}");
        }
    }
}

#[test]
fn what_is_no_action_is_a_problem_that_repeats_its_name() {
    let told = |text: &str| {
        let error = parse_action(text, session_id(), user(0)).unwrap_err();
        (error.action, error.problem.code)
    };
    for text in ["", "{", "null", "[]", "7", "\"ping\"", r#"{"action":"ping","action":"ping"}"#] {
        assert_eq!(told(text), (None, Code::Unreadable), "{text}");
    }
    assert_eq!(told(&"[".repeat(1_000)), (None, Code::Unreadable));
    let deep =
        format!(r#"{{"action":"webrtc_signal","signal_data":{}1{}}}"#, "[".repeat(900), "]".repeat(900));
    assert_eq!(told(&deep), (None, Code::Unreadable));
    assert_eq!(told("{}"), (None, Code::UnknownCommand));
    assert_eq!(told(r#"{"action":7}"#), (None, Code::UnknownCommand));
    assert_eq!(told(r#"{"action":"dance"}"#), (Some("dance".to_owned()), Code::UnknownCommand));
    assert_eq!(told(r#"{"action":"chat"}"#), (Some("chat".to_owned()), Code::Invalid));
}

#[test]
fn every_wrong_field_is_named() {
    let frame = json!({ "action": "webrtc_signal", "to_user_id": 7 });
    let error = parse_action(&frame.to_string(), session_id(), user(0)).unwrap_err();
    let wrong: Vec<_> =
        error.problem.errors.iter().map(|wrong| (wrong.pointer.as_str(), wrong.code.as_str())).collect();
    assert_eq!(wrong, [("/to_user_id", "wrong_type"), ("/signal_type", "missing")]);
}

#[test]
fn an_action_longer_than_a_frame_is_not_read() {
    let frame = json!({ "action": "chat", "message": "x".repeat(FRAME_LENGTH_MAX) });
    assert_eq!(read(&frame), Err(Code::TooLarge));
}

#[test]
fn reaches_signal_type_length_max() {
    let signal = |length: usize| {
        let mut frame = seed("s3_11_webrtc_signal");
        frame["signal_type"] = json!("x".repeat(length));
        read(&frame).is_ok()
    };
    assert!(signal(SIGNAL_TYPE_LENGTH_MAX) && !signal(SIGNAL_TYPE_LENGTH_MAX + 1) && !signal(0));
}

#[test]
fn reaches_action_length_max() {
    let repeated = |length: usize| {
        let frame = json!({ "action": "x".repeat(length) });
        parse_action(&frame.to_string(), session_id(), user(0)).unwrap_err().action
    };
    assert_eq!(repeated(ACTION_LENGTH_MAX).map(|action| action.len()), Some(ACTION_LENGTH_MAX));
    assert_eq!(repeated(ACTION_LENGTH_MAX + 1), None);
}
