//! Examples of seats, requests, invitations and time that a person would ask about.

use super::*;
use crate::media::Source;
use crate::problem::{Code, Problem};

fn invite(n: u8) -> Command {
    Command::Invite { session: session_id(), user: user(n) }
}

#[test]
fn an_approval_is_one_private_and_one_public_event() {
    let mut stage = plain(1);
    act_with(&mut stage, START, 1, &ask(RequestedRole::Guest), Uuid::from_u128(5)).unwrap();
    assert!(person(&stage, 1).hand_raised);
    let events = act(&mut stage, START, 0, &accept(5)).unwrap();
    assert_eq!(names(&events), ["stage.guest_approved", "stage.guest_joined"]);
    let guest = person(&stage, 1);
    assert_eq!((guest.seat, guest.presence, guest.role), (Some(1), Presence::Held, Role::Guest));
    assert_eq!(guest.seat_until, Some(START.plus_ms(HELD_MS)));
    assert!(guest.audio_enabled() && guest.video_enabled() && !guest.hand_raised);
    assert_eq!(act(&mut stage, START, 0, &accept(5)), Err(Refusal::AlreadyAnswered));
}

#[test]
fn reaches_seat_max() {
    let mut stage = plain(60);
    for n in 1..=60 {
        act_with(&mut stage, START, n, &ask(RequestedRole::Guest), Uuid::from_u128(u128::from(n))).unwrap();
    }
    let answers: Vec<_> = (1..=60).map(|n| act(&mut stage, START, 0, &accept(n)).map(|_| ())).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), usize::from(SEAT_MAX));
    assert_eq!(answers.iter().filter(|answer| **answer == Err(Refusal::Full)).count(), 11);
    assert_eq!(Problem::from(Refusal::Full).detail, "Maximum guests reached");
    assert_eq!(stage.pending_requests().len(), 11, "who found no seat still waits");
}

#[test]
fn reaches_requests_pending_max() {
    let mut stage = plain(1);
    for n in 0..REQUESTS_PENDING_MAX {
        let mut request = match &stage.decide(START, &by(&stage, 1), &ask(RequestedRole::Guest), Uuid::nil())
        {
            Ok(events) => match &events[..] {
                [Event::Requested { request }] => request.clone(),
                other => panic!("{other:?}"),
            },
            Err(refusal) => panic!("{refusal} at {n}"),
        };
        request.id = request_id(n as u128);
        request.user_id = crate::ids::UserId::new(Uuid::from_u128(n as u128));
        stage.apply(START, &Event::Requested { request });
    }
    assert_eq!(act(&mut stage, START, 1, &ask(RequestedRole::Guest)), Err(Refusal::QueueFull));
}

#[test]
fn reaches_invitations_pending_max() {
    let mut stage = plain(100);
    for n in (1..).take(INVITATIONS_PENDING_MAX) {
        act_with(&mut stage, START, 0, &invite(n), Uuid::from_u128(u128::from(n))).unwrap();
    }
    assert_eq!(act(&mut stage, START, 0, &invite(99)), Err(Refusal::QueueFull));
    assert_eq!(act(&mut stage, START, 0, &invite(1)), Err(Refusal::AlreadyInvited));
}

#[test]
fn an_invitation_lives_twenty_seconds() {
    let take = |after_ms: i64, ring_first: bool| {
        let mut stage = plain(1);
        act_with(&mut stage, START, 0, &invite(1), Uuid::from_u128(9)).unwrap();
        let now = START.plus_ms(after_ms);
        if ring_first {
            tell(&mut stage, now, Fact::Clock);
        }
        let command = Command::AcceptInvitation { invitation: invitation_id(9), seat_at_once: false };
        act(&mut stage, now, 1, &command).map(|events| names(&events))
    };
    let seated = vec!["stage.invitation_closed", "stage.guest_joined"];
    for ring_first in [false, true] {
        assert_eq!(take(19_990, ring_first), Ok(seated.clone()));
        assert_eq!(take(20_010, ring_first), Err(Refusal::Expired));
    }
    assert_eq!(Problem::from(Refusal::Expired).code, Code::Expired);
}

