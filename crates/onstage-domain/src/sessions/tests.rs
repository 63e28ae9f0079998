//! Would catch a session that outlives its host, ends too early, ends twice, or counts guests and viewers wrongly.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::actor::By;
use crate::ids::{SessionId, UserId};
use crate::person::Role;
use crate::problem::{Code, Problem};
use crate::samples::{actor, session_view, user};
use crate::text::{Description, Title};
use crate::time::At;

const START: At = At(1_000_000);

fn by(role: Role) -> By {
    let who = if role == Role::Owner { user(0) } else { user(1) };
    By {
        user_id: who,
        handle: "doer".to_owned(),
        role,
        is_moderator: false,
        operator: false,
        anonymous: false,
    }
}

fn new_session(settings: SettingsPatch) -> NewSession {
    NewSession {
        title: Title::parse("Show").unwrap(),
        description: Description::parse("").unwrap(),
        mode: Mode::Camera,
        format: None,
        visibility: Visibility::Public,
        settings,
    }
}

fn opening(plan_guests_max: u8) -> Opening {
    let owner = session_view().owner;
    Opening { id: SessionId::new(Uuid::from_u128(7)), owner, plan_guests_max, live_sessions: 0 }
}

fn started() -> Session {
    start(START, &new_session(SettingsPatch::default()), opening(49)).unwrap().0
}

fn tell(session: &mut Session, now: At, fact: Fact) -> Vec<Event> {
    if fact == Fact::HostConnected {
        session.see_host();
    }
    let events = session.hear(now, fact);
    for event in &events {
        session.apply(now, event);
    }
    events
}

/// The model: what the contract says about the host, in its own words.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Life {
    NeverConnected { since: i64 },
    Here,
    Lost { until: i64 },
    Over,
}

impl Life {
    fn told(self, now: i64, fact: Fact) -> Self {
        match (self, fact) {
            (Self::Over, _) => Self::Over,
            (_, Fact::HostConnected) => Self::Here,
            (Self::Here, Fact::HostDisconnected) => Self::Lost { until: now + 60_000 },
            (_, Fact::Restarted) => Self::Lost { until: now + 60_000 },
            (Self::NeverConnected { since }, Fact::Clock) if now >= since + 600_000 => Self::Over,
            (Self::Lost { until }, Fact::Clock) if now >= until => Self::Over,
            (same, Fact::HostDisconnected | Fact::Clock) => same,
        }
    }
}

fn any_fact() -> impl Strategy<Value = Fact> {
    prop::sample::select(vec![
        Fact::HostConnected,
        Fact::HostDisconnected,
        Fact::Restarted,
        Fact::Clock,
        Fact::Clock,
    ])
}

