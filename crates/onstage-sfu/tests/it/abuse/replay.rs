//! The inputs that fuzzing kept, given once more to the functions they were made for: catches what was mended and broke
//! again, without a fuzzer.

use std::path::Path;

use onstage_sfu::fuzz;

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
fn kept_datagrams() {
    replay("datagrams", fuzz::datagrams);
}

#[test]
fn kept_media() {
    replay("rtp", fuzz::rtp);
}

#[test]
fn kept_feedback() {
    replay("rtcp", fuzz::rtcp);
}

#[test]
fn kept_data() {
    replay("sctp", fuzz::sctp);
}

#[test]
fn kept_offers() {
    replay("offer", fuzz::offer);
}

#[test]
fn kept_answers() {
    replay("answer", fuzz::answer);
}

#[test]
fn kept_payloads() {
    replay("payload", fuzz::payload);
}
