//! Catches a word by the best metric instead of the worst, a small tile that counts as a bad way, and words that flicker.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn look(short_kilobits: Option<u64>, millis: u64, lost_percent: u8) -> Look {
    Look {
        short_bits: short_kilobits.map(|kilobits| kilobits * 1_000),
        round_trip: Some(Duration::from_millis(millis)),
        lost_share: Some(f32::from(lost_percent) / 100.0),
    }
}

#[test]
fn the_worst_of_the_three_decides() {
    assert_eq!(look(None, 10, 0).word(), Excellent);
    assert_eq!(look(None, 80, 0).word(), Good);
    assert_eq!(look(None, 80, 4).word(), Fair);
    assert_eq!(look(Some(2_500), 10, 0).word(), Excellent);
    assert_eq!(look(Some(1_200), 10, 0).word(), Good);
    assert_eq!(look(Some(600), 80, 2).word(), Fair);
    assert_eq!(look(Some(300), 10, 0).word(), Poor);
    assert_eq!(look(Some(9_000), 250, 0).word(), Poor);
    assert_eq!(look(None, 10, 6).word(), Poor);
    assert_eq!(Look::default().word(), Excellent, "what is not known makes nothing worse");
}

#[test]
fn a_word_is_told_when_looks_agree_and_only_then() {
    let mut verdict = Verdict::default();
    let (good, poor) = (look(None, 10, 0), look(None, 10, 20));
    assert_eq!(verdict.note(&poor), None);
    assert_eq!(verdict.note(&good), None);
    assert_eq!(verdict.note(&poor), None, "one bad look between good ones is nothing");
    assert_eq!(verdict.note(&look(None, 80, 0)), Some(Good), "both were at most good");
    assert_eq!(verdict.note(&good), None);
    assert_eq!(verdict.note(&good), None);
    assert_eq!(verdict.note(&good), Some(Excellent));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The model looks back: a word is told when as many looks as needed were all on its side.
    #[test]
    fn it_tells_what_the_last_looks_have_in_common(losses in proptest::collection::vec(0..8_u8, 0..60)) {
        let mut verdict = Verdict::default();
        let mut told = Excellent;
        let mut since = 0;
        let words: Vec<_> = losses.iter().map(|lost| look(None, 0, *lost).word()).collect();
        for (at, lost) in losses.iter().enumerate() {
            let recent = |looks: usize| words[..=at].get((at + 1).checked_sub(looks)?..).filter(|_| at + 1 - looks >= since);
            let worse = recent(2).filter(|words| words.iter().all(|word| *word < told));
            let better = recent(3).filter(|words| words.iter().all(|word| *word > told));
            let expected = match (worse, better) {
                (Some(words), _) => words.iter().max().copied(),
                (None, Some(words)) => words.iter().min().copied(),
                (None, None) => None,
            };
            prop_assert_eq!(verdict.note(&look(None, 0, *lost)), expected);
            if let Some(word) = expected {
                told = word;
                since = at + 1;
            }
        }
    }
}
