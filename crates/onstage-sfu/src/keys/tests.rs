//! Catches names that fall together: maps by them would become lists.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use std::collections::HashSet;
use std::hash::{BuildHasher as _, BuildHasherDefault};

use super::*;

#[test]
fn names_in_a_row_and_names_far_apart_do_not_fall_together() {
    let hasher = BuildHasherDefault::<KeyHasher>::default();
    for step in [1, 2, 1 << 20, 1 << 32] {
        let hashes: Vec<u64> = (0..1_024_u64).map(|place| hasher.hash_one(PeerKey(place * step))).collect();
        // A map of 2,048 places looks at the lowest eleven bits, and at the highest seven among those.
        let places: HashSet<u64> = hashes.iter().map(|hash| hash % 2_048).collect();
        let tops: HashSet<u64> = hashes.iter().map(|hash| hash >> 57).collect();
        assert!(places.len() > 600 && tops.len() > 60, "{step}: {} {}", places.len(), tops.len());
    }
}
