//! Would catch a limit that counts one message too few or too many, a way around it, and a hand that reaches a message
//! it should not.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::actor::{Actor, By, Identity};
use crate::event::{Envelope, Event as Told};
use crate::ids::{MessageId, UserId};
use crate::moderation::Target;
use crate::person::{ParticipantView, Role};
use crate::problem::{Code, Problem};
use crate::samples::{self, actor};
use crate::stage::{self, LeaveReason};
use crate::text::ChatText;
use crate::time::At;

fn by(role: Role) -> By {
    By {
        user_id: actor(1).user_id,
        handle: "doer".to_owned(),
        role,
        is_moderator: false,
        operator: false,
        anonymous: false,
    }
}

fn chat(slow_mode_s: u32) -> Chat {
    let session = crate::samples::session_with(|settings| settings.slow_mode_s = slow_mode_s);
    Chat::of(&session, true, Vec::new())
}

fn say(chat: &mut Chat, now: At, role: Role, text: &str) -> Result<(), Refusal> {
    let text = ChatText::parse(text).unwrap();
    let words = Words { id: Uuid::nil(), text: &text, kind: MessageKind::Text };
    let event = chat.send(now, (&actor(1), &by(role)), &words)?;
    chat.apply(now, &event);
    Ok(())
}

/// The model: a plain list of what was sent, asked in the words of the contract.
#[derive(Default)]
struct Diary(Vec<(i64, u8)>);

impl Diary {
    fn lets_through(&self, now: i64, word: u8, slow_s: i64, most: usize) -> bool {
        let within = |ms: i64| self.0.iter().filter(move |(at, _)| now - at < ms);
        let slow_free = slow_s == 0 || within(slow_s * 1000).next().is_none();
        slow_free && !within(30_000).any(|(_, said)| *said == word) && within(30_000).count() < most
    }
}

proptest! {
    #[test]
    fn messages_pass_as_the_diary_says(
        steps in prop::collection::vec((0_i64..4_000, 0_u8..40), 1..120),
        slow_s in prop::sample::select(vec![0_u32, 0, 1, 3, 600]),
        moderates in any::<bool>(),
    ) {
        let (role, most) = if moderates { (Role::Cohost, 100) } else { (Role::Viewer, 20) };
        let (mut chat, mut diary, mut now) = (chat(slow_s), Diary::default(), 1_000_000);
        for (wait, word) in steps {
            now += wait;
            let expected = diary.lets_through(now, word, i64::from(slow_s), most);
            let answer = say(&mut chat, At(now), role, &format!("word {word}"));
            prop_assert_eq!(answer.is_ok(), expected, "{:?}", answer);
            if expected {
                diary.0.push((now, word));
            }
        }
    }

    #[test]
    fn retry_after_is_exact(gaps in prop::collection::vec(0_i64..2_500, 20)) {
        let (mut chat, mut now) = (chat(0), 0);
        for (n, gap) in gaps.into_iter().enumerate() {
            now += gap;
            if now < 30_000 {
                prop_assert_eq!(say(&mut chat, At(now), Role::Viewer, &format!("{n}")), Ok(()));
            }
        }
        if let Err(Refusal::TooFast { wait_ms }) = say(&mut chat.clone(), At(now), Role::Viewer, "one more") {
            prop_assert!(say(&mut chat.clone(), At(now + wait_ms - 1), Role::Viewer, "one more").is_err());
            prop_assert_eq!(say(&mut chat, At(now + wait_ms), Role::Viewer, "one more"), Ok(()));
        }
    }
}

#[test]
fn without_slow_mode_a_message_decided_after_a_later_one_is_not_too_soon() {
    let mut chat = chat(0);
    say(&mut chat, At(1_000), Role::Viewer, "second by its time").unwrap();
    assert_eq!(say(&mut chat, At(998), Role::Viewer, "first by its time"), Ok(()));
}

#[test]
fn reaches_chat_per_window_max() {
    let mut chat = chat(0);
    for (n, at) in (0..CHAT_PER_WINDOW_MAX).zip(0..) {
        say(&mut chat, At(at), Role::Viewer, &format!("{n}")).unwrap();
    }
    let refusal = say(&mut chat, At(29_999), Role::Viewer, "more").unwrap_err();
    assert_eq!(refusal, Refusal::TooFast { wait_ms: 1 });
    assert_eq!(Problem::from(refusal).retry_after_ms, Some(1));
    assert_eq!(say(&mut chat, At(30_000), Role::Viewer, "more"), Ok(()));
}

#[test]
fn reaches_chat_per_window_moderator_max() {
    let mut chat = chat(0);
    for n in 0..CHAT_PER_WINDOW_MODERATOR_MAX {
        say(&mut chat, At(0), Role::Owner, &format!("{n}")).unwrap();
    }
    assert!(matches!(say(&mut chat, At(1), Role::Owner, "more"), Err(Refusal::TooFast { .. })));
}

