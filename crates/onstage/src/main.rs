//! Onstage.
fn main() {}
