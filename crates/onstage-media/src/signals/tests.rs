//! Catches answered connections without end.
#![allow(clippy::disallowed_methods, reason = "tests")]

use futures_util::FutureExt;
use uuid::Uuid;

use super::*;
use crate::whip::session::Command;

fn user(number: usize) -> UserId {
    UserId::new(Uuid::from_u128(number.try_into().unwrap()))
}

#[test]
fn reaches_answered_max() {
    let places = places();
    let held: Vec<_> = (0..ANSWERED_MAX).map(|number| place(&places, user(number)).unwrap()).collect();
    assert_eq!(place(&places, user(ANSWERED_MAX)).unwrap_err().code, Code::TryLater);
    drop(held);
    assert!(place(&places, user(ANSWERED_MAX)).is_ok());
}

#[tokio::test]
async fn reaches_line_commands_max() {
    let (told, mut commands) = mpsc::channel(LINE_COMMANDS_MAX);
    let way = Way::new(told);
    for _ in 0..LINE_COMMANDS_MAX {
        assert!(way.trickle(Vec::new()).now_or_never().is_some());
    }
    assert!(way.trickle(Vec::new()).now_or_never().is_none(), "it waits, and nothing piles up");
    assert!(matches!(commands.try_recv(), Ok(Command::Trickle(_))));
}
