//! Whatever comes in is an action or a problem that can be told; whatever happens can be told.

use onstage_domain::chat::{MessageKind, MessageView};
use onstage_domain::samples::{SAMPLE_AT, envelopes, guest, session_id, user};
use onstage_domain::stage::ParticipantView;
use onstage_domain::{Envelope, Event, MessageId, Seq, chat, stage};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::socket::{error_frame, framed, history_frame, parse_action, words};
use crate::v1::Position;

/// Names of fields and words that lead deep into the reading.
const KNOWN: &[&str] = &[
    "action",
    "user_id",
    "from_user_id",
    "message",
    "reaction",
    "count",
    "request_type",
    "target_user_id",
    "approved",
    "action_type",
    "reason",
    "to_user_id",
    "signal_type",
    "signal_data",
    "audio_enabled",
    "video_enabled",
    "ping",
    "chat",
    "request_guest",
    "respond_guest",
    "participant_action",
    "webrtc_signal",
    "update_media_status",
    "server",
    "kick",
    "❤️",
    "01900000-0000-7000-8000-000000000101",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), proptest::sample::select(KNOWN).prop_map(str::to_owned)]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 8, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(text(), inner, 0..6)
                .prop_map(|fields| fields.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

fn is_told(text: &str) {
    if let Err(error) = parse_action(text, session_id(), user(0)) {
        let frame: Value =
            serde_json::from_str(&error_frame(error.action.as_deref(), &error.problem)).unwrap();
        assert_eq!(frame["type"], "error");
        assert!((400..500).contains(&frame["problem"]["status"].as_u64().unwrap()), "{frame}");
    }
}

proptest! {
    #[test]
    fn any_text_is_an_action_or_a_problem(text in any::<String>()) {
        is_told(&text);
    }

    #[test]
    fn any_json_is_an_action_or_a_problem(value in json()) {
        is_told(&value.to_string());
    }

    #[test]
    fn any_fields_of_an_action_are_an_action_or_a_problem(
        action in proptest::sample::select(KNOWN), fields in btree_map(text(), json(), 0..8),
    ) {
        let mut frame: Map<String, Value> = fields.into_iter().collect();
        frame.insert("action".to_owned(), action.into());
        is_told(&Value::from(frame).to_string());
    }

    #[test]
    fn any_names_and_words_make_frames_that_can_be_read(handle in any::<String>(), said in any::<String>()) {
        let message = MessageView {
            id: MessageId::new(user(9).uuid()),
            session_id: session_id(),
            user_id: Some(user(1)),
            handle: Some(handle.clone()),
            display_name: Some(handle.clone()),
            text: said.clone(),
            kind: MessageKind::Text,
            created_at: SAMPLE_AT,
        };
        let frame: Value = serde_json::from_str(&history_frame(&message)).unwrap();
        prop_assert_eq!(&frame["message"], &said);
        let person = ParticipantView { handle: handle.clone(), ..guest() };
        let kicked = stage::Event::Kicked {
            user_id: user(1), handle: handle.clone(), by: user(0), by_handle: handle.clone(), reason: Some(said),
        };
        for data in [
            Event::Chat(chat::Event::Sent { message }),
            Event::Stage(stage::Event::GuestJoined { participant: person }),
            Event::Stage(kicked),
        ] {
            let envelope = Envelope { data, ..envelopes().remove(0) };
            for word in words(&envelope, 3) {
                let text = framed(&word.body, Position::Kept { seq: Seq(2), prev: Seq(1) });
                let frame: Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!((&frame["seq"], &frame["prev"]), (&Value::from(2), &Value::from(1)));
            }
        }
    }
}
