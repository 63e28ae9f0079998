//! Examples of mutes, kicks, roles and permissions that a person would ask about.

use super::*;
use crate::media::Media;
use crate::problem::Problem;

fn mute(n: u8, muted: bool) -> Command {
    Command::Mute { session: session_id(), user: user(n), media: Media::Audio, muted }
}

fn own_audio(on: bool) -> Command {
    Command::SetOwnMedia { session: session_id(), audio_enabled: Some(on), video_enabled: None }
}

fn kick(n: u8) -> Command {
    Command::Kick { session: session_id(), user: user(n), reason: None }
}

fn invite(n: u8) -> Command {
    Command::Invite { session: session_id(), user: user(n) }
}

#[test]
fn reaches_events_per_command_max() {
    let mut stage = plain(40);
    for n in 1..=40 {
        seat(&mut stage, START, n);
    }
    let mute_all = Command::MuteAll { session: session_id(), media: Media::Audio };
    let mut round = || act(&mut stage, START, 0, &mute_all).unwrap().len();
    for _ in 0..40 / crate::event::EVENTS_PER_COMMAND_MAX {
        assert_eq!(round(), crate::event::EVENTS_PER_COMMAND_MAX);
    }
    assert_eq!(round(), 0, "everybody is muted");
    assert!((1..=40).all(|n| !person(&stage, n).audio_enabled()));
    assert!(person(&stage, 0).audio_enabled(), "the owner is not muted");
}

#[test]
fn lifting_a_mute_prompts_and_opens_nothing() {
    let mut stage = plain(1);
    seat(&mut stage, START, 1);
    act(&mut stage, START, 0, &mute(1, true)).unwrap();
    let muted = person(&stage, 1);
    assert!(muted.host_muted_audio && muted.self_muted_audio && !muted.audio_enabled());
    // The guest's client tries: its own signal clears the self mute, the host's mute still holds.
    act(&mut stage, START, 1, &own_audio(true)).unwrap();
    assert!(!person(&stage, 1).audio_enabled());
    let events = act(&mut stage, START, 0, &mute(1, false)).unwrap();
    assert_eq!(names(&events), ["stage.muted", "stage.unmute_asked"]);
    assert!(!person(&stage, 1).host_muted_audio && !person(&stage, 1).audio_enabled());
    let signal = Fact::SelfMuted { user: user(1), media: Media::Audio, muted: false };
    assert_eq!(names(&tell(&mut stage, START, signal)), ["stage.media_changed"]);
    assert!(person(&stage, 1).audio_enabled());
    assert_eq!(act(&mut stage, START, 0, &mute(1, false)), Ok(Vec::new()), "nothing to lift, nothing to ask");
}

#[test]
fn a_host_mute_outlives_the_seat() {
    let mut stage = plain(1);
    seat(&mut stage, START, 1);
    act(&mut stage, START, 0, &mute(1, true)).unwrap();
    act(&mut stage, START, 1, &Command::StepDown(session_id())).unwrap();
    seat(&mut stage, START, 1);
    let back = person(&stage, 1);
    assert!(back.host_muted_audio && back.self_muted_audio, "lifting it later must open nothing");
    assert!(!back.self_muted_video);
}

#[test]
fn guests_are_seated_without_permission_where_the_default_says_so() {
    let mut stage = stage(1, 49, |settings| settings.guest_audio_default = false);
    seat(&mut stage, START, 1);
    let guest = person(&stage, 1);
    assert!(!guest.may_speak && !guest.self_muted_audio && guest.may_show);
    assert_eq!(act(&mut stage, START, 1, &own_audio(true)), Err(Refusal::NotPermitted));
    act_with(&mut stage, START, 1, &ask(RequestedRole::Speak), Uuid::from_u128(77)).unwrap();
    assert!(person(&stage, 1).hand_raised);
    let events = act(&mut stage, START, 0, &accept(77)).unwrap();
    assert_eq!(names(&events), ["stage.guest_approved", "stage.permissions_changed"]);
    assert!(person(&stage, 1).audio_enabled() && !person(&stage, 1).hand_raised);
}

#[test]
fn roles_go_up_and_down_by_the_owner_alone() {
    let mut stage = plain(3);
    assert_eq!(act(&mut stage, START, 0, &set_role(1, Role::Cohost)), Err(Refusal::PromoteViewer));
    make_cohost(&mut stage, 1);
    seat(&mut stage, START, 2);
    assert_eq!(act(&mut stage, START, 1, &set_role(2, Role::Cohost)), Err(Refusal::OwnerOnly));
    assert_eq!(act(&mut stage, START, 1, &set_role(0, Role::Viewer)), Err(Refusal::OwnerOnly));
    assert_eq!(act(&mut stage, START, 0, &set_role(0, Role::Viewer)), Err(Refusal::OwnerUntouchable));
    let events = act(&mut stage, START, 0, &set_role(1, Role::Guest)).unwrap();
    assert_eq!(names(&events), ["stage.role_changed"]);
    let events = act(&mut stage, START, 0, &set_role(1, Role::Viewer)).unwrap();
    assert!(matches!(&events[..], [Event::GuestLeft { reason: LeaveReason::Demoted, .. }]));
    assert_eq!(person(&stage, 1).seat, None);
    assert_eq!(act(&mut stage, START, 0, &set_role(1, Role::Viewer)), Err(Refusal::NotOnStage));
}

