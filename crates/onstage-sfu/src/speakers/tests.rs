//! Catches a cough that counts as speech, and speech that does not.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use super::*;

/// A window of twenty packets, `loud` of them at `below_db`.
fn window(meter: &mut Meter, loud: usize, below_db: u8) -> u8 {
    for packet in 0..20 {
        meter.note(if packet < loud { below_db } else { 127 });
    }
    meter.close_window()
}

#[test]
fn speech_needs_two_fifths_of_the_window() {
    let mut meter = Meter::default();
    assert_eq!(window(&mut meter, 7, 10), 0);
    assert!(window(&mut meter, 8, 10) > 0);
}

#[test]
fn quiet_is_no_speech() {
    let mut meter = Meter::default();
    assert_eq!(window(&mut meter, 20, LOUD_BELOW_DB + 1), 0);
    assert_eq!(window(&mut meter, 20, LOUD_BELOW_DB), 1);
}

#[test]
fn louder_is_more_and_silence_ends_it() {
    let mut soft = Meter::default();
    let mut loud = Meter::default();
    for _ in 0..4 {
        window(&mut soft, 20, 20);
        window(&mut loud, 20, 1);
    }
    assert!(window(&mut soft, 20, 20) < window(&mut loud, 20, 1));
    assert_eq!(window(&mut loud, 20, 0), 8);
    for _ in 0..4 {
        window(&mut loud, 0, 127);
    }
    assert_eq!(window(&mut loud, 0, 127), 0);
}