#[test]
fn an_invitation_is_answered_by_the_invited_only() {
    let mut stage = plain(2);
    act_with(&mut stage, START, 0, &invite(1), Uuid::from_u128(9)).unwrap();
    let accept = Command::AcceptInvitation { invitation: invitation_id(9), seat_at_once: true };
    assert_eq!(act(&mut stage, START, 2, &accept), Err(Refusal::InvitationNotFound));
    act(&mut stage, START, 1, &Command::DeclineInvitation(invitation_id(9))).unwrap();
    assert_eq!(act(&mut stage, START, 1, &accept), Err(Refusal::AlreadyAnswered));
}

#[test]
fn one_seat_ends_every_other_wish_of_the_person() {
    let mut stage = plain(1);
    act_with(&mut stage, START, 1, &ask(RequestedRole::Guest), Uuid::from_u128(1)).unwrap();
    act_with(&mut stage, START, 0, &invite(1), Uuid::from_u128(2)).unwrap();
    let take = Command::AcceptInvitation { invitation: invitation_id(2), seat_at_once: true };
    let events = act(&mut stage, START, 1, &take).unwrap();
    let expected = ["stage.request_closed", "stage.invitation_closed", "stage.guest_joined"];
    assert_eq!(names(&events), expected);
    assert_eq!(act(&mut stage, START, 0, &accept(1)), Err(Refusal::AlreadyAnswered));
    assert!(!person(&stage, 1).hand_raised);
}

#[test]
fn a_held_seat_is_taken_within_a_minute_or_lost() {
    let held = || {
        let mut stage = plain(1);
        act_with(&mut stage, START, 1, &ask(RequestedRole::Guest), Uuid::from_u128(5)).unwrap();
        act(&mut stage, START, 0, &accept(5)).unwrap();
        stage
    };
    let (mut in_time, late) = (held(), START.plus_ms(HELD_MS));
    let go = Command::GoOnStage(session_id());
    assert_eq!(names(&act(&mut in_time, late.plus_ms(-1), 1, &go).unwrap()), ["stage.went_on_stage"]);
    assert_eq!(act(&mut in_time, late, 1, &go), Ok(Vec::new()), "twice is once");
    assert_eq!(in_time.deadline(), None);
    let mut lost = held();
    assert_eq!(act(&mut lost, late, 1, &go), Err(Refusal::Expired));
    let events = tell(&mut lost, late, Fact::Clock);
    assert!(matches!(&events[..], [Event::GuestLeft { reason: LeaveReason::Expired, .. }]));
    assert_eq!(act(&mut lost, late, 1, &go), Err(Refusal::NotOnStage));
    let mut by_track = held();
    let events = tell(&mut by_track, START, Fact::Published(user(1), Source::Microphone));
    assert_eq!(names(&events), ["stage.went_on_stage"]);
}

#[test]
fn who_drops_keeps_the_seat_for_a_minute() {
    let mut stage = plain(1);
    seat(&mut stage, START, 1);
    assert_eq!(names(&tell(&mut stage, START, Fact::Disconnected(user(1)))), ["stage.reconnecting"]);
    assert_eq!(stage.guest_count(), 1);
    assert_eq!(
        names(&tell(&mut stage, START.plus_ms(59_999), Fact::Connected(user(1)))),
        ["stage.came_back"]
    );
    tell(&mut stage, START, Fact::Disconnected(user(1)));
    let events = tell(&mut stage, START.plus_ms(RECONNECTING_MS), Fact::Clock);
    assert!(matches!(&events[..], [Event::GuestLeft { reason: LeaveReason::Dropped, .. }]));
}

#[test]
fn who_was_seated_without_any_connection_has_a_minute_too() {
    let mut stage = plain(1);
    stage.set_connected(user(1), false);
    seat(&mut stage, START, 1);
    assert_eq!(stage.deadline(), Some(START.plus_ms(RECONNECTING_MS)));
    tell(&mut stage, START, Fact::Connected(user(1)));
    assert_eq!(stage.deadline(), None);
}

#[test]
fn the_owner_drops_and_keeps_seat_zero() {
    let mut stage = plain(0);
    assert_eq!(names(&tell(&mut stage, START, Fact::Disconnected(user(0)))), ["stage.reconnecting"]);
    assert_eq!(stage.deadline(), None, "the session's grace speaks for the owner");
    tell(&mut stage, START.plus_ms(1_000_000), Fact::Clock);
    assert_eq!(person(&stage, 0).seat, Some(0));
    assert_eq!(act(&mut stage, START, 0, &Command::StepDown(session_id())), Err(Refusal::OwnerUntouchable));
}

