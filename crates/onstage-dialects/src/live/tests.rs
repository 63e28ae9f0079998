//! Would catch an S1 client that no longer finds the field, the word or the number its seed document promised.
#![allow(clippy::indexing_slicing, clippy::wildcard_enum_match_arm, reason = "tests")]

use onstage_domain::chat::{Command as Chat, Line, MessageKind, MessageView, Reaction};
use onstage_domain::media::{IceServer, MediaAccess};
use onstage_domain::problem::Code;
use onstage_domain::reply::{Before, Joined as JoinedReply, Listed, MediaReason};
use onstage_domain::samples::{self, SAMPLE_AT, session_id, user};
use onstage_domain::sessions::{Command as Sessions, Mode, NewSession, SummaryView};
use onstage_domain::stage::{Command as Stage, ParticipantView, RequestState, RequestedRole, Role};
use onstage_domain::{At, Command, MessageId, Problem, Query, Reply, Seq};
use serde_json::{Value, json};

use super::{
    ActiveQuery, ActiveSession, AnsweredGuestRequest, ChatLine, Deed, DeedBody, Ended, GuestRequest,
    GuestRequestBody, GuestRequestsQuery, JoinRequest, Joined, ListedGuestRequest, Managed, MessagesQuery,
    Participant, ReactRequest, SendMessageRequest, SessionDetails, StartRequest, Started, VerdictBody,
    chat_line,
};
use crate::v1::{Body, FromReply, check_identity};

fn read<B: Body<Target = ()>>(body: Value) -> Result<Command, Problem> {
    serde_json::from_value::<B>(body).unwrap().command(())
}

fn rendered<R: FromReply>(reply: Reply) -> Value {
    serde_json::to_value(R::from_reply(reply).unwrap()).unwrap()
}

fn new_session(body: Value) -> NewSession {
    match read::<StartRequest>(body) {
        Ok(Command::Sessions(Sessions::Create(new))) => *new,
        other => panic!("{other:?}"),
    }
}

fn joined(role: Role, media: Result<MediaAccess, MediaReason>) -> Reply {
    Reply::Joined(Box::new(JoinedReply {
        session: samples::session_view(),
        role,
        participant: samples::viewer(),
        media,
        can_request: true,
        seq: Seq(4),
    }))
}

fn access() -> MediaAccess {
    let stun = IceServer { urls: vec!["stun:stun.example".into()], username: None, credential: None };
    MediaAccess {
        url: "wss://live.trendke.com".into(),
        token: "participant_token".into(),
        room_name: samples::session_view().room_name,
        ice_servers: vec![stun],
    }
}

fn message() -> MessageView {
    MessageView {
        id: MessageId::new(user(9).uuid()),
        session_id: session_id(),
        user_id: Some(user(1)),
        handle: Some("bela_1".into()),
        display_name: Some("Bela".into()),
        text: "Hello everyone!".into(),
        kind: MessageKind::Text,
        created_at: SAMPLE_AT,
    }
}

#[test]
fn s1_20_the_seeds_start_is_read_and_answered() {
    let new = new_session(json!({
        "title": "My Amazing Live Stream", "description": "Let's chat about tech!", "session_type": "camera",
        "max_participants": 100, "allow_guests": true, "require_approval": true, "max_guests": 8,
        "enable_chat": true, "enable_gifts": true, "guest_audio_default": true, "guest_video_default": true,
    }));
    assert_eq!((new.title.as_str(), new.mode), ("My Amazing Live Stream", Mode::Camera));
    assert_eq!((new.settings.max_guests, new.settings.max_participants), (Some(8), Some(100)));
    let room = samples::session_view().room_name;
    assert_eq!(
        rendered::<Started>(joined(Role::Owner, Ok(access()))),
        json!({
            "id": session_id(), "room_name": room, "access_token": "participant_token",
            "host_username": "ada_0", "title": "Friday night", "viewer_count": 3, "guest_count": 1,
            "webrtc_config": {
                "server_url": "wss://live.trendke.com", "room_name": room,
                "participant_token": "participant_token", "ice_servers": [{ "urls": ["stun:stun.example"] }],
            },
        })
    );
}

#[test]
fn s1_14_and_k1_absent_fields_have_the_samples_values_and_the_seats_of_the_type() {
    let seats = |kind: &str| new_session(json!({ "title": "T", "session_type": kind })).settings.max_guests;
    assert_eq!((seats("voice"), seats("camera"), seats("studio")), (Some(8), Some(10), Some(20)));
    let new = new_session(json!({ "title": "T" }));
    assert_eq!((new.mode, new.settings.max_guests), (Mode::Camera, Some(10)));
    assert_eq!((new.settings.max_participants, new.settings.require_approval), (Some(100), None));
}

