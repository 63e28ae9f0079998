//! Catches a number that two packets of a stream share, or a gap that nobody can fill.

use super::*;

#[test]
fn without_insertions_numbers_stay_as_they_are() {
    let mut inserted = Inserted::default();
    for number in [7, 9, 8, 10] {
        assert_eq!(inserted.number(number, false), (number, None));
    }
}

#[test]
fn what_is_put_in_moves_what_follows() {
    let mut inserted = Inserted::default();
    assert_eq!(inserted.number(10, true), (11, Some(10)));
    assert_eq!(inserted.number(11, false), (12, None));
    assert_eq!(inserted.number(20, true), (22, Some(21)));
    assert_eq!(inserted.number(21, false), (23, None));
    // What comes late keeps the number that was left for it.
    assert_eq!(inserted.number(19, false), (20, None));
}

#[test]
fn nothing_is_put_behind_what_has_gone() {
    let mut inserted = Inserted::default();
    inserted.number(10, false);
    assert_eq!(inserted.number(12, false), (12, None));
    assert_eq!(inserted.number(11, true), (11, None));
}
