//! Every type of the document: its fields, and who reads it.

use onstage_domain::chat::{MessageKind, MessageView, Reaction};
use onstage_domain::event::Keep;
use onstage_domain::media::Media;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::{Me, Snapshot};
use onstage_domain::samples::{self, SAMPLE_AT, session_view, user};
use onstage_domain::stage::{LeaveReason, ParticipantView, RequestState, Role};
use onstage_domain::{Envelope, Event, Place, Seq, UserId, chat, sessions, stage};
use serde_json::{Value, json};

use super::seed;
use crate::socket::{
    Hearers, Signal, SignalTarget, error_frame, framed, history_frame, participants_frame, pong_frame,
    signal_frame, words,
};
use crate::v1::Position;

const VIEWERS: u32 = 3;

fn envelope(data: Event) -> Envelope {
    Envelope { data, ..samples::envelopes().remove(0) }
}

/// The frames of an event: who reads it, and what.
fn told(data: Event) -> Vec<(Hearers, Value)> {
    let read = |body: &str| serde_json::from_str(&framed(body, Position::After(Seq(1)))).unwrap();
    words(&envelope(data), VIEWERS).into_iter().map(|word| (word.to, read(&word.body))).collect()
}

fn sample(name: &str) -> Event {
    samples::samples().into_iter().find(|event| event.name() == name).unwrap()
}

/// The one frame of this type.
fn frame(of: &[(Hearers, Value)], kind: &str) -> (Hearers, Value) {
    let mut found = of.iter().filter(|(_, frame)| frame["type"] == kind);
    let one = found.next().unwrap_or_else(|| panic!("no {kind} in {of:?}")).clone();
    assert!(found.next().is_none(), "two {kind}");
    one
}

/// Every field of the document is there, of the same JSON type; the document's example of a reason may be absent.
fn shows(seed_name: &str, frame: &Value) {
    let kind = |value: &Value| std::mem::discriminant(value);
    for (name, example) in seed(seed_name).as_object().unwrap() {
        let value = frame.get(name).unwrap_or_else(|| panic!("{frame} lacks {name}"));
        assert_eq!(kind(value), kind(example), "{name} of {frame}");
    }
    assert_eq!(frame["type"], seed(seed_name)["type"]);
}

fn place(user_id: UserId) -> Place {
    Place { user_id, role: Role::Viewer, manages: false, operator: false }
}

#[test]
fn every_event_has_words_or_an_explicit_none() {
    for envelope in samples::envelopes() {
        let position = match envelope.data.keep() {
            Keep::Kept => {
                let seq = envelope.seq.unwrap();
                Position::Kept { seq, prev: Seq(seq.0 - 1) }
            }
            Keep::Ephemeral => Position::After(Seq(1)),
        };
        let told: Vec<Value> = words(&envelope, VIEWERS)
            .into_iter()
            .map(|word| {
                let frame: Value = serde_json::from_str(&framed(&word.body, position)).unwrap();
                json!({ "to": format!("{:?}", word.to), "frame": frame })
            })
            .collect();
        insta::assert_json_snapshot!(format!("socket.{}", envelope.data.name()), told);
    }
}

#[test]
fn a_word_reaches_those_it_is_for() {
    let reaches = |hearers: Hearers| [1, 2].map(|n| hearers.include(&place(user(n))));
    assert_eq!(reaches(Hearers::All), [true, true]);
    assert_eq!(reaches(Hearers::Only(user(1))), [true, false]);
    assert_eq!(reaches(Hearers::AllBut(user(1))), [false, true]);
}

fn snapshot() -> Snapshot {
    Snapshot {
        session: session_view(),
        participants: vec![ParticipantView { role: Role::Owner, seat: Some(0), ..samples::guest() }],
        me: Me {
            user_id: user(1),
            role: Role::Viewer,
            participant: None,
            may_manage: false,
            may_moderate_chat: false,
        },
        requests: Vec::new(),
        invitations: Vec::new(),
        messages: Vec::new(),
        viewer_count: 7,
        seq: Seq(12),
    }
}

#[test]
fn s3_13_the_first_frame_has_staged_people_then_viewers() {
    let frame: Value = serde_json::from_str(&participants_frame(&snapshot(), &[samples::viewer()])).unwrap();
    shows("s3_13_current_participants", &frame);
    assert_eq!((&frame["viewer_count"], &frame["seq"]), (&json!(7), &json!(12)));
    let roles: Vec<&Value> =
        frame["participants"].as_array().unwrap().iter().map(|who| &who["role"]).collect();
    assert_eq!(roles, ["host", "viewer"]);
    let example = &seed("s3_13_current_participants")["participants"][0];
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&frame["participants"][0]), names(example));
}

#[test]
fn s3_14_and_15_viewers_come_and_go() {
    let (to, came) = frame(&told(sample("session.viewer_joined")), "user_joined");
    shows("s3_14_user_joined", &came);
    assert_eq!((to, &came["role"], &came["viewer_count"]), (Hearers::All, &json!("viewer"), &json!(3)));
    let (_, went) = frame(&told(sample("session.viewer_left")), "user_left");
    shows("s3_15_user_left", &went);
    assert_eq!(went["viewer_count"], 2);
    let many = told(sample("session.viewers_changed"));
    assert_eq!(frame(&many, "viewer_count").1["viewer_count"], 1_113);
}