proptest! {
    #[test]
    fn a_session_lives_as_the_contract_says(steps in prop::collection::vec((0_i64..90_000, any_fact()), 1..40)) {
        let (mut session, mut life, mut now) = (started(), Life::NeverConnected { since: START.0 }, START.0);
        for (wait, fact) in steps {
            now += wait;
            let was_live = session.is_live();
            let events = tell(&mut session, At(now), fact);
            life = life.told(now, fact);
            prop_assert_eq!(session.is_live(), life != Life::Over, "{:?} at {}", fact, now);
            prop_assert_eq!(events.iter().any(|e| matches!(e, Event::Ended { .. })), was_live && life == Life::Over);
            let deadline = match life {
                Life::NeverConnected { since } => Some(At(since + 600_000)),
                Life::Lost { until } => Some(At(until)),
                Life::Here | Life::Over => None,
            };
            prop_assert_eq!(session.deadline(), deadline);
            let grace = if let Life::Lost { until } = life { Some(At(until)) } else { None };
            prop_assert_eq!(session.view().host_grace_until, grace);
        }
    }

    #[test]
    fn guests_are_the_smallest_of_three(plan in 0_u8..=60, wish in prop::option::of(any::<u8>())) {
        let settings = SettingsPatch { max_guests: wish, ..SettingsPatch::default() };
        let (session, _) = start(START, &new_session(settings), opening(plan)).unwrap();
        let mut candidates = vec![49, plan];
        candidates.extend(wish);
        candidates.sort_unstable();
        prop_assert_eq!(session.view().effective_max_guests, candidates[0]);
    }

    #[test]
    fn attendance_counts_as_a_plain_map_does(steps in prop::collection::vec((0_i64..40_000, 0_u8..5, 0_u8..7), 1..60)) {
        let mut attendance = Attendance::default();
        // The model: person → (socket, media, counted by REST until), and who is seated.
        let mut model: BTreeMap<u8, (bool, bool, i64, bool)> = BTreeMap::new();
        let (mut now, mut peak) = (0_i64, 0_u32);
        for (wait, who, what) in steps {
            now += wait;
            let line = model.entry(who).or_insert((false, false, 0, false));
            let here = |line: &(bool, bool, i64, bool)| line.0 || line.1 || now < line.2;
            let before = (here(line), line.0 || line.1);
            let change = match what {
                0 => { line.2 = if line.0 || line.1 { 0 } else { now + 60_000 }; attendance.tell(At(now), user(who), Contact::Joined) }
                1 | 2 => { line.0 = what == 1; attendance.tell(At(now), user(who), Contact::Socket(what == 1)) }
                3 | 4 => { line.1 = what == 3; attendance.tell(At(now), user(who), Contact::Media(what == 3)) }
                5 => { *line = (false, false, 0, line.3); attendance.tell(At(now), user(who), Contact::Left) }
                _ => { line.3 = !line.3; attendance.set_seated(At(now), user(who), line.3); Change::default() }
            };
            // A connection takes over from the minute after a REST join.
            if line.0 || line.1 { line.2 = 0; }
            let after = (here(line), line.0 || line.1);
            prop_assert_eq!(change.presence, (before.0 != after.0).then_some(after.0));
            prop_assert_eq!(change.connection, (before.1 != after.1).then_some(after.1));
            let viewers = model.values().map(|line| u32::from(here(line) && !line.3)).sum::<u32>();
            peak = peak.max(viewers);
            prop_assert_eq!(attendance.viewer_count(At(now)), viewers);
            prop_assert_eq!(attendance.peak_viewers(), peak);
        }
    }
}

#[test]
fn reaches_stage_guests_max() {
    let settings = SettingsPatch { max_guests: Some(u8::MAX), ..SettingsPatch::default() };
    let (session, _) = start(START, &new_session(settings), opening(u8::MAX)).unwrap();
    assert_eq!(session.view().effective_max_guests, STAGE_GUESTS_MAX);
}

#[test]
fn reaches_live_sessions_max() {
    let try_start = |live_sessions| {
        let opening = Opening { live_sessions, ..opening(49) };
        start(START, &new_session(SettingsPatch::default()), opening).map(|_| ())
    };
    assert_eq!(try_start(LIVE_SESSIONS_MAX - 1), Ok(()));
    assert_eq!(try_start(LIVE_SESSIONS_MAX), Err(Refusal::TooMany));
}

#[test]
fn reaches_slow_mode_s_max() {
    let update = |seconds| {
        let settings = SettingsPatch { slow_mode_s: Some(seconds), ..SettingsPatch::default() };
        started().decide(
            START,
            &by(Role::Owner),
            &Command::Update {
                session: started().id(),
                title: None,
                description: None,
                settings: Box::new(settings),
            },
        )
    };
    assert!(update(SLOW_MODE_S_MAX).is_ok());
    let Err(refusal) = update(SLOW_MODE_S_MAX + 1) else { panic!("601 s were accepted") };
    let problem = Problem::from(refusal);
    assert_eq!((problem.code, problem.errors[0].pointer.as_str()), (Code::Invalid, "/settings/slow_mode_s"));
}

