//! Catches repairs that are refused to who loses much, and repairs that are given to whoever asks.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use super::*;

/// Bytes sent again for a thousand sent for the first time, when everything is asked for.
fn again(repairs: &mut Repairs) -> u64 {
    let mut again = 0;
    for _ in 0..1_000 {
        assert_eq!(repairs.judge(1_000, false), Weighed::Passes);
        while repairs.judge(100, true) == Weighed::Passes {
            again += 100;
        }
    }
    again / 1_000
}

#[test]
fn reaches_resent_lossy_per_mille_max() {
    let per_loss = [0, 10, 20, 25, 50, 100].map(|lost| {
        let mut repairs = Repairs::default();
        repairs.note_loss(lost);
        again(&mut repairs)
    });
    assert!((160..=RESENT_PER_MILLE).contains(&per_loss[0]), "{per_loss:?}");
    assert!(per_loss.is_sorted());
    assert_eq!(per_loss[3..], [RESENT_LOSSY_PER_MILLE_MAX; 3]);
}

#[test]
fn what_is_lost_can_be_sent_again_until_it_comes() {
    for lost in 1..22_u64 {
        let mut repairs = Repairs::default();
        repairs.note_loss(lost);
        assert!(again(&mut repairs) >= 1_000 * lost / (100 - lost), "{lost} percent");
    }
}

#[test]
fn who_counts_what_was_repaired_as_received_is_understood() {
    let mut repairs = Repairs::default();
    again(&mut repairs);
    assert_eq!(repairs.note_loss(6), Lost { of_way: 20, told: 14 }, "14 of 100 were sent again");
    assert!(again(&mut repairs) > 400);
    assert_eq!(repairs.note_loss(0).of_way, 0, "all that was lost came");
    assert!(again(&mut repairs) > 300, "and it is not forgotten at once");
    for _ in 0..20 {
        repairs.note_loss(1);
    }
    assert!(again(&mut repairs) <= RESENT_PER_MILLE, "but after a while");
}

#[test]
fn reaches_resent_refused_max() {
    let mut repairs = Repairs::default();
    for _ in 0..2 {
        for _ in 0..RESENT_REFUSED_MAX {
            assert_eq!(repairs.judge(1_000, true), Weighed::Refused);
        }
        assert_eq!(repairs.judge(1_000, true), Weighed::Flood);
        assert_eq!(repairs.judge(100, false), Weighed::Passes);
    }
}

#[test]
fn a_paced_session_is_left_to_its_engine_which_is_told_of_heavy_loss() {
    let mut repairs = Repairs::paced();
    let (calm, lossy) = (RESENT_PERCENT_MAX, RESENT_LOSSY_PERCENT_MAX);
    for (lost, allowed) in [(0, calm), (7, calm), (8, lossy), (20, lossy), (2, lossy)] {
        repairs.note_loss(lost);
        assert_eq!(repairs.percent_max(), allowed, "{lost} percent");
    }
    for _ in 0..CALM_REPORTS {
        repairs.note_loss(0);
    }
    assert_eq!(repairs.percent_max(), calm);
}