#[test]
fn s3_16_a_message_is_told_and_told_again_as_history() {
    let (_, told_now) = frame(&told(sample("chat.sent")), "chat_message");
    shows("s3_16_chat_message", &told_now);
    assert_eq!(told_now.get("history"), None);
    let Event::Chat(chat::Event::Sent { message }) = sample("chat.sent") else { panic!() };
    let before: Value = serde_json::from_str(&history_frame(&message)).unwrap();
    shows("s3_16_chat_message", &before);
    assert_eq!((&before["history"], &before["id"]), (&json!(true), &told_now["id"]));
    let system = MessageView { kind: MessageKind::System, user_id: None, handle: None, ..message };
    assert_eq!(told(Event::Chat(chat::Event::Sent { message: system })), []);
}

#[test]
fn s3_17_reactions_are_emoji_also_when_counted() {
    let (_, one) = frame(&told(sample("chat.reacted")), "reaction");
    shows("s3_17_reaction", &one);
    assert_eq!((&one["reaction"], &one["count"]), (&json!("❤️"), &json!(3)));
    let many = told(sample("chat.reactions"));
    let counts: Vec<_> = many.iter().map(|(_, frame)| (&frame["reaction"], &frame["count"])).collect();
    assert_eq!(counts, [(&json!("👏"), &json!(7)), (&json!("❤️"), &json!(41))]);
    assert!(many.iter().all(|(_, frame)| frame["user_id"].is_null()));
    for kind in Reaction::ALL {
        let counts = [(kind.word().to_owned(), 1)].into();
        let (_, frame) = frame(&told(Event::Chat(chat::Event::Reactions { counts })), "reaction");
        assert_eq!(frame["reaction"], kind.emoji());
    }
}

#[test]
fn s3_18_a_request_goes_to_those_who_can_answer_and_not_back() {
    let (to, asked) = frame(&told(sample("stage.requested")), "guest_request");
    shows("s3_18_guest_request", &asked);
    assert_eq!(to, Hearers::AllBut(user(1)));
}

#[test]
fn s3_19_an_approval_is_told_to_its_person_alone() {
    let events = told(sample("stage.guest_approved"));
    let (to, approved) = frame(&events, "guest_approved");
    shows("s3_19_guest_approved", &approved);
    assert_eq!((to, &approved["role"]), (Hearers::Only(user(1)), &json!("guest")));
    assert_eq!(approved["approved_by_username"], "mara");
    assert_eq!(frame(&events, "guest_request_closed").0, Hearers::AllBut(user(1)));
}

#[test]
fn s3_20_only_a_no_is_a_rejection() {
    let (to, rejected) = frame(&told(sample("stage.request_closed")), "guest_rejected");
    shows("s3_20_guest_rejected", &rejected);
    assert_eq!((to, &rejected["rejected_by"]), (Hearers::Only(user(1)), &json!(user(0))));
    for state in [RequestState::Cancelled, RequestState::Expired] {
        let Event::Stage(stage::Event::RequestClosed { mut request, .. }) = sample("stage.request_closed")
        else {
            panic!()
        };
        request.state = state;
        let closed = told(Event::Stage(stage::Event::RequestClosed { request, by_handle: None }));
        assert_eq!(closed.len(), 1);
        assert_eq!(frame(&closed, "guest_request_closed").1["status"], "cancelled");
    }
}

#[test]
fn s3_21_everybody_learns_who_came_up() {
    let (to, joined) = frame(&told(sample("stage.guest_joined")), "guest_joined");
    shows("s3_21_guest_joined", &joined);
    assert_eq!((to, &joined["role"]), (Hearers::All, &json!("guest")));
}

fn muted(media: Media, muted: bool) -> Vec<(Hearers, Value)> {
    let participant = ParticipantView {
        host_muted_audio: muted && media == Media::Audio,
        host_muted_video: muted && media == Media::Video,
        self_muted_audio: media == Media::Audio,
        self_muted_video: media == Media::Video,
        ..samples::guest()
    };
    let (by, by_handle) = (user(0), "mara".to_owned());
    told(Event::Stage(stage::Event::Muted { participant, media, muted, by, by_handle }))
}

#[test]
fn s3_22_23_and_36_a_mute_reaches_its_person_and_its_effect_everybody() {
    for (media, seed_name, effect) in [
        (Media::Audio, "s3_22_force_mute_audio", (false, true)),
        (Media::Video, "s3_23_force_mute_video", (true, false)),
    ] {
        let events = muted(media, true);
        let (to, forced) = frame(&events, seed_name.split_at(6).1);
        shows(seed_name, &forced);
        assert_eq!((to, &forced["by"]), (Hearers::Only(user(1)), &json!(user(0))));
        let (to, changed) = frame(&events, "participant_media_changed");
        shows("s3_26_participant_media_changed", &changed);
        assert_eq!(to, Hearers::All);
        assert_eq!(
            (&changed["audio_enabled"], &changed["video_enabled"]),
            (&json!(effect.0), &json!(effect.1))
        );
    }
}

