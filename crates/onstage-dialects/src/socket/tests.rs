//! Would catch an S3 client whose frame is no longer understood, or who no longer finds a field of its document.
#![allow(clippy::indexing_slicing, clippy::wildcard_enum_match_arm, reason = "tests")]

mod actions;
mod any;
mod frames;
mod signals;

use serde_json::Value;

/// A message of the document.
fn seed(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../onstage/tests/seeds/socket");
    serde_json::from_str(&std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap()).unwrap()
}