#[test]
fn s1_1_more_than_twenty_guests_are_clamped_and_none_is_refused() {
    assert_eq!(new_session(json!({ "title": "T", "max_guests": 500 })).settings.max_guests, Some(20));
    let problem =
        read::<StartRequest>(json!({ "title": "T", "max_guests": 0, "chat_slow_mode": 601 })).unwrap_err();
    let pointers: Vec<&str> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/max_guests", "/chat_slow_mode"]);
}

#[test]
fn s1_20_a_start_without_title_is_refused() {
    let problem = read::<StartRequest>(json!({})).unwrap_err();
    assert_eq!((problem.code, problem.errors[0].pointer.as_str()), (Code::Invalid, "/title"));
}

#[test]
fn s1_21_the_seeds_join_is_read_and_answered() {
    let command = read::<JoinRequest>(json!({ "session_id": session_id() })).unwrap();
    assert_eq!(command, Command::Sessions(Sessions::Join(session_id())));
    let room = samples::session_view().room_name;
    assert_eq!(
        rendered::<Joined>(joined(Role::Viewer, Ok(access()))),
        json!({
            "session_id": session_id(), "room_name": room, "access_token": "participant_token",
            "webrtc_config": {
                "server_url": "wss://live.trendke.com", "room_name": room,
                "participant_token": "participant_token", "ice_servers": [{ "urls": ["stun:stun.example"] }],
            },
            "role": "viewer", "can_request_guest": true,
        })
    );
    assert_eq!(rendered::<Joined>(joined(Role::Owner, Ok(access())))["role"], "host");
}

#[test]
fn s1_21_without_a_picture_place_token_and_config_are_null() {
    let full = rendered::<Joined>(joined(Role::Viewer, Err(MediaReason::PicturePlacesFull)));
    assert_eq!((&full["access_token"], &full["webrtc_config"]), (&Value::Null, &Value::Null));
}

#[test]
fn s1_22_end_is_answered_with_the_seeds_sentence() {
    let summary = SummaryView { duration_s: 1234, ..SummaryView::default() };
    assert_eq!(
        rendered::<Ended>(Reply::Ended(Box::new(samples::session_view()), summary)),
        json!({
            "message": "Live session ended successfully", "session_id": session_id(), "duration_seconds": 1234,
        })
    );
}

#[test]
fn s1_27_participants_are_a_bare_array_with_derived_states() {
    let host = ParticipantView { role: Role::Owner, seat: Some(0), ..samples::guest() };
    let muted = ParticipantView { host_muted_audio: true, self_muted_audio: true, ..samples::guest() };
    let items = vec![host, muted, samples::viewer()];
    let people =
        rendered::<Vec<Participant>>(Reply::People(Listed { items, next_cursor: None, total: Some(3) }));
    assert_eq!(
        people[0],
        json!({
            "user_id": samples::guest().user_id, "username": "bela_1", "avatar_url": null, "role": "host",
            "status": "active", "audio_enabled": true, "video_enabled": true, "screen_sharing": false,
            "joined_at": "2026-11-21T08:00:00.000Z",
        })
    );
    assert_eq!((&people[1]["status"], &people[1]["audio_enabled"]), (&json!("muted"), &json!(false)));
    assert_eq!((&people[2]["role"], &people[2]["status"]), (&json!("viewer"), &json!("active")));
}

#[test]
fn s1_28_the_seeds_message_is_read_and_answered() {
    let body = json!({ "session_id": session_id(), "message": "Hello everyone!", "message_type": "text" });
    let Ok(Command::Chat(Chat::Send { session, text, kind })) = read::<SendMessageRequest>(body) else {
        panic!()
    };
    assert_eq!((session, text.as_str(), kind), (session_id(), "Hello everyone!", MessageKind::Text));
    assert_eq!(
        rendered::<ChatLine>(Reply::Message(message())),
        json!({
            "id": message().id, "session_id": session_id(), "user_id": user(1), "username": "bela_1",
            "message": "Hello everyone!", "message_type": "text", "metadata": {},
            "created_at": "2026-11-21T08:00:00.000Z",
        })
    );
}

#[test]
fn s1_28_and_k20_a_type_nobody_knows_is_400() {
    let body = json!({ "session_id": session_id(), "message": "Hi", "message_type": "poem" });
    assert_eq!(read::<SendMessageRequest>(body).unwrap_err().code, Code::BadWord);
}

