//! Catches strangers who write into the log what breaks its lines, or read addresses of memory out of it.

use super::*;

#[test]
fn a_refusal_is_one_plain_line() {
    let text = "SDP parse: Parse error at PointerOffset(0x53508fc00c0)\nExpected `a=`\n\n\0\u{1b}[31m ünï\n";
    assert_eq!(in_one_line(text), "SDP parse: Parse error at Expected `a=` ??[31m ?n?");
    let long = in_one_line(&"word\n".repeat(1_000));
    assert_eq!(long.len(), REASON_LETTERS);
}