#[test]
fn after_a_restart_everybody_has_a_minute_from_start_up() {
    let mut stage = plain(20);
    for n in 1..=20 {
        seat(&mut stage, START, n);
    }
    tell(&mut stage, START, Fact::Disconnected(user(1)));
    let up = START.plus_ms(50_000);
    while !tell(&mut stage, up, Fact::Restarted).is_empty() {}
    for n in 1..=20 {
        let view = person(&stage, n);
        assert_eq!(
            (view.presence, view.seat_until),
            (Presence::Reconnecting, Some(up.plus_ms(60_000))),
            "{n}"
        );
    }
    assert_eq!(person(&stage, 0).presence, Presence::Reconnecting);
}

#[test]
fn without_approval_the_request_is_the_seat() {
    let mut stage = stage(3, 1, |settings| settings.require_approval = false);
    let events = act(&mut stage, START, 1, &ask(RequestedRole::Guest)).unwrap();
    assert_eq!(names(&events), ["stage.guest_approved", "stage.guest_joined"]);
    assert_eq!(act(&mut stage, START, 2, &ask(RequestedRole::Guest)), Err(Refusal::Full));
    let events = act(&mut stage, START, 3, &ask(RequestedRole::Cohost)).unwrap();
    assert_eq!(names(&events), ["stage.requested"], "nobody makes themselves a cohost");
}

#[test]
fn a_locked_stage_takes_no_requests() {
    for change in [|s: &mut Settings| s.locked = true, |s: &mut Settings| s.allow_requests = false] {
        let mut stage = stage(1, 49, change);
        assert_eq!(act(&mut stage, START, 1, &ask(RequestedRole::Guest)), Err(Refusal::RequestsClosed));
        act_with(&mut stage, START, 0, &invite(1), Uuid::from_u128(1)).unwrap();
    }
}

#[test]
fn a_request_belongs_to_its_author() {
    let mut stage = plain(2);
    act_with(&mut stage, START, 1, &ask(RequestedRole::Guest), Uuid::from_u128(1)).unwrap();
    let cancel = Command::CancelRequest(request_id(1));
    assert_eq!(act(&mut stage, START, 2, &cancel), Err(Refusal::RequestNotFound));
    assert_eq!(act(&mut stage, START, 0, &cancel), Err(Refusal::NotAllowed));
    assert_eq!(act(&mut stage, START, 2, &accept(1)), Err(Refusal::NotAllowed));
    act(&mut stage, START, 1, &cancel).unwrap();
    assert_eq!(act(&mut stage, START, 0, &accept(1)), Err(Refusal::AlreadyAnswered));
}

#[test]
fn who_leaves_takes_wishes_and_seat_along() {
    let mut stage = plain(2);
    act_with(&mut stage, START, 1, &ask(RequestedRole::Guest), Uuid::from_u128(1)).unwrap();
    assert_eq!(names(&tell(&mut stage, START, Fact::Left(user(1)))), ["stage.request_closed"]);
    assert_eq!(act(&mut stage, START, 0, &accept(1)), Err(Refusal::Expired));
    seat(&mut stage, START, 2);
    assert_eq!(names(&tell(&mut stage, START, Fact::Left(user(2)))), ["stage.guest_left"]);
}

#[test]
fn a_shared_screen_shows_until_it_goes() {
    let mut stage = plain(1);
    seat(&mut stage, START, 1);
    tell(&mut stage, START, Fact::Published(user(1), Source::Screen));
    assert!(person(&stage, 1).screen_sharing);
    assert_eq!(tell(&mut stage, START, Fact::Published(user(1), Source::Screen)), Vec::new());
    tell(&mut stage, START, Fact::Disconnected(user(1)));
    assert!(!person(&stage, 1).screen_sharing);
}

#[test]
fn watchers_without_an_account_and_ended_shows_change_nothing() {
    let mut stage = plain(1);
    let anonymous = By { anonymous: true, ..by(&stage, 1) };
    let answer = stage.decide(START, &anonymous, &ask(RequestedRole::Guest), Uuid::nil());
    assert_eq!(answer, Err(Refusal::SignInRequired));
    stage.house.live = false;
    assert_eq!(act(&mut stage, START, 1, &ask(RequestedRole::Guest)), Err(Refusal::Ended));
    assert_eq!((stage.deadline(), tell(&mut stage, START, Fact::Clock)), (None, Vec::new()));
}
