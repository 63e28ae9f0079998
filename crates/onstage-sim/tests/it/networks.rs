//! Bad networks in virtual time, with committed seeds: catches a shard that freezes pictures, loses sounds, stays on a
//! layer that does not fit, or does not come back, where only a viewer could tell.

use onstage_sim::network::{Outcome, find, play};

fn outcome(name: &str) -> Outcome {
    let outcome = play(&find(name).unwrap()).unwrap();
    assert_eq!(outcome.faults, 0, "{}", outcome.summary());
    assert_eq!(outcome.contradictions, 0, "numbers tell the truth: {}", outcome.summary());
    outcome
}

#[track_caller]
fn check(outcome: &Outcome, what: &str, holds: bool) {
    assert!(holds, "{what}: {}\n{:?}", outcome.summary(), outcome.freezes);
}

fn nothing_is_noticed_on_a_good_line(name: &str) {
    let clean = outcome(name);
    check(&clean, "no freeze", clean.freezes.is_empty());
    check(&clean, "no sound is missing", clean.heard.missing_share() <= 0.0);
    check(&clean, "the whole rate", clean.frames_per_second() > 29.0);
    let top = clean.first_of_layer(2, 0.0);
    check(&clean, "the top layer soon", top.is_some_and(|at| at < 8.0));
    check(&clean, "and to the end", clean.layer_at(20.0) == Some(2));
    check(&clean, "with its sound", clean.worst_skew_ms().is_some_and(|skew| skew <= 40.0));
}

#[test]
fn a_good_line_shows_everything_to_the_audience() {
    nothing_is_noticed_on_a_good_line("clean-audience");
}

#[test]
fn a_good_line_shows_everything_on_stage() {
    nothing_is_noticed_on_a_good_line("clean-stage");
}