#[test]
fn all_wrong_settings_are_told_at_once() {
    let settings =
        SettingsPatch { slow_mode_s: Some(601), max_participants: Some(0), ..SettingsPatch::default() };
    let Err(Refusal::Invalid(errors)) = start(START, &new_session(settings), opening(49)) else {
        panic!("accepted")
    };
    assert_eq!(errors.len(), 2);
}

#[test]
fn an_update_keeps_what_it_does_not_name() {
    let mut session = started();
    let settings =
        SettingsPatch { max_guests: Some(3), enable_chat: Some(false), ..SettingsPatch::default() };
    let command = Command::Update {
        session: session.id(),
        title: None,
        description: None,
        settings: Box::new(settings),
    };
    for event in session.decide(START, &by(Role::Owner), &command).unwrap() {
        session.apply(START, &event);
    }
    let view = session.view();
    assert_eq!((view.title.as_str(), view.effective_max_guests), ("Show", 3));
    assert_eq!(view.settings, Settings { max_guests: Some(3), enable_chat: false, ..Settings::default() });
    assert_eq!(
        session.decide(START, &by(Role::Owner), &command),
        Ok(Vec::new()),
        "nothing changed, nothing told"
    );
}

#[test]
fn leaving_ends_the_session_for_the_owner_only() {
    let session = started();
    let leave = Command::Leave(session.id());
    assert_eq!(session.decide(START, &by(Role::Guest), &leave), Ok(Vec::new()));
    let events = session.decide(At(START.0 + 90_500), &by(Role::Owner), &leave).unwrap();
    let [Event::Ended { reason: EndReason::Owner, summary }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(summary.duration_s, 90);
}

#[test]
fn only_owner_and_operator_end_and_only_once() {
    let mut session = started();
    let end = Command::End(session.id());
    for role in [Role::Cohost, Role::Guest, Role::Viewer] {
        assert_eq!(session.decide(START, &by(role), &end), Err(Refusal::OwnerOnly));
    }
    let operator = By { operator: true, ..by(Role::Viewer) };
    let events = session.decide(START, &operator, &end).unwrap();
    assert!(matches!(events[0], Event::Ended { reason: EndReason::Operator, .. }));
    session.apply(START, &events[0]);
    assert_eq!(session.decide(START, &operator, &end), Err(Refusal::Ended));
    assert_eq!(session.decide(START, &by(Role::Viewer), &Command::Join(session.id())), Err(Refusal::Ended));
    assert_eq!(tell(&mut session, At(i64::MAX), Fact::Clock), Vec::new());
}

#[test]
fn cohosts_arrange_while_the_switch_is_on() {
    let arrange = |switch: bool| {
        let session = crate::samples::session_with(|settings| settings.cohosts_manage_guests = switch);
        let lock = session.decide(START, &by(Role::Cohost), &Command::Lock(session.id(), true));
        let layout = session.decide(START, &by(Role::Cohost), &Command::SetLayout(session.id(), Layout::Pip));
        (lock.is_ok(), layout.is_ok())
    };
    assert_eq!(arrange(true), (true, true));
    assert_eq!(arrange(false), (false, false));
}

#[test]
fn a_rest_join_counts_for_a_minute() {
    let mut attendance = Attendance::default();
    attendance.tell(At(0), user(1), Contact::Joined);
    assert_eq!(attendance.deadline(), Some(At(REST_PRESENCE_MS)));
    assert_eq!(attendance.viewer_count(At(REST_PRESENCE_MS - 1)), 1);
    assert_eq!(attendance.expire(At(REST_PRESENCE_MS)), vec![user(1)]);
    assert_eq!(attendance.expire(At(REST_PRESENCE_MS)), Vec::<UserId>::new());
}

#[test]
fn room_names_follow_from_the_session() {
    let other = SessionId::new(Uuid::from_u128(8));
    assert_eq!(room_name(opening(1).id), "live_00000000000000000000000000000007");
    assert_ne!(room_name(opening(1).id), room_name(other));
    assert_eq!(started().view().owner.handle, actor(0).handle);
}
