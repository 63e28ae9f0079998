//! Would catch a stage body that is read differently from its description.
#![allow(clippy::wildcard_enum_match_arm, reason = "tests")]

use onstage_domain::stage::{Command as Stage, RequestedRole};
use onstage_domain::{Command, Reply, samples};
use serde_json::json;

use super::{AskSeat, MutedBody, ParticipantBody, PromptedBody, SeatBody};
use crate::v1::{Body, FromReply};

#[test]
fn reaches_guest_seat_max() {
    let target = (samples::session_id(), samples::user(1));
    let seat = |seat: i64| {
        let body: SeatBody = serde_json::from_value(json!({ "seat": seat })).unwrap();
        body.command(target).is_ok()
    };
    assert_eq!([1, 49].map(seat), [true; 2]);
    assert_eq!([-1, 0, 50, 1_000].map(seat), [false; 4]);
}

#[test]
fn a_request_asks_for_a_guests_seat_and_holds_it() {
    let body: AskSeat = serde_json::from_value(json!({})).unwrap();
    match body.command(samples::session_id()).unwrap() {
        Command::Stage(Stage::Request { role, message, seat_at_once, .. }) => {
            assert_eq!((role, message.as_str(), seat_at_once), (RequestedRole::Guest, "", false));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_person_is_written_as_the_contract_says() {
    let body = serde_json::to_value(ParticipantBody::from(samples::guest())).unwrap();
    for field in [
        "user_id",
        "handle",
        "display_name",
        "avatar_url",
        "role",
        "seat",
        "presence",
        "may_speak",
        "may_show",
        "may_share",
        "host_muted_audio",
        "host_muted_video",
        "self_muted_audio",
        "self_muted_video",
        "hand_raised",
        "joined_at",
    ] {
        assert!(body.get(field).is_some(), "{field}");
    }
}

#[test]
fn a_lifted_mute_prompts_and_says_so() {
    let reply = |enforced, prompted| Reply::Participant { participant: samples::guest(), enforced, prompted };
    let body = MutedBody::from_reply(reply(Some(true), true)).unwrap();
    assert_eq!((body.enforced, body.prompted), (true, true));
    assert!(!MutedBody::from_reply(reply(None, false)).unwrap().enforced);
    assert!(PromptedBody::from_reply(Reply::Done).unwrap().prompted);
    assert!(PromptedBody::from_reply(Reply::Enforced(true)).is_none());
}
