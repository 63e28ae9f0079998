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
    check(&clean, "the top layer soon", top.is_some_and(|at| at < 1.0));
    check(&clean, "and to the end without a break", clean.switches() == 0 && clean.layer_at(60.0) == Some(2));
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

fn five_of_a_hundred_lost_packets_are_hardly_seen(name: &str) {
    let lossy = outcome(name);
    check(&lossy, "hardly a freeze", lossy.freezes.len() <= 3 && lossy.frozen() < 1.5);
    check(&lossy, "most frames", lossy.frames_per_second() > 20.0);
    check(&lossy, "sound goes on", lossy.heard.missing_share() < 0.08 && lossy.heard.longest_gap.0 < 0.2);
}

#[test]
fn five_of_a_hundred_lost_packets_are_hardly_seen_by_the_audience() {
    five_of_a_hundred_lost_packets_are_hardly_seen("loss-5-audience");
}

#[test]
fn five_of_a_hundred_lost_packets_are_hardly_seen_on_stage() {
    five_of_a_hundred_lost_packets_are_hardly_seen("loss-5-stage");
}

fn a_fifth_of_all_packets_lost_leaves_a_moving_picture(name: &str) {
    let lossy = outcome(name);
    check(&lossy, "it moves", lossy.frames_per_second() > 15.0);
    check(&lossy, "and never stands still for long", lossy.longest_freeze(0.0, 30.0) < 4.0);
    check(&lossy, "nor again once the loss is known", lossy.longest_freeze(6.0, 30.0) < 2.0);
    check(&lossy, "sound goes on", lossy.heard.missing_share() < 0.25 && lossy.heard.longest_gap.0 < 0.3);
}

#[test]
fn a_fifth_of_all_packets_lost_leaves_a_moving_picture_to_the_audience() {
    a_fifth_of_all_packets_lost_leaves_a_moving_picture("loss-20-audience");
}

#[test]
fn a_fifth_of_all_packets_lost_leaves_a_moving_picture_on_stage() {
    a_fifth_of_all_packets_lost_leaves_a_moving_picture("loss-20-stage");
}

fn losses_that_come_together_are_repaired(name: &str) {
    let burst = outcome(name);
    check(&burst, "hardly a freeze", burst.freezes.len() <= 2 && burst.frozen() < 1.0);
    check(&burst, "sound goes on", burst.heard.missing_share() < 0.06);
}

#[test]
fn losses_that_come_together_are_repaired_for_the_audience() {
    losses_that_come_together_are_repaired("burst-audience");
}

#[test]
fn losses_that_come_together_are_repaired_on_stage() {
    losses_that_come_together_are_repaired("burst-stage");
}

#[test]
fn packets_that_come_late_and_overtaken_freeze_nothing() {
    for name in ["jitter-audience", "jitter-stage"] {
        let wild = outcome(name);
        // On stage the estimator takes the jitter of the first seconds for a queue, and paces for a moment.
        let frozen_max = if name == "jitter-stage" { 1.5 } else { 0.0 };
        check(&wild, "hardly a freeze", wild.frozen() <= frozen_max);
        check(&wild, "every sound", wild.heard.missing_share() <= 0.0);
    }
}

fn the_picture_is_back_soon_after_a_blackout(name: &str) {
    let dark = outcome(name);
    let back = dark.recovery_after(15.0);
    check(&dark, "the picture is back", back.is_some_and(|seconds| seconds <= 3.0));
    check(&dark, "and stays", dark.longest_freeze(18.5, 30.0) <= 0.0);
    check(&dark, "nothing else froze", dark.longest_freeze(0.0, 9.5) <= 0.0);
    check(&dark, "the sound is back at once", dark.heard.longest_gap.0 < 5.5);
}

#[test]
fn the_picture_is_back_soon_after_a_blackout_for_the_audience() {
    the_picture_is_back_soon_after_a_blackout("blackout-audience");
}

#[test]
fn the_picture_is_back_soon_after_a_blackout_on_stage() {
    the_picture_is_back_soon_after_a_blackout("blackout-stage");
}

#[test]
fn sound_and_picture_stay_together_while_layers_change() {
    for name in ["switches-audience", "switches-stage"] {
        let turning = outcome(name);
        check(&turning, "layers change", turning.switches() >= 10);
        check(&turning, "together", turning.worst_skew_ms().is_some_and(|skew| skew <= 40.0));
        check(&turning, "measured", turning.skews.len() > 500);
        check(&turning, "hardly a freeze", turning.frozen() < 1.5);
    }
}

/// Two address changes without a word: at 10 s and at 25 s.
#[test]
fn a_new_address_is_found() {
    for name in ["new-address-audience", "new-address-stage"] {
        let moved = outcome(name);
        check(&moved, "the sound is back", moved.heard.longest_gap.0 <= 3.0);
        check(&moved, "and the picture with it", moved.longest_freeze(0.0, 40.0) <= 3.0);
        check(
            &moved,
            "as large as before",
            moved.layer_at(40.0) == Some(2) && moved.layer_at(24.0) == Some(2),
        );
    }
}

/// 5 Mbit/s until 10 s, 300 kbit/s until 30 s, then 5 Mbit/s again.
fn a_narrow_way_gets_a_smaller_picture_and_a_wide_one_the_large_again(name: &str) {
    let step = outcome(name);
    check(&step, "large before", step.layer_at(9.5) == Some(2));
    check(&step, "small soon", step.first_of_layer(0, 10.0).is_some_and(|at| at < 12.5));
    check(&step, "hardly a freeze meanwhile", step.longest_freeze(9.5, 13.0) <= 2.0);
    check(&step, "and moving while it is narrow", step.longest_freeze(13.0, 29.0) < 1.0);
    check(&step, "large again soon", step.first_of_layer(2, 30.5).is_some_and(|at| at < 40.0));
    check(&step, "and to the end", step.layer_at(60.0) == Some(2) && step.longest_freeze(41.0, 60.0) <= 0.0);
    check(&step, "sound goes on", step.heard.missing_share() < 0.02 && step.heard.longest_gap.0 < 0.6);
}

#[test]
fn a_narrow_way_gets_a_smaller_picture_and_a_wide_one_the_large_again_for_the_audience() {
    a_narrow_way_gets_a_smaller_picture_and_a_wide_one_the_large_again("rate-step-audience");
}

#[test]
fn a_narrow_way_gets_a_smaller_picture_and_a_wide_one_the_large_again_on_stage() {
    a_narrow_way_gets_a_smaller_picture_and_a_wide_one_the_large_again("rate-step-stage");
}