#[test]
fn limits_off_leave_slow_mode_and_repetition() {
    let session = crate::samples::session_with(|_| {});
    let mut chat = Chat::of(&session, false, Vec::new());
    for n in 0..=CHAT_PER_WINDOW_MAX {
        say(&mut chat, At(0), Role::Viewer, &format!("{n}")).unwrap();
    }
    assert_eq!(say(&mut chat, At(0), Role::Viewer, "0"), Err(Refusal::Repeated));
}

#[test]
fn reaches_reaction_count_max() {
    let react = |count| chat(0).react((&actor(1), &by(Role::Viewer)), Reaction::Heart, count);
    assert!(react(REACTION_COUNT_MAX).is_ok());
    assert_eq!(react(REACTION_COUNT_MAX + 1), Err(Refusal::BadCount));
    assert_eq!(react(0), Err(Refusal::BadCount));
}

#[test]
fn clients_send_text_and_stickers_only() {
    for kind in MessageKind::ALL {
        let text = ChatText::parse("hello").unwrap();
        let words = Words { id: Uuid::nil(), text: &text, kind: *kind };
        let answer = chat(0).send(At(0), (&actor(1), &by(Role::Owner)), &words);
        let expected = matches!(kind, MessageKind::Text | MessageKind::Sticker);
        assert_eq!(answer.is_ok(), expected, "{}", kind.word());
        if let Err(refusal) = answer {
            assert_eq!(Problem::from(refusal).code, Code::BadWord);
        }
    }
}

#[test]
fn chat_that_is_off_is_off_for_everybody() {
    let session = crate::samples::session_with(|settings| settings.enable_chat = false);
    let mut chat = Chat::of(&session, true, Vec::new());
    assert_eq!(say(&mut chat, At(0), Role::Owner, "hello"), Err(Refusal::Off));
    assert!(chat.react((&actor(1), &by(Role::Viewer)), Reaction::Clap, 1).is_ok());
}

#[test]
fn watchers_without_an_account_only_watch() {
    let anonymous = By { anonymous: true, ..by(Role::Viewer) };
    let watcher = Actor { identity: Identity::Anonymous { address_hash: None, device: None }, ..actor(1) };
    assert_eq!(chat(0).react((&watcher, &anonymous), Reaction::Heart, 1), Err(Refusal::SignInRequired));
    assert_eq!(Chat::delete(&anonymous, None), Err(Refusal::SignInRequired));
}

#[test]
fn a_message_is_taken_away_by_its_author_and_by_those_above() {
    let other = UserId::new(Uuid::from_u128(99));
    let written = |user_id, role, is_moderator| Written {
        id: MessageId::new(Uuid::nil()),
        author: Target { user_id, role, is_moderator },
    };
    let deletes = |by: &By, written: Written| Chat::delete(by, Some(&written)).map(|_| ());
    let viewer = by(Role::Viewer);
    let moderator = By { is_moderator: true, ..by(Role::Guest) };
    assert_eq!(deletes(&viewer, written(viewer.user_id, Role::Viewer, false)), Ok(()));
    assert_eq!(deletes(&viewer, written(other, Role::Viewer, false)), Err(Refusal::NotAllowed));
    assert_eq!(deletes(&moderator, written(other, Role::Viewer, false)), Ok(()));
    assert_eq!(deletes(&moderator, written(other, Role::Guest, true)), Err(Refusal::NotAllowed));
    assert_eq!(deletes(&moderator, written(other, Role::Cohost, false)), Err(Refusal::NotAllowed));
    assert_eq!(
        deletes(&by(Role::Cohost), written(other, Role::Owner, false)),
        Err(Refusal::OwnerUntouchable)
    );
    assert_eq!(Chat::delete(&viewer, None), Err(Refusal::MessageNotFound));
    assert_eq!(Chat::delete(&moderator, None), Err(Refusal::MessageNotFound));
}

fn line(event: stage::Event) -> Option<(LineKind, String)> {
    let sample = samples::envelopes().remove(0);
    let line = line_of(&Envelope { data: Told::Stage(event), ..sample.clone() })?;
    assert_eq!(line.message.id.uuid(), sample.id.uuid(), "an event told twice is one line");
    assert_eq!((line.message.kind, line.message.user_id), (MessageKind::System, None));
    Some((line.about?.kind, line.message.text))
}

#[test]
fn the_history_says_who_came_up_and_who_left_the_stage() {
    let guest = samples::guest;
    let joined = line(stage::Event::GuestJoined { participant: guest() });
    assert_eq!(joined, Some((LineKind::Joined, "Bela joined the stage".to_owned())));
    let owner = ParticipantView { role: Role::Owner, ..guest() };
    assert_eq!(line(stage::Event::GuestJoined { participant: owner }), None, "a show begins with its owner");
    for (reason, kind) in [
        (LeaveReason::Left, LineKind::Left),
        (LeaveReason::Demoted, LineKind::Left),
        (LeaveReason::Dropped, LineKind::Left),
        (LeaveReason::Expired, LineKind::Left),
        (LeaveReason::Kicked, LineKind::Kicked),
    ] {
        let left = line(stage::Event::GuestLeft { participant: guest(), reason });
        assert_eq!(left.map(|(kind, _)| kind), Some(kind), "{reason:?}");
    }
    assert_eq!(line(stage::Event::MediaChanged { participant: guest() }), None);
}
