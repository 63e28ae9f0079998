//! The inputs that fuzzing kept, given once more to the functions they were made for: catches what was mended and broke
//! again, without a fuzzer.

use std::path::Path;

use onstage_media::fuzz;

/// Gives every file of `fuzz/corpus/<target>/` to `takes`.
fn replay<T>(target: &str, takes: impl Fn(&[u8]) -> T) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut inputs: Vec<_> =
        folder.read_dir().expect("a folder").map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "no inputs in {}", folder.display());
    for input in inputs {
        let bytes = std::fs::read(&input).unwrap();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| takes(&bytes)));
        assert!(outcome.is_ok(), "{}", input.display());
    }
}

#[test]
fn kept_signalling() {
    replay("signal", fuzz::signal);
}

#[test]
fn kept_packets() {
    replay("packet", fuzz::packet);
}

#[test]
fn kept_joins() {
    replay("join", fuzz::join);
}

#[test]
fn kept_calls() {
    replay("twirp", fuzz::twirp);
}

#[test]
fn kept_frames() {
    replay("frames", fuzz::frames);
}