#[test]
fn k9_a_message_of_somebody_else_is_refused() {
    let body = json!({ "session_id": session_id(), "message": "Hi", "user_id": user(2) });
    let body: SendMessageRequest = serde_json::from_value(body).unwrap();
    assert!(check_identity(body.claimed(), user(2)).is_ok());
    assert_eq!(check_identity(body.claimed(), user(1)).unwrap_err().code, Code::IdentityMismatch);
}

#[test]
fn s1_29_history_pages_by_time_by_milliseconds_and_by_message() {
    let ask = |before: &str| {
        let query = MessagesQuery { limit: None, before: Some(before.to_owned()) };
        query.query(session_id()).map(|query| match query {
            Query::History(_, before, page) => (before, page.limit),
            other => panic!("{other:?}"),
        })
    };
    let moment = Some(Before::Moment(SAMPLE_AT));
    assert_eq!(ask("2026-11-21T08:00:00Z"), Ok((moment.clone(), 50)));
    assert_eq!(ask("2026-11-21T09:00:00 01:00"), Ok((moment.clone(), 50)));
    assert_eq!(ask("1795248000000"), Ok((Some(Before::Moment(At(1_795_248_000_000))), 50)));
    assert_eq!(ask(&message().id.to_string()), Ok((Some(Before::Message(message().id)), 50)));
    assert_eq!(ask("yesterday").unwrap_err().code, Code::Unreadable);
    let line = Line { message: message(), about: None };
    let lines = Reply::History(Listed { items: vec![line], next_cursor: None, total: None });
    assert_eq!(rendered::<Vec<ChatLine>>(lines)[0]["message"], "Hello everyone!");
}

#[test]
fn reaches_live_page_max() {
    let query = MessagesQuery { limit: Some("500".into()), before: None };
    assert!(matches!(query.query(session_id()), Ok(Query::History(_, None, page)) if page.limit == 100));
    let query = ActiveQuery { limit: Some("-1".into()) };
    assert!(matches!(query.query(), Query::LiveSessions(page) if page.limit == 1));
    assert!(matches!(ActiveQuery::default().query(), Query::LiveSessions(page) if page.limit == 20));
}

#[test]
fn s1_30_active_sessions_are_a_bare_array() {
    let items = vec![samples::session_view()];
    let active =
        rendered::<Vec<ActiveSession>>(Reply::Sessions(Listed { items, next_cursor: None, total: None }));
    assert_eq!(
        active,
        json!([{
            "id": session_id(), "host_username": "ada_0", "title": "Friday night", "viewer_count": 3,
            "guest_count": 1, "max_guests": 49, "allow_guests": true, "started_at": "2026-11-21T08:00:00.000Z",
        }])
    );
}

#[test]
fn s1_16_requests_have_the_seeds_words_and_wishes_to_speak_have_none() {
    let request = || samples::request(RequestState::Declined);
    let json = rendered::<GuestRequest>(Reply::Request(request(), None));
    assert_eq!(
        json,
        json!({
            "id": request().id, "session_id": session_id(), "user_id": user(1), "username": "bela_1",
            "request_type": "guest", "status": "rejected", "message": "I know this one",
            "created_at": "2026-11-21T08:00:00.000Z",
        })
    );
    let speak = onstage_domain::stage::RequestView { requested_role: RequestedRole::Speak, ..request() };
    assert!(GuestRequest::from_reply(Reply::Request(speak.clone(), None)).is_none());
    let items = vec![request(), speak, samples::request(RequestState::Expired)];
    let listed = rendered::<Vec<ListedGuestRequest>>(Reply::Requests(Listed {
        items,
        next_cursor: None,
        total: None,
    }));
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!((&listed[0]["responded_by"], &listed[0]["status"]), (&json!(user(0)), &json!("rejected")));
    assert_eq!((&listed[1]["responded_by"], &listed[1]["status"]), (&Value::Null, &json!("cancelled")));
    let answer = rendered::<AnsweredGuestRequest>(Reply::Request(request(), Some(samples::guest())));
    assert_eq!((&answer["status"], &answer["role"]), (&json!("rejected"), &json!("guest")));
}

