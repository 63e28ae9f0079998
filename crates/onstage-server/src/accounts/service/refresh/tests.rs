//! Would catch a refresh token that can be made up, or a late tab that is taken for a thief.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use super::*;
use onstage_domain::UserId;

fn sign_in(generation: i64) -> SignIn {
    SignIn {
        id: FamilyId::new(Uuid::from_u128(1)),
        user: UserId::new(Uuid::from_u128(2)),
        secret: vec![3; 32],
        generation,
        rotated_at: At(1_000),
        expires_at: At(i64::MAX),
        revoked: false,
    }
}

#[test]
fn a_token_reads_back_and_a_changed_one_is_not_genuine() {
    let token = token_of(&sign_in(7));
    let parsed = parse(&token).unwrap();
    assert_eq!(parsed.generation, 7);
    assert!(is_genuine(&sign_in(9), &parsed), "genuine in every later generation");
    let older = Parsed { generation: 6, ..parse(&token).unwrap() };
    assert!(!is_genuine(&sign_in(7), &older));
    let stranger = SignIn { secret: vec![4; 32], ..sign_in(7) };
    assert!(!is_genuine(&stranger, &parsed));
    for nonsense in ["", "ort_", "ort_AAAA", "AAAA", &token[..40]] {
        assert!(parse(nonsense).is_none_or(|parsed| !is_genuine(&sign_in(7), &parsed)), "{nonsense}");
    }
}

#[test]
fn only_the_one_before_is_forgiven_and_only_for_a_moment() {
    let now = At(1_000 + LATE_TAB_MS - 1);
    assert_eq!(use_of(&sign_in(7), 7, now), Use::Rotate);
    assert_eq!(use_of(&sign_in(7), 6, now), Use::Again);
    assert_eq!(use_of(&sign_in(7), 6, now.plus_ms(1)), Use::Reused);
    assert_eq!(use_of(&sign_in(7), 5, now), Use::Reused);
    assert_eq!(use_of(&sign_in(0), i64::MIN, now), Use::Reused);
}
