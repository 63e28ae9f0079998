//! Would catch ids that sort otherwise than they were drawn, or that repeat.

use super::*;

#[test]
fn ids_sort_as_they_were_drawn_through_full_milliseconds_and_a_clock_that_goes_back() {
    let ids = Ids::default();
    let times = [5, 5, 4, 6].into_iter().chain(std::iter::repeat_n(6, 10_000)).chain([7, 9]);
    let drawn: Vec<Uuid> = times.map(|millis| ids.draw(&SystemDice, At(millis))).collect();
    assert!(drawn.is_sorted_by(|before, after| before < after));
    assert!(drawn.iter().all(|id| id.get_version_num() == 7));
}