#[test]
fn s1_25_a_status_is_asked_for_state_by_state() {
    let asked = |status: Option<&str>| {
        let queries = GuestRequestsQuery { status: status.map(str::to_owned) }.queries(session_id())?;
        let states = queries.into_iter().map(|query| match query {
            Query::Requests(_, state, page) => (state.unwrap(), page.limit),
            other => panic!("{other:?}"),
        });
        Ok::<_, Problem>(states.collect::<Vec<_>>())
    };
    assert_eq!(asked(None), Ok(vec![(RequestState::Pending, 200)]));
    assert_eq!(asked(Some("")), Ok(vec![(RequestState::Pending, 200)]));
    assert_eq!(asked(Some("approved")), Ok(vec![(RequestState::Accepted, 200)]));
    assert_eq!(asked(Some("rejected")), Ok(vec![(RequestState::Declined, 200)]));
    let over = vec![(RequestState::Cancelled, 200), (RequestState::Expired, 200)];
    assert_eq!(asked(Some("cancelled")), Ok(over));
    assert_eq!(asked(Some("accepted")).unwrap_err().code, Code::BadWord);
}

#[test]
fn bodies_of_guests_and_hosts_become_commands() {
    let asked = read::<GuestRequestBody>(json!({ "session_id": session_id(), "request_type": "cohost" }));
    assert!(matches!(
        asked,
        Ok(Command::Stage(Stage::Request { role: RequestedRole::Cohost, seat_at_once: true, .. }))
    ));
    let request = samples::request(RequestState::Pending).id;
    let verdict = |action: &str| read::<VerdictBody>(json!({ "request_id": request, "action": action }));
    assert_eq!(verdict("approved"), Ok(Command::Stage(Stage::Accept { request, seat_at_once: true })));
    assert_eq!(verdict("rejected"), Ok(Command::Stage(Stage::Decline(request))));
    assert_eq!(verdict("declined").unwrap_err().code, Code::BadWord);
    let (session, user) = (session_id(), user(1));
    let deed =
        |action: &str| read::<DeedBody>(json!({ "session_id": session, "user_id": user, "action": action }));
    assert_eq!(deed("demote"), Ok(Command::Stage(Stage::Demote { session, user })));
    let promote = Stage::SetRole { session, user, role: Role::Cohost };
    assert_eq!(deed("promote_cohost"), Ok(Command::Stage(promote)));
    assert_eq!(deed("mute").unwrap_err().code, Code::BadWord);
    let react = |kind: &str| read::<ReactRequest>(json!({ "session_id": session, "reaction_type": kind }));
    assert_eq!(react("wow"), Ok(Command::Chat(Chat::React { session, kind: Reaction::Wow, count: 1 })));
    assert_eq!(react("tomato").unwrap_err().code, Code::BadWord);
}

#[test]
fn s1_26_a_kick_is_answered_kicked_and_an_unmute_says_it_only_asked() {
    let managed = |deed, reply| serde_json::to_value(Managed::of(deed, reply).unwrap()).unwrap();
    let kicked = managed(Deed::Kick, Reply::Kicked { participant: samples::viewer(), enforced: true });
    assert_eq!((&kicked["participant"]["status"], kicked.get("prompted")), (&json!("kicked"), None));
    let participant = ParticipantView { self_muted_audio: true, ..samples::guest() };
    let asked = Reply::Participant { participant, enforced: Some(true), prompted: true };
    let asked = managed(Deed::UnmuteAudio, asked);
    assert_eq!((&asked["participant"]["status"], &asked["prompted"]), (&json!("muted"), &json!(true)));
    assert_eq!(asked["participant"]["audio_enabled"], false);
}

#[test]
fn s1_31_details_are_the_item_of_the_list_and_more() {
    let details = rendered::<SessionDetails>(Reply::Session(Box::new(samples::session_view())));
    assert_eq!((&details["id"], &details["host_username"]), (&json!(session_id()), &json!("ada_0")));
    assert_eq!(details["host"], json!({ "user_id": user(0), "username": "ada_0", "avatar_url": null }));
    let settings = json!({
        "session_id": session_id(), "allow_guests": true, "require_approval": true, "max_guests": 49,
        "enable_chat": true, "enable_gifts": true, "chat_slow_mode": 0, "guest_audio_default": true,
        "guest_video_default": true,
    });
    assert_eq!(details["settings"], settings);
    assert_eq!((&details["session_type"], &details["status"]), (&json!("camera"), &json!("live")));
}

/// Every event and what S1 says of it: `null` where it has no word.
#[test]
fn every_event_has_a_line_or_an_explicit_none() {
    for envelope in samples::envelopes() {
        insta::assert_json_snapshot!(format!("live.{}", envelope.data.name()), chat_line(&envelope));
    }
}
