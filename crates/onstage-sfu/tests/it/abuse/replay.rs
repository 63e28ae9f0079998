//! The inputs that fuzzing kept, given once more to the functions they were made for: catches what was mended and broke
//! again, without a fuzzer.

use onstage_sfu::fuzz::{self, replay};

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
