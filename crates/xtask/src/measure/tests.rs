//! Would catch a percentile that is off by one, and so a wrong claim about the code.

use super::*;

#[test]
fn percentiles_are_lengths_that_exist() {
    let lengths: Vec<usize> = (1..=10).collect();
    assert_eq!([50, 90, 100].map(|percent| percentile(&lengths, percent)), [5, 9, 10]);
    assert_eq!(percentile(&[7], 50), 7);
    assert_eq!(percentile(&[], 50), 0);
}