#[test]
fn an_approved_cohost_request_is_a_seated_cohost_by_the_owners_hand() {
    let mut stage = plain(3);
    make_cohost(&mut stage, 1);
    act_with(&mut stage, START, 2, &ask(RequestedRole::Cohost), Uuid::from_u128(8)).unwrap();
    assert_eq!(act(&mut stage, START, 1, &accept(8)), Err(Refusal::OwnerOnly));
    act(&mut stage, START, 0, &accept(8)).unwrap();
    assert_eq!((person(&stage, 2).role, person(&stage, 2).seat), (Role::Cohost, Some(2)));
    seat(&mut stage, START, 3);
    act_with(&mut stage, START, 3, &ask(RequestedRole::Cohost), Uuid::from_u128(9)).unwrap();
    let events = act(&mut stage, START, 0, &accept(9)).unwrap();
    assert_eq!(names(&events), ["stage.guest_approved", "stage.role_changed"]);
}

#[test]
fn nobody_reaches_above_themselves() {
    let mut stage = plain(4);
    make_cohost(&mut stage, 1);
    make_cohost(&mut stage, 2);
    seat(&mut stage, START, 3);
    let moderator = PermissionsPatch { is_moderator: Some(true), ..PermissionsPatch::default() };
    let permit = Command::SetPermissions { session: session_id(), user: user(3), permissions: moderator };
    assert_eq!(act(&mut stage, START, 1, &permit), Err(Refusal::OwnerOnly));
    act(&mut stage, START, 0, &permit).unwrap();
    for command in [kick(0), mute(0, true)] {
        assert_eq!(act(&mut stage, START, 1, &command), Err(Refusal::OwnerUntouchable));
        assert_eq!(act(&mut stage, START, 3, &command), Err(Refusal::NotAllowed));
    }
    assert_eq!(act(&mut stage, START, 1, &kick(2)), Err(Refusal::NotAllowed));
    assert_eq!(act(&mut stage, START, 3, &kick(4)), Err(Refusal::NotAllowed));
    act(&mut stage, START, 1, &kick(3)).unwrap();
    act(&mut stage, START, 0, &kick(2)).unwrap();
}

#[test]
fn a_kick_ends_seat_wishes_and_powers() {
    let mut stage = plain(2);
    seat(&mut stage, START, 1);
    act_with(&mut stage, START, 1, &ask(RequestedRole::Speak), Uuid::from_u128(3)).unwrap();
    let events = act(&mut stage, START, 0, &kick(1)).unwrap();
    assert_eq!(names(&events), ["stage.request_closed", "stage.guest_left", "stage.kicked"]);
    act_with(&mut stage, START, 0, &invite(2), Uuid::from_u128(4)).unwrap();
    let events = act(&mut stage, START, 0, &kick(2)).unwrap();
    assert_eq!(names(&events), ["stage.invitation_closed", "stage.kicked"]);
    let back = Command::AllowBack { session: session_id(), user: user(1) };
    assert_eq!(names(&act(&mut stage, START, 0, &back).unwrap()), ["stage.allowed_back"]);
    assert_eq!(act(&mut stage, START, 2, &back), Err(Refusal::NotAllowed));
}

#[test]
fn seats_are_moved_to_free_seats_of_guests() {
    let mut stage = plain(2);
    seat(&mut stage, START, 1);
    seat(&mut stage, START, 2);
    let to = |seat| Command::MoveSeat { session: session_id(), user: user(1), seat };
    assert_eq!(act(&mut stage, START, 0, &to(2)), Err(Refusal::SeatTaken));
    assert_eq!(act(&mut stage, START, 0, &to(0)), Err(Refusal::NoSuchSeat));
    assert_eq!(act(&mut stage, START, 0, &to(SEAT_MAX + 1)), Err(Refusal::NoSuchSeat));
    assert_eq!(Problem::from(Refusal::NoSuchSeat).errors[0].pointer, "/seat");
    assert_eq!(names(&act(&mut stage, START, 0, &to(SEAT_MAX)).unwrap()), ["stage.seat_changed"]);
    assert_eq!(act(&mut stage, START, 0, &to(SEAT_MAX)), Ok(Vec::new()));
    assert_eq!(act(&mut stage, START, 2, &to(3)), Err(Refusal::NotAllowed));
}

#[test]
fn a_voice_session_has_no_pictures_to_permit() {
    let mut house = House::of(&session_with(|_| {}));
    house.mode = crate::sessions::Mode::Voice;
    let mut stage = Stage::new(house);
    stage.add(Person {
        view: owner(START, &actor(0), crate::sessions::Mode::Voice),
        connected: true,
        anonymous: false,
    });
    stage.add(Person { view: newcomer(START, &actor(1)), connected: true, anonymous: false });
    seat(&mut stage, START, 1);
    assert!(!person(&stage, 1).may_show && !person(&stage, 0).may_show && person(&stage, 1).may_speak);
}

#[test]
fn somebody_without_an_account_is_kicked_but_never_invited() {
    let mut stage = plain(0);
    stage.add(Person { view: newcomer(START, &actor(9)), connected: true, anonymous: true });
    assert_eq!(act(&mut stage, START, 0, &invite(9)), Err(Refusal::PersonNotFound));
    assert_eq!(names(&act(&mut stage, START, 0, &kick(9)).unwrap()), ["stage.kicked"]);
    assert_eq!(act(&mut stage, START, 0, &kick(33)), Err(Refusal::PersonNotFound));
}
