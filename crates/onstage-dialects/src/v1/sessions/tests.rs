//! Would catch a session body that is read differently from its description.
#![allow(clippy::wildcard_enum_match_arm, reason = "tests")]

use onstage_domain::problem::Problem;
use onstage_domain::sessions::{Command as Sessions, Mode, NewSession, Visibility};
use onstage_domain::{Command, samples};
use serde_json::{Value, json};

use super::{ChangeSession, CreateSession, SessionBody};
use crate::v1::{Body, command_of};

fn create(body: Value) -> Result<NewSession, Problem> {
    let body: CreateSession = serde_json::from_value(body).unwrap();
    match command_of(body, (), samples::user(0))? {
        Command::Sessions(Sessions::Create(new)) => Ok(*new),
        other => panic!("{other:?}"),
    }
}

fn pointers(problem: Problem) -> Vec<String> {
    problem.errors.into_iter().map(|error| error.pointer).collect()
}

#[test]
fn title_and_mode_are_enough() {
    let new = create(json!({ "title": " Show ", "mode": "studio" })).unwrap();
    assert_eq!((new.title.as_str(), new.mode, new.visibility), ("Show", Mode::Studio, Visibility::Public));
    assert_eq!(
        (new.description.as_str(), new.settings),
        ("", onstage_domain::sessions::SettingsPatch::default())
    );
}

#[test]
fn every_mistake_is_named_also_inside_settings() {
    let body = json!({
        "mode": "radio", "format": "opera", "description": "x".repeat(2_001),
        "settings": { "slow_mode_s": 2, "require_approval": "yes", "max_participants": 0 },
    });
    let wrong = pointers(create(body).unwrap_err());
    let expected = [
        "/title",
        "/description",
        "/mode",
        "/format",
        "/settings/require_approval",
        "/settings/slow_mode_s",
        "/settings/max_participants",
    ];
    assert_eq!(wrong, expected);
}

#[test]
fn reaches_guests_wish_max() {
    let wish = |guests: i64| {
        let settings = json!({ "max_guests": guests });
        create(json!({ "title": "T", "mode": "voice", "settings": settings }))
            .map(|new| new.settings.max_guests)
    };
    assert_eq!((wish(49), wish(50), wish(i64::MAX)), (Ok(Some(49)), Ok(Some(49)), Ok(Some(49))));
    assert_eq!(wish(0), Ok(Some(0)));
    assert_eq!(pointers(wish(-1).unwrap_err()), ["/settings/max_guests"]);
}

#[test]
fn slow_mode_is_off_or_between_its_bounds() {
    let seconds = |seconds: i64| {
        let settings = json!({ "slow_mode_s": seconds });
        let body: ChangeSession = serde_json::from_value(json!({ "settings": settings })).unwrap();
        body.command(samples::session_id()).is_ok()
    };
    assert_eq!([0, 3, 120].map(seconds), [true; 3]);
    assert_eq!([-1, 1, 2, 121].map(seconds), [false; 4]);
}

#[test]
fn a_session_is_written_as_the_contract_says() {
    let body = serde_json::to_value(SessionBody::from(samples::session_view())).unwrap();
    for field in [
        "id",
        "title",
        "status",
        "mode",
        "owner",
        "effective_max_guests",
        "viewer_count",
        "guest_count",
        "started_at",
        "settings",
    ] {
        assert!(!body[field].is_null(), "{field}");
    }
    assert_eq!(body["started_at"], "2026-11-21T08:00:00.000Z");
    assert!(body.get("room_name").is_none(), "the room is LiveKit's word; `media` has it in its token");
}