#[test]
fn k18_lifting_a_mute_opens_nothing_and_asks() {
    let lifted = muted(Media::Audio, false);
    assert_eq!(lifted.len(), 1, "{lifted:?}");
    assert_eq!(frame(&lifted, "participant_media_changed").1["audio_enabled"], false);
    let (to, asked) = frame(&told(sample("stage.unmute_asked")), "unmute_requested");
    assert_eq!(
        (to, &asked["media"], &asked["by"]),
        (Hearers::Only(user(1)), &json!("audio"), &json!(user(0)))
    );
}

#[test]
fn s3_24_a_kick_is_told_to_its_person_and_a_loss_to_the_others() {
    let (to, kicked) = frame(&told(sample("stage.kicked")), "kicked");
    shows("s3_24_kicked", &kicked);
    assert_eq!(to, Hearers::Only(user(1)));
    let left =
        |reason| told(Event::Stage(stage::Event::GuestLeft { participant: samples::viewer(), reason }));
    let (to, left_stage) = frame(&left(LeaveReason::Kicked), "user_left");
    shows("s3_15_user_left", &left_stage);
    assert_eq!((to, &left_stage["viewer_count"]), (Hearers::AllBut(user(1)), &json!(VIEWERS)));
    for reason in [LeaveReason::Left, LeaveReason::Dropped, LeaveReason::Expired] {
        assert_eq!(frame(&left(reason), "user_left").0, Hearers::All);
    }
}

#[test]
fn s3_25_up_and_down_are_both_promoted() {
    let up = told(sample("stage.role_changed"));
    let (to, promoted) = frame(&up, "promoted");
    shows("s3_25_promoted", &promoted);
    assert_eq!((to, &promoted["new_role"]), (Hearers::Only(user(1)), &json!("cohost")));
    assert_eq!(frame(&up, "participant_media_changed").1["role"], "cohost");
    let (participant, reason) = (samples::viewer(), LeaveReason::Demoted);
    let down = told(Event::Stage(stage::Event::GuestLeft { participant, reason }));
    let (to, demoted) = frame(&down, "promoted");
    shows("s3_25_promoted", &demoted);
    assert_eq!((to, &demoted["new_role"]), (Hearers::Only(user(1)), &json!("viewer")));
    assert_eq!(frame(&down, "user_left").0, Hearers::AllBut(user(1)));
}

#[test]
fn s3_26_a_change_of_ones_own_is_told_to_all() {
    let (to, changed) = frame(&told(sample("stage.media_changed")), "participant_media_changed");
    shows("s3_26_participant_media_changed", &changed);
    assert_eq!((to, &changed["video_enabled"]), (Hearers::All, &json!(false)));
}

#[test]
fn s3_27_a_signal_arrives_as_it_was_sent() {
    let data = json!({ "type": "offer", "sdp": "v=0" });
    let signal = Signal { to: SignalTarget::Person(user(0)), kind: "offer".to_owned(), data };
    let arrived: Value = serde_json::from_str(&signal_frame(user(1), &signal)).unwrap();
    assert_eq!(arrived, seed("s3_27_webrtc_signal"));
}

#[test]
fn s3_28_the_end_is_told() {
    let (to, ended) = frame(&told(sample("session.ended")), "session_ended");
    shows("s3_28_session_ended", &ended);
    assert_eq!((to, &ended["reason"]), (Hearers::All, &json!("owner")));
}

#[test]
fn s3_48_who_drops_is_gone_for_their_peers_until_they_are_back() {
    let (_, dropped) = frame(&told(sample("stage.reconnecting")), "user_left");
    shows("s3_15_user_left", &dropped);
    assert_eq!(dropped["reconnecting"], true);
    let (_, back) = frame(&told(sample("stage.came_back")), "user_joined");
    shows("s3_14_user_joined", &back);
    assert_eq!((&back["role"], &back["reconnecting"]), (&json!("guest"), &json!(true)));
    assert_eq!(told(Event::Session(sessions::Event::HostBack))[0].1["type"], "host_back");
}

#[test]
fn a_pong_and_an_error_say_when_and_why() {
    let pong: Value = serde_json::from_str(&pong_frame(SAMPLE_AT)).unwrap();
    assert_eq!(pong, json!({ "type": "pong", "timestamp": "2026-11-21T08:00:00.000Z" }));
    let problem = Problem::because(Code::SlowMode, "wait 3 s").retry_after_ms(3_000);
    let error: Value = serde_json::from_str(&error_frame(Some("chat"), &problem)).unwrap();
    assert_eq!((&error["type"], &error["action"]), (&json!("error"), &json!("chat")));
    assert_eq!((&error["code"], &error["message"]), (&json!("chat/slow_mode"), &json!("wait 3 s")));
    assert_eq!(
        (&error["problem"]["status"], &error["problem"]["retry_after_ms"]),
        (&json!(429), &json!(3_000))
    );
}
