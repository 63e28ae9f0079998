//! Catches a viewer who waits for a larger picture, and a flickering tile that switches layers all the time.
#![allow(clippy::arithmetic_side_effects, clippy::disallowed_methods, reason = "tests")]

use super::*;

const LOW: Wish = Wish::AtMost(Quality::Low);
const HIGH: Wish = Wish::AtMost(Quality::High);

fn change(before: Option<Quality>, after: Option<Quality>) -> Change {
    Change { before, after }
}

#[test]
fn a_single_change_is_carried_out_at_once() {
    let now = Instant::now();
    let down = change(Some(Quality::High), Some(Quality::Low));
    assert_eq!(Settle::default().note(LOW, down, now), Ok(LOW));
    let mut settle = Settle::default();
    assert_eq!(settle.note(Wish::Nothing, change(Some(Quality::High), None), now), Ok(Wish::Nothing));
    assert_eq!(settle.note(HIGH, change(None, Some(Quality::High)), now), Ok(HIGH), "shown again");
}

#[test]
fn what_shrinks_waits_until_it_is_still_wished() {
    let now = Instant::now();
    let mut settle = Settle::default();
    let (up, down) =
        (change(Some(Quality::Low), Some(Quality::High)), change(Some(Quality::High), Some(Quality::Low)));
    assert_eq!(settle.note(HIGH, up, now), Ok(HIGH));
    assert_eq!(settle.note(LOW, down, now + LARGER_AFTER), Err(now + SMALLER_AFTER));
    assert_eq!(settle.waiting(), Some(LOW));
    let same = change(Some(Quality::High), Some(Quality::High));
    assert_eq!(settle.note(HIGH, same, now + LARGER_AFTER), Ok(HIGH), "it thought better of it");
    assert_eq!(settle.waiting(), None);
    assert_eq!(settle.note(LOW, down, now + SMALLER_AFTER), Ok(LOW));
}

#[test]
fn a_flickering_tile_changes_layers_now_and_then_only() {
    let now = Instant::now();
    let (mut settle, mut is_high, mut changes) = (Settle::default(), true, 0);
    for turn in 0..1_000_u32 {
        let wish = if turn % 2 == 0 { LOW } else { HIGH };
        let layer = |is_high: bool| Some(if is_high { Quality::High } else { Quality::Low });
        let asked = change(layer(is_high), layer(wish == HIGH));
        if settle.note(wish, asked, now + Duration::from_millis(10) * turn).is_ok()
            && asked.before != asked.after
        {
            is_high = wish == HIGH;
            changes += 1;
        }
    }
    assert!(changes <= 2 * 8, "{changes} changes in ten seconds");
}
