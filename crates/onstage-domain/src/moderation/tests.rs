//! Would catch a moderator who reaches above their rank, a block that another network or device slips past, and a
//! timeout that ends a moment early or late.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::actor::{Actor, By, Identity};
use crate::ids::UserId;
use crate::permissions::Operation;
use crate::person::Role;
use crate::problem::{Code, Problem};
use crate::time::At;

fn user(n: u128) -> UserId {
    UserId::new(Uuid::from_u128(n))
}

fn by(role: Role, is_moderator: bool, operator: bool) -> By {
    By { user_id: user(1), handle: "doer".to_owned(), role, is_moderator, operator, anonymous: false }
}

fn target(role: Role, is_moderator: bool) -> Target {
    Target { user_id: user(2), role, is_moderator }
}

/// The model: everybody has a rank, and acts on lower ranks only; the owner is above all.
fn rank(role: Role, is_moderator: bool) -> u8 {
    match (role, is_moderator) {
        (Role::Owner, _) => 4,
        (Role::Cohost, _) => 3,
        (Role::Guest | Role::Viewer, true) => 2,
        (Role::Guest | Role::Viewer, false) => 1,
    }
}

fn any_role() -> impl Strategy<Value = Role> {
    prop::sample::select(Role::ALL)
}

proptest! {
    #[test]
    fn chat_moderation_follows_ranks(actor in any_role(), am in any::<bool>(), operator in any::<bool>(), whom in any_role(), wm in any::<bool>()) {
        // A viewer's flag sleeps until they have a seat again.
        let rank_of_actor = if operator { 4 } else if actor == Role::Viewer { 1 } else { rank(actor, am) };
        let expected = rank_of_actor >= 2 && whom != Role::Owner && rank_of_actor > rank(whom, wm);
        let answer = may_act_on(&by(actor, am, operator), Operation::ModerateChat, target(whom, wm), true);
        prop_assert_eq!(answer.is_ok(), expected, "{:?} on {:?}: {:?}", actor, whom, answer);
    }

    #[test]
    fn a_timeout_lasts_exactly_as_long_as_said(duration_s in TIMEOUT_S_MIN..=TIMEOUT_S_MAX, after in 0..2 * TIMEOUT_S_MAX * 1000) {
        let now = At(1_000_000);
        let event = time_out(now, &by(Role::Owner, false, false), target(Role::Viewer, false), duration_s, None).unwrap();
        let Event::TimedOut { until, .. } = event;
        let standing = Standing { timed_out_until: Some(until), ..Standing::default() };
        prop_assert_eq!(standing.may_write(now.plus_ms(after)).is_ok(), after >= duration_s * 1000);
    }
}

#[test]
fn reaches_timeout_s_max() {
    let decide = |duration_s| {
        time_out(At(0), &by(Role::Owner, false, false), target(Role::Viewer, false), duration_s, None)
    };
    assert!(decide(TIMEOUT_S_MAX).is_ok());
    assert_eq!(decide(TIMEOUT_S_MAX + 1), Err(Refusal::BadDuration));
    assert!(decide(TIMEOUT_S_MIN).is_ok());
    assert_eq!(decide(TIMEOUT_S_MIN - 1), Err(Refusal::BadDuration));
    assert_eq!(Problem::from(Refusal::BadDuration).errors[0].pointer, "/duration_s");
}

#[test]
fn the_owner_is_untouchable_even_for_operators() {
    let answer =
        may_act_on(&by(Role::Viewer, false, true), Operation::ManageGuests, target(Role::Owner, false), true);
    assert_eq!(answer, Err(Refusal::OwnerUntouchable));
}

#[test]
fn a_kick_keeps_the_person_and_the_anonymous_device_out() {
    let anonymous = |n, device: &str, address: &str| Actor {
        user_id: user(n),
        handle: format!("guest-{n}"),
        display_name: "Guest".to_owned(),
        avatar_url: None,
        identity: Identity::Anonymous {
            address_hash: Some(address.to_owned()),
            device: Some(device.to_owned()),
        },
        family: None,
    };
    let block = Block::of(&anonymous(1, "device", "address"));
    assert!(block.meets(&anonymous(1, "other", "elsewhere")));
    assert!(block.meets(&anonymous(2, "device", "elsewhere")), "a new token on the same device");
    assert!(block.meets(&anonymous(3, "other", "address")), "a new browser at the same address");
    assert!(!block.meets(&anonymous(4, "other", "elsewhere")));
    let account =
        Actor { identity: Identity::Account { operator: false }, ..anonymous(5, "device", "address") };
    assert!(!block.meets(&account), "an account behind the same address is somebody else");
    assert!(Block::of(&account).meets(&account));
    assert!(!Block::of(&account).meets(&anonymous(6, "device", "address")), "no hints are kept of accounts");
}

#[test]
fn a_timed_out_person_is_told_for_how_long() {
    let standing = Standing { timed_out_until: Some(At(5_500)), ..Standing::default() };
    let problem = Problem::from(standing.may_write(At(1_000)).unwrap_err());
    assert_eq!((problem.code, problem.retry_after_ms), (Code::TimedOut, Some(4_500)));
    assert!(problem.detail.contains("5 s"), "{}", problem.detail);
    assert_eq!(standing.may_enter(), Ok(()));
}

#[test]
fn a_kicked_person_is_told_why() {
    let told = |block_reason: Option<&str>| {
        let block_reason = block_reason.map(str::to_owned);
        let standing = Standing { blocked: true, block_reason, timed_out_until: None };
        Problem::from(standing.may_enter().unwrap_err()).detail
    };
    assert_eq!(told(Some("spam")), "You were removed from this session: spam");
    assert_eq!([told(None), told(Some(""))], ["You were removed from this session"; 2]);
}

#[test]
fn audit_words_name_their_slice() {
    for action in AuditAction::ALL {
        let (slice, word) = action.word().split_once('.').unwrap();
        assert!(["accounts", "sessions", "moderation", "stage", "chat"].contains(&slice) && !word.is_empty());
    }
}
